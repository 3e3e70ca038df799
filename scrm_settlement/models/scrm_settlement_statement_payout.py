from odoo import fields, models
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
            if chosen.state == "confirmed":
                chosen._void_signature(self.env._("the payout was changed."))
                chosen._deduct()
        return True

    def action_pay_instantly(self):
        return self.choose_payout("instant")

    def action_pay_monthly(self):
        return self.choose_payout("monthly")
