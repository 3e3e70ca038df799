from odoo import api, fields, models


class ScrmSettlementTier(models.Model):
    """One tier of a rule: above its lower limit, up to and including its upper."""

    _name = "scrm.settlement.tier"
    _description = "Settlement Tier"
    _inherit = ["scrm.settlement.frozen"]
    _order = "rule_id, above, id"

    rule_id = fields.Many2one(
        "scrm.settlement.rule", required=True, ondelete="cascade", index=True
    )
    above = fields.Float(
        min_display_digits=2, help="Values exactly here are not in the tier."
    )
    up_to = fields.Float(
        min_display_digits=2,
        help="Values exactly here are in the tier. 0: no upper limit.",
    )
    value = fields.Float(
        "Pays", required=True, min_display_digits=2, help="In the unit of the rule."
    )

    @api.constrains("above", "up_to", "value")
    def _check_rule(self):
        self.rule_id._check_formula()

    def _frozen_version(self):
        return self.rule_id.component_id.version_id

    def _as_row(self):
        return self.above, self.up_to or None, self.value

    def _words(self):
        end = f"{self.up_to:.15g}" if self.up_to else "∞"
        return f"{self.above:.15g} – {end}: {self._value_words()}"

    def _value_words(self):
        return f"{self.value:.15g}" + (" %" if self.rule_id.unit == "percent" else "")
