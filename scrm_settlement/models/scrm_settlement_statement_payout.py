from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

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
    fee_amount = fields.Monetary(compute="_compute_net_amount")
    net_amount = fields.Monetary(compute="_compute_net_amount")

    @api.depends("payout", "payout_fee_percent")
    def _compute_net_amount(self):
        for statement in self:
            fee = statement._fee()
            statement.fee_amount = float(fee)
            statement.net_amount = statement.currency_id.round(
                statement.amount_total - float(fee)
            )

    def _compute_can_choose_payout(self):
        for statement in self:
            # sudo: a payee does not read the plan, only whether it offers this
            offered = statement.sudo().plan_id.is_instant_offered
            statement.can_choose_payout = offered and statement.state in (
                "draft",
                "confirmed",
            )

    def _fee(self):
        """The fee in the statement's currency, rounded, as a decimal."""
        rounding = money.decimal(self.currency_id.rounding)
        if self.payout != "instant" or self.amount_total <= 0:
            return money.round_to(money.decimal(0), rounding)
        rate = money.decimal(self.payout_fee_percent)
        amount = money.decimal(self.amount_total)
        return money.round_to(amount * rate / 100, rounding)

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
        return True

    def action_pay_instantly(self):
        return self.choose_payout("instant")

    def action_pay_monthly(self):
        return self.choose_payout("monthly")

    def _bill_lines(self):
        """The fee is a line of its own, so the bill comes to what is paid out."""
        yield from super()._bill_lines()
        fee = self._fee()
        if fee:
            product = self.plan_id.instant_fee_product_id
            yield {
                "product_id": product.id,
                "name": self.env._(
                    "Fee of instant payout, %(percent)s %% (%(statement)s)",
                    percent=f"{self.payout_fee_percent:g}",
                    statement=self.name,
                ),
                "quantity": 1,
                "price_unit": -float(fee),
                "tax_ids": [],
            }
