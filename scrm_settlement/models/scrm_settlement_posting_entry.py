from odoo import api, models
from odoo.fields import Command
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmSettlementPostingJournalEntry(models.AbstractModel):
    """The payee is an employee: expense against wages payable, no bill."""

    _name = "scrm.settlement.posting.journal_entry"
    _inherit = "scrm.settlement.posting"
    _description = "Posting as Payroll Entry"
    _label = _lt("Payroll Entry")
    _kind_rank = 20
    _refused_taxes = ("purchase", "sale", "none")

    @api.model
    def _journal(self, plan):
        """The one chosen: the first miscellaneous journal is seldom payroll's."""
        return plan.journal_id

    @api.model
    def _plan_fault(self, plan):
        if not plan.journal_id:
            return self.env._(
                "“%(plan)s” posts payroll entries: choose their journal.",
                plan=plan.name,
            )
        if not plan.wages_account_id:
            return self.env._(
                "“%(plan)s” posts payroll entries: choose the account of wages "
                "payable.",
                plan=plan.name,
            )
        return None

    @api.model
    def _component_fault(self, component):
        fault = super()._component_fault(component)
        product = component.product_id.with_company(component.company_id)
        if fault or self._expense(product, component.account_id):
            return fault
        return self.env._(
            "“%(component)s” has no expense account.", component=component.name
        )

    @api.model
    def _expense(self, product, account):
        accounts = product.product_tmpl_id.get_product_accounts()
        return account or accounts["expense"]

    @api.model
    def _move_vals(self, statement, journal, lines):
        rows = [self._line_vals(statement, vals) for vals in lines]
        payable = {
            "name": statement.name,
            "account_id": statement.plan_id.wages_account_id.id,
            "amount_currency": -statement.net_amount,
            # the other side to the last digit, also in the company's currency
            "balance": -sum(row["balance"] for row in rows),
            "display_type": "payment_term",
            "date_maturity": statement._accounting_date(),
        }
        return {
            **self._common_vals(statement, journal),
            "move_type": "entry",
            "line_ids": [
                Command.create(
                    {
                        **row,
                        "partner_id": statement.payee_id.id,
                        "currency_id": statement.currency_id.id,
                    }
                )
                for row in (*rows, payable)
            ],
        }

    @api.model
    def _line_vals(self, statement, vals):
        company = statement.company_id
        product = self.env["product.product"].browse(vals.get("product_id") or ())
        account = self.env["account.account"].browse(vals.get("account_id") or ())
        return {
            "name": vals["name"],
            "product_id": product.id,
            "account_id": self._expense(product.with_company(company), account).id,
            "amount_currency": vals["price_unit"],
            "balance": statement.currency_id._convert(
                vals["price_unit"],
                company.currency_id,
                company,
                statement._accounting_date(),
            ),
            "analytic_distribution": vals.get("analytic_distribution", False),
        }
