from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools.misc import formatLang

from ..engine import formulas, limits
from ..engine.money import decimal, round_to
from ..engine.trace import Trace

#: What each preset starts with: scope, formula, and the values to adapt. Tiers are
#: (up to, value), the last one open.
PRESETS = {
    "base_tiers": {
        "scope": "period",
        "base_amount": 3000,
        "formula": "slab",
        "dimension": "price_total",
        "unit": "percent",
        "tiers": ((10000, 2), (30000, 3), (0, 5)),
    },
    "count_tiers": {
        "scope": "period",
        "formula": "slab",
        "dimension": "period.count",
        "unit": "per_unit",
        "tiers": ((50, 80), (100, 90), (0, 100)),
    },
    "amount_tiers": {
        "scope": "period",
        "formula": "slab",
        "dimension": "price_total",
        "unit": "percent",
        "tiers": ((10000, 10), (50000, 12), (0, 15)),
    },
    "range": {
        "scope": "fact",
        "formula": "range",
        "dimension": "price_total",
        "rate": 20,
        "minimum": 80,
        "maximum": 150,
    },
    "percent": {
        "scope": "fact",
        "formula": "percent",
        "dimension": "price_total",
        "rate": 8,
    },
    "franchise": {
        "scope": "period",
        "formula": "base_percent",
        "dimension": "price_total",
        "amount": 5000,
        "rate": 3,
        "threshold": 200000,
    },
    "rebate": {
        "scope": "period",
        "formula": "bonus",
        "dimension": "price_total",
        "unit": "percent",
        "tiers": ((500000, 1), (800000, 0.5)),
    },
}
TIERED = ("slab", "bonus")
NUMBERS = ("base_amount", "amount", "rate", "threshold", "minimum", "maximum")


class ScrmSettlementPlanPreset(models.TransientModel):
    """A new plan from a preset: choose, adapt the figures, see what it pays."""

    _name = "scrm.settlement.plan.preset"
    _description = "New Plan from a Preset"

    preset = fields.Selection(
        [
            ("base_tiers", "Base fee and tiered commission"),
            ("count_tiers", "Tiers by number of tickets"),
            ("amount_tiers", "Tiers by amount"),
            ("range", "Per ticket, within a range"),
            ("percent", "Percentage of the price"),
            ("franchise", "Monthly base fee and percentage above a threshold"),
            ("rebate", "Rebate when a monthly total is exceeded"),
        ],
        required=True,
        default="base_tiers",
    )
    name = fields.Char(required=True)
    template_id = fields.Many2one(
        "scrm.ticket.template", "Ticket Template", required=True
    )
    flow_version_id = fields.Many2one(
        related="template_id.flow_id.published_version_id"
    )
    node_id = fields.Many2one(
        "scrm.flow.node",
        "Paid to Who Completed",
        domain="[('version_id', '=', flow_version_id), ('type', '=', 'user_task')]",
        compute="_compute_node_id",
        store=True,
        readonly=False,
        required=True,
    )
    product_id = fields.Many2one(
        "product.product", "Product on the Bill", required=True
    )
    valid_from = fields.Date(
        required=True, default=lambda self: self.env["scrm.clock"].today()
    )
    currency_id = fields.Many2one(
        "res.currency", default=lambda self: self.env.company.currency_id
    )
    formula = fields.Char(compute="_compute_formula")
    unit = fields.Char(compute="_compute_formula")
    base_amount = fields.Monetary("Base Fee")
    amount = fields.Monetary("Monthly Base Fee")
    rate = fields.Float("Percent", min_display_digits=2)
    threshold = fields.Monetary("Above")
    minimum = fields.Monetary("At Least")
    maximum = fields.Monetary("At Most")
    line_ids = fields.One2many("scrm.settlement.plan.preset.line", "preset_id", "Tiers")
    example_value = fields.Float("For Example", default=20000, min_display_digits=2)
    example = fields.Text(compute="_compute_example")

    @api.depends("template_id")
    def _compute_node_id(self):
        for wizard in self:
            nodes = wizard.template_id.flow_id.published_version_id.node_ids
            steps = nodes.filtered(lambda node: node.type == "user_task")
            wizard.node_id = steps.sorted("rank")[:1]

    @api.depends("preset")
    def _compute_formula(self):
        for wizard in self:
            spec = PRESETS.get(wizard.preset, {})
            wizard.formula = spec.get("formula", "")
            wizard.unit = spec.get("unit", "")

    @api.onchange("preset")
    def _onchange_preset(self):
        """Begin with the preset's figures."""
        spec = PRESETS.get(self.preset, {})
        for name in NUMBERS:
            self[name] = spec.get(name, 0)
        self.line_ids = [
            Command.clear(),
            *(
                Command.create({"sequence": place, "limit": limit, "value": value})
                for place, (limit, value) in enumerate(spec.get("tiers", ()))
            ),
        ]
        self._onchange_line_ids()
        count = spec.get("dimension") == "period.count"
        self.example_value = 120 if count else 20000
        if not self.name:
            self.name = dict(self._fields["preset"]._description_selection(self.env))[
                self.preset
            ]

    @api.onchange("line_ids")
    def _onchange_line_ids(self):
        """Rates move, limits stay in their order: the open one is always the last."""
        lines = self.line_ids.sorted("sequence")
        limits_ = sorted(lines.mapped("limit"), key=lambda limit: (not limit, limit))
        for line, above, limit in zip(lines, [0, *limits_], limits_, strict=False):
            line.above = above
            line.limit = limit

    def _tiers(self):
        """(above, up to, value) in their order; triggers are only exceeded.

        :raise UserError: a tier that needs a limit has none
        """
        lines = self.line_ids.sorted("sequence")
        ends = sorted(lines.mapped("limit"), key=lambda limit: (limit <= 0, limit))
        is_bonus = self.formula == "bonus"
        if not all(end > 0 for end in (ends if is_bonus else ends[:-1])):
            raise UserError(
                self.env._("Say of each trigger what must be exceeded.")
                if is_bonus
                else self.env._("Only the last tier may be without an upper limit.")
            )
        starts = ends if is_bonus else [0, *ends[:-1]]
        ends = [0] * len(ends) if is_bonus else ends
        return list(zip(starts, ends, lines.mapped("value"), strict=True))

    def _rules(self):
        """(key, name, values of the rule) of each component."""
        spec = PRESETS[self.preset]
        values = {
            "formula": spec["formula"],
            "dimension": spec["dimension"],
            "unit": spec.get("unit", "percent"),
            **{name: self[name] for name in NUMBERS if name != "base_amount"},
        }
        if spec["formula"] in TIERED:
            values["tiers"] = self._tiers()
        rules = [("commission", self.env._("Commission"), values)]
        if self.base_amount and "base_amount" in spec:
            base = {"formula": "fixed", "amount": self.base_amount}
            rules.insert(0, ("base", self.env._("Base fee"), base))
        return rules

    @api.depends(
        *("preset", "base_amount", "amount", "rate", "threshold", "minimum"),
        *("maximum", "example_value", "line_ids.limit", "line_ids.value"),
        "line_ids.sequence",
    )
    @api.depends_context("lang")
    def _compute_example(self):
        words = self.env["scrm.settlement.words"]
        labels = words._labels()
        for wizard in self:
            wizard.example = wizard._example(words, labels)

    def _example(self, words, labels):
        if not self.preset:
            return ""
        currency = self.currency_id or self.env.company.currency_id
        step = decimal(currency.rounding)
        total, sentences = decimal(0), []
        try:
            for _key, name, values in self._rules():
                formula = self._build(values)
                trace = Trace(step)
                inputs = dict.fromkeys(formula.reads, self.example_value)
                total += round_to(formula.compute(inputs, trace), step)
                sentences += [
                    f"{name}: {sentence}"
                    for sentence in words._sentences({}, trace.steps, labels)
                ]
        except formulas.BadFormula as fault:
            return words._formula_fault(fault)
        except formulas.Unpayable as fault:
            return words._payment_fault(fault)
        except UserError as fault:
            return str(fault)
        amount = formatLang(self.env, float(total), currency_obj=currency)
        return "\n".join([self.env._("Amount: %(amount)s", amount=amount), *sentences])

    def _build(self, values):
        tiers = [
            (low, high or None, value) for low, high, value in values.get("tiers", ())
        ]
        return limits.build(
            values["formula"],
            **{
                key: value
                for key, value in values.items()
                if key not in ("formula", "tiers")
            },
            inner="percent",
            tiers=tiers,
        )

    def action_create_plan(self):
        """Make the plan, and show it.

        :raise UserError: another plan has the same name and so the same key
        """
        self.ensure_one()
        plans = self.env["scrm.settlement.plan"]
        key = f"{self.preset}_{self.template_id.key or self.template_id.id}"
        number = plans.with_context(active_test=False).search_count(
            [("key", "=like", f"{key}%")]
        )
        if not self.node_id:
            raise UserError(
                self.env._(
                    "“%(template)s” has no published flow with a step to pay for.",
                    template=self.template_id.name,
                )
            )
        scope = PRESETS[self.preset]["scope"]
        components = []
        for rank, (part, name, values) in enumerate(self._rules()):
            rule = {key: value for key, value in values.items() if key != "tiers"}
            rule["tier_ids"] = [
                Command.create({"above": low, "up_to": high, "value": value})
                for low, high, value in values.get("tiers", ())
            ]
            components.append(
                Command.create(
                    {
                        "key": part,
                        "name": name,
                        "rank": rank,
                        "scope": scope,
                        "product_id": self.product_id.id,
                        "rule_ids": [
                            Command.create({"key": "standard", "name": name, **rule})
                        ],
                    }
                )
            )
        plan = plans.create(
            {
                "key": f"{key}_{number + 1}" if number else key,
                "name": self.name,
                "currency_id": self.currency_id.id,
                "template_ids": self.template_id.ids,
                "payee_node_key": self.node_id.key,
                "version_ids": [
                    Command.create(
                        {"valid_from": self.valid_from, "component_ids": components}
                    )
                ],
            }
        )
        return plan.get_formview_action()


class ScrmSettlementPlanPresetLine(models.TransientModel):
    """A rate, and a limit: rates are dragged to the tier they are for."""

    _name = "scrm.settlement.plan.preset.line"
    _description = "Tier of a Preset"
    _order = "sequence, id"

    preset_id = fields.Many2one(
        "scrm.settlement.plan.preset", required=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    above = fields.Float(readonly=True)
    limit = fields.Float(
        min_display_digits=2,
        help="Where the tier ends, or what must be exceeded; 0: no upper limit.",
    )
    value = fields.Float("Pays", min_display_digits=2)
    tier = fields.Char(compute="_compute_tier")

    @api.depends("above", "limit", "preset_id.preset")
    @api.depends_context("lang")
    def _compute_tier(self):
        for line in self:
            above, limit = (
                formatLang(self.env, number, digits=0 if number == int(number) else 2)
                for number in (line.above, line.limit)
            )
            if line.preset_id.formula == "bonus":
                line.tier = self.env._("More than %(limit)s", limit=limit)
            elif not line.limit:
                line.tier = self.env._("Above %(limit)s", limit=above)
            elif not line.above:
                line.tier = self.env._("Up to %(limit)s", limit=limit)
            else:
                line.tier = self.env._(
                    "Above %(above)s up to %(limit)s", above=above, limit=limit
                )

    @api.constrains("limit", "value")
    def _check_value(self):
        for line in self:
            if line.limit < 0:
                raise ValidationError(self.env._("A limit is not below zero."))
