from collections import defaultdict
from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError
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

    def _past_version(self):
        """The version that a proposal starts from: the one in force."""
        return self._version_on(self._today()) or self.version_ids[:1]

    def _past_by_rule(self, dimension, first, last, region=None):
        """What was paid for single facts, by the rule that now settles such facts.

        :return: {rule id: [(value of the dimension, paid)]}
        """
        facts = self._past_facts(first, last, region)
        paid = self._past_paid_parts(facts)
        past = defaultdict(list)
        compiled = self._compile(self._past_version())
        for component in compiled:
            if component.scope != "fact":
                continue
            for fact in facts:
                inputs = fact["inputs"]
                amount = paid.get((fact["source_key"], component.key))
                value = inputs.get(dimension)
                if amount is None or type(value) not in (int, float):
                    continue
                rules = component.engine.rules
                rule = next((one for one in rules if one.applies(inputs)), None)
                if rule:
                    row = (money.decimal(value), amount)
                    past[component.rules[rule.key]].append(row)
        return past

    def _past_paid_parts(self, facts):
        """(source key, component key) -> what this plan has paid for facts."""
        rows = self.env.execute_query(
            SQL(
                "SELECT source_key, component_key, SUM(amount) "
                "FROM scrm_settlement_record "
                "WHERE plan_id = %s AND source_key = ANY(%s) GROUP BY 1, 2",
                self.id,
                [fact["source_key"] for fact in facts],
            )
        )
        return {(source, key): money.decimal(amount) for source, key, amount in rows}

    def _propose_tiers(self, dimension, first, last, number, share, region=None):
        """Tiers of a dimension that would have paid ``share`` percent of the past.

        Each rule gets tiers of its own, from the facts that meet its conditions.

        :return: {rule of the version in force: [engine.proposal.ProposedTier]}
        :raise UserError: nothing was paid for facts that have the dimension
        """
        past = self._past_by_rule(dimension, first, last, region)
        rules = self._past_version().component_ids.rule_ids
        proposed = {
            rule: tiers
            for rule in rules
            if (
                tiers := proposal.propose(
                    past.get(rule.id, ()), number, money.decimal(share)
                )
            )
        }
        if not proposed:
            raise UserError(
                self.env._(
                    "“%(plan)s” has paid for nothing with a value for “%(dimension)s” "
                    "in these days.",
                    plan=self.name,
                    dimension=self.env["scrm.settlement.words"]._label(dimension),
                )
            )
        return proposed

    def _draft_tiers(self, dimension, proposed):
        """A new version in which these tiers pay instead of what their rules paid.

        A rule keeps its place and its conditions. Rules without tiers, what pays whole
        periods, and what is shared out, stay in the copy.

        :param proposed: as :meth:`_propose_tiers` returns it
        """
        self.ensure_one()
        starts = self.version_ids.mapped("valid_from")
        start = fields.Date.add(max([*starts, self._today()]), days=1)
        draft = self._past_version().copy({"valid_from": start, "valid_to": False})
        copies = {
            (rule.component_id.key, rule.key): rule
            for rule in draft.component_ids.rule_ids
        }
        for rule, tiers in proposed.items():
            copies[rule.component_id.key, rule.key]._replace_with_tiers(
                dimension, tiers
            )
        return draft
