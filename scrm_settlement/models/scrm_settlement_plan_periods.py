import datetime
from collections import defaultdict
from decimal import Decimal

from odoo import models
from odoo.tools import SQL

from ..engine import formulas, money
from ..engine.compute import Result, correct
from ..engine.period import period_of, totals
from ..engine.split import moved
from .scrm_settlement_fact import PROJECT_HOURS
from .scrm_settlement_plan_facts import nothing

#: Payees whose facts are in memory at once.
PAYEES = 50
#: Periods that ended longer ago are settled only when they are asked for.
HORIZON = datetime.timedelta(days=400)


class ScrmSettlementPlan(models.Model):
    """Settling periods: a result per payee, later ones as differences.

    A period belongs to the version in force on its first day, or to the first one
    that begins in it: what changes in the middle of a month changes the month's
    results from the next month on.
    """

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.settlement.plan"

    def _settle_all_periods(self, payees=None, interim=False):
        """Settle what the components of whole periods pay.

        :param payees: ids of partners, None: all that have facts or stand in a plan
        :param bool interim: also periods that have not ended
        :return: yields (records, problems)
        """
        self.ensure_one()
        jobs = self._period_jobs(interim)
        if not jobs:
            return
        if payees is None:
            payees = self._period_payees(jobs)
        payees = sorted(payees)
        for start in range(0, len(payees), PAYEES):
            yield self._settle_periods(jobs, payees[start : start + PAYEES])

    def _period_jobs(self, interim):
        """(period, component) of everything that may have to be settled."""
        today = self._today()
        versions = self._versions()
        first = self.env.execute_query(
            SQL(
                "SELECT MIN(basis_date) FROM scrm_settlement_fact fact "
                "WHERE %s AND fact.basis_date >= %s",
                self._scope(),
                today - HORIZON,
            )
        )[0][0]
        starts = [version.valid_from for version in self.version_ids]
        if any(self.version_ids.component_ids.mapped("standing_payee_ids")):
            first = min(filter(None, [first, max(min(starts), today - HORIZON)]))
        jobs = []
        if not first:
            return jobs
        kinds = {
            component.period
            for component in self.version_ids.component_ids
            if component.scope == "period"
        }
        for kind in sorted(kinds):
            period = period_of(max(first, min(starts)), kind)
            while period.first <= today:
                if interim or period.last < today:
                    # the first day that any version covers
                    days = [period.first] + sorted(
                        start for start in starts if period.first < start <= period.last
                    )
                    compiled = next(filter(None, map(versions, days)), ())
                    jobs += [
                        (period, component)
                        for component in compiled
                        if component.scope == "period" and component.period == kind
                    ]
                period = period_of(period.last + datetime.timedelta(days=1), kind)
        return jobs

    def _today(self):
        now = self.env["scrm.clock"].now()
        return self.env["scrm.settlement.fact"]._company_day(self.company_id, now)

    def _period_payees(self, jobs):
        nodes = sorted({component.node for _period, component in jobs})
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT (fact.people ->> node)::int "
                "FROM scrm_settlement_fact fact, unnest(%s) AS node "
                "WHERE %s AND fact.people ->> node IS NOT NULL",
                nodes,
                self._scope(),
            )
        )
        standing = {payee for _, component in jobs for payee in component.standing}
        return {row[0] for row in rows} | standing

    def _settle_periods(self, jobs, payees):
        """Compute and seal the results of some payees.

        :return: (new records, problems)
        """
        head = self._row_head()
        facts = self._period_facts(jobs, payees)
        paid = self._period_paid(jobs, payees)
        settled = self._settled({period.source_key for period, _component in jobs})
        numbers = {key for key, _label in self._numbers()}
        names = {
            partner.id: partner.name or ""
            for partner in self.env["res.partner"].browse(payees)
        }
        rows, problems = [], []
        for period, component in jobs:
            for payee in payees:
                mine = facts.get((period, component.node, payee), ())
                before = settled[period.source_key].get((component.key, payee))
                if not mine and not before and payee not in component.standing:
                    continue
                name = f"{names[payee]} {period.code}"
                result, parts, reason = None, None, None
                if mine or payee in component.standing:
                    result, parts, reason = self._period_result(
                        component, mine, numbers, paid.get((period, payee), 0), head
                    )
                if reason:
                    problems.append({"plan": self.name, "fact": name, "reason": reason})
                    continue
                row = self._period_row(
                    head, period, component, payee, (result, parts), before
                )
                if row:
                    rows.append(row)
        return self._seal(rows), problems

    def _numbers(self):
        return self.env["scrm.settlement.rule"]._selection_dimension()

    def _period_result(self, component, facts, numbers, paid, head):
        """(result or None, parts of cost centres or None, reason or None)."""
        asked = [
            *component.engine.asks,
            *(key for *_, key in component.centres if key),
        ]
        for key in component.engine.asks:
            if key == "price_total":  # of one currency, or nothing can be added up
                asked.append("price_currency")
        try:
            inputs = totals(
                facts, dict.fromkeys(asked), numbers, paid, component.stores
            )
        except formulas.Unpayable as fault:
            return None, None, self.env["scrm.settlement.words"]._payment_fault(fault)
        result, reason = self._result(component, inputs, head["rounding"])
        if not result or not result.amount:
            return result, None, reason
        inputs[PROJECT_HOURS] = self._all_hours(facts)
        parts, reason = self._centre_parts(
            inputs, component, result.amount, head["rounding"]
        )
        return result, parts, reason

    def _period_row(self, head, period, component, payee, due, before):
        """The row of a result or of its difference; None when all is settled.

        :param due: (result or None, parts of cost centres or None)
        """
        today = self._today()
        result, parts = due
        if before:
            result = result or Result(nothing(before["rule"]), Decimal(0), {}, [])
            parts = moved(parts, result.amount, before["parts"])
            if result.rule.key not in component.rules:
                component = self._as_settled(before)
            result = correct(result, before["amount"], head["rounding"])
        if not result or not (result.amount or parts):
            return None
        source = {
            "id": None,
            "source_key": period.source_key,
            "source_name": period.code,
            "revision": before["revision"] + 1 if before else 0,
            "basis_date": today if before else min(today, period.last),
            "entry_date": None,
            "inputs": result.inputs,
        }
        return self._row(head, source, component, payee, result, parts)

    def _period_facts(self, jobs, payees):
        """(period, node, payee) -> inputs of the latest revisions of the facts."""
        first = min(period.first for period, _component in jobs)
        last = max(period.last for period, _component in jobs)
        wanted = defaultdict(set)
        for period, component in jobs:
            wanted[component.node].add(period)
        found = defaultdict(list)
        for node, periods in wanted.items():
            by_day = {}
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT (fact.people ->> %(node)s)::int, fact.basis_date, fact.inputs
                      FROM scrm_settlement_fact fact
                     WHERE %(scope)s
                       AND fact.basis_date BETWEEN %(first)s AND %(last)s
                       AND (fact.people ->> %(node)s)::int = ANY(%(payees)s)
                       AND fact.cause != 'void'
                       AND NOT EXISTS (
                           SELECT FROM scrm_settlement_fact later
                            WHERE later.source_key = fact.source_key
                              AND later.event = fact.event
                              AND later.revision > fact.revision)
                  ORDER BY fact.id
                    """,
                    node=node,
                    scope=self._scope(),
                    first=first,
                    last=last,
                    payees=list(payees),
                )
            )
            for payee, day, inputs in rows:
                if day not in by_day:
                    by_day[day] = [
                        period
                        for period in periods
                        if period.first <= day <= period.last
                    ]
                for period in by_day[day]:
                    found[period, node, payee].append(inputs)
        return found

    def _period_paid(self, jobs, payees):
        """(period, payee) -> what single facts of the period have paid."""
        periods = {period for period, _component in jobs}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT record.payee_id, fact.basis_date, SUM(record.amount)
                  FROM scrm_settlement_record record
                  JOIN scrm_settlement_fact fact ON fact.id = record.fact_id
                 WHERE record.plan_id = %s AND record.payee_id = ANY(%s)
                   AND fact.basis_date BETWEEN %s AND %s
              GROUP BY 1, 2
                """,
                self.id,
                list(payees),
                min(period.first for period in periods),
                max(period.last for period in periods),
            )
        )
        found = defaultdict(Decimal)
        for payee, day, amount in rows:
            for period in periods:
                if period.first <= day <= period.last:
                    found[period, payee] += money.decimal(amount)
        return found
