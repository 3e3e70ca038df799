from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ScrmDecisionRule(models.Model):
    """One line of a decision table."""

    _name = "scrm.decision.rule"
    _description = "Decision Rule"
    _order = "table_id, rank, id"

    table_id = fields.Many2one(
        "scrm.decision.table", required=True, index=True, ondelete="cascade"
    )
    rank = fields.Integer(default=10, help="The first rule that matches answers.")
    name = fields.Char(required=True, translate=True)
    condition_ids = fields.One2many("scrm.decision.condition", "rule_id", copy=True)
    result_model = fields.Char(help="Technical name of the result's model.")
    result_id = fields.Many2oneReference(string="Result ID", model_field="result_model")
    result_name = fields.Char(compute="_compute_result_name", string="Result")

    @api.depends("result_model", "result_id")
    def _compute_result_name(self):
        for rule in self:
            result = rule._result()
            rule.result_name = result.display_name if result else False

    @api.constrains("result_model", "result_id")
    def _check_result(self):
        for rule in self:
            if rule.result_model and rule.result_model not in self.env:
                raise ValidationError(
                    self.env._(
                        "The result of rule “%(rule)s” has the unknown model "
                        "%(model)s.",
                        rule=rule.name,
                        model=rule.result_model,
                    )
                )
            if rule.result_model and not rule._result():
                raise ValidationError(
                    self.env._("Rule “%(rule)s” has no result.", rule=rule.name)
                )

    def _result(self):
        """The record this rule answers with; None when it has none any more."""
        self.ensure_one()
        if not self.result_id or self.result_model not in self.env:
            return None
        return self.env[self.result_model].browse(self.result_id).exists() or None


class ScrmDecisionCondition(models.Model):
    """One comparison of a decision rule."""

    _name = "scrm.decision.condition"
    _inherit = "scrm.condition.mixin"
    _description = "Decision Condition"
    _order = "rule_id, id"

    rule_id = fields.Many2one(
        "scrm.decision.rule", required=True, index=True, ondelete="cascade"
    )

    def _condition_model(self):
        return self.rule_id.table_id.model

    @api.depends("dimension", "operator", "value")
    def _compute_display_name(self):
        for condition in self:
            condition.display_name = " ".join(
                part
                for part in (
                    condition.dimension,
                    condition.operator and condition._operator_label(),
                    condition.value,
                )
                if part
            )
