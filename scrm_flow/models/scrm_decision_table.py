from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..engine import decision


class ScrmDecisionTable(models.Model):
    """Conditions -> result, shared by routing, handlers and price tiers.

    A table is live: what is changed counts for the next decision, in flows that
    were published before as well.
    """

    _name = "scrm.decision.table"
    _inherit = ["scrm.key.mixin", "scrm.decision.part.mixin"]
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
        [
            ("first", "First rule that matches"),
            ("collect", "All rules that match, in order"),
        ],
        required=True,
        default="first",
        help="All of them where several can be used: for handlers and skills. Where "
        "only one can, such as a transition or a price, the first one counts. The "
        "default rule answers only when no other does.",
    )
    result_kind = fields.Selection(
        [("record", "A record"), ("key", "A key, such as that of a transition")],
        string="Answers with",
        required=True,
        default="record",
    )
    description = fields.Text(translate=True)
    rule_ids = fields.One2many("scrm.decision.rule", "table_id", copy=True)

    _key_unique = models.UniqueIndex("(key)", "The key of a decision table is unique.")

    @api.private
    def decide(self, record) -> decision.DecisionResult | None:
        """Find the rule that answers for this record.

        Of a table that collects, the first that matches.

        :param record: one record of the table's model
        :return: the rule with the inputs it looked at and the reason in words;
            None when no rule matches
        :raise ValidationError: the record is of another model, or a condition
            asks for a dimension that is no longer there
        """
        rules, inputs = self._matching(record, decision.first)
        return self._result(rules, inputs) if rules else None

    @api.private
    def decide_all(self, record) -> list[decision.DecisionResult]:
        """Find all rules that answer for this record, in order.

        Of a table that does not collect, the one of :meth:`decide`.

        :raise ValidationError: as :meth:`decide`
        """
        collects = self.hit_policy == "collect"
        how = decision.collect if collects else decision.first
        rules, inputs = self._matching(record, how)
        found = rules if collects else [rules] if rules else []
        return [self._result(rule, inputs) for rule in found]

    def _matching(self, record, how):
        """(what ``how`` finds of the rules, the values it looked at)."""
        self.ensure_one()
        record.ensure_one()
        rules, keys, model = self._compiled()
        if record._name != model:
            raise ValidationError(
                self.env._(
                    "The decision table “%(table)s” is not about %(model)s.",
                    table=self.name,
                    model=record._description,
                )
            )
        inputs = self.env["scrm.dimension"].values(record, keys)
        return how(rules, inputs), inputs

    @tools.ormcache("self.id")
    def _compiled(self) -> tuple:
        """(rules with their ids, dimensions they ask, model), kept until changed."""
        # sudo: what the table says decides, whoever moves the record
        table = self.sudo()
        rules = tuple(
            decision.Rule(
                rule.id,
                tuple(condition._as_condition() for condition in rule.condition_ids),
                rule.is_default,
            )
            for rule in table.rule_ids
        )
        keys = tuple(dict.fromkeys(table.rule_ids.condition_ids.mapped("dimension")))
        return rules, keys, table.model

    def _result(self, match, inputs) -> decision.DecisionResult:
        rule = self.rule_ids.browse(match.ref)
        return decision.DecisionResult(rule, inputs, self._explain(rule, inputs))

    def _explain(self, rule, inputs) -> str:
        reasons = [condition._describe(inputs) for condition in rule.condition_ids]
        always = (
            self.env._("no other rule does")
            if rule.is_default
            else self.env._("it always applies")
        )
        return self.env._(
            "%(table)s: rule “%(rule)s”, because %(reasons)s",
            table=self.name,
            rule=rule.name,
            reasons="; ".join(reasons) or always,
        )
