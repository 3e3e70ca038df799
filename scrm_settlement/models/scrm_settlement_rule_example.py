from odoo import api, fields, models
from odoo.tools.misc import formatLang

from ..engine import formulas, stages
from ..engine.compute import Component, Rule, compute
from ..engine.money import decimal


class ScrmSettlementRule(models.Model):
    """What a rule would pay, beside the form while it is filled in."""

    _inherit = "scrm.settlement.rule"

    example_fact_id = fields.Many2one(
        "scrm.settlement.fact",
        "For This Ticket",
        compute="_compute_example_fact",
        readonly=False,
        help="A ticket that was done: what the rule would pay for it.",
    )
    example_value = fields.Float(
        "For This Value",
        compute="_compute_example_value",
        readonly=False,
        min_display_digits=2,
        help="Taken for every measured value the rule reads.",
    )
    example = fields.Text(compute="_compute_example")

    @api.depends("component_id")
    def _compute_example_fact(self):
        for rule in self:
            plan = rule.component_id.version_id.plan_id
            facts = self.env["scrm.settlement.fact"]
            if rule.component_id.scope == "fact" and plan:
                domain = [("company_id", "=", plan.company_id.id)]
                if plan.template_ids:
                    keys = plan.template_ids.mapped("key")
                    domain.append(("template_key", "in", keys))
                facts = facts.search(domain, limit=1)
            rule.example_fact_id = facts

    def _compute_example_value(self):
        self.example_value = 1000

    @api.depends(
        *("formula", "inner", "amount", "rate", "threshold", "unit", "dimension"),
        *("minimum", "maximum", "row_dimension", "column_dimension"),
        *("factor_dimension", "has_floor", "floor", "has_cap", "cap"),
        *("tier_ids.above", "tier_ids.up_to", "tier_ids.value"),
        *("term_ids.dimension", "term_ids.coefficient"),
        *("cell_ids.row", "cell_ids.column", "cell_ids.value"),
        *("condition_ids.dimension", "condition_ids.operator", "condition_ids.value"),
        *("example_fact_id", "example_value"),
    )
    @api.depends_context("lang")
    def _compute_example(self):
        words = self.env["scrm.settlement.words"]
        labels = words._labels()
        for rule in self:
            rule.example = rule._example(words, labels)

    def _example(self, words, labels):
        """The computation for the chosen fact or value, in words."""
        try:
            compiled = self._compile() if self._is_filled() else None
        except formulas.BadFormula as fault:
            return words._formula_fault(fault)
        except ValueError:  # a condition that is still being written
            return ""
        if not compiled:
            return ""
        rounding = self.currency_id or self.env.company.currency_id
        step = decimal(rounding.rounding)
        if self.example_fact_id:
            inputs = self.example_fact_id.inputs
        else:
            inputs = dict.fromkeys(compiled.formula.reads, self.example_value)
            if self.formula == "stages":
                inputs[stages.STAGE] = self.cell_ids[:1].row
            # without a fact only the formula is tried
            compiled = Rule("rule", 0, compiled.formula)
        try:
            result = compute(Component("example", [compiled]), inputs, step)
        except formulas.Unpayable as fault:
            return words._payment_fault(fault)
        except ValueError:  # a condition that is still being written
            return ""
        if result is None:
            return self.env._("The conditions do not hold for this ticket.")
        amount = formatLang(self.env, float(result.amount), currency_obj=rounding)
        return "\n".join(
            [
                *words._sentences(result.inputs, result.steps, labels),
                self.env._("Amount: %(amount)s", amount=amount),
            ]
        )

    def _is_filled(self):
        """Whether all conditions and terms are complete enough to be tried."""
        return all(self.condition_ids.mapped("dimension")) and all(
            self.term_ids.mapped("dimension")
        )

    def write(self, vals):
        """What is tried is not kept: it may be changed on a frozen rule, too."""
        tried = {"example_fact_id", "example_value"}
        kept = {name: value for name, value in vals.items() if name not in tried}
        return super().write(kept) if kept or not vals else True
