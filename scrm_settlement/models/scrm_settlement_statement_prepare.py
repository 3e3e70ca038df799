import calendar
import datetime
import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL


class ScrmSettlementStatement(models.Model):
    """Collecting what is not yet on a statement."""

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.settlement.statement"

    @api.model
    def prepare(self, plan, period, payee=None):
        """Collect the unbilled records of a period into one statement per payee.

        Who earned nothing has one when what was held back from him is due. Draft
        statements of the same payee and period grow; doing it again changes nothing.

        :param plan: key (str) or id (int) of the plan
        :param period: month ``"2026-03"``, or ``["2026-03-01", "2026-03-15"]``
        :param payee: id of a partner, None for all
        :return: the draft statements
        :raise UserError: unknown plan or unreadable period
        """
        self.browse().check_access("create")
        plan = self._read_plan(plan)
        date_from, date_to = self._read_period(period)
        where = SQL(
            "plan_id = %s AND basis_date BETWEEN %s AND %s", plan.id, date_from, date_to
        )
        if payee:
            payee = payee if isinstance(payee, int) else payee.id
            where = SQL("%s AND payee_id = %s", where, payee)
        found = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT payee_id FROM scrm_settlement_record
                 WHERE statement_id IS NULL AND %s ORDER BY payee_id
                """,
                where,
            )
        )
        statements = self.browse()
        payees = [payee_id for (payee_id,) in found]
        for waiting in self._payees_waiting(plan, date_to):
            if payee in (None, waiting) and waiting not in payees:
                payees.append(waiting)
        Record = self.env["scrm.settlement.record"].sudo()  # links are the engine's
        for payee_id in payees:
            statement = self._draft_of(plan, payee_id, date_from, date_to)
            Record._claim(statement, SQL("%s AND payee_id = %s", where, payee_id))
            statement._take_carried()
            statements |= statement
        return statements or self.search(
            [
                ("plan_id", "=", plan.id),
                ("date_from", "=", date_from),
                ("date_to", "=", date_to),
                ("state", "=", "draft"),
                *([("payee_id", "=", payee)] if payee else []),
            ]
        )

    @api.model
    def _read_plan(self, plan):
        domain = [("id" if isinstance(plan, int) else "key", "=", plan)]
        found = self.env["scrm.settlement.plan"].search(domain, limit=1)
        if not found:
            raise UserError(
                self.env._("There is no settlement plan “%(plan)s”.", plan=plan)
            )
        return found

    @api.model
    def _read_period(self, period):
        """First and last day of a period as :meth:`prepare` takes it."""
        try:
            first, last = self._period_days(period)
        except ValueError:  # no such day
            first = last = None
        if first and last and first <= last:
            return first, last
        raise UserError(
            self.env._(
                "The period “%(period)s” is neither a month like 2026-03 nor two "
                "days, the first not after the last.",
                period=period,
            )
        )

    @api.model
    def _period_days(self, period):
        """The two days of a period, None for what is no period at all.

        :raise ValueError: a day that is in no calendar
        """
        if isinstance(period, str) and re.fullmatch(r"\d{4}-\d{2}", period):
            first = datetime.date.fromisoformat(f"{period}-01")
            days = calendar.monthrange(first.year, first.month)[1]
            return first, first.replace(day=days)
        if isinstance(period, list | tuple) and len(period) == 2:
            return tuple(map(fields.Date.to_date, period))
        return None, None

    @api.model
    def _draft_of(self, plan, payee_id, date_from, date_to):
        statement = self.search(
            [
                ("plan_id", "=", plan.id),
                ("payee_id", "=", payee_id),
                ("date_from", "=", date_from),
                ("date_to", "=", date_to),
                ("state", "=", "draft"),
            ],
            limit=1,
        )
        if statement:
            statement._step({"author_ids": [Command.link(self.env.uid)]})
            return statement
        sequence = self.env["ir.sequence"].with_company(plan.company_id)
        return self._make(
            {
                "name": sequence.next_by_code(
                    "scrm.settlement.statement", sequence_date=date_to
                ),
                "plan_id": plan.id,
                "payee_id": payee_id,
                "company_id": plan.company_id.id,
                "currency_id": plan.currency_id.id,
                "date_from": date_from,
                "date_to": date_to,
                "author_ids": [Command.link(self.env.uid)],
            }
        )
