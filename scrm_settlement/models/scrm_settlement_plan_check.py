from collections import defaultdict
from decimal import Decimal

from odoo import models
from odoo.tools import SQL, format_date

from odoo.addons.scrm_flow.engine import decision, decision_analysis

from ..engine import money

#: Names that a fault lists.
NAMED = 10


class ScrmSettlementPlan(models.Model):
    """What is wrong before a run, and what a run would settle."""

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.settlement.plan"

    def _faults(self):
        """What would keep amounts of this plan from being settled, posted or paid.

        :return: list of sentences
        """
        self.ensure_one()
        return [
            *self._rule_faults(),
            *self._posting_faults(),
            *self._payee_faults(),
        ]

    def _rule_faults(self):
        today = self._today()
        versions = self.version_ids.filtered(
            lambda version: not version.valid_to or version.valid_to >= today
        )
        if not versions:
            yield self.env._("no version of the plan is valid today or later.")
        definitions = self.env["scrm.dimension"]._definitions("scrm.settlement.fact")
        known = {
            key: decision_analysis.Dimension(
                item.type,
                tuple(value for value, _label in item.choices())
                if item.choices
                else None,
            )
            for key, item in definitions.items()
        }
        for component in versions.component_ids:
            if not component.rule_ids:
                yield self.env._(
                    "component “%(component)s” has no rule.", component=component.name
                )
            rules = [
                decision.Rule(
                    rule, [item._as_condition() for item in rule.condition_ids]
                )
                for rule in component.rule_ids.sorted(
                    lambda rule: (rule.rank, rule.key)
                )
            ]
            asked = {key for rule in rules for key in _asked(rule)}
            for key in sorted(asked - known.keys()):
                yield self.env._(
                    "component “%(component)s” asks for “%(dimension)s”, which is not "
                    "known any more.",
                    component=component.name,
                    dimension=key,
                )
            if asked <= known.keys():
                yield from self._condition_faults(component, rules, known)
            for rule in component.rule_ids.filtered(lambda one: one._has_no_rate()):
                yield self.env._(
                    "rule “%(rule)s” of “%(component)s” has no rate: it pays nothing.",
                    rule=rule.name,
                    component=component.name,
                )

    def _condition_faults(self, component, rules, known):
        """Rules that never apply, and holes between the ranges of two rules.

        What lies below all ranges or above them may well be meant to pay nothing.
        """
        found = decision_analysis.analyse(rules, known)
        for hidden in found.hidden:
            yield self.env._(
                "rule “%(rule)s” of “%(component)s” can never apply: its conditions "
                "exclude each other, or an earlier rule always applies.",
                rule=hidden.ref.name,
                component=component.name,
            )
        words = self.env["scrm.decision.table"]
        holes = {
            (key, words._cell_words(cell, {}))
            for gap in found.gaps
            for key, cells in gap.items()
            for cell in cells
            if cell.kind == decision_analysis.RANGE
            and None not in (cell.low, cell.high)
        }
        for key, hole in sorted(holes):
            yield self.env._(
                "“%(component)s” has a gap: no rule applies when %(dimension)s is "
                "%(range)s.",
                component=component.name,
                dimension=self.env["scrm.settlement.words"]._label(key),
                range=hole,
            )

    def _posting_faults(self):
        # sudo: whether there is one, and the lock date, nothing else
        plan = self.sudo()
        statements = plan.env["scrm.settlement.statement"]
        kind = plan._posting_kind()
        journal = kind._journal(plan)
        company = plan.company_id
        if fault := kind._plan_fault(plan):
            yield fault
        versions = plan.version_ids.filtered(
            lambda version: not version.valid_to or version.valid_to >= plan._today()
        )
        yield from filter(None, map(kind._component_fault, versions.component_ids))
        if journal:
            today = self._today()
            for day, _field in company._get_violated_lock_dates(today, False, journal):
                yield self.env._(
                    "the books are locked until %(day)s.",
                    day=format_date(self.env, day),
                )
        fault = statements._rate_fault(plan.currency_id, company, self._today())
        if fault:
            yield fault

    def _payee_faults(self):
        if self._posting_kind()._charges:
            return  # who owes us needs no account to be paid on
        self.env["res.partner.bank"].flush_model()
        # sudo: names of payees without a bank account
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner.name FROM res_partner partner
                 WHERE partner.id = ANY(%s)
                   AND NOT EXISTS (SELECT FROM res_partner_bank bank
                                    WHERE bank.partner_id IN
                                          (partner.id, partner.commercial_partner_id)
                                      AND bank.active)
              ORDER BY partner.name
                """,
                [payee for payee in self.sudo()._fact_payees() if payee],
            )
        )
        if rows:
            names = ", ".join(row[0] or "?" for row in rows[:NAMED])
            yield self.env._(
                "%(count)s payees have no bank account: %(names)s",
                count=len(rows),
                names=names + (" …" if len(rows) > NAMED else ""),
            )

    def _fact_payees(self):
        """Ids of the partners that facts in scope name as payee, 0 for nobody."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT COALESCE((fact.people ->> %s)::int, 0) "
                "FROM scrm_settlement_fact fact WHERE %s ORDER BY 1",
                self.payee_node_key,
                self._scope(),
            )
        )
        return [row[0] for row in rows]

    def _preview(self, interim=False):
        """What settling now would add, computed as it would be and then undone.

        :return: ``{"rows": [{"plan", "component", "payee", "count", "amount",
            "currency"}], "problems": [{"plan", "fact", "reason"}]}``
        """
        totals = defaultdict(lambda: [0, Decimal(0)])
        problems = []
        savepoint = self.env.cr.savepoint()
        try:
            for plan in self:
                for records, faults in (
                    *plan._settle_all_facts(),
                    *plan._settle_all_periods(interim=interim),
                ):
                    problems += faults
                    for payee, key, count, amount in self._preview_rows(records):
                        row = totals[plan, key, payee]
                        row[0] += count
                        row[1] += money.decimal(amount)
        finally:
            savepoint.rollback()
            savepoint.close(rollback=False)
            self.env.invalidate_all(flush=False)
        partners = self.env["res.partner"]
        return {
            "rows": [
                {
                    "plan": plan,
                    "component": component,
                    "payee": partners.browse(payee),
                    "count": count,
                    "amount": amount,
                }
                for (plan, component, payee), (count, amount) in totals.items()
            ],
            "problems": problems,
        }

    def _preview_rows(self, records):
        if not records:
            return []
        return self.env.execute_query(
            SQL(
                "SELECT payee_id, component_key, COUNT(*), SUM(amount) "
                "FROM scrm_settlement_record WHERE id = ANY(%s) GROUP BY 1, 2",
                records.ids,
            )
        )


def _asked(rule):
    return (condition.dimension for condition in rule.conditions)
