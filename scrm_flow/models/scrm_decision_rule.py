from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ScrmDecisionRule(models.Model):
    """One line of a decision table."""

    _name = "scrm.decision.rule"
    _inherit = "scrm.decision.part.mixin"
    _description = "Decision Rule"
    _order = "table_id, rank, id"

    table_id = fields.Many2one(
        "scrm.decision.table", required=True, index=True, ondelete="cascade"
    )
    result_kind = fields.Selection(related="table_id.result_kind")
    rank = fields.Integer(default=10, help="Rules are asked in this order.")
    name = fields.Char(required=True, translate=True)
    is_default = fields.Boolean(
        string="Default", help="Answers when no other rule does; has no conditions."
    )
    condition_ids = fields.One2many("scrm.decision.condition", "rule_id", copy=True)
    result_model = fields.Char(help="Technical name of the result's model.")
    result_id = fields.Many2oneReference(string="Result ID", model_field="result_model")
    result_ref = fields.Reference(
        selection="_selection_result_ref",
        compute="_compute_result_ref",
        inverse="_inverse_result_ref",
        string="Result",
    )
    result_key = fields.Char(help="For example the key of a gateway's transition.")
    result_name = fields.Char(compute="_compute_result_name", string="Answer")

    _one_default = models.UniqueIndex(
        "(table_id) WHERE is_default", "A decision table has one default rule."
    )

    @api.model
    def _result_models(self) -> list[str]:
        """Models whose records tables may answer with; addons add theirs."""
        return ["res.users", "res.groups"]

    @api.model
    def _selection_result_ref(self):
        # sudo: which models tables answer with already, not what they answer
        used = self.sudo()._read_group(
            [("result_model", "!=", False)], ["result_model"]
        )
        names = dict.fromkeys([*self._result_models(), *(name for (name,) in used)])
        return [
            (name, self.env["ir.model"]._get(name).name)
            for name in names
            if name in self.env
        ]

    @api.depends("result_model", "result_id")
    def _compute_result_ref(self):
        for rule in self:
            result = rule._result()
            rule.result_ref = f"{result._name},{result.id}" if result else False

    def _inverse_result_ref(self):
        for rule in self:
            result = rule.result_ref
            rule.write(
                {
                    "result_model": result._name if result else False,
                    "result_id": result.id if result else False,
                }
            )

    @api.depends("result_model", "result_id", "result_key", "result_kind")
    def _compute_result_name(self):
        for rule in self:
            if rule.result_kind == "key":
                rule.result_name = rule.result_key
                continue
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

    @api.constrains("is_default", "condition_ids")
    def _check_default(self):
        for rule in self:
            if rule.is_default and rule.condition_ids:
                raise ValidationError(
                    self.env._(
                        "Rule “%s” answers when no other does: it cannot have "
                        "conditions.",
                        rule.name,
                    )
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
    _inherit = ["scrm.condition.mixin", "scrm.decision.part.mixin"]
    _description = "Decision Condition"
    _order = "rule_id, id"

    rule_id = fields.Many2one(
        "scrm.decision.rule", required=True, index=True, ondelete="cascade"
    )
    dimension_options = fields.Json(compute="_compute_dimension_options")

    @api.depends("rule_id.table_id.model_id")
    @api.depends_context("lang", "scrm_condition_model")
    def _compute_dimension_options(self):
        for condition in self:
            model = condition._condition_model()
            known = {}
            if model in self.env:
                known = self.env["scrm.dimension"]._definitions(model)
            condition.dimension_options = [
                [key, dimension.label] for key, dimension in known.items()
            ]

    @api.depends("dimension", "operator", "value")
    @api.depends_context("lang", "scrm_condition_model")
    def _compute_display_name(self):
        for condition in self:
            labels = dict(condition.dimension_options)
            condition.display_name = " ".join(
                part
                for part in (
                    labels.get(condition.dimension, condition.dimension),
                    condition.operator and condition._operator_label(),
                    condition.value,
                )
                if part
            )

    @api.constrains("rule_id")
    def _check_rule(self):
        self.rule_id._check_default()

    def _condition_model(self):
        # a new line of a table that is being written knows its model only so
        return self.rule_id.table_id.model or self.env.context.get(
            "scrm_condition_model"
        )
