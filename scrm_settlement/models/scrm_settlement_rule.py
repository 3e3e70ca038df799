from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.scrm_flow.engine import decision

from ..engine import formulas
from ..engine.compute import Rule


class ScrmSettlementRule(models.Model):
    """What a component pays when all conditions hold; the first by rank wins."""

    _name = "scrm.settlement.rule"
    _description = "Settlement Rule"
    _order = "component_id, rank, key"
    _inherit = ["scrm.settlement.frozen"]

    component_id = fields.Many2one(
        "scrm.settlement.component", required=True, ondelete="cascade", index=True
    )
    currency_id = fields.Many2one(related="component_id.version_id.currency_id")
    key = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    rank = fields.Integer(default=10)
    condition_ids = fields.One2many(
        "scrm.settlement.condition", "rule_id", "Conditions", copy=True
    )
    formula = fields.Selection(
        [
            ("fixed", "Fixed amount"),
            ("per_unit", "Amount per unit"),
            ("percent", "Percentage"),
            ("range", "Within a range"),
        ],
        required=True,
        default="fixed",
    )
    inner = fields.Selection(
        [
            ("fixed", "Fixed amount"),
            ("per_unit", "Amount per unit"),
            ("percent", "Percentage"),
        ],
        string="Before the Limits",
        default="percent",
        required=True,
        help="What is computed before it is kept between the limits.",
    )
    amount = fields.Float(min_display_digits=2, help="In the plan's currency.")
    rate = fields.Float(
        min_display_digits=2,
        help="Money per unit, or percent: 20 means one fifth.",
    )
    dimension = fields.Selection(
        "_selection_dimension",
        string="Of",
        help="The measured value the rate is applied to.",
    )
    minimum = fields.Float(min_display_digits=2)
    maximum = fields.Float(min_display_digits=2)
    summary = fields.Char(compute="_compute_summary", string="Pays")

    _key_unique = models.Constraint(
        "UNIQUE (component_id, key)",
        "The key of a rule must be unique in its component.",
    )
    _key_format = models.Constraint(
        "CHECK (key ~ '^[a-z][a-z0-9_]*$')",
        "A key consists of small letters, digits and underscores.",
    )

    def _selection_dimension(self):
        definitions = self.env["scrm.dimension"]._definitions("helpdesk.ticket")
        return [
            (key, definition.label)
            for key, definition in definitions.items()
            if definition.type == "number"
        ]

    @api.depends(
        "formula", "inner", "amount", "rate", "dimension", "minimum", "maximum"
    )
    @api.depends_context("lang")
    def _compute_summary(self):
        labels = dict(self._selection_dimension())
        for rule in self:
            rule.summary = rule._summary(rule.formula, labels)

    def _summary(self, kind, labels):
        self.ensure_one()
        values = {
            "amount": f"{self.amount:g}",
            "rate": f"{self.rate:g}",
            "dimension": labels.get(self.dimension) or self.dimension or "?",
            "minimum": f"{self.minimum:g}",
            "maximum": f"{self.maximum:g}",
        }
        match kind:
            case "fixed":
                return values["amount"]
            case "per_unit":
                return self.env._("%(rate)s per unit of %(dimension)s", **values)
            case "percent":
                return self.env._("%(rate)s %% of %(dimension)s", **values)
            case "range":
                return self.env._(
                    "%(inner)s, at least %(minimum)s, at most %(maximum)s",
                    inner=self._summary(self.inner, labels),
                    **values,
                )
        return ""

    @api.constrains(
        "formula", "inner", "amount", "rate", "dimension", "minimum", "maximum"
    )
    def _check_formula(self):
        measured = dict(self._selection_dimension())
        for rule in self:
            if rule.dimension and rule.dimension not in measured:
                raise ValidationError(
                    self.env._(
                        "Rule “%(rule)s”: there is no measured value “%(dimension)s”.",
                        rule=rule.name,
                        dimension=rule.dimension,
                    )
                )
            try:
                rule._formula()
            except formulas.BadFormula as fault:
                raise ValidationError(rule._formula_fault(str(fault))) from fault

    def _formula_fault(self, fault):
        if fault == "dimension missing":
            return self.env._(
                "Rule “%(rule)s”: choose the measured value the rate is applied to.",
                rule=self.name,
            )
        return self.env._(
            "Rule “%(rule)s”: the minimum is above the maximum.", rule=self.name
        )

    def _frozen_version(self):
        return self.component_id.version_id

    def _formula(self):
        """The formula object of the pure engine.

        :raise BadFormula: the parameters contradict each other
        """
        self.ensure_one()
        return formulas.build(
            self.formula,
            amount=self.amount,
            rate=self.rate,
            dimension=self.dimension or "",
            minimum=self.minimum,
            maximum=self.maximum,
            inner=self.inner,
        )

    def _compile(self):
        """The rule as the pure engine reads it."""
        self.ensure_one()
        conditions = [item._as_condition() for item in self.condition_ids]
        return Rule(
            self.key,
            self.rank,
            self._formula(),
            lambda inputs: decision.matches(conditions, inputs),
            tuple(condition.dimension for condition in conditions),
        )
