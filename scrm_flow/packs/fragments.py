"""Pieces of JSON Schema from which sections are written.

Besides the standard words a schema may carry three of ours. They are checked
for the whole pack, with paths, before the database is touched:

``x-scrm-defines: "store"``
    on an array: its items' ``key`` define stores; two equal ones are refused.
``x-scrm-ref: "store"``
    on a string: the key of a store of this pack, of a pack imported earlier, or
    an Odoo XML id (with a dot).
``x-scrm-unique: "key"``
    on an array: no two items have the same value there (keys that only their
    parent knows, such as the nodes of one flow).

>>> ref("store")
{'type': 'string', 'minLength': 1, 'x-scrm-ref': 'store'}
>>> sorted(listing("store", {"name": TEXT}, ["name"])["items"]["required"])
['key', 'name']
"""

#: A stable key: what everything else refers to.
KEY = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}

#: What names a node or transition of a flow, also inside of a call: `test.weigh`.
PATH = {"type": "string", "pattern": r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$"}

#: A text for people: one string, or one string per language.
TEXT = {
    "oneOf": [
        {"type": "string", "minLength": 1},
        {
            "type": "object",
            "required": ["en_US"],
            "propertyNames": {"pattern": "^[a-z]{2,3}(_[A-Z]{2})?(@[a-z]+)?$"},
            "additionalProperties": {"type": "string", "minLength": 1},
        },
    ]
}

#: A plain string that is not empty.
STRING = {"type": "string", "minLength": 1}

#: An amount, a quantity or a limit: a string, so that no digit is lost.
DECIMAL = {"type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$"}

#: A day.
DATE = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}

#: A moment in UTC.
DATETIME = {
    "type": "string",
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$",
}

#: A small picture, base64 in one line.
IMAGE = {"type": "string", "pattern": "^[A-Za-z0-9+/]+={0,2}$", "maxLength": 65536}

BOOLEAN = {"type": "boolean"}

INTEGER = {"type": "integer"}


def ref(kind):
    """A reference to a record of this kind, by its key.

    :param kind: name of a kind, as a section declares it in ``kinds``
    """
    return {"type": "string", "minLength": 1, "x-scrm-ref": kind}


def refs(kind):
    """A list of references to records of this kind."""
    return {"type": "array", "items": ref(kind)}


def described(schema, words):
    """The schema with a description, which the reference shows."""
    return {**schema, "description": words}


def obj(properties, required=()):
    """An object that refuses unknown keys."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": list(required),
    }


def listing(kind, properties, required=()):
    """A list of objects, each with a ``key`` that defines a record of this kind."""
    return {
        "type": "array",
        "x-scrm-defines": kind,
        "items": obj({"key": KEY, **properties}, ["key", *required]),
    }


def keyed_list(properties, required=(), key="key"):
    """A list of objects whose ``key`` is unique only inside this list."""
    return {
        "type": "array",
        "x-scrm-unique": key,
        "items": obj({key: KEY, **properties}, [key, *required]),
    }
