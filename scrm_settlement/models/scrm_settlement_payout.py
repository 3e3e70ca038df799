from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.tools import format_date

from odoo.addons.scrm_flow.engine import notices

from ..engine import money, payout

#: The payee may have got money, or will: no other order, no reversal.
OUT = ("sending", "accepted", "paid")


class ScrmSettlementPayout(models.Model):
    """One order to a payment provider: pay this statement, once.

    The number names the payment at the provider for ever. As long as nobody knows
    what became of an order it is asked for again by the same number; only what the
    provider refused in signed words can be ordered anew.

    ``due``
        waits for its day, or to be asked for again.
    ``sending``
        is being handed over right now.
    ``accepted``
        the provider has it and reports later.
    ``paid``
        the money is with the payee; the entry in the books says so.
    ``rejected``
        refused by the provider; nothing was paid.
    ``cancelled``
        taken back before it was ever sent.
    """

    _name = "scrm.settlement.payout"
    _description = "Payout Order"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char("Order", required=True, readonly=True)
    statement_id = fields.Many2one(
        "scrm.settlement.statement", required=True, readonly=True, ondelete="restrict"
    )
    provider_id = fields.Many2one(
        "scrm.settlement.provider",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict"
    )
    payee_id = fields.Many2one(
        "res.partner", required=True, readonly=True, ondelete="restrict", index=True
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, readonly=True, ondelete="restrict"
    )
    amount = fields.Monetary(required=True, readonly=True)
    term = fields.Selection(
        [("monthly", "Monthly"), ("instant", "Instant")], required=True, readonly=True
    )
    date_due = fields.Date("Payout Day", required=True, readonly=True)
    state = fields.Selection(
        [
            ("due", "Waiting"),
            ("sending", "Being Sent"),
            ("accepted", "With the Provider"),
            ("paid", "Paid"),
            ("rejected", "Refused"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="due",
    )
    next_at = fields.Datetime("Next Attempt", readonly=True)
    lease_until = fields.Datetime(readonly=True)
    attempts = fields.Integer(readonly=True)
    payload = fields.Json(
        readonly=True,
        groups="base.group_system",
        help="What was ordered, word for word, each time the same.",
    )
    reference = fields.Char("Number at the Provider", readonly=True)
    fault = fields.Char("What Hinders It", readonly=True)
    paid_at = fields.Datetime("Paid on", readonly=True)
    move_id = fields.Many2one(
        "account.move",
        "Entry",
        readonly=True,
        ondelete="restrict",
        groups="account.group_account_invoice,account.group_account_readonly",
    )

    _name_unique = models.UniqueIndex("(name)")
    _once = models.UniqueIndex(
        "(statement_id) WHERE state NOT IN ('rejected', 'cancelled')"
    )
    _move_unique = models.UniqueIndex("(move_id) WHERE move_id IS NOT NULL")
    _next_index = models.Index("(next_at) WHERE next_at IS NOT NULL")
    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "An order pays more than nothing."
    )

    # Only the steps below write

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise self._own_error()

    def write(self, vals):  # pylint: disable=method-required-super
        raise self._own_error()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise self._own_error()

    def copy(self, default=None):  # pylint: disable=method-required-super
        raise self._own_error()

    def _own_error(self):
        return UserError(
            self.env._("Payout orders are made by statements, not by hand.")
        )

    def _step(self, vals):
        return super().write(vals)

    @api.model
    def _make_orders(self, statements):
        """Order what these posted statements owe their payees.

        :return: the new orders; none for what is paid otherwise or owed by the payee
        """
        vals_list = []
        for statement in statements:
            bill = statement.move_id
            left = bill.amount_residual if bill.move_type == "in_invoice" else 0
            if statement.currency_id.compare_amounts(left, 0) <= 0:
                continue
            day = self._day(statement)
            company = statement.company_id
            sequence = self.env["ir.sequence"].with_company(company)
            vals_list.append(
                {
                    "name": sequence.next_by_code("scrm.settlement.payout"),
                    "statement_id": statement.id,
                    "provider_id": statement.plan_id.payout_provider_id.id,
                    "company_id": company.id,
                    "payee_id": statement.payee_id.id,
                    "currency_id": statement.currency_id.id,
                    "amount": left,
                    "term": statement.payout,
                    "date_due": day,
                    "next_at": notices.to_utc(
                        datetime.combine(day, time()), statement._zone()
                    ),
                }
            )
        orders = super().create(vals_list)
        orders._wake()
        return orders

    @api.model
    def _day(self, statement):
        """Today for who wants it at once, else the end of the month of the bill."""
        if statement.payout == "instant":
            return statement._today()
        return fields.Date.end_of(statement.move_id.date, "month")

    def _wake(self):
        cron = self.env.ref("scrm_settlement.ir_cron_payout")
        moments = [order.next_at for order in self if order.next_at]
        if moments:
            # sudo: wakes our own cron, which takes no arguments
            cron.sudo()._trigger(at=moments)

    # Buttons

    def action_send_now(self):
        """Ask for these orders now instead of at their next attempt.

        :raise UserError: paid, refused or cancelled already
        """
        self._begin("due", "accepted")
        self._step({"next_at": self.env["scrm.clock"].now()})
        self._wake()
        return True

    def action_cancel(self):
        """Take back orders that were never sent.

        :raise UserError: sent already, so that the provider may have paid
        """
        self._begin("due")
        for order in self:
            if order.attempts:
                raise UserError(
                    self.env._(
                        "%(order)s was sent: nobody knows yet whether it was paid. "
                        "It is asked for again until the provider answers.",
                        order=order.name,
                    )
                )
        self._step({"state": "cancelled", "next_at": False})
        return True

    def _begin(self, *states):
        self.check_access("write")
        self._lock_order()
        labels = dict(self._fields["state"]._description_selection(self.env))
        for order in self:
            if order.state not in states:
                raise UserError(
                    self.env._(
                        "%(name)s is %(state)s; this needs it to be %(states)s.",
                        name=order.name,
                        state=labels[order.state],
                        states=" / ".join(labels[state] for state in states),
                    )
                )

    def _lock_order(self):
        """Hold these rows and read them anew.

        :raise LockError: somebody else holds them
        """
        try:
            self.lock_for_update()
        except LockError as error:
            raise LockError(
                self.env._("Somebody else is working on this order right now.")
            ) from error
        self.invalidate_recordset()

    def _note(self):
        """What the payee is told of this order."""
        self.ensure_one()
        if self.state == "paid":
            return self.env._(
                "Paid out on %(day)s", day=format_date(self.env, self.paid_at)
            )
        if self.attempts:
            return self.env._("On its way")
        return self.env._(
            "Will be paid out on %(day)s", day=format_date(self.env, self.date_due)
        )

    # What is ordered

    def _hindrance(self):
        """Why this order cannot be sent now, None when it can."""
        bill = self.statement_id.move_id
        if self.statement_id.state != "posted" or bill.state != "posted":
            return self.env._("The bill is not posted.")
        if self.currency_id.compare_amounts(bill.amount_residual, self.amount):
            return self.env._(
                "Still to pay is %(left)s, ordered was %(amount)s.",
                left=self.currency_id.format(bill.amount_residual),
                amount=self.currency_id.format(self.amount),
            )
        if not self.payload and not self._bank():
            return self.env._(
                "%(payee)s has no bank account that money may be sent to.",
                payee=self.payee_id.name,
            )
        return None

    def _bank(self):
        """The account that the money goes to, if there is one that is trusted."""
        partners = self.payee_id | self.payee_id.commercial_partner_id
        return partners.bank_ids.filtered(
            lambda bank: bank.allow_out_payment
            and bank.company_id in (bank.company_id.browse(), self.company_id)
        )[:1]

    def _make_payload(self):
        bank = self._bank()
        step = money.decimal(self.currency_id.rounding)
        amount = money.round_to(money.decimal(self.amount), step.normalize())
        return {
            "order": self.name,
            "amount": format(amount, "f"),
            "currency": self.currency_id.name,
            "term": self.term,
            "statement": self.statement_id.name,
            "payee": {
                "name": bank.acc_holder_name or self.payee_id.name,
                "account": bank.acc_number,
                "bank": bank.bank_id.bic or bank.bank_id.name or "",
            },
        }

    # What the provider said

    def _take(self, answer: payout.Answer):
        """Note what the provider said about this order, in signed words.

        What was said before counts as well: paid stays paid, refused stays refused,
        however late another word comes in.

        :return: whether something changed
        :raise UserError: it contradicts what the provider said before
        :raise LockError: somebody else is at this order
        """
        self.ensure_one()
        self._lock_order()
        now = self.env["scrm.clock"].now()
        if self.state in ("paid", "rejected"):
            if answer.status in (self.state, "accepted"):
                return False
            raise UserError(
                self.env._(
                    "%(order)s was reported otherwise before: it is settled.",
                    order=self.name,
                )
            )
        if self.state == "cancelled" or not self.attempts:
            raise UserError(self.env._("%(order)s was never sent.", order=self.name))
        vals = {"lease_until": False, "fault": False}
        if answer.reference:
            vals["reference"] = answer.reference
        if answer.status == "accepted":
            again = notices.retry_at(now, self.attempts) or now + timedelta(days=1)
            vals |= {"state": "accepted", "next_at": again}
        elif answer.status == "rejected":
            reason = answer.reason or self.env._("no reason given")
            vals |= {"state": "rejected", "next_at": False, "fault": reason}
        else:
            vals |= {"state": "paid", "next_at": False, "paid_at": now}
        self._step(vals)
        if answer.status == "paid":
            self._enter()
        if answer.status == "rejected":
            self._tell_refused()
        return True

    def _tell_refused(self):
        self.statement_id.message_post(
            body=self.env._(
                "Payout order %(order)s was refused: %(reason)s",
                order=self.name,
                reason=self.fault,
            ),
            partner_ids=self.statement_id.posted_by_id.partner_id.ids,
        )

    # The books

    def _enter(self):
        """Enter what was paid and settle the bill with it; later, if it cannot be."""
        for order in self.filtered(lambda one: one.state == "paid" and not one.move_id):
            try:
                with self.env.cr.savepoint():
                    move = order._create_entry()
            except UserError as error:
                again = self.env["scrm.clock"].now() + timedelta(hours=1)
                order._step({"fault": str(error), "next_at": again})
                order._wake()
                continue
            order._step({"move_id": move.id, "fault": False, "next_at": False})

    def _create_entry(self):
        """The posted entry: payable to money at the provider."""
        self.ensure_one()
        bill = self.statement_id.move_id
        day = self.statement_id._today()
        payable = bill.line_ids.filtered(
            lambda line: line.account_id.account_type == "liability_payable"
        )
        company = self.company_id
        balance = self.currency_id._convert(
            self.amount, company.currency_id, company, day
        )
        if locks := company._get_violated_lock_dates(
            day, False, self.provider_id.journal_id
        ):
            raise UserError(
                self.env._(
                    "%(order)s is paid but not entered: the books are locked until "
                    "%(lock)s.",
                    order=self.name,
                    lock=format_date(self.env, locks[-1][0]),
                )
            )
        name = self.env._(
            "Payout %(order)s of %(statement)s",
            order=self.name,
            statement=self.statement_id.name,
        )
        common = {
            "name": name,
            "partner_id": bill.commercial_partner_id.id,
            "currency_id": self.currency_id.id,
        }
        accounts = (payable.account_id[:1], 1), (self.provider_id.account_id, -1)
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "company_id": company.id,
                "journal_id": self.provider_id.journal_id.id,
                "date": day,
                "ref": self.name,
                "line_ids": [
                    fields.Command.create(
                        {
                            **common,
                            "account_id": account.id,
                            "amount_currency": sign * self.amount,
                            "balance": sign * balance,
                        }
                    )
                    for account, sign in accounts
                ],
            }
        )
        move.action_post()
        ours = move.line_ids.filtered(
            lambda line: line.account_id == payable.account_id[:1]
        )
        (ours + payable.filtered(lambda line: not line.reconciled)).reconcile()
        return move

    def action_view_move(self):
        self.ensure_one()
        return self.move_id.get_formview_action()
