from copy import deepcopy

from markupsafe import Markup

from odoo import fields
from odoo.orm.fields_properties import Property
from odoo.tools import SQL

from .forms import masks


class Guarded:
    """A field that says no more than the reader may know.

    Its model answers :meth:`_scrm_withheld`: which of some records keep the field from
    the user, and :meth:`_scrm_is_blind`: whether it is kept from the user on some
    record. Withheld, it reads as empty; blind, a search finds nothing by it.
    """

    def __get__(self, record, owner=None):
        if record is None or record.env.su or not record._ids:
            return super().__get__(record, owner)
        value = super().__get__(record, owner)
        withheld = value and record._scrm_withheld(self.name)
        if not withheld:
            return value
        if record == withheld:
            empty = self.convert_to_cache(None, record)
            return self.convert_to_record(empty, record)
        return super().__get__(record - withheld, owner)

    def condition_to_sql(self, field_expr, operator, value, model, alias, query):
        if model._scrm_is_blind(self.name):
            return as_if_empty(operator, value)
        return super().condition_to_sql(
            field_expr, operator, value, model, alias, query
        )


def as_if_empty(operator, value):
    """The answer to a condition on a field that is empty everywhere.

    >>> as_if_empty("=", "x"), as_if_empty("not ilike", "x"), as_if_empty("in", [False])
    (SQL('FALSE'), SQL('TRUE'), SQL('TRUE'))
    """
    fits = False
    if operator in ("in", "not in"):
        fits = False in value or None in value
    elif operator in ("=", "!="):
        fits = not value
    return SQL("TRUE") if fits != operator.startswith(("not ", "!")) else SQL("FALSE")


class ShownMany2many(fields.Many2many):
    """A list that is computed to be shown and mostly empty; nobody writes it.

    Where nothing is put, Odoo need not work out which links came and went.
    """

    def write(self, records, value):
        if value or self.store:
            return super().write(records, value)
        return self._update_cache(records, ())


class GuardedMany2one(Guarded, fields.Many2one):
    pass


class GuardedMany2many(Guarded, fields.Many2many):
    pass


class GuardedOne2many(Guarded, fields.One2many):
    pass


class GuardedDate(Guarded, fields.Date):
    pass


class GuardedChar(Guarded, fields.Char):
    pass


class GuardedSelection(Guarded, fields.Selection):
    pass


class GuardedMonetary(Guarded, fields.Monetary):
    pass


class MaskedChar(fields.Char):
    """Personal data: those not entitled get it with asterisks, whatever way they ask.

    Odoo's own code goes on with the true value. The model answers
    :meth:`_scrm_masked`: the records whose field the user gets masked, and
    :meth:`_scrm_is_blind`, see :class:`Guarded`.
    """

    masking = None

    def _masked(self, value, record):
        if value and not record.env.su and record._scrm_masked():
            return masks.masked(self.masking, value)
        return value

    def convert_to_read(self, value, record, use_display_name=True):
        value = super().convert_to_read(value, record, use_display_name)
        return self._masked(value, record)

    def convert_to_export(self, value, record):
        return self._masked(super().convert_to_export(value, record), record)

    def condition_to_sql(self, field_expr, operator, value, model, alias, query):
        if model._scrm_is_blind(self.name):
            return as_if_empty(operator, value)
        return super().condition_to_sql(
            field_expr, operator, value, model, alias, query
        )


class FreeText:
    """What people write freely: personal data in it reads as in :class:`MaskedChar`.

    Blind, a search finds only texts without such data. The model answers
    :meth:`_scrm_masked` and :meth:`_scrm_is_blind`.
    """

    def _masked(self, value, record):
        if not value or record.env.su or not self.may_tell(value):
            return value
        return self.mask(value) if record._scrm_masked() else value

    def may_tell(self, value):
        """Whether there may be personal data in a text of this field.

        Asked first: of the names in a list it is cheaper than asking who reads.
        """
        return self.mask(value) != value

    def mask(self, value):
        """A text of this field with the personal data in it masked."""
        return masks.masked_text(value)

    def convert_to_read(self, value, record, use_display_name=True):
        value = super().convert_to_read(value, record, use_display_name)
        return self._masked(value, record)

    def convert_to_export(self, value, record):
        return self._masked(super().convert_to_export(value, record), record)

    def condition_to_sql(self, field_expr, operator, value, model, alias, query):
        found = super().condition_to_sql(
            field_expr, operator, value, model, alias, query
        )
        if not model._scrm_is_blind(self.name) or not self.store:
            return found
        text = model._field_to_sql(alias, self.name, query)
        return SQL("(%s AND COALESCE(%s, '') !~ %s)", found, text, masks.PATTERN)


class FreeChar(FreeText, fields.Char):
    pass


class FreeMemo(FreeText, fields.Text):
    pass


class FreeHtml(FreeText, fields.Html):
    def may_tell(self, value):
        return True

    def mask(self, value):
        masked = masks.masked_html(value)
        return Markup(masked) if isinstance(value, Markup) else masked


class FormValues(fields.Properties):
    """Values of a ticket's form: Properties that lose nothing and speak the
    reader's language.

    * A write merges into what is stored, so values of fields that today's form does
      not show survive edits and a change of template.
    * Labels come from the field catalogue in the reader's language; the definition
      stored on the template holds the source terms.
    * The definition belongs to the template's lines: nothing written here changes it.
    * What a user may not read at the ticket's node is not in anything read, exported
      or copied; what may not be edited is checked by the model's create and write.
    """

    def convert_to_cache(self, value, record, validate=True):
        if isinstance(value, dict):
            # Odoo copies as deep as it goes; most values are no more than a word
            kept = {
                key: deepcopy(one) if isinstance(one, list | dict) else one
                for key, one in value.items()
            }
            value = Property(kept, self, record)
        return super().convert_to_cache(value, record, validate)

    def write(self, records, value):
        incoming = self.plain(value)
        result = None
        for record in records:
            stored = record[self.name]._values if record.id else {}
            result = super().write(record, {**stored, **incoming})
        return result

    def _get_properties_definition(self, record):
        container = record[self.definition_record]
        if not container:
            return None
        # sudo: the labels of a form are readable by whoever may read the record
        definition = container.sudo()._scrm_form_definition()
        levels = self._levels(record)
        if not levels:
            return definition
        return [
            {**part, "scrm_readonly": True}
            if levels.get(part["name"]) == "read"
            else part
            for part in definition
            if levels.get(part["name"]) != "hidden"
        ]

    def _add_default_values(self, env, values):
        template_id = values.get(self.definition_record)
        incoming = values.get(self.name)
        is_created = isinstance(template_id, int) and isinstance(incoming, dict)
        if not template_id or not is_created:
            return super()._add_default_values(env, values)
        # Odoo lays the values into a deep copy of the definition to look for defaults;
        # what is created has a form's own already (``helpdesk.ticket``), and there are
        # none in the definition
        template = env["scrm.ticket.template"].browse(template_id)
        # sudo: which fields there are, whoever fills in the form
        return {
            part["name"]: incoming[part["name"]]
            for part in template.sudo()._scrm_form_definition()
            if incoming.get(part["name"]) is not None
        }

    def condition_to_sql(self, field_expr, operator, value, model, alias, query):
        if operator == "in" and len(value) > 1:
            # one by one: Odoo's own form for several values no index can serve
            ways = [
                super(FormValues, self).condition_to_sql(
                    field_expr, operator, [one], model, alias, query
                )
                for one in value
            ]
            return SQL("(%s)", SQL(" OR ").join(ways))
        return super().condition_to_sql(
            field_expr, operator, value, model, alias, query
        )

    def convert_to_read_multi(self, values, records, use_display_name=True):
        # Odoo copies all definitions, options and all, for each record, and looks at
        # every value again. Here a definition is prepared once for all records that
        # have it; and what is stored was checked when it was written: only records
        # may be gone since, and options taken away.
        prepared = {}
        lists, doubtful = [], []
        for definition, value in zip(self._definitions(records), values, strict=True):
            if id(definition) not in prepared:
                # the definition itself is kept too: its id is nobody else's so long
                prepared[id(definition)] = (
                    definition,
                    [{**part, "value": None} for part in definition],
                    self._to_check(definition),
                )
            value = self.plain(value)
            _definition, blank, to_check = prepared[id(definition)]
            # copied whole with room for the value: 60 fields in 80 rows are many
            parts = list(map(dict.copy, blank))
            for part in parts:
                name = part["name"]
                if name in value:
                    part["value"] = value[name]
                else:
                    del part["value"]
            lists.append(parts)
            doubtful.append(
                [
                    parts[place]
                    for place, name, known in to_check
                    if (one := value.get(name)) and one not in known
                ]
            )
        if any(doubtful):
            known = self._get_res_ids_per_model(records.env, doubtful)
            for parts in doubtful:
                self._parse_json_types(parts, records.env, known)
                if use_display_name:
                    self._add_display_name(parts, records.env)
        if not records.env.su and records._scrm_gets_masks():
            for record, parts in zip(records, lists, strict=True):
                kinds = record._scrm_masks()
                for part in parts if kinds else ():
                    kind = kinds.get(part["name"])
                    if kind and part.get("value"):
                        part["value"] = masks.masked(kind, part["value"])
        return lists

    def _definitions(self, records):
        """The definition of each record; without rights to single fields, one for all
        records of a template."""
        env = records.env
        if not env.su and env["scrm.form.right"]._scrm_versions():
            return [self._get_properties_definition(record) or () for record in records]
        found = {}
        for record in records:
            container = record[self.definition_record]
            if container not in found:
                found[container] = self._get_properties_definition(record) or ()
        return [found[record[self.definition_record]] for record in records]

    @staticmethod
    def _to_check(definition):
        """The properties whose stored value may have become wrong since.

        :return: list of (place in the definition, name, values that are good whatever
            happened): keys of options; of records and tags none
        """
        found = []
        for place, part in enumerate(definition):
            if part["type"] == "selection":
                known = {key for key, _label in part["selection"]}
                found.append((place, part["name"], known))
            elif part["type"] in ("tags", "many2one", "many2many"):
                found.append((place, part["name"], ()))
        return found

    def convert_to_export(self, value, record):
        # one property's value comes from what was read already
        if isinstance(value, Property | dict):
            value = self._readable(value, record)
        return super().convert_to_export(value, record)

    def convert_to_write(self, value, record):
        # what a copy takes over; what somebody writes is checked, not left out
        if isinstance(value, Property) and not record.env.su:
            kinds = record._scrm_masks()
            if kinds or self._levels(record):
                kept = {
                    key: one
                    for key, one in self._readable(value, record).items()
                    if key not in kinds
                }
                return Property(kept, self, record)
        return super().convert_to_write(value, record)

    def _readable(self, value, record):
        """The values that the user may read, as a plain dict."""
        levels = self._levels(record)
        kinds = {} if record.env.su else record._scrm_masks()
        return {
            key: masks.masked(kinds.get(key), one)
            for key, one in self.plain(value).items()
            if levels.get(key) != "hidden"
        }

    @staticmethod
    def _levels(record):
        """Rights to single fields; the engine, with sudo, has them all."""
        return {} if record.env.su or not record else record._scrm_form_rights()

    @staticmethod
    def plain(value):
        """The values in any format Odoo passes around, as {key: value}.

        :param value: dict, list of definitions with values, Property or nothing
        """
        if not value:
            return {}
        if isinstance(value, Property):
            return dict(value._values)
        if isinstance(value, list):
            return {
                item["name"]: item.get("value")
                for item in value
                if item.get("name") and not item.get("definition_deleted")
            }
        return dict(value)
