import json
from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine import formulas, money, trace
from ..engine.compute import compute

#: Dimensions that are money, and the dimension that tells their currency.
MONEY = {"price_total": "price_currency"}

#: What cannot change once the plan has settled anything: it would pay again, pay
#: somebody else, or make sealed records unreadable.
FIXED = ("key", "company_id", "currency_id", "event", "payee_node_key")

#: Facts are read and their records written in portions of this size.
PORTION = 1000


class ScrmSettlementPlan(models.Model):
    """Who is paid for what: the head of a plan; the rules are in its versions."""

    _name = "scrm.settlement.plan"
    _description = "Settlement Plan"
    _inherit = ["mail.thread"]
    _order = "key"
    _check_company_auto = True

    key = fields.Char(required=True, tracking=True)
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        tracking=True,
    )
    template_ids = fields.Many2many(
        "scrm.ticket.template",
        "scrm_settlement_plan_template_rel",
        string="Ticket Templates",
        help="Tickets of these templates are settled. Empty: all tickets.",
    )
    event = fields.Selection(
        [("ticket_done", "Ticket done")],
        string="Basis",
        required=True,
        default="ticket_done",
        help="What makes an amount due, and the day it belongs to.",
    )
    payee_node_key = fields.Char(
        "Paid to who completed",
        required=True,
        tracking=True,
        help="Key of the flow node whose handler is paid.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        "Purchase Journal",
        domain="[('type', '=', 'purchase'), ('company_id', '=', company_id)]",
        check_company=True,
        help="Empty: the company's first purchase journal.",
    )
    version_ids = fields.One2many(
        "scrm.settlement.plan.version", "plan_id", "Versions", copy=True
    )
    record_count = fields.Integer(compute="_compute_record_count")

    _key_unique = models.Constraint(
        "UNIQUE (key)", "The key of a settlement plan must be unique."
    )
    _key_format = models.Constraint(
        "CHECK (key ~ '^[a-z][a-z0-9_]*$')",
        "A key consists of small letters, digits and underscores.",
    )

    def _compute_record_count(self):
        counts = dict(
            self.env["scrm.settlement.record"]._read_group(
                [("plan_id", "in", self.ids)], ["plan_id"], ["__count"]
            )
        )
        for plan in self:
            plan.record_count = counts.get(plan, 0)

    def write(self, vals):
        self.check_access("write")
        before = {plan: [plan[name] for name in FIXED] for plan in self}
        result = super().write(vals)
        for plan, values in before.items():
            if any(plan.version_ids.mapped("frozen")) and values != [
                plan[name] for name in FIXED
            ]:
                raise UserError(
                    self.env._(
                        "“%(plan)s” has been used to settle: its key, company, "
                        "currency, basis and payee cannot change any more. Make a "
                        "new plan.",
                        plan=plan.name,
                    )
                )
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for plan in self:
            if any(plan.version_ids.mapped("frozen")):
                raise UserError(
                    self.env._(
                        "“%(plan)s” has been used to settle: archive it instead of "
                        "deleting it.",
                        plan=plan.name,
                    )
                )

    # Settling

    def settle(self):
        """Settle all facts in the scope of these plans that are not yet settled.

        Running it again changes nothing and adds only what is new.

        :return: ``{"created": number of new records,
            "problems": [{"plan", "fact", "reason"}]}``
        :raise AccessError: the user is neither plan manager nor accountant
        """
        self._check_may_settle()
        created, problems = 0, []
        # The amounts belong to the payees, the accountant need not be allowed to
        # read their tickets or partners: only frozen facts are read.
        for plan in self.sudo():
            last = 0
            while True:
                facts = plan._next_facts(last)
                if not facts:
                    break
                last = facts[-1]["id"]
                records, faults = plan._settle(facts)
                created += len(records)
                problems += faults
        return {"created": created, "problems": problems}

    def action_settle(self):
        """Button: settle, and say what came of it."""
        outcome = self.settle()
        lines = [
            self.env._("%(count)s new records.", count=outcome["created"]),
            *(f"{fault['fact']}: {fault['reason']}" for fault in outcome["problems"]),
        ]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Settlement"),
                "message": "\n".join(lines[:20]),
                "type": "warning" if outcome["problems"] else "success",
                "sticky": bool(outcome["problems"]),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_view_records(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "scrm_settlement.scrm_settlement_record_action"
        )
        return {**action, "domain": [("plan_id", "=", self.id)]}

    def _check_may_settle(self):
        user = self.env.user
        if not self.env.su and not (
            user.has_group("scrm_settlement.group_manager")
            or user.has_group("scrm_settlement.group_accountant")
        ):
            self.check_access("write")
        self.check_access("read")

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

    def _next_facts(self, last, ids=None):
        """The next portion of facts in scope after the id ``last``."""
        self.env["scrm.settlement.fact"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT fact.id, fact.source_key, fact.source_name, fact.revision,
                       fact.basis_date, fact.inputs, fact.people
                  FROM scrm_settlement_fact fact
                 WHERE fact.id > %s AND %s AND %s
              ORDER BY fact.id
                 LIMIT %s
                """,
                last,
                self._scope(),
                SQL("fact.id IN %s", tuple(ids)) if ids else SQL("TRUE"),
                PORTION,
            )
        )
        names = (
            "id",
            "source_key",
            "source_name",
            "revision",
            "basis_date",
            "inputs",
            "people",
        )
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _settle(self, facts):
        """Compute and seal the records of some facts.

        :param list facts: rows of :meth:`_next_facts`
        :return: (new records, list of problems as dictionaries)
        """
        self.ensure_one()
        Record = self.env["scrm.settlement.record"]
        done = set(
            self.env.execute_query(
                SQL(
                    """
                    SELECT fact_id, component_key
                      FROM scrm_settlement_record
                     WHERE plan_id = %s AND fact_id IN %s
                    """,
                    self.id,
                    tuple(fact["id"] for fact in facts),
                )
            )
        )
        compiled, rows, problems = {}, [], []
        rounding = money.decimal(self.currency_id.rounding).normalize()
        for fact in facts:
            version = self._version_on(fact["basis_date"])
            if not version:
                problems.append(self._problem(fact, self._no_version(fact)))
                continue
            if version not in compiled:
                compiled[version] = [
                    (component, component._compile())
                    for component in version.component_ids
                ]
            for component, engine in compiled[version]:
                if (fact["id"], component.key) in done:
                    continue
                row, reason = self._compute_row(fact, component, engine, rounding)
                if row:
                    rows.append(row)
                elif reason:
                    problems.append(self._problem(fact, reason))
        records = Record._insert(
            rows, SQL("plan_id, component_key, payee_id, source_key, revision")
        )
        records.version_id._freeze()
        self.env["scrm.settlement.fact"].invalidate_model(["record_ids"])
        return records, problems

    def _version_on(self, day):
        """The version in force on a day: of those that cover it the latest."""
        covering = self.version_ids.filtered(
            lambda version: version.valid_from <= day
            and (not version.valid_to or day <= version.valid_to)
        )
        return covering.sorted("valid_from")[-1:]

    def _compute_row(self, fact, component, engine, rounding):
        """One record's columns, or None and the reason, or None and None."""
        node = component.payee_node_key or self.payee_node_key
        payee = fact["people"].get(node)
        if not payee:
            return None, self.env._("nobody completed the node “%(node)s”.", node=node)
        try:
            result = compute(engine, fact["inputs"], rounding)
        except formulas.MissingInput as fault:
            label = self._label(fault.dimension)
            return None, self.env._("%(dimension)s has no value.", dimension=label)
        except formulas.BadInput as fault:
            return None, self.env._(
                "%(dimension)s is not a number: %(value)s",
                dimension=self._label(fault.dimension),
                value=fault.value,
            )
        if result is None:
            return None, None
        for dimension in result.rule.formula.reads:
            currency = fact["inputs"].get(MONEY.get(dimension))
            if currency and currency != self.currency_id.name:
                return None, self.env._(
                    "%(dimension)s is in %(theirs)s, the plan pays in %(ours)s.",
                    dimension=self._label(dimension),
                    theirs=currency,
                    ours=self.currency_id.name,
                )
        rules = {rule.key: rule for rule in component.rule_ids}
        row = {
            "fact_id": fact["id"],
            "plan_id": self.id,
            "version_id": component.version_id.id,
            "component_id": component.id,
            "component_key": component.key,
            "rule_id": rules[result.rule.key].id,
            "payee_id": payee,
            "source_key": fact["source_key"],
            "source_name": fact["source_name"],
            "revision": fact["revision"],
            "basis_date": fact["basis_date"],
            "amount": result.amount,
            "currency_id": self.currency_id.id,
            "company_id": self.company_id.id,
            "computed_at": self.env["scrm.clock"].now(),
            "inputs": json.dumps(result.inputs),
            "steps": json.dumps(result.steps),
        }
        row["digest"] = trace.digest(
            self.env["scrm.settlement.record"]._content(
                plan=self.key,
                version=component.version_id.number,
                component=component.key,
                rule=result.rule.key,
                payee=payee,
                source=fact["source_key"],
                revision=fact["revision"],
                basis_date=fact["basis_date"],
                amount=Decimal(result.amount),
                currency=self.currency_id.name,
                inputs=result.inputs,
                steps=result.steps,
            )
        )
        return row, None

    def _label(self, dimension):
        definition = self.env["scrm.dimension"]._definitions("helpdesk.ticket")
        return definition[dimension].label if dimension in definition else dimension

    def _no_version(self, fact):
        return self.env._(
            "no version of the plan is valid on %(day)s.", day=fact["basis_date"]
        )

    def _problem(self, fact, reason):
        return {"plan": self.name, "fact": fact["source_name"], "reason": reason}

    @api.model
    def _settle_fact(self, fact):
        """Settle one new fact by every plan that is about it.

        :return: problems by which some plan could not settle it
        """
        problems = defaultdict(list)
        for plan in self.search([("company_id", "=", fact.company_id.id)]):
            rows = plan._next_facts(0, ids=fact.ids)
            if rows:
                problems[plan] += plan._settle(rows)[1]
        return [fault for faults in problems.values() for fault in faults]
