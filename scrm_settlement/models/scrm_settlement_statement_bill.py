from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.fields import Command
from odoo.tools import format_date

from ..engine import money


class ScrmSettlementStatement(models.Model):
    """How a statement becomes a vendor bill."""

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.settlement.statement"

    def _create_bills(self):
        """One vendor bill each, created in one go."""
        return self.env["account.move"].create(
            [statement._bill_vals() for statement in self]
        )

    def _bill_vals(self):
        """Values of the vendor bill, or of a credit note when the payee owes."""
        self.ensure_one()
        day = self._accounting_date()
        is_refund = self.net_amount < 0
        lines = [*self._bill_lines(), *self._deduction_lines()]
        if is_refund:
            for vals in lines:
                vals["price_unit"] = -vals["price_unit"]
        return {
            "move_type": "in_refund" if is_refund else "in_invoice",
            "company_id": self.company_id.id,
            "journal_id": self._journal_of(self.plan_id).id,
            "partner_id": self.payee_id.id,
            "currency_id": self.currency_id.id,
            "invoice_date": day,
            "date": day,
            "ref": self.name,
            "scrm_statement_id": self.id,
            "invoice_line_ids": [Command.create(vals) for vals in lines],
        }

    def _posting_fault(self):
        """Why no bill of this statement can be posted, None when it can."""
        self.ensure_one()
        day = self._accounting_date()
        journal = self._journal_of(self.plan_id)
        fault = self._books_fault(self.plan_id, journal, day)
        return fault or self._lock_fault(day, journal)

    @api.model
    def _books_fault(self, plan, journal, day):
        """Why nothing of a plan can be entered in the books on a day."""
        if not journal:
            return self.env._(
                "%(company)s has no purchase journal to post in.",
                company=plan.company_id.name,
            )
        return self._rate_fault(plan.currency_id, plan.company_id, day)

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

    def _today(self):
        zone = self.company_id.partner_id.tz or self.company_id.resource_calendar_id.tz
        return self.env["scrm.clock"].today(tz=zone or "UTC")

    def _accounting_date(self):
        return self.posting_date or self._today()

    @api.model
    def _journal_of(self, plan):
        """The plan's purchase journal, else the company's first, if any."""
        return plan.journal_id or self.env["account.journal"].search(
            [("type", "=", "purchase"), ("company_id", "=", plan.company_id.id)],
            limit=1,
        )

    def _lock_fault(self, day, journal):
        taxed = bool(self._parts().record_ids.sudo().component_id.tax_ids)  # yes or no
        locks = self.company_id._get_violated_lock_dates(day, taxed, journal)
        if not locks:
            return None
        return self.env._(
            "%(name)s cannot be posted on %(day)s: the books are locked until "
            "%(lock)s. Choose a later accounting date on the statement.",
            name=self.name,
            day=format_date(self.env, day),
            lock=format_date(self.env, locks[-1][0]),
        )

    def _bill_lines(self):
        """One line per product, account, taxes and analytic account.

        Records beyond number come down to a handful of lines; the amounts are added
        as decimals, so the bill is the sum of the records to the last digit.
        """
        totals = defaultdict(Decimal)
        Analytic = self.env["account.analytic.account"]
        for record in self._parts().record_ids:
            component = record.component_id
            group = (component.product_id, component.account_id, component.tax_ids)
            for part in record.parts or ():
                centre = Analytic.browse(part["analytic"])
                totals[(*group, centre)] += money.decimal(part["amount"])
            if not record.parts:
                centre = component.analytic_account_id
                totals[(*group, centre)] += money.decimal(record.amount)
        rounding = money.decimal(self.currency_id.rounding)
        for (product, account, taxes, analytic), total in totals.items():
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
