from odoo import api, models
from odoo.fields import Command
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmSettlementPosting(models.AbstractModel):
    """How statements enter the books. Addons add ``scrm.settlement.posting.<key>``.

    A kind says in which journal a statement is entered, what is missing for it, and
    what the entry looks like; links, locks, tie-out and reversal are the same for all.
    """

    _name = "scrm.settlement.posting"
    _inherit = "scrm.flow.kind"
    _description = "Posting of Statements"

    #: Type of the journals that can take the entry.
    _journal_type = "general"
    #: What is said of a company without such a journal.
    _no_journal = ""
    #: Types of taxes that components cannot have.
    _refused_taxes = ()
    #: Whether the payee owes us what the records say, instead of we him.
    _charges = False
    #: Whether payout providers can pay what is posted.
    _pays_out = False

    @api.model
    def _charging(self) -> list[str]:
        """Keys of the kinds whose records are income."""
        return [kind._kind_key() for kind in self._kinds() if kind._charges]

    @api.model
    def _journal(self, plan):
        """The plan's journal, else the company's first of the type, if any."""
        own = plan.journal_id.filtered(lambda one: one.type == self._journal_type)
        return own or self.env["account.journal"].search(
            [
                ("type", "=", self._journal_type),
                ("company_id", "=", plan.company_id.id),
            ],
            limit=1,
        )

    @api.model
    def _plan_fault(self, plan):
        """Why nothing of a plan can be entered, None when it can."""
        if self._journal(plan):
            return None
        words = self.env._(self._no_journal)
        return words % {"company": plan.company_id.name}

    @api.model
    def _component_fault(self, component):
        """Why amounts of a component cannot be entered, None when they can."""
        taxes = component.tax_ids.filtered(
            lambda tax: tax.type_tax_use in self._refused_taxes
        )
        if taxes:
            return self.env._(
                "“%(component)s” has the tax “%(tax)s”, which cannot be posted as "
                "%(posting)s.",
                component=component.name,
                tax=taxes[0].name,
                posting=self.env._(self._label),
            )
        return None

    @api.model
    def _move_vals(self, statement, journal, lines) -> dict:
        """Values of the entry; the total of its lines is what is owed.

        :param lines: values of invoice lines, before taxes
        """
        raise NotImplementedError

    @api.model
    def _common_vals(self, statement, journal):
        return {
            "company_id": statement.company_id.id,
            "journal_id": journal.id,
            "partner_id": statement.payee_id.id,
            "currency_id": statement.currency_id.id,
            "date": statement._accounting_date(),
            "ref": statement.name,
            "scrm_statement_id": statement.id,
        }

    @api.model
    def _invoice_vals(self, statement, journal, lines, move_types):
        """Values of an invoice, or of its refund when less than nothing is owed.

        :param tuple move_types: those of the invoice and of the refund
        """
        is_refund = statement.net_amount < 0
        if is_refund:
            for vals in lines:
                vals["price_unit"] = -vals["price_unit"]
        return {
            **self._common_vals(statement, journal),
            "move_type": move_types[is_refund],
            "invoice_date": statement._accounting_date(),
            "invoice_line_ids": [Command.create(vals) for vals in lines],
        }


class ScrmSettlementPostingVendorBill(models.AbstractModel):
    """The payee is a supplier: a vendor bill, or a refund when he owes."""

    _name = "scrm.settlement.posting.vendor_bill"
    _inherit = "scrm.settlement.posting"
    _description = "Posting as Vendor Bill"
    _label = _lt("Vendor Bill")
    _kind_rank = 10
    _journal_type = "purchase"
    _no_journal = _lt("%(company)s has no purchase journal to post in.")
    _pays_out = True

    @api.model
    def _move_vals(self, statement, journal, lines):
        move_types = ("in_invoice", "in_refund")
        return self._invoice_vals(statement, journal, lines, move_types)


class ScrmSettlementPostingCustomerInvoice(models.AbstractModel):
    """The payee owes us, such as a franchise fee: an invoice, or a credit note."""

    _name = "scrm.settlement.posting.customer_invoice"
    _inherit = "scrm.settlement.posting"
    _description = "Posting as Customer Invoice"
    _label = _lt("Customer Invoice")
    _kind_rank = 30
    _journal_type = "sale"
    _no_journal = _lt("%(company)s has no sales journal to post in.")
    _refused_taxes = ("purchase",)
    _charges = True

    @api.model
    def _move_vals(self, statement, journal, lines):
        move_types = ("out_invoice", "out_refund")
        return self._invoice_vals(statement, journal, lines, move_types)
