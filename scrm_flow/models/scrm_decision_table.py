from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import decision
from .scrm_flow import KEY_PATTERN


class ScrmDecisionTable(models.Model):
    """Conditions -> result, shared by routing, handlers and price tiers."""

    _name = "scrm.decision.table"
    _description = "Decision Table"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    key = fields.Char(required=True, index=True, copy=False)
    active = fields.Boolean(default=True)
    model_id = fields.Many2one(
        "ir.model",
        required=True,
        ondelete="cascade",
        domain="[('transient', '=', False)]",
        help="The records this table is asked about.",
    )
    model = fields.Char(related="model_id.model", string="Model Name")
    hit_policy = fields.Selection(
        [("first", "First rule that matches")], required=True, default="first"
    )
    description = fields.Text(translate=True)
    rule_ids = fields.One2many("scrm.decision.rule", "table_id", copy=True)

    _key_unique = models.UniqueIndex("(key)", "The key of a decision table is unique.")

    @api.constrains("key")
    def _check_key(self):
        for table in self:
            if not KEY_PATTERN.fullmatch(table.key):
                raise ValidationError(
                    self.env._(
                        "The key “%(key)s” must start with a small letter, followed "
                        "by small letters, digits and underscores.",
                        key=table.key,
                    )
                )

    def copy_data(self, default=None):
        values_list = super().copy_data(default)
        for table, values in zip(self, values_list, strict=True):
            values.setdefault("key", f"{table.key}_copy")
        return values_list

    @api.private
    def decide(self, record) -> decision.DecisionResult | None:
        """Find the rule that answers for this record.

        :param record: one record of the table's model
        :return: the rule with the inputs it looked at and the reason in words;
            None when no rule matches
        :raise ValidationError: the record is of another model, or a condition
            asks for a dimension that is no longer there
        """
        self.ensure_one()
        record.ensure_one()
        if record._name != self.model:
            raise ValidationError(
                self.env._(
                    "The decision table “%(table)s” is not about %(model)s.",
                    table=self.name,
                    model=record._description,
                )
            )
        conditions = self.rule_ids.condition_ids
        keys = dict.fromkeys(conditions.mapped("dimension"))
        inputs = self.env["scrm.dimension"].values(record, keys)
        rules = [
            decision.Rule(rule, [c._as_condition() for c in rule.condition_ids])
            for rule in self.rule_ids
        ]
        match = decision.first(rules, inputs)
        if match is None:
            return None
        return decision.DecisionResult(
            match.ref, inputs, self._explain(match.ref, inputs)
        )

    def _explain(self, rule, inputs) -> str:
        reasons = [condition._describe(inputs) for condition in rule.condition_ids]
        return self.env._(
            "%(table)s: rule “%(rule)s”, because %(reasons)s",
            table=self.name,
            rule=rule.name,
            reasons="; ".join(reasons) or self.env._("it always applies"),
        )
