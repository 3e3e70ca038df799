"""The pack being imported or exported: what its keys mean in this database."""

import json
import re
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import float_compare

from ..engine.inside import INSIDE
from . import registry
from .errors import PackError

#: module name under which keys of models without their own key field are kept
MODULE = "__scrm_pack__"
#: what parts the words of a setting
_PARTED = re.compile(r"[,;，；、\n]")


class Text(str):
    """A text for people; ``translations`` maps language codes to the other texts."""

    translations = {}

    @classmethod
    def of(cls, value):
        """
        >>> Text.of("Visit").translations
        {}
        >>> text = Text.of({"en_US": "Visit", "zh_CN": "上门"})
        >>> str(text), text.translations
        ('Visit', {'zh_CN': '上门'})
        """
        if not isinstance(value, dict):
            return cls(value)
        text = cls(value["en_US"])
        text.translations = {
            code: words for code, words in value.items() if code != "en_US"
        }
        return text


@dataclass(frozen=True)
class Verbatim:
    """JSON that a dump must not tidy up: its empty values say something."""

    value: object


class Pack:
    """One pack and one database.

    :param env: environment of who imports or exports
    :param data: the pack's JSON, empty for an export
    """

    def __init__(self, env, data=None):
        #: for messages: the language of who imports
        self.user_env = env
        #: for records: English first, translations after it
        self.env = env(
            context={
                **env.context,
                "lang": "en_US",
                "active_test": False,
                "scrm_pack_loading": INSIDE,
            }
        )
        self.data = {} if data is None else data
        self.path = "$"
        self.counts = {"created": 0, "updated": 0, "unchanged": 0}
        #: (kind, key) of everything the pack's own sections define
        self.definitions = set()
        #: languages of texts that this database does not have
        self.skipped_languages = set()
        #: how many keys an export had to invent
        self.invented = 0
        self._kinds = registry.kinds()
        self._installed = set(
            self.env["ir.module.module"]
            .sudo()  # names of installed modules are no secret
            .search([("state", "in", ("installed", "to upgrade"))])
            .mapped("name")
        )
        self._languages = dict(self.env["res.lang"].get_installed())

    # Where we are

    @contextmanager
    def at(self, step):
        """Inside: faults get this place of the document as their JSON path.

        :param step: ``.flows``, ``[3]`` or several of them
        """
        outer, self.path = self.path, self.path + step
        try:
            yield self
        except (UserError, AccessError) as fault:
            raise PackError(self.path, str(fault)) from fault
        except psycopg2.IntegrityError as fault:
            text = fault.diag.message_primary or str(fault)
            raise PackError(self.path, text) from fault
        finally:
            self.path = outer

    def error(self, message, path=""):
        """A PackError at this place, for ``raise``."""
        return PackError(self.path + path, message)

    def is_installed(self, addon):
        """Whether this database has the addon."""
        return addon in self._installed

    # Keys to records

    def find(self, kind, key):
        """The record of this kind and key, or an empty recordset."""
        what = self._kinds[kind]
        model = self.env[what.model]
        if not key:
            return model
        if "." in key:
            found = self.env.ref(key, raise_if_not_found=False)
            return found if found and found._name == what.model else model
        if what.key_field:
            return model.search([(what.key_field, "=", key)], limit=1)
        found = self.env.ref(f"{MODULE}.{kind}__{key}", raise_if_not_found=False)
        return found if found and found._name == what.model else model

    def knows(self, kind, key):
        """Whether the pack or the database has a record of this kind and key."""
        if (kind, key) in self.definitions:
            return True
        return kind in self._kinds and bool(self.find(kind, key))

    def ref(self, kind, key, path=""):
        """The record of this kind and key; an empty recordset for no key.

        :param path: the rest of the JSON path, when it is not where we are
        :raises PackError: when there is none
        """
        record = self.find(kind, key)
        if key and not record:
            raise self.error(
                self.user_env._("there is no %(kind)s “%(key)s”", kind=kind, key=key),
                path,
            )
        return record

    def refs(self, kind, keys, path=""):
        """The records of these keys, as one recordset."""
        records = self.env[self._kinds[kind].model]
        for key in keys or ():
            records |= self.ref(kind, key, path)
        return records

    def key_of(self, kind, record):
        """The key by which a pack refers to this record; None for no record.

        An Odoo XML id serves for records that no pack made, else a key is given.
        """
        if not record:
            return None
        record.ensure_one()
        known = self.key_of_known(kind, record)
        if known:
            return known
        for name in sorted(self._xml_ids(record)):
            if not name.startswith("__"):
                return name
        key = f"{kind}_{record.id}"
        self.invented += 1
        self.bind(kind, key, record)
        return key

    def key_of_known(self, kind, record):
        """The key a pack gave this record; None when no pack did."""
        for known, key in self.names(record):
            if known == kind:
                return key
        return None

    def names(self, record):
        """(kind, key) under which packs know this record."""
        found = []
        for kind, what in self._kinds.items():
            if what.model != record._name:
                continue
            if what.key_field:
                if record[what.key_field]:
                    found.append((kind, record[what.key_field]))
                continue
            for name in self._xml_ids(record):
                module, _dot, rest = name.partition(".")
                if module == MODULE and rest.startswith(f"{kind}__"):
                    found.append((kind, rest.removeprefix(f"{kind}__")))
        return found

    def keys_of(self, kind, records):
        """The keys of these records, in a stable order."""
        return sorted(self.key_of(kind, record) for record in records)

    def records(self, kind):
        """(key, record) of every record of this kind that a pack made, by key."""
        what = self._kinds[kind]
        model = self.env[what.model]
        if what.key_field:
            found = model.search([(what.key_field, "!=", False)])
            pairs = [(record[what.key_field], record) for record in found]
        else:
            rows = (
                self.env["ir.model.data"]
                .sudo()  # names only; the records are read as the user
                .search([("module", "=", MODULE), ("model", "=", what.model)])
            )
            pairs = [
                (row.name.removeprefix(f"{kind}__"), model.browse(row.res_id))
                for row in rows
                if row.name.startswith(f"{kind}__")
            ]
        return sorted(pair for pair in pairs if pair[1].exists())

    def bind(self, kind, key, record):
        """Let this key mean this record from now on."""
        if name := self._kinds[kind].key_field:
            if not record[name]:
                record.sudo()[name] = key  # a pack manager names it
            return
        self.env["ir.model.data"].sudo()._update_xmlids(  # a pack manager names it
            [{"xml_id": f"{MODULE}.{kind}__{key}", "record": record, "noupdate": True}]
        )

    def _xml_ids(self, record):
        return record.sudo()._get_external_ids().get(record.id, [])  # names only

    # Writing

    def upsert(self, kind, key, model, vals, create_vals=None):
        """Create the record of this key, or write on it what differs.

        :param vals: values; many2many as lists of ids, texts from :meth:`text`
        :param create_vals: values that only a new record gets
        :return: the record
        """
        record = self.find(kind, key)
        what = self._kinds[kind]
        if what.key_field:
            vals = {what.key_field: key, **vals}
        if record:
            self.write(record, vals)
        else:
            record = self.create(model, {**(create_vals or {}), **vals})
            self.bind(kind, key, record)
        return record

    # pylint: disable-next=method-required-super  # not a model of Odoo
    def create(self, model, vals):
        """Create a record, with the translations of its texts."""
        record = self.env[model].create(self._values(self.env[model], vals))
        self._translate(record, vals)
        self.counts["created"] += 1
        return record

    # pylint: disable-next=method-required-super  # not a model of Odoo
    def write(self, record, vals):
        """Write on a record only what differs, so that nothing changes twice.

        :return: whether something was written
        """
        different = {
            name: value
            for name, value in vals.items()
            if not self._same(record, name, value)
        }
        if different:
            record.write(self._values(record, different))
        translated = self._translate(record, vals)
        changed = bool(different) or translated
        self.counts["updated" if changed else "unchanged"] += 1
        return changed

    def sync(self, parent, name, rows, key="key"):
        """Make a one2many hold exactly these rows, matched by a key.

        :param parent: the record that owns the rows
        :param name: its one2many field
        :param rows: list of (key, values)
        :param key: field of the row that holds the key (a many2one by id)
        :return: the rows' records in order
        """
        field = parent._fields[name]
        present = {}
        for row in parent[name]:
            value = row[key]
            present[value.id if hasattr(value, "_name") else value] = row
        kept = self.env[field.comodel_name]
        for row_key, vals in rows:
            row = present.get(row_key)
            if row:
                self.write(row, vals)
            else:
                row = self.create(
                    field.comodel_name,
                    {field.inverse_name: parent.id, key: row_key, **vals},
                )
            kept |= row
        (parent[name] - kept).unlink()
        return kept

    def differs(self, record, vals):
        """Whether writing these values would change the record."""
        return any(
            not self._same(record, name, value)
            or self._untranslated(record, name, value)
            for name, value in vals.items()
        )

    def _values(self, model, vals):
        values = {}
        for name, value in vals.items():
            if isinstance(value, Text):
                value = str(value)
            if model._fields[name].type == "many2many" and self._is_ids(value):
                value = [Command.set(value)]
            values[name] = value
        return values

    @staticmethod
    def _is_ids(value):
        return isinstance(value, list | tuple) and all(
            isinstance(part, int) for part in value
        )

    def _same(self, record, name, value):
        field = record._fields[name]
        current = record[name]
        if field.type == "many2one":
            return current.id == (value or False)
        if field.type == "one2many" and not self._is_ids(value):
            rows = [vals for _command, _id, vals in value]  # all written anew
            return len(rows) == len(current) and not any(
                self.differs(row, vals) for row, vals in zip(current, rows, strict=True)
            )
        if field.type in ("many2many", "one2many"):
            if not self._is_ids(value):
                ((_command, _id, value),) = value  # set
            return self._is_ids(value) and set(current.ids) == set(value)
        if field.type in ("float", "monetary"):
            digits = getattr(field, "get_digits", lambda env: None)(self.env)
            places = digits[1] if digits else 6
            return not float_compare(current, value or 0.0, precision_digits=places)
        if field.type in ("date", "datetime"):
            return (field.to_string(current) if current else False) == (value or False)
        if field.type == "json":
            return json.dumps(current or False, sort_keys=True) == json.dumps(
                value or False, sort_keys=True
            )
        if field.type == "html":
            return (current or "") == (field.convert_to_cache(value, record) or "")
        return (current or False) == (str(value) if isinstance(value, Text) else value)

    def _untranslated(self, record, name, value):
        """{language: words} of a text's translations that the record lacks."""
        if not isinstance(value, Text) or not record._fields[name].translate:
            return {}
        self.skipped_languages |= set(value.translations) - set(self._languages)
        return {
            code: words
            for code, words in value.translations.items()
            if code in self._languages and record.with_context(lang=code)[name] != words
        }

    def _translate(self, record, vals):
        changed = False
        for name, value in vals.items():
            missing = self._untranslated(record, name, value)
            if missing:
                record.update_field_translations(name, missing)
                changed = True
        return changed

    # Values

    def text(self, value):
        """A text for :meth:`upsert`, or False."""
        return Text.of(value) if value else False

    def words(self, value, is_translated=True):
        """Words by which we recognise what customers write, for :meth:`upsert`.

        Customers write in whatever language they like: words of languages that the
        field has no place for stand behind the English ones.

        :param is_translated: whether the field has a place for each active language
        """
        text = self.text(value)
        if not text:
            return False
        translations = text.translations
        kept = self._languages if is_translated else {}
        others = [words for code, words in translations.items() if code not in kept]
        joined = Text(", ".join(_each([text, *others])))
        joined.translations = translations if is_translated else {}
        return joined

    def language(self, code):
        """A language for :meth:`upsert`; False where it is not active here, which the
        outcome says.

        :raises PackError: there is no such language
        """
        if code in self._languages:
            return code
        # sudo: which languages there are, is no secret
        languages = self.env["res.lang"].sudo()
        if not languages.search_count([("code", "=", code)]):  # active or not
            raise self.error(
                self.user_env._("there is no language “%s”", code), ".lang"
            )
        self.skipped_languages.add(code)
        return False

    def decimal(self, value):
        """The number of a decimal string, for a Float or Monetary field."""
        return float(Decimal(value)) if value else 0.0

    def dump_text(self, record, name):
        """The JSON of a translated field: a string, or one per language."""
        words = record.with_context(lang="en_US")[name]
        if not words:
            return None
        others = {}
        for code in self._languages:
            there = record.with_context(lang=code)[name]
            if there and there != words:
                others[code] = there
        return {"en_US": words, **others} if others else words

    def dump_decimal(self, number, digits=6):
        """The shortest decimal string of a number.

        >>> Pack.dump_decimal(None, 399.0), Pack.dump_decimal(None, 0.5)
        ('399', '0.5')
        """
        text = f"{Decimal(str(number or 0)):.{digits}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text


def _each(texts):
    """The words of some settings, each once, in order.

    >>> _each(["urgent, 紧急", "紧急，马上"])
    ['urgent', '紧急', '马上']
    """
    parts = [part.strip() for text in texts for part in _PARTED.split(text)]
    return list(dict.fromkeys(part for part in parts if part))
