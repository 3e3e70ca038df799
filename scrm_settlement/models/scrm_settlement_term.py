from odoo import api, fields, models


class ScrmSettlementTerm(models.Model):
    """One measured value and its coefficient; the terms of a rule add up."""

    _name = "scrm.settlement.term"
    _description = "Settlement Coefficient"
    _inherit = ["scrm.settlement.frozen"]
    _order = "rule_id, id"

    rule_id = fields.Many2one(
        "scrm.settlement.rule", required=True, ondelete="cascade", index=True
    )
    dimension = fields.Selection("_selection_dimension", required=True)
    coefficient = fields.Float(required=True, min_display_digits=2)

    def _selection_dimension(self):
        return self.env["scrm.settlement.rule"]._selection_dimension()

    @api.constrains("dimension", "coefficient")
    def _check_rule(self):
        self.rule_id._check_formula()

    def _frozen_version(self):
        return self.rule_id.component_id.version_id
