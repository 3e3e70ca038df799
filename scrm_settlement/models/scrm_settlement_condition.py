from odoo import fields, models


class ScrmSettlementCondition(models.Model):
    """One thing that must hold before a settlement rule applies."""

    _name = "scrm.settlement.condition"
    _description = "Settlement Rule Condition"
    _inherit = ["scrm.condition.mixin", "scrm.settlement.frozen"]

    rule_id = fields.Many2one(
        "scrm.settlement.rule", required=True, ondelete="cascade", index=True
    )

    def _condition_model(self):
        return "helpdesk.ticket"

    def _frozen_version(self):
        return self.rule_id.component_id.version_id
