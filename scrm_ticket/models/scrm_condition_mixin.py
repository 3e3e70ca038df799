from odoo import api, models

#: The language of the sources, which every translated name has.
SOURCE = "en_US"
#: Dimensions whose value is the name of a record in the source language, so that
#: the answer does not depend on who asks: the model of that record.
NAMED = {"device_model": "product.template", "channel": "helpdesk.ticket.channel"}


class ScrmConditionMixin(models.AbstractModel):
    """Conditions on translated names: written in any language, kept in one."""

    _inherit = "scrm.condition.mixin"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(
            [
                {
                    **vals,
                    "value": self._scrm_in_source(vals["dimension"], vals["value"]),
                }
                if vals.get("value") and vals.get("dimension") in NAMED
                else vals
                for vals in vals_list
            ]
        )

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"dimension", "value"}:
            for condition in self:
                if condition.value and condition.dimension in NAMED:
                    value = self._scrm_in_source(condition.dimension, condition.value)
                    if value != condition.value:
                        condition.value = value
        return result

    @api.model
    def _scrm_in_source(self, dimension, value) -> str:
        """A written value with the names as the dimension gives them.

        A name may be written in any installed language; what is no name of a record,
        such as a part of one, stays as it is.

        :param dimension: key of a dimension in ``NAMED``
        :param value: one name, or several with commas
        """
        # sudo: names of what a condition may ask for, of all companies
        records = self.env[NAMED[dimension]].sudo().with_context(active_test=False)
        codes = [code for code, _name in self.env["res.lang"].get_installed()]

        def source(word):
            for code in dict.fromkeys([SOURCE, *codes]):
                found = records.with_context(lang=code).search(
                    [("name", "=", word)], limit=1
                )
                if found:
                    return found.with_context(lang=SOURCE).name
            return None

        if whole := source(value):
            return whole
        words = [word.strip() for word in value.split(",")]
        return ", ".join(source(word) or word for word in words)
