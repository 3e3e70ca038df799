import json
from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import formulas, money, trace
from ..engine.compute import Result, Rule, compute, correct
from ..engine.split import BadWeights, moved, split

#: Dimensions that are money, and the dimension that tells their currency.
MONEY = {"price_total": "price_currency"}

#: Facts are read and their records written in portions of this size.
PORTION = 2000

#: Columns of a fact that settling reads.
FACT = (
    *("id", "source_key", "source_name", "revision", "cause", "basis_date"),
    *("entry_date", "inputs", "people"),
)


def nothing(rule):
    """A rule of this key that owes nothing any more."""
    return Rule(rule, 0, formulas.Fixed(Decimal(0)))


class ScrmSettlementPlan(models.Model):
    """Settling facts: read in sets, computed without the database, sealed in sets."""

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.settlement.plan"

    def _settle_all_facts(self, payees=None):
        """Settle portion by portion.

        :param payees: ids of the partners whose facts are settled, None: all
        :return: yields (records, problems)
        """
        last = 0
        while True:
            facts = self._next_facts(last, payees=payees)
            if not facts:
                return
            last = facts[-1]["id"]
            yield self._settle(facts)

    def _scope(self):
        """Which facts this plan is about, as SQL on the table ``fact``."""
        self.ensure_one()
        scope = SQL(
            "fact.company_id = %s AND fact.event = %s", self.company_id.id, self.event
        )
        if self.template_ids:
            keys = tuple(self.template_ids.mapped("key"))
            scope = SQL("%s AND fact.template_key IN %s", scope, keys)
        return scope

    def _payee_scope(self, payees):
        """Facts whose payee, as the plan says, is one of these; 0 is nobody."""
        return SQL(
            "COALESCE((fact.people ->> %s)::int, 0) = ANY(%s)",
            self.payee_node_key,
            list(payees),
        )

    def _next_facts(self, last, ids=None, payees=None):
        """The next portion of facts in scope after the id ``last``."""
        self.env["scrm.settlement.fact"].flush_model()
        scope = [SQL("fact.id > %s", last), self._scope()]
        if ids:
            scope.append(SQL("fact.id IN %s", tuple(ids)))
        if payees is not None:
            scope.append(self._payee_scope(payees))
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM scrm_settlement_fact fact WHERE %s "
                "ORDER BY fact.id LIMIT %s",
                SQL(", ").join(SQL.identifier("fact", name) for name in FACT),
                SQL(" AND ").join(scope),
                PORTION,
            )
        )
        return [dict(zip(FACT, row, strict=True)) for row in rows]

    # Settle

    def _settle(self, facts):
        """Compute and seal the records of some facts.

        :param list facts: rows of :meth:`_next_facts`
        :return: (new records, list of problems as dictionaries)
        """
        self.ensure_one()
        records = self.env["scrm.settlement.record"]
        problems = []
        rounds = defaultdict(list)
        for fact in facts:
            rounds[fact["revision"]].append(fact)
        versions = self._versions()
        for revision, group in sorted(rounds.items()):
            settle = self._later_rows if revision else self._first_rows
            rows, faults = settle(group, versions)
            records |= self._seal(rows)
            problems += faults
        return records, problems

    def _seal(self, rows):
        """Insert computed rows; freeze the versions they come from."""
        Record = self.env["scrm.settlement.record"]
        records = Record._insert(
            rows, SQL("plan_id, component_key, payee_id, source_key, revision")
        )
        if records:
            used = {row["version_id"] for row in rows}
            self.env["scrm.settlement.plan.version"].browse(used)._freeze()
            self.env["scrm.settlement.fact"].invalidate_model(["record_ids"])
        return records

    def _first_rows(self, facts, versions):
        """Rows of facts that are settled for the first time."""
        done = set(
            self.env.execute_query(
                SQL(
                    "SELECT fact_id, component_key FROM scrm_settlement_record "
                    "WHERE plan_id = %s AND fact_id = ANY(%s)",
                    self.id,
                    [fact["id"] for fact in facts],
                )
            )
        )
        rows, problems = [], []
        head = self._row_head()
        for fact in facts:
            compiled = versions(fact["basis_date"])
            if compiled is None:
                problems.append(self._problem(fact, self._no_version(fact)))
                continue
            for component in compiled:
                if component.scope != "fact" or (fact["id"], component.key) in done:
                    continue
                due, reason = self._due(fact, component, head["rounding"])
                if reason:
                    problems.append(self._problem(fact, reason))
                for payee, result, parts in due:
                    rows.append(self._row(head, fact, component, payee, result, parts))
        return rows, problems

    def _later_rows(self, facts, versions):
        """Rows of corrected or reopened facts: what is due minus what was settled."""
        head = self._row_head()
        settled = self._settled([fact["source_key"] for fact in facts])
        rows, problems = [], []
        for fact in facts:
            if fact["cause"] == "reopened" and self.rework == "nothing":
                continue
            compiled = versions(fact["basis_date"])
            if compiled is None:
                problems.append(self._problem(fact, self._no_version(fact)))
                continue
            before = settled[fact["source_key"]]
            if any(one["revision"] >= fact["revision"] for one in before.values()):
                continue
            if fact["cause"] == "reopened" and self.rework == "again":
                before = {}
            due, reasons = {}, []
            for component in compiled:
                if fact["cause"] == "void" or component.scope != "fact":
                    continue
                found, reason = self._due(fact, component, head["rounding"])
                reasons += [reason] if reason else []
                for payee, result, parts in found:
                    due[component.key, payee] = component, result, parts
            if reasons:  # better no correction than half of one
                problems += [self._problem(fact, reason) for reason in reasons]
                continue
            by_key = {component.key: component for component in compiled}
            for key in sorted({*due, *before}):
                row = self._difference(
                    head, fact, key, due.get(key), before.get(key), by_key
                )
                if row:
                    rows.append(row)
        return rows, problems

    def _difference(self, head, fact, key, due, before, by_key):
        """The row that brings what was settled to what is due, None when it is."""
        component_key, payee = key
        if due:
            component, result, parts = due
        else:
            component, parts = by_key.get(component_key), None
            if component is None or before["rule"] not in component.rules:
                component = self._as_settled(before)
            result = Result(nothing(before["rule"]), Decimal(0), {}, [])
        if before:
            parts = moved(parts, result.amount, before["parts"])
            result = correct(result, before["amount"], head["rounding"])
        if not result.amount and not parts:
            return None
        return self._row(head, fact, component, payee, result, parts)

    def _as_settled(self, before):
        """The component that paid, of whatever version it is."""
        component = self.env["scrm.settlement.component"].browse(before["component"])
        compiled = self._compile(component.version_id)
        return next(one for one in compiled if one.id == component.id)

    def _settled(self, source_keys):
        """What was settled: source -> (component, payee) -> amount, parts, last rule.

        The parts are those of cost centres; what no centre got is of None.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT record.source_key, record.component_key, record.payee_id,
                       SUM(record.amount), MAX(record.revision),
                       (array_agg(rule.key ORDER BY record.revision DESC))[1],
                       (array_agg(record.component_id
                                  ORDER BY record.revision DESC))[1]
                  FROM scrm_settlement_record record
                  JOIN scrm_settlement_rule rule ON rule.id = record.rule_id
                 WHERE record.plan_id = %s AND record.source_key = ANY(%s)
              GROUP BY 1, 2, 3
                """,
                self.id,
                list(source_keys),
            )
        )
        found = defaultdict(dict)
        for source, component, payee, amount, revision, rule, component_id in rows:
            found[source][component, payee] = {
                "amount": money.decimal(amount),
                "revision": revision,
                "rule": rule,
                "component": component_id,
                "parts": {None: money.decimal(amount)},
            }
        for source, component, payee, centre, amount in self._settled_parts(found):
            parts = found[source][component, payee]["parts"]
            parts[None] -= money.decimal(amount)
            parts[centre] = parts.get(centre, 0) + money.decimal(amount)
        return found

    # Compute

    def _due(self, fact, component, rounding):
        """What one component owes for one fact.

        :return: ([(payee id, result, parts of cost centres)], reason or None)
        """
        payees = self._payees(fact, component)
        missing = [node for node, payee, _weight, _key in payees if not payee]
        if missing:
            return [], self.env._(
                "nobody completed the node “%(node)s”.", node=missing[0]
            )
        result, reason = self._result(component, fact["inputs"], rounding)
        if result is None:
            return [], reason
        if not component.people and not component.centres:
            return [(payees[0][1], result, None)], None
        try:
            shared = self._shared(fact, payees, result, rounding)
        except (BadWeights, formulas.Unpayable):
            return [], self.env._("the shares have no positive weight to go by.")
        due = []
        for payee, part in shared:
            parts, reason = self._centre_parts(
                fact["inputs"], component, part.amount, rounding
            )
            if reason:
                return [], reason
            due.append((payee, part, parts))
        return due, None

    def _payees(self, fact, component):
        """(node, partner id, weight, dimension) of everybody who shares."""
        people = fact["people"]
        if not component.people:
            return [(component.node, people.get(component.node), Decimal(1), "")]
        return [
            (who, people.get(who) if isinstance(who, str) else who, weight, key)
            for who, weight, key in component.people
        ]

    def _shared(self, fact, payees, result, rounding):
        """(partner id, result) of each payee; of the same partner one."""
        if len(payees) == 1:
            return [(payees[0][1], result)]
        weights = [
            weight * (formulas.units(fact["inputs"], key) if key else 1)
            for _node, _payee, weight, key in payees
        ]
        together = {}
        for (_node, payee, _weight, _key), weight in zip(payees, weights, strict=True):
            together[payee] = together.get(payee, Decimal(0)) + weight
        parts = split(result.amount, list(together.values()), rounding)
        total = sum(together.values())
        shared = []
        for (payee, weight), part in zip(together.items(), parts, strict=True):
            if not part:
                continue
            step = {
                "op": "share",
                "weight": money.text(weight),
                "total": money.text(total),
                "amount": money.text(result.amount),
                "result": money.text(part),
            }
            inputs = {
                **result.inputs,
                **{key: fact["inputs"].get(key) for *_, key in payees if key},
            }
            shared.append(
                (payee, Result(result.rule, part, inputs, [*result.steps, step]))
            )
        return shared

    def _result(self, component, inputs, rounding):
        """(result or None, reason or None)."""
        try:
            result = compute(component.engine, inputs, rounding)
        except formulas.Unpayable as fault:
            rule = self.env["scrm.settlement.rule"].browse(component.rules[fault.rule])
            return None, self.env._(
                "rule “%(rule)s”: %(fault)s",
                rule=rule.name,
                fault=self.env["scrm.settlement.words"]._payment_fault(fault),
            )
        if result is None:
            return None, None
        for dimension in result.rule.formula.reads:
            currency = inputs.get(MONEY.get(dimension))
            if currency and currency != self.currency_id.name:
                return None, self.env._(
                    "%(dimension)s is in %(theirs)s, the plan pays in %(ours)s.",
                    dimension=self.env["scrm.settlement.words"]._label(dimension),
                    theirs=currency,
                    ours=self.currency_id.name,
                )
        return result, None

    # Rows

    def _row_head(self):
        """What all rows of a run have in common, read once."""
        return {
            "plan_id": self.id,
            "plan_key": self.key,
            "currency_id": self.currency_id.id,
            "currency_name": self.currency_id.name,
            "company_id": self.company_id.id,
            "computed_at": self.env["scrm.clock"].now(),
            "rounding": money.decimal(self.currency_id.rounding).normalize(),
        }

    def _row(self, head, fact, component, payee, result, parts):
        """The columns of a record, with its digest."""
        basis = fact["entry_date"] or fact["basis_date"]
        content = {
            "plan": head["plan_key"],
            "version": component.version_number,
            "component": component.key,
            "rule": result.rule.key,
            "payee": payee,
            "source": fact["source_key"],
            "revision": fact["revision"],
            "currency": head["currency_name"],
            "inputs": result.inputs,
            "steps": result.steps,
        }
        sealed = self.env["scrm.settlement.record"]._content(
            basis_date=basis, amount=result.amount, parts=parts, **content
        )
        return {
            "fact_id": fact["id"],
            "plan_id": head["plan_id"],
            "version_id": component.version_id,
            "component_id": component.id,
            "component_key": component.key,
            "rule_id": component.rules[result.rule.key],
            "payee_id": payee,
            "source_key": fact["source_key"],
            "source_name": fact["source_name"],
            "revision": fact["revision"],
            "basis_date": basis,
            "amount": result.amount,
            "currency_id": head["currency_id"],
            "company_id": head["company_id"],
            "computed_at": head["computed_at"],
            "inputs": json.dumps(result.inputs),
            "steps": json.dumps(result.steps),
            "parts": json.dumps(parts) if parts else None,
            "digest": trace.digest(sealed),
        }

    def _no_version(self, fact):
        return self.env._(
            "no version of the plan is valid on %(day)s.",
            day=fields.Date.to_string(fact["basis_date"]),
        )

    def _problem(self, fact, reason):
        return {"plan": self.name, "fact": fact["source_name"], "reason": reason}

    @api.model
    def _settle_fact(self, fact):
        """Settle one new fact by every plan that is about it.

        :return: problems by which some plan could not settle it
        """
        problems = []
        for plan in self.search([("company_id", "=", fact.company_id.id)]):
            rows = plan._next_facts(0, ids=fact.ids)
            if rows:
                problems += plan._settle(rows)[1]
        return problems
