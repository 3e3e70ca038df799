from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import formatLang

from ..engine import money


class ScrmSettlementStatement(models.Model):
    """When the payee is paid: with the month, or at once for a fee."""

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.settlement.statement"

    payout = fields.Selection(
        [("monthly", "Monthly"), ("instant", "Instant")],
        required=True,
        readonly=True,
        default="monthly",
        copy=False,
        tracking=True,
        help="Instant: paid at once, for a fee that is deducted.",
    )
    payout_fee_percent = fields.Float(
        "Fee of Instant Payout (%)", readonly=True, copy=False
    )
    can_choose_payout = fields.Boolean(compute="_compute_can_choose_payout")
    payout_ids = fields.One2many(
        "scrm.settlement.payout",
        "statement_id",
        "Payout Orders",
        readonly=True,
        groups="scrm_settlement.group_user",
    )
    can_order_payout = fields.Boolean(compute="_compute_payout_note", compute_sudo=True)
    payout_note = fields.Char(
        "Paid Out", compute="_compute_payout_note", compute_sudo=True
    )

    def _compute_can_choose_payout(self):
        for statement in self:
            # sudo: a payee does not read the plan, only whether it offers this
            offered = statement.sudo().plan_id.is_instant_offered
            statement.can_choose_payout = (
                offered
                and statement.state in ("draft", "confirmed")
                and statement.amount_total > 0
            )

    @api.depends("state", "payout_ids.state")
    @api.depends_context("lang")
    def _compute_payout_note(self):
        # computed with sudo: the payee reads when he is paid, not the order
        for statement in self:
            orders = statement.payout_ids.filtered(
                lambda order: order.state not in ("rejected", "cancelled")
            )
            statement.payout_note = orders._note() if orders else False
            statement.can_order_payout = (
                statement.state == "posted"
                and not orders
                and bool(statement.plan_id.payout_provider_id)
                and statement.move_id.move_type == "in_invoice"
                and statement.move_id.amount_residual > 0
            )

    def _fee(self):
        """The fee in the statement's currency, rounded, as a decimal."""
        return self._fee_at(self.payout_fee_percent if self.payout == "instant" else 0)

    def _fee_at(self, percent):
        rounding = money.decimal(self.currency_id.rounding)
        amount = max(self._earned(), money.decimal(0))
        return money.round_to(amount * money.decimal(percent) / 100, rounding)

    def _instant_words(self):
        """What being paid at once costs and brings, in the reader's language."""
        self.ensure_one()
        # sudo: a payee does not read the plan, only its fee
        percent = self.sudo().plan_id.instant_fee_percent
        fee = float(self._fee_at(percent))
        # without the fee that is deducted now, if any
        without = self.net_amount + self.fee_amount
        if not fee:
            return self.env._("Paid at once, without a fee.")
        return self.env._(
            "Paid at once you get %(net)s: a fee of %(percent)s %%, %(fee)s, is "
            "deducted.",
            net=self._cash(without - fee),
            percent=money.text(money.decimal(percent)),
            fee=self._cash(fee),
        )

    def _monthly_words(self):
        """What waiting for the end of the month brings, in the reader's language."""
        self.ensure_one()
        return self.env._(
            "Paid with the month you get %(net)s: no fee is deducted.",
            net=self._cash(self.net_amount + self.fee_amount),
        )

    def _cash(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)

    def choose_payout(self, payout):
        """The payee's choice, or the accountant's in his name.

        The fee is the plan's of this moment; it does not change afterwards.

        :param str payout: ``monthly`` or ``instant``
        :raise AccessError: neither the payee nor an accountant
        :raise UserError: not offered, or the statement is approved already
        """
        self.check_access("read")
        is_accountant = self.env.user.has_group("scrm_settlement.group_accountant")
        for statement in self:
            if not is_accountant and statement.payee_id != self.env.user.partner_id:
                raise AccessError(
                    self.env._("Only the payee chooses when %s is paid.", self.name)
                )
            if payout not in dict(self._fields["payout"].selection):
                raise UserError(
                    self.env._("There is no payout “%(payout)s”.", payout=payout)
                )
            # sudo: a payee may not write statements, only make this choice
            chosen = statement.sudo()
            chosen._lock_statement()
            chosen._expect_state("draft", "confirmed")
            if payout == "instant" and not chosen.plan_id.is_instant_offered:
                raise UserError(
                    self.env._(
                        "The plan of %(name)s offers no instant payout.",
                        name=chosen.name,
                    )
                )
            percent = chosen.plan_id.instant_fee_percent
            chosen._step(
                {
                    "payout": payout,
                    "payout_fee_percent": percent if payout == "instant" else 0,
                }
            )
            if chosen.state == "confirmed":
                chosen._void_signature(self.env._("the payout was changed."))
                chosen._deduct()
        return True

    # Orders to the provider

    def _order_payouts(self):
        """Order what was just posted, where the plan has a provider."""
        orders = self.env["scrm.settlement.payout"]
        return orders._make_orders(self.filtered("plan_id.payout_provider_id"))

    def action_order_payout(self):
        """Order the payout of a posted statement that has no order in force.

        :raise UserError: no provider, not posted, ordered already, or nothing to pay
        """
        self._begin("posted")
        self.invalidate_recordset(["payout_ids"])
        for statement in self:
            if not statement.can_order_payout:
                raise UserError(
                    self.env._(
                        "There is nothing to order for %(name)s: its plan has no "
                        "provider, it is ordered already, or nothing is left to pay.",
                        name=statement.name,
                    )
                )
        self._order_payouts()
        return True

    def action_view_payouts(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "scrm_settlement.scrm_settlement_payout_action"
        )
        return {**action, "domain": [("statement_id", "=", self.id)], "context": {}}

    def _stop_payouts(self):
        """Cancel orders that were never sent, before the bill goes.

        :raise UserError: one was sent: the payee has the money or will get it
        """
        # sudo: orders are part of the statement; also for who reads no settlements
        orders = self.sudo().payout_ids.filtered(
            lambda order: order.state not in ("rejected", "cancelled")
        )
        if not orders:
            return
        orders._lock_order()
        sent = orders.filtered(lambda order: order.attempts)
        if sent:
            raise UserError(
                self.env._(
                    "%(order)s has been sent to the provider: the payee has the money "
                    "or will get it. Correct the records instead, which deducts the "
                    "difference from the next statement.",
                    order=sent[0].name,
                )
            )
        orders._step({"state": "cancelled", "next_at": False})

    def action_pay_instantly(self):
        return self.choose_payout("instant")

    def action_pay_monthly(self):
        return self.choose_payout("monthly")
