"""The JSON Schema of a form's values, as the API and webhooks take them.

Plain Python. What the schema accepts, the server can read; the server reads some
other spellings besides, such as numbers as text of a web form. Conditions between
fields, such as "shown only when", are beyond the schema: the server names what is
wrong then.

>>> from odoo.addons.scrm_ticket.forms.rules import FieldRule
>>> made = values_schema([
...     FieldRule("area", "number", required=True, minimum=1.0),
...     FieldRule("kind", "choice", options=("wall", "ceiling")),
... ], {"area": "Floor area"})
>>> made["properties"]["area"]
{'type': 'number', 'minimum': 1.0, 'maximum': 1000000000000000, 'title': 'Floor area'}
>>> made["properties"]["kind"]
{'anyOf': [{'type': 'string', 'enum': ['wall', 'ceiling']}, {'type': 'null'}]}
>>> made["required"]
['area']
"""

from ..forms import readers

DIALECT = "https://json-schema.org/draft/2020-12/schema"
#: Nothing that a database cannot store.
_STORABLE = r"^[^\u0000]*$"
_BASE64 = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
_LINE = {"type": ["string", "null"], "pattern": _STORABLE, "maxLength": 255}
_CUSTOMER = {
    "type": "object",
    "properties": {
        "name": _LINE,
        "email": {**_LINE, "format": "email"},
        "phone": _LINE,
        "channel": {
            **_LINE,
            "pattern": "^[a-z][a-z0-9_]*$",
            "description": "key of the channel: wechat",
        },
        "id": {**_LINE, "description": "what the channel calls the customer"},
    },
    "anyOf": [
        {"required": ["email"]},
        {"required": ["phone"]},
        {"required": ["channel", "id"]},
    ],
    "additionalProperties": False,
}
_FILE = {
    "type": "object",
    "properties": {
        "name": {
            "type": "string",
            "pattern": _STORABLE,
            "minLength": 1,
            "maxLength": 255,
        },
        "data": {"type": "string", "contentEncoding": "base64", "pattern": _BASE64},
    },
    "required": ["name", "data"],
}
_TYPES = {
    "text": lambda rule: _text(rule, readers.TEXT_LIMIT),
    "long_text": lambda rule: _text(rule, readers.LONG_TEXT_LIMIT),
    "serial": lambda rule: _text(rule, readers.SERIAL_LIMIT),
    "number": lambda rule: _number(rule),
    "money": lambda rule: _number(rule),
    "date": lambda rule: _day(rule, "date"),
    "datetime": lambda rule: _day(rule, "date-time"),
    "time": lambda rule: {
        "type": "string",
        "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$",
    },
    "yes_no": lambda rule: {"type": "boolean"},
    "choice": lambda rule: {"type": "string", "enum": list(rule.options)},
    "category": lambda rule: {"type": "string", "enum": list(rule.options)},
    "tags": lambda rule: {
        "type": "array",
        "items": {"type": "string", "enum": list(rule.options)},
        "uniqueItems": True,
    },
    "record": lambda rule: _record(),
    "stock": lambda rule: _record(),
    "file": lambda rule: {
        "type": "array",
        "items": _FILE,
        "maxItems": readers.FILE_LIMIT,
    },
}


def submission_schema(template, rules, labels, defaults=()):
    """The schema of what ``scrm_submit`` and webhooks take for one template.

    :param template: key of the template
    :param rules: list of ``forms.rules.FieldRule``
    :param labels: field key -> label
    :param defaults: keys of fields that are filled in when they are left out
    """
    values = values_schema(rules, labels, defaults)
    return {
        "$schema": DIALECT,
        "type": "object",
        "properties": {
            "template": {"const": template},
            "values": values,
            "subject": _LINE,
            "description": {**_LINE, "maxLength": 20000},
            "store": {**_LINE, "description": "key of a store"},
            "partner": {
                "anyOf": [{"type": ["integer", "string", "null"]}, _CUSTOMER],
                "description": "id, e-mail address or phone number of the customer; or "
                "what is known of him or her, who is then found or made",
            },
            "idempotency_key": {
                **_LINE,
                "description": "the same key gives the same ticket",
            },
        },
        "required": ["template", "values"] if values["required"] else ["template"],
        "additionalProperties": False,
    }


def values_schema(rules, labels, defaults=()):
    """The schema of the values; the arguments as above."""
    properties, required = {}, []
    for rule in rules:
        if not rule.is_editable or rule.type not in _TYPES:
            continue
        schema = _TYPES[rule.type](rule)
        needed = rule.required or rule.right == "required"
        if needed and not rule.shown_when:
            if rule.key not in defaults:
                required.append(rule.key)
            if rule.type == "yes_no":
                schema = {"const": True}
            elif rule.type in ("tags", "file"):
                schema["minItems"] = 1
        else:
            schema = {"anyOf": [schema, {"type": "null"}]}
        if rule.key in labels:
            schema["title"] = labels[rule.key]
        properties[rule.key] = schema
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _text(rule, limit):
    schema = {
        "type": "string",
        # something to be read, and nothing a database cannot store
        "pattern": r"^[^\u0000]*[^\s\u0000][^\u0000]*$",
        "maxLength": min(rule.max_length or limit, limit),
    }
    if rule.format or rule.mask:
        schema["description"] = f"format: {rule.format or rule.mask}"
    if rule.format == "email":
        schema["format"] = "email"
    return schema


def _number(rule):
    least, most = rule.minimum, rule.maximum
    return {
        "type": "number",
        "minimum": -readers.NUMBER_LIMIT if least is None else least,
        "maximum": readers.NUMBER_LIMIT if most is None else most,
    }


def _day(rule, name):
    schema = {"type": "string", "format": name}
    for limit, words in ((rule.minimum, "not before"), (rule.maximum, "not after")):
        if limit is not None:
            said = schema.get("description")
            schema["description"] = ", ".join(filter(None, [said, f"{words} {limit}"]))
    return schema


def _record():
    return {
        "type": "integer",
        "exclusiveMinimum": 0,
        "exclusiveMaximum": readers.ID_LIMIT,
        "description": "id of a record that may be chosen",
    }
