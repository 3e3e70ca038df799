from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class ScrmSettlementAdvance(models.Model):
    """Money paid to a payee before it is earned; later statements recover it."""

    _name = "scrm.settlement.advance"
    _description = "Settlement Advance"
    _inherit = ["mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(readonly=True, copy=False, default="/")
    plan_id = fields.Many2one(
        "scrm.settlement.plan", required=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    currency_id = fields.Many2one(related="plan_id.currency_id", store=True)
    payee_id = fields.Many2one(
        "res.partner", required=True, ondelete="restrict", index=True, tracking=True
    )
    date = fields.Date(
        required=True, default=lambda self: self.env["scrm.clock"].today()
    )
    amount = fields.Monetary(required=True, tracking=True)
    account_id = fields.Many2one(
        "account.account",
        required=True,
        ondelete="restrict",
        check_company=True,
        domain="[('account_type', 'in', ('asset_current', 'asset_prepayments', "
        "'asset_receivable'))]",
        help="Takes the advance until it is recovered, usually a prepayment account.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("posted", "Posted")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    move_id = fields.Many2one(
        "account.move", "Vendor Bill", readonly=True, copy=False, ondelete="restrict"
    )
    deduction_ids = fields.One2many(
        "scrm.settlement.deduction", "advance_id", "Recovered by", readonly=True
    )
    remaining_amount = fields.Monetary(
        "Still to Recover", compute="_compute_remaining_amount", compute_sudo=True
    )

    is_taken_back = fields.Boolean(
        "Taken Back",
        compute="_compute_remaining_amount",
        compute_sudo=True,
        help="Its bill was reversed or cancelled: nothing is recovered.",
    )

    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "An advance is more than nothing."
    )
    _move_unique = models.UniqueIndex("(move_id) WHERE move_id IS NOT NULL")

    @api.depends(
        *("amount", "state", "deduction_ids.amount"),
        *("move_id.state", "move_id.payment_state"),
    )
    def _compute_remaining_amount(self):
        # computed with sudo: what became of its bill, and what was recovered
        for advance in self:
            bill = advance.move_id
            is_owed = bill.state == "posted" and bill.payment_state != "reversed"
            recovered = sum(advance.deduction_ids.mapped("amount"))
            advance.is_taken_back = advance.state == "posted" and not is_owed
            advance.remaining_amount = (
                advance.currency_id.round(advance.amount + recovered)
                if advance.state == "posted" and is_owed
                else 0
            )

    @api.depends("name")
    def _compute_display_name(self):
        for advance in self:
            is_new = advance.name == "/"  # numbered when it is posted
            advance.display_name = self.env._("New Advance") if is_new else advance.name

    def write(self, vals):
        if {"plan_id", "payee_id", "amount", "account_id"} & vals.keys():
            self._expect_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        self._expect_draft()

    def _expect_draft(self):
        if any(advance.state != "draft" for advance in self):
            raise UserError(
                self.env._(
                    "A posted advance does not change: reverse its bill in the books "
                    "and make a new one."
                )
            )

    def action_post(self):
        """Post the vendor bill that pays the advance out.

        :raise UserError: posted already, no journal, locked day, no rate
        """
        self.check_access("write")
        self.lock_for_update()
        self._expect_draft()
        statements = self.env["scrm.settlement.statement"]
        for advance in self:
            if advance.plan_id._posting_kind()._charges:
                raise UserError(
                    self.env._(
                        "%(payee)s owes what “%(plan)s” settles: there is nothing to "
                        "pay in advance.",
                        payee=advance.payee_id.name,
                        plan=advance.plan_id.name,
                    )
                )
            kind = self.env["scrm.settlement.posting"]._kind("vendor_bill")
            journal = kind._journal(advance.plan_id)
            fault = statements._books_fault(advance.plan_id, advance.date, kind)
            if fault:
                raise UserError(fault)
            name = self.env["ir.sequence"].next_by_code("scrm.settlement.advance")
            move = self.env["account.move"].create(
                {
                    "move_type": "in_invoice",
                    "company_id": advance.company_id.id,
                    "journal_id": journal.id,
                    "partner_id": advance.payee_id.id,
                    "currency_id": advance.currency_id.id,
                    "invoice_date": advance.date,
                    "date": advance.date,
                    "ref": name,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": self.env._("Advance %(name)s", name=name),
                                "quantity": 1,
                                "price_unit": advance.amount,
                                "account_id": advance.account_id.id,
                                "tax_ids": [],
                            }
                        )
                    ],
                }
            )
            move.action_post()
            advance.write({"name": name, "state": "posted", "move_id": move.id})
        return True

    def action_view_move(self):
        self.ensure_one()
        return self.move_id.get_formview_action()

    @api.model
    def _open_of(self, statement):
        """Advances the statement may recover, oldest first, held until its end.

        Two statements recovering the same advance at once: the later starts again.
        """
        advances = self.search(
            [
                ("plan_id", "=", statement.plan_id.id),
                ("payee_id", "=", statement.payee_id.id),
                ("state", "=", "posted"),
            ],
            order="date, id",
        )
        if advances:
            self.env.cr.execute(
                "UPDATE scrm_settlement_advance SET write_date = write_date "
                "WHERE id = ANY(%s)",
                [advances.ids],
            )
        return advances.filtered(lambda advance: advance.remaining_amount > 0)
