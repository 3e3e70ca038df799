from odoo import api, fields, models


class ScrmSettlementCell(models.Model):
    """What a matrix pays where a row and a column meet."""

    _name = "scrm.settlement.cell"
    _description = "Settlement Matrix Cell"
    _inherit = ["scrm.settlement.frozen"]
    _order = "rule_id, id"

    rule_id = fields.Many2one(
        "scrm.settlement.rule", required=True, ondelete="cascade", index=True
    )
    row = fields.Char(
        help="One value, several with commas, or for numbers a range: “50, 90” is "
        "above 50, up to 90. Empty: any value."
    )
    column = fields.Char(help="Written like the row.")
    value = fields.Float(
        "Pays", required=True, min_display_digits=2, help="In the unit of the rule."
    )

    @api.constrains("row", "column", "value")
    def _check_rule(self):
        self.rule_id._check_formula()

    def _frozen_version(self):
        return self.rule_id.component_id.version_id
