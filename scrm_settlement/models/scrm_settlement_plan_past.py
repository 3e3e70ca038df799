from collections import defaultdict
from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL

from ..engine import money, proposal
from ..engine.period import MONTHS, period_of
from .scrm_settlement_plan_facts import FACT


class ScrmSettlementPlan(models.Model):
    """The past of a plan: what another version would have paid, and what suits it."""

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.settlement.plan"

    def _past_facts(self, first, last, region=None):
        """The latest revisions of the facts of some days, oldest first."""
        self.ensure_one()
        self.env["scrm.settlement.fact"].flush_model()
        where = [
            self._scope(),
            SQL("fact.basis_date BETWEEN %s AND %s", first, last),
            SQL("fact.cause != 'void'"),
            SQL(
                "NOT EXISTS (SELECT FROM scrm_settlement_fact later "
                "WHERE later.source_key = fact.source_key "
                "AND later.event = fact.event AND later.revision > fact.revision)"
            ),
        ]
        if region:
            where.append(SQL("fact.inputs ->> 'region' = %s", region))
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM scrm_settlement_fact fact WHERE %s ORDER BY fact.id",
                SQL(", ").join(SQL.identifier("fact", name) for name in FACT),
                SQL(" AND ").join(where),
            )
        )
        return [dict(zip(FACT, row, strict=True)) for row in rows]

    def _past_paid(self, facts, periods=()):
        """(source key, payee) -> what this plan has paid for facts and periods."""
        keys = [fact["source_key"] for fact in facts]
        keys += [period.source_key for period in periods]
        rows = self.env.execute_query(
            SQL(
                "SELECT source_key, payee_id, SUM(amount) FROM scrm_settlement_record "
                "WHERE plan_id = %s AND source_key = ANY(%s) GROUP BY 1, 2",
                self.id,
                keys,
            )
        )
        return {(key, payee): money.decimal(amount) for key, payee, amount in rows}

    def _backtest(self, version, first, last, region=None):
        """What a version would have paid for the facts of some days; stores nothing.

        Results of a period are tried for the periods that end in these days. With a
        region only single facts are looked at.

        :return: ({payee id: [facts, paid, tried]}, problems as sentences)
        """
        self.ensure_one()
        facts = self._past_facts(first, last, region)
        compiled = self._compile(version)
        rounding = self._row_head()["rounding"]
        found = defaultdict(lambda: [0, Decimal(0), Decimal(0)])
        problems = []
        for fact in facts:
            owed = defaultdict(Decimal)
            for component in compiled:
                if component.scope != "fact":
                    continue
                due, reason = self._due(fact, component, rounding)
                if reason:
                    problems.append(f"{fact['source_name']}: {reason}")
                for payee, result, _parts in due:
                    owed[payee] += result.amount
            for payee, amount in owed.items():
                found[payee][0] += 1
                found[payee][2] += amount
        jobs = [] if region else self._past_jobs(compiled, first, last)
        for (_source, payee), amount in self._past_paid(
            facts, {period for period, _component in jobs}
        ).items():
            found[payee][1] += amount
        if jobs:
            problems += self._backtest_periods(jobs, found)
        return dict(found), problems

    def _past_jobs(self, compiled, first, last):
        """(period, component) for the periods that end in these days."""
        jobs = []
        for component in compiled:
            if component.scope != "period":
                continue
            period = period_of(first, component.period)
            for _number in range(12 * 20 // MONTHS[component.period]):
                if period.last > last:
                    break
                jobs.append((period, component))
                period = period_of(
                    fields.Date.add(period.last, days=1), component.period
                )
        return jobs

    def _backtest_periods(self, jobs, found):
        head = self._row_head()
        numbers = {key for key, _label in self._numbers()}
        payees = sorted(self._period_payees(jobs))
        facts = self._period_facts(jobs, payees)
        tried = {payee: row[2] for payee, row in found.items()}
        problems = []
        for period, component in jobs:
            for payee in payees:
                mine = facts.get((period, component.node, payee), ())
                if not mine and payee not in component.standing:
                    continue
                result, _parts, reason = self._period_result(
                    component, mine, numbers, tried.get(payee, 0), head
                )
                if reason:
                    problems.append(f"{period.code}: {reason}")
                elif result:
                    found[payee][2] += result.amount
        return problems

    def _propose_tiers(self, dimension, first, last, number, share, region=None):
        """Tiers of a dimension that would have paid ``share`` percent of the past.

        :return: list of engine.proposal.ProposedTier
        :raise UserError: nothing was paid for facts that have the dimension
        """
        facts = self._past_facts(first, last, region)
        paid = defaultdict(Decimal)
        for (source, _payee), amount in self._past_paid(facts).items():
            paid[source] += amount
        past = [
            (money.decimal(fact["inputs"][dimension]), paid[fact["source_key"]])
            for fact in facts
            if fact["source_key"] in paid
            and isinstance(fact["inputs"].get(dimension), int | float)
            and not isinstance(fact["inputs"].get(dimension), bool)
        ]
        tiers = proposal.propose(past, number, money.decimal(share))
        if not tiers:
            raise UserError(
                self.env._(
                    "“%(plan)s” has paid for nothing with a value for “%(dimension)s” "
                    "in these days.",
                    plan=self.name,
                    dimension=self.env["scrm.settlement.words"]._label(dimension),
                )
            )
        return tiers

    def _draft_tiers(self, dimension, tiers):
        """A new version in which these tiers pay instead of the single-fact parts.

        What pays whole periods, and what is shared out, stays in the copy.
        """
        self.ensure_one()
        starts = self.version_ids.mapped("valid_from")
        start = fields.Date.add(max([*starts, self._today()]), days=1)
        version = self._version_on(self._today()) or self.version_ids[:1]
        draft = version.copy({"valid_from": start, "valid_to": False})
        single = draft.component_ids.filtered(lambda one: one.scope == "fact")
        single[1:].unlink()
        single[:1].write(
            {
                "rule_ids": [
                    Command.clear(),
                    Command.create(
                        {
                            "key": "proposed",
                            "name": self.env._("Proposed tiers"),
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
                    ),
                ]
            }
        )
        return draft
