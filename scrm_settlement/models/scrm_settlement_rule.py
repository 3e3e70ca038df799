from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

from odoo.addons.scrm_flow.engine import decision

from ..engine import formulas, limits, period
from ..engine.compute import Rule

#: What a formula is made of; any of them may make it contradict itself.
PARAMETERS = (
    *("formula", "inner", "amount", "rate", "threshold", "unit", "dimension"),
    *("minimum", "maximum", "tier_ids", "term_ids", "cell_ids", "row_dimension"),
    *("column_dimension", "factor_dimension", "has_floor", "floor", "has_cap", "cap"),
)
#: Known of a whole period only.
PERIOD_KEYS = (period.COUNT, period.STORES, period.COVERAGE, limits.PAID)


def _short(value):
    """A number as people write it: 5000, 0.5."""
    return f"{value:.15g}"


class ScrmSettlementRule(models.Model):
    """What a component pays when all conditions hold; the first by rank wins."""

    _name = "scrm.settlement.rule"
    _description = "Settlement Rule"
    _order = "component_id, rank, key"
    _inherit = ["scrm.key.mixin", "scrm.settlement.frozen"]
    _key_suffix = None

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
            ("base_percent", "Base fee and percentage above a threshold"),
            ("slab", "Tiers, each part at its own rate"),
            ("retroactive", "Tiers, the whole at the rate reached"),
            ("bonus", "Bonus for each limit exceeded"),
            ("coefficient", "Sum of values with coefficients"),
            ("matrix", "Matrix of two values"),
            ("stages", "Part of a fee for each stage"),
            ("range", "Within a range"),
            ("guarantee", "Up to a guaranteed sum for the period"),
            ("period_cap", "Nothing above a limit for the period"),
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
        string="Computed as",
        default="percent",
        required=True,
        help="What is computed before it is kept between limits or shared out over "
        "stages.",
    )
    amount = fields.Float(min_display_digits=2, help="In the plan's currency.")
    rate = fields.Float(
        min_display_digits=2,
        help="Money per unit, or percent: 20 means one fifth.",
    )
    threshold = fields.Float(
        min_display_digits=2, help="The percentage is of what lies above."
    )
    unit = fields.Selection(
        [
            ("percent", "percent of the value"),
            ("per_unit", "money per unit"),
            ("amount", "a fixed amount"),
        ],
        string="Rates Are",
        required=True,
        default="percent",
    )
    dimension = fields.Selection(
        "_selection_dimension",
        string="Of",
        help="The measured value the rate is applied to.",
    )
    minimum = fields.Float(min_display_digits=2)
    maximum = fields.Float(min_display_digits=2)
    tier_ids = fields.One2many("scrm.settlement.tier", "rule_id", "Tiers", copy=True)
    term_ids = fields.One2many(
        "scrm.settlement.term", "rule_id", "Coefficients", copy=True
    )
    row_dimension = fields.Selection("_selection_any_dimension", string="Rows")
    column_dimension = fields.Selection("_selection_any_dimension", string="Columns")
    cell_ids = fields.One2many("scrm.settlement.cell", "rule_id", "Cells", copy=True)
    factor_dimension = fields.Selection(
        "_selection_dimension",
        string="Times",
        help="The result is multiplied by this value in percent: a score of 110 pays "
        "one tenth more.",
    )
    has_floor = fields.Boolean("At Least")
    floor = fields.Float(min_display_digits=2)
    has_cap = fields.Boolean("At Most")
    cap = fields.Float(min_display_digits=2)
    summary = fields.Char(compute="_compute_summary", string="Pays")

    _key_unique = models.Constraint(
        "UNIQUE (component_id, key)",
        "The key of a rule must be unique in its component.",
    )

    def _selection_dimension(self):
        definitions = self.env["scrm.dimension"]._definitions("scrm.settlement.fact")
        return [
            (key, definition.label)
            for key, definition in definitions.items()
            if definition.type == "number"
        ]

    def _selection_any_dimension(self):
        return self.env["scrm.settlement.condition"]._selection_dimension()

    @api.depends(*PARAMETERS)
    @api.depends_context("lang")
    def _compute_summary(self):
        labels = dict(self._selection_any_dimension())
        for rule in self:
            rule.summary = rule._summary(labels)

    def _summary(self, labels):
        """What the rule pays, in one line."""
        self.ensure_one()
        parts = [self._formula_words(self.formula, labels)]
        if self.factor_dimension:
            label = labels.get(self.factor_dimension) or self.factor_dimension
            parts.append(self.env._("times %(dimension)s in percent", dimension=label))
        if self.has_floor:
            parts.append(self.env._("at least %(amount)s", amount=_short(self.floor)))
        if self.has_cap:
            parts.append(self.env._("at most %(amount)s", amount=_short(self.cap)))
        return ", ".join(parts)

    def _formula_words(self, kind, labels):
        values = {
            name: _short(self[name])
            for name in ("amount", "rate", "minimum", "maximum", "threshold")
        }
        values["dimension"] = labels.get(self.dimension) or self.dimension or "?"
        match kind:
            case "fixed":
                return values["amount"]
            case "per_unit":
                return self.env._("%(rate)s per unit of %(dimension)s", **values)
            case "percent":
                return self.env._("%(rate)s %% of %(dimension)s", **values)
            case "base_percent":
                return self.env._(
                    "%(amount)s and %(rate)s %% of %(dimension)s above %(threshold)s",
                    **values,
                )
            case "range":
                return self.env._(
                    "%(inner)s, at least %(minimum)s, at most %(maximum)s",
                    inner=self._formula_words(self.inner, labels),
                    **values,
                )
            case "guarantee":
                return self.env._("what is missing to %(amount)s", **values)
            case "period_cap":
                return self.env._("minus what exceeds %(amount)s", **values)
        return self._table_words(kind, labels, values)

    def _table_words(self, kind, labels, values):
        match kind:
            case "slab" | "retroactive":
                tiers = ", ".join(tier._words() for tier in self.tier_ids)
                return self.env._(
                    "%(dimension)s in tiers: %(tiers)s", tiers=tiers, **values
                )
            case "bonus":
                tiers = ", ".join(
                    f"> {_short(tier.above)}: {tier._value_words()}"
                    for tier in self.tier_ids.sorted("above")
                )
                return self.env._(
                    "%(dimension)s, bonus %(tiers)s", tiers=tiers, **values
                )
            case "coefficient":
                terms = [
                    f"{_short(term.coefficient)} × "
                    f"{labels.get(term.dimension) or term.dimension}"
                    for term in self.term_ids
                ]
                return " + ".join([values["amount"]] * bool(self.amount) + terms)
            case "stages":
                parts = ", ".join(
                    f"{cell.row} {_short(cell.value)}" for cell in self.cell_ids
                )
                return self.env._(
                    "%(whole)s, shared out over stages: %(parts)s",
                    whole=self._formula_words(self.inner, labels),
                    parts=parts,
                )
            case "matrix":
                return self.env._(
                    "by %(row)s and %(column)s",
                    row=labels.get(self.row_dimension) or "?",
                    column=labels.get(self.column_dimension) or "?",
                )
        return ""

    @api.constrains(*PARAMETERS, "component_id")
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
                formula = rule._formula()
            except formulas.BadFormula as fault:
                words = self.env["scrm.settlement.words"]._formula_fault(fault)
                raise ValidationError(
                    self.env._(
                        "Rule “%(rule)s”: %(fault)s", rule=rule.name, fault=words
                    )
                ) from fault
            rule._check_scope(formula.reads)

    def _check_scope(self, keys):
        """What is only known of a period cannot be asked of a single fact."""
        asked = (*keys, *self.condition_ids.mapped("dimension"))
        if self.component_id.scope == "period":
            if period.COVERAGE in asked and not self.component_id.store_ids:
                raise ValidationError(
                    self.env._(
                        "Rule “%(rule)s”: name the stores to serve in the component, "
                        "the share is of these.",
                        rule=self.name,
                    )
                )
            return
        labels = dict(self._selection_any_dimension())
        for key in (*keys, *self.condition_ids.mapped("dimension")):
            if key in PERIOD_KEYS or key.startswith(period.AVERAGE):
                raise ValidationError(
                    self.env._(
                        "Rule “%(rule)s”: “%(dimension)s” is only known of a whole "
                        "period. Let the component pay per period.",
                        rule=self.name,
                        dimension=labels.get(key, key),
                    )
                )

    def _has_no_rate(self):
        """Whether a rate is asked for and was left at nothing."""
        self.ensure_one()
        kind = self.inner if self.formula in ("range", "stages") else self.formula
        return kind in ("per_unit", "percent", "base_percent") and not self.rate

    def _frozen_version(self):
        return self.component_id.version_id

    def _replace_with_tiers(self, dimension, tiers):
        """Put a rule of tiers in the place of this one, under the same conditions.

        :param tiers: engine.proposal.ProposedTier
        """
        self.ensure_one()
        values = {
            "component_id": self.component_id.id,
            "key": self.key,
            "rank": self.rank,
            "name": self.env._("Tiers instead of “%(rule)s”", rule=self.name),
            "condition_ids": [
                Command.create(condition.copy_data({"rule_id": False})[0])
                for condition in self.condition_ids
            ],
            "formula": "retroactive",
            "unit": "percent",
            "dimension": dimension,
            "tier_ids": [
                Command.create(
                    {
                        "above": float(tier.above),
                        "up_to": float(tier.up_to or 0),
                        "value": float(tier.rate),
                    }
                )
                for tier in tiers
            ],
        }
        self.unlink()
        return self.create(values)

    def _formula(self):
        """The formula object of the pure engine.

        :raise BadFormula: the parameters contradict each other
        """
        self.ensure_one()
        return limits.build(
            self.formula,
            amount=self.amount,
            rate=self.rate,
            threshold=self.threshold,
            unit=self.unit,
            dimension=self.dimension or "",
            minimum=self.minimum,
            maximum=self.maximum,
            inner=self.inner,
            tiers=[tier._as_row() for tier in self.tier_ids],
            terms=[(term.dimension, term.coefficient) for term in self.term_ids],
            row_dimension=self.row_dimension or "",
            column_dimension=self.column_dimension or "",
            cells=[(cell.row, cell.column, cell.value) for cell in self.cell_ids],
            numbers=[key for key, _label in self._selection_dimension()],
            factor=self.factor_dimension or "",
            floor=self.floor if self.has_floor else None,
            cap=self.cap if self.has_cap else None,
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
