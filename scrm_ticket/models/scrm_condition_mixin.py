from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

#: The language of the sources, which every translated name has.
SOURCE = "en_US"
#: Dimensions whose value is the name of a record in the source language, so that
#: the answer does not depend on who asks: the model of that record.
NAMED = {
    "device_model": "product.template",
    "channel": "helpdesk.ticket.channel",
    "team": "helpdesk.ticket.team",
}
#: Fields of the form whose value is a record are compared by its full name.
FORM_FIELD = "field."
#: Records of one name among which the one that is meant is looked for.
SAME_NAME = 20


class ScrmConditionMixin(models.AbstractModel):
    """Conditions on translated names: written in any language, kept in one."""

    _inherit = "scrm.condition.mixin"

    @api.model_create_multi
    def create(self, vals_list):
        kept = []
        for vals in vals_list:
            if vals.get("value") and vals.get("dimension"):
                value = self._scrm_in_source(
                    vals["dimension"], vals["value"], vals.get("operator")
                )
                vals = {**vals, "value": value}
            kept.append(vals)
        return super().create(kept)

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"dimension", "value", "operator"}:
            for condition in self.filtered("value"):
                value = condition._scrm_source_value()
                if value != condition.value:
                    condition.value = value
        return result

    def _scrm_source_value(self):
        """The written value with the names as the dimension gives them."""
        self.ensure_one()
        return self._scrm_in_source(self.dimension, self.value, self.operator)

    @api.model
    def _scrm_in_source(self, dimension, value, operator="=") -> str:
        """A written value with the names as the dimension gives them.

        A name may be written in any installed language; what is no name of a record,
        such as a part of one, stays as it is.

        :param dimension: key of a dimension; of others than names nothing changes
        :param value: one name, or several with commas
        :param operator: ``contains`` asks for a part of the name: a name without its
            code stays one
        """
        model = self._scrm_named_model(dimension)
        if not model:
            return value
        # sudo: names of what a condition may ask for, of all companies
        records = self.env[model].sudo().with_context(active_test=False)
        if dimension in NAMED:
            ways = {"name": "name"}
        else:  # with the code, however it was written
            part = "name" if operator == "contains" else "display_name"
            ways = {"display_name": "display_name", records._rec_name: part}

        def source(word):
            return _in_source(records, word, ways)

        if whole := source(value):
            return whole
        words = [word.strip() for word in value.split(",")]
        return ", ".join(source(word) or word for word in words)

    @api.model
    def _scrm_named_model(self, dimension):
        """The model whose records a dimension names; None for others."""
        if not dimension or not dimension.startswith(FORM_FIELD):
            return NAMED.get(dimension)
        # sudo: the catalogue is no secret: types of what forms may ask
        field = self.env["scrm.form.field"].sudo()
        field = field.search(
            [
                ("key", "=", dimension.removeprefix(FORM_FIELD)),
                ("type", "in", ("record", "stock")),
            ]
        )
        return field._scrm_record_model() if field else None

    @api.model
    @api.private
    def scrm_keep_in_source(self):
        """Bring what is stored into the source language, for upgrades.

        By SQL: what is in use is frozen, and asks for the same record as before.
        """
        named = Domain("dimension", "in", [*NAMED])
        named |= Domain("dimension", "=like", f"{FORM_FIELD}%")
        for condition in self.search(named & Domain("value", "!=", False)):
            value = condition._scrm_source_value()
            if value != condition.value:
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET value = %s WHERE id = %s",
                        SQL.identifier(self._table),
                        value,
                        condition.id,
                    )
                )
        self.invalidate_model(["value"])
        self.env.registry.clear_cache()


def _in_source(records, word, ways):
    """The name of a record in the source language, None when no record has it.

    :param records: of the model, as somebody who reads all of them
    :param word: its name in any installed language
    :param ways: {field that the word may be: field to be read in its place}
    """
    codes = [code for code, _name in records.env["res.lang"].get_installed()]
    for code in dict.fromkeys([SOURCE, *codes]):
        in_language = records.with_context(lang=code)
        for name, wanted in ways.items():
            for record in in_language.search([(name, "=", word)], limit=SAME_NAME):
                if record[name] == word:
                    return record.with_context(lang=SOURCE)[wanted]
    return None
