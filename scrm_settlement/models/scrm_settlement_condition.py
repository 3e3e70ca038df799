from odoo import api, fields, models


class ScrmSettlementCondition(models.Model):
    """One thing that must hold before a settlement rule applies."""

    _name = "scrm.settlement.condition"
    _description = "Settlement Rule Condition"
    _inherit = ["scrm.condition.mixin", "scrm.settlement.frozen"]

    dimension = fields.Selection("_selection_dimension")
    rule_id = fields.Many2one(
        "scrm.settlement.rule", required=True, ondelete="cascade", index=True
    )

    def _selection_dimension(self):
        definitions = self.env["scrm.dimension"]._definitions("scrm.settlement.fact")
        return [(key, definition.label) for key, definition in definitions.items()]

    @api.depends("dimension", "operator", "value")
    @api.depends_context("lang")
    def _compute_display_name(self):
        definitions = self.env["scrm.dimension"]._definitions("scrm.settlement.fact")
        for condition in self:
            dimension = definitions.get(condition.dimension)
            label = dimension.label if dimension else condition.dimension or ""
            operator = condition._operator_label() if condition.operator else ""
            value = condition._value_label(dimension)
            condition.display_name = f"{label} {operator} {value}"

    def _condition_model(self):
        return "scrm.settlement.fact"

    @api.constrains("dimension", "rule_id")
    def _check_scope(self):
        for rule in self.rule_id:
            rule._check_scope(())

    def _frozen_version(self):
        return self.rule_id.component_id.version_id
