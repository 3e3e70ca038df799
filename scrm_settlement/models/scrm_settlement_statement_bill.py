from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.fields import Command
from odoo.tools import SQL, format_date

from ..engine import money


class ScrmSettlementStatement(models.Model):
    """How a statement becomes an entry in the books, of the plan's kind."""

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.settlement.statement"

    def _create_bills(self):
        """One entry each, created in one go."""
        totals = self._bill_totals()
        journals = {plan: self._journal_of(plan) for plan in self.plan_id}
        return self.env["account.move"].create(
            [
                statement._bill_vals(totals[statement], journals[statement.plan_id])
                for statement in self
            ]
        )

    def _bill_totals(self):
        """What the records of each statement add up to, by component and centre.

        Added by PostgreSQL as decimals: records beyond number are not read one by one.

        :return: statement -> {(component, analytic account): Decimal}
        """
        roots = {part.id: root for root in self for part in root._parts()}
        totals = {statement: defaultdict(Decimal) for statement in self}
        Component = self.env["scrm.settlement.component"]
        Analytic = self.env["account.analytic.account"]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT record.statement_id, record.component_id,
                       (part ->> 'analytic')::int,
                       SUM(COALESCE((part ->> 'amount')::numeric, record.amount))
                  FROM scrm_settlement_record record
             LEFT JOIN LATERAL jsonb_array_elements(record.parts) part
                    ON jsonb_typeof(record.parts) = 'array'
                 WHERE record.statement_id = ANY(%s)
              GROUP BY 1, 2, 3
              ORDER BY 1, 2, 3
                """,
                list(roots),
            )
        )
        for statement_id, component_id, centre_id, amount in rows:
            component = Component.browse(component_id)
            centre = Analytic.browse(centre_id) or component.analytic_account_id
            totals[roots[statement_id]][component, centre] += money.decimal(amount)
        return totals

    def _bill_vals(self, totals, journal):
        """Values of the entry.

        :param totals: this statement's of :meth:`_bill_totals`
        """
        self.ensure_one()
        lines = [*self._bill_lines(totals), *self._deduction_lines()]
        return self.plan_id._posting_kind()._move_vals(self, journal, lines)

    def _bill_faults(self):
        """Why no bill of a statement can be posted.

        What statements of the same plan and day have in common is looked at once.

        :return: statement -> sentence, without those that can be posted
        """
        faults = {}
        used = self._components_used()
        taxed = self._are_taxed(used)
        unfit = {
            component: plan._posting_kind()._component_fault(component)
            for plan, statements in self.grouped("plan_id").items()
            for statement in statements
            for component in used[statement]
        }
        days = self.grouped(lambda one: (one.plan_id, one._accounting_date()))
        for (plan, day), group in days.items():
            journal = self._journal_of(plan)
            fault = self._books_fault(plan, day)
            for with_tax in (True, False):
                part = group.filtered(lambda one, t=with_tax: taxed[one] == t)
                if not part:
                    continue
                lock = not fault and part._lock_of(day, with_tax, journal)
                for statement in part:
                    others = filter(None, map(unfit.get, used[statement]))
                    if reason := (
                        fault
                        or (lock and statement._lock_words(day, lock))
                        or next(others, None)
                    ):
                        faults[statement] = reason
        return faults

    def _are_taxed(self, used):
        """Statement -> whether one of the components used has taxes."""
        return {one: bool(used[one].tax_ids) for one in self}

    def _components_used(self):
        """Statement -> components of its records."""
        roots = {part.id: root for root in self for part in root._parts()}
        rows = self.env["scrm.settlement.record"]._read_group(
            [("statement_id", "in", list(roots))], ["statement_id", "component_id"]
        )
        # sudo: whether there is a tax, and what keeps them from the books
        used = dict.fromkeys(self, self.env["scrm.settlement.component"].sudo())
        for part, component in rows:
            used[roots[part.id]] |= component
        return used

    @api.model
    def _books_fault(self, plan, day, kind=None):
        """Why nothing of a plan can be entered in the books on a day."""
        fault = (kind or plan._posting_kind())._plan_fault(plan)
        return fault or self._rate_fault(plan.currency_id, plan.company_id, day)

    @api.model
    def _rate_fault(self, currency, company, day):
        """Why amounts cannot be converted on a day, None when they can."""
        if currency == company.currency_id:
            return None
        rates = self.env["res.currency.rate"].search_count(
            [
                ("currency_id", "=", currency.id),
                ("company_id", "in", (False, company.root_id.id)),
                ("name", "<=", day),
            ],
            limit=1,
        )
        if rates:
            return None
        return self.env._(
            "%(currency)s has no rate on %(day)s.",
            currency=currency.name,
            day=format_date(self.env, day),
        )

    def _zone(self):
        company = self.company_id
        return company.partner_id.tz or company.resource_calendar_id.tz or "UTC"

    def _today(self):
        return self.env["scrm.clock"].today(tz=self._zone())

    def _accounting_date(self):
        return self.posting_date or self._today()

    @api.model
    def _journal_of(self, plan):
        """The journal that a plan's statements are entered in, if any."""
        return plan._posting_kind()._journal(plan)

    def _lock_of(self, day, taxed, journal):
        """The last day that the books are locked, if a day is locked."""
        locks = self.company_id._get_violated_lock_dates(day, taxed, journal)
        return locks[-1][0] if locks else None

    def _lock_fault(self, day, journal):
        lock = self._lock_of(
            day, self._are_taxed(self._components_used())[self], journal
        )
        return self._lock_words(day, lock) if lock else None

    def _lock_words(self, day, lock):
        return self.env._(
            "%(name)s cannot be posted on %(day)s: the books are locked until "
            "%(lock)s. Choose a later accounting date on the statement.",
            name=self.name,
            day=format_date(self.env, day),
            lock=format_date(self.env, lock),
        )

    def _bill_lines(self, totals):
        """One line per product, account, taxes and analytic account.

        Records beyond number come down to a handful of lines; the amounts are added
        as decimals, so the bill is the sum of the records to the last digit.
        """
        lines = defaultdict(Decimal)
        for (component, centre), total in totals.items():
            group = (component.product_id, component.account_id, component.tax_ids)
            lines[(*group, centre)] += total
        rounding = money.decimal(self.currency_id.rounding)
        for (product, account, taxes, analytic), total in lines.items():
            vals = {
                "product_id": product.id,
                "name": self.env._(
                    "%(product)s, %(start)s to %(end)s (%(statement)s)",
                    product=product.display_name,
                    start=format_date(self.env, self.date_from),
                    end=format_date(self.env, self.date_to),
                    statement=self.name,
                ),
                "quantity": 1,
                "price_unit": float(money.round_to(total, rounding)),
                "tax_ids": [Command.set(taxes.ids)],
                "analytic_distribution": {str(analytic.id): 100} if analytic else False,
            }
            if account:
                vals["account_id"] = account.id
            yield vals

    def action_view_move(self):
        self.ensure_one()
        return self.move_id.get_formview_action()
