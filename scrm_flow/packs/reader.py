"""What is wrong with a pack, all of it, before anything is written."""

import json

from odoo.tools.translate import LazyTranslate

from ..scenario.registry import import_verbs
from . import registry, schema
from .errors import PackError, PackErrors

_lt = LazyTranslate(__name__)

#: what a fault of the schema is called; {value} is the schema's word, {seen} the JSON
_MESSAGES = {
    "pattern": _lt("“%(seen)s” is not written in the expected form (%(value)s)"),
    "enum": _lt("“%(seen)s” is not one of %(value)s"),
    "const": _lt("must be “%(value)s”, not “%(seen)s”"),
    "minLength": _lt("must not be empty"),
    "maxLength": _lt("is longer than %(value)s characters"),
    "minItems": _lt("needs at least %(value)s entries"),
    "maxItems": _lt("has more than %(value)s entries"),
    "minimum": _lt("must be at least %(value)s"),
    "maximum": _lt("must be at most %(value)s"),
    "minProperties": _lt("needs at least %(value)s of its keys"),
    "maxProperties": _lt("has more than %(value)s of its keys"),
    "uniqueItems": _lt("names the same thing twice"),
    "oneOf": _lt("“%(seen)s” has none of the allowed forms"),
}
_TYPES = {
    "string": _lt("a text in quotes"),
    "object": _lt("an object"),
    "array": _lt("a list"),
    "integer": _lt("a whole number"),
    "number": _lt("a number"),
    "boolean": _lt("true or false"),
}


class _Object(dict):
    """A JSON object that remembers keys written twice."""

    def __init__(self, pairs):
        super().__init__(pairs)
        seen, self.twice = set(), []
        for key, _value in pairs:
            if key in seen:
                self.twice.append(key)
            seen.add(key)


def parse(env, text):
    """The JSON of a pack's text.

    :param text: str or UTF-8 bytes
    :raises PackErrors: when it is not JSON, or an object has a key twice
    """
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        data = json.loads(text, object_pairs_hook=_Object)
    except UnicodeDecodeError as fault:
        raise PackErrors(
            [PackError("$", env._("the file is not UTF-8 text"))]
        ) from fault
    except json.JSONDecodeError as fault:
        message = env._(
            "the file is not JSON: line %(line)s, column %(column)s: %(fault)s",
            line=fault.lineno,
            column=fault.colno,
            fault=fault.msg,
        )
        raise PackErrors([PackError("$", message)]) from fault
    errors = [
        PackError(schema.path_text(path), env._("this key is written twice"))
        for path in _twice(data, [])
    ]
    if errors:
        raise PackErrors(errors)
    return data


def _twice(value, path):
    if isinstance(value, _Object):
        for key in value.twice:
            yield [*path, key]
        for key, part in value.items():
            yield from _twice(part, [*path, key])
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _twice(part, [*path, number])


def check(pack):
    """Refuse a pack that is not right in every part.

    :param pack: a :class:`Pack` with its data
    :raises PackErrors: with everything that is wrong
    """
    errors = Reader(pack).errors()
    if errors:
        raise PackErrors(errors)


class Reader:
    """Looks through one pack."""

    def __init__(self, pack):
        self.pack = pack
        self._ = pack.user_env._
        self._errors = []
        self._published = schema.published() if schema.PUBLISHED.exists() else {}

    def errors(self):
        """All faults, in the order of the document as far as it goes."""
        data = self.pack.data
        if not isinstance(data, dict):
            return [PackError("$", self._("a pack is a JSON object"))]
        self._check_requires(data.get("requires"))
        definitions, references = [], []
        validator = schema.PackValidator(schema.compose(self.pack.is_installed))
        for fault in validator.iter_errors(data):
            if fault.validator == "x-scrm-defines":
                definitions.append(fault)
            elif fault.validator == "x-scrm-ref":
                references.append(fault)
            else:
                self._schema_fault(fault)
        self._check_definitions(definitions)
        self._check_references(definitions, references)
        if not self._errors:
            self._check_sections()
        return self._errors

    def _check_requires(self, addons):
        installed = []
        for number, addon in enumerate(addons if isinstance(addons, list) else ()):
            if not isinstance(addon, str):
                continue  # the schema says so
            if self.pack.is_installed(addon):
                installed.append(addon)
            else:
                self._report(f"$.requires[{number}]", self._missing_addon(addon))
        import_verbs(installed)

    def _report(self, path, message):
        self._errors.append(PackError(path, message))

    def _missing_addon(self, addon):
        return self._("the addon %(addon)s is not installed", addon=addon)

    def _schema_fault(self, fault):
        path = list(fault.absolute_path)
        word, value = fault.validator, fault.validator_value
        if word == "additionalProperties" and value is False:
            known = fault.schema.get("properties", {})
            for key in fault.instance:
                if key not in known:
                    self._report(
                        schema.path_text([*path, key]), self._unknown_key([*path, key])
                    )
        elif word == "required":
            for key in value:
                text = schema.path_text([*path, key])
                if key not in fault.instance and not self._has(text):
                    self._report(text, self._("is missing"))
        elif word == "type":
            names = value if isinstance(value, list) else [value]
            types = [self._(_TYPES[name]) for name in names if name in _TYPES]
            self._report(
                schema.path_text(path),
                self._(
                    "must be %(type)s, not %(seen)s",
                    type=" / ".join(types),
                    seen=self._short(fault.instance),
                ),
            )
        elif word == "x-scrm-unique":
            self._report(schema.path_text(path), self._duplicate(fault.instance))
        elif word in _MESSAGES:
            text = self._(_MESSAGES[word])
            seen, value = self._short(fault.instance), self._short(value)
            self._report(schema.path_text(path), text % {"seen": seen, "value": value})
        else:
            self._report(schema.path_text(path), fault.message)

    def _has(self, path):
        return any(error.path == path for error in self._errors)

    @staticmethod
    def _short(value):
        if not isinstance(value, str):
            value = json.dumps(value, ensure_ascii=False)
        return value if len(value) <= 80 else value[:79] + "…"

    def _duplicate(self, key):
        return self._("the key “%(key)s” is given twice", key=key)

    def _unknown_key(self, path):
        addon = self._addon_of(path)
        if addon and not self.pack.is_installed(addon):
            return self._missing_addon(addon)
        return self._("unknown key")

    def _addon_of(self, path):
        """Which addon of the suite knows the key at this path."""
        place, addon = self._published, None
        for step in path:
            if isinstance(step, int):
                place = place.get("items", {})
            else:
                place = place.get("properties", {}).get(step, {})
            addon = place.get("x-scrm-addon", addon)
        return addon if place else None

    def _check_definitions(self, definitions):
        seen = set()
        for fault in definitions:
            if (fault.message, fault.instance) in seen:
                self._report(
                    schema.path_text(fault.absolute_path),
                    self._duplicate(fault.instance),
                )
            seen.add((fault.message, fault.instance))

    def _check_references(self, definitions, references):
        self.pack.definitions = {(one.message, one.instance) for one in definitions}
        for fault in references:
            kind, key = fault.message, fault.instance
            if not self.pack.knows(kind, key):
                self._report(
                    schema.path_text(fault.absolute_path),
                    self._("there is no %(kind)s “%(key)s”", kind=kind, key=key),
                )

    def _check_sections(self):
        for section in registry.sections():
            if section.key in self.pack.data:
                section.check(self.pack, self.pack.data[section.key], self._report)
