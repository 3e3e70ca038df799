from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine import money

#: What somebody may wish for on a ticket.
WISHES = ("scrm_tier_id", "scrm_discount")
#: What only the decision on a wish writes.
DECISION = ("scrm_price_approval", "scrm_price_asker_id")


class HelpdeskTicket(models.Model):
    """A tier or discount chosen by hand: by those who may, or after approval.

    States of a choice: ``none`` (nothing to approve), ``needed`` (the price stays as
    it was until somebody with the tier's role, or an approval node of the flow,
    decides), ``approved``, ``refused``.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_tier_id = fields.Many2one(
        "product.pricelist",
        "Tier by Hand",
        copy=False,
        ondelete="restrict",
        check_company=True,
        help="Instead of the tier that the price table finds.",
    )
    scrm_discount = fields.Float("Discount (%)", digits=(16, 2), copy=False)
    scrm_price_approval = fields.Selection(
        [
            ("none", "Not needed"),
            ("needed", "Waits for approval"),
            ("approved", "Approved"),
            ("refused", "Refused"),
        ],
        "Price Approval",
        default="none",
        required=True,
        readonly=True,
        copy=False,
    )
    scrm_price_asker_id = fields.Many2one(
        "res.users", "Asked by", readonly=True, copy=False, ondelete="restrict"
    )

    _scrm_discount_range = models.Constraint(
        "CHECK (scrm_discount >= 0 AND scrm_discount <= 100)",
        "A discount is between 0 and 100 percent.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            return super().create(vals_list)
        wishes = [
            {name: vals[name] for name in WISHES if vals.get(name)}
            for vals in vals_list
        ]
        tickets = super().create(
            [
                {key: value for key, value in vals.items() if key not in WISHES}
                for vals in vals_list
            ]
        )
        for ticket, wish in zip(tickets, wishes, strict=True):
            if wish:
                ticket.write(wish)
        return tickets

    def write(self, vals):
        if self.env.su:
            return super().write(vals)
        if vals.keys() & set(DECISION):
            raise UserError(self.env._("Prices are approved by their buttons."))
        wish = {name: vals[name] for name in WISHES if name in vals}
        if not wish:
            return super().write(vals)
        rest = {name: value for name, value in vals.items() if name not in wish}
        result = super().write(rest) if rest else True
        for ticket in self:
            ticket._scrm_wish(wish)
        return result

    def _scrm_wish(self, wish):
        """Take a choice of tier or discount, or ask for approval, or refuse it."""
        self.check_access("write")
        if not self.env.user._is_internal():
            raise AccessError(self.env._("Only staff choose tiers and discounts."))
        if deciding := self._scrm_price_step():
            raise UserError(
                self.env._(
                    "The price of ticket %(ticket)s is being decided at “%(node)s”: "
                    "what is asked for does not change meanwhile.",
                    ticket=self.number,
                    node=self._scrm_node_name(deciding),
                )
            )
        tiers = self.env["product.pricelist"]
        by_hand = tiers.browse(wish.get("scrm_tier_id", self.scrm_tier_id.id))
        discount = wish.get("scrm_discount", self.scrm_discount)
        # sudo: limits and roles of a tier hold for everybody
        tier = by_hand.sudo() or self.sudo()._scrm_decided_tier()[0]
        fault = tier._scrm_choice_fault(self, bool(by_hand), discount)
        if fault and tier.scrm_beyond != "approval":
            raise UserError(fault)
        # sudo: users cannot write the decision, see write(); access is checked
        self.sudo().write(
            {
                **wish,
                "scrm_price_approval": "needed" if fault else "none",
                "scrm_price_asker_id": self.env.uid if fault else False,
            }
        )
        if fault:
            self.sudo().message_post(body=fault, subtype_xmlid="mail.mt_note")

    def action_scrm_whatif(self):
        """Try other tiers, discounts and batches without touching the ticket."""
        self.ensure_one()
        return self.env["scrm.price.whatif"]._of(self)._open()

    def action_scrm_price_approve(self):
        """Grant what waits: by somebody else with the role of the tier."""
        self._scrm_decide_price("approved")

    def action_scrm_price_refuse(self):
        """Refuse what waits: the price stays as it was."""
        self._scrm_decide_price("refused")

    def _scrm_decide_price(self, decision):
        for ticket in self:
            ticket.check_access("read")  # the role of the tier decides
            if ticket.scrm_price_approval != "needed":
                raise UserError(
                    self.env._("No price of ticket %s waits.", ticket.number)
                )
            ticket._scrm_check_price_seen()
            # sudo: as above
            tier = ticket.scrm_tier_id.sudo() or ticket.sudo()._scrm_decided_tier()[0]
            if not tier._scrm_has_role() or ticket.scrm_price_asker_id == self.env.user:
                raise AccessError(
                    self.env._(
                        "The price of ticket %(ticket)s is approved by somebody else "
                        "with the role “%(role)s”.",
                        ticket=ticket.number,
                        role=tier.scrm_group_id.name or self.env._("(none)"),
                    )
                )
            # sudo: whoever has the role decides, also who may only read the ticket
            ticket.sudo().write({"scrm_price_approval": decision})

    def _scrm_check_price_seen(self):
        """Refuse to decide on anything but what the screen has shown.

        The buttons pass it on in the context: {"tier": id or False, "discount"}. Who
        asked may ask for something else until somebody decides.
        """
        seen = self.env.context.get("scrm_price_seen")
        if not isinstance(seen, dict):
            return
        now = {"tier": self.scrm_tier_id.id, "discount": self.scrm_discount}
        if any(seen.get(name, value) != value for name, value in now.items()):
            raise UserError(
                self.env._(
                    "What is asked for on ticket %s has changed meanwhile: reload the "
                    "page and look at it again.",
                    self.number,
                )
            )

    def _scrm_price_step(self):
        """The open approval of the flow that decides on the price that waits."""
        # sudo: steps of a ticket whose access is checked
        ticket = self.sudo()
        if ticket.scrm_price_approval != "needed":
            return ticket.scrm_step_ids.browse()
        return ticket.scrm_step_ids.filtered(
            lambda step: step.state == "open" and step._is_approval()
        )[:1]

    def scrm_step_vote(self, decision, reason=None, step_id=None):
        """Nobody approves the price that he asked for himself, whatever the node
        allows; see the flow's own ``scrm_step_vote``."""
        for ticket in self:
            if (
                decision == "approved"
                and ticket.scrm_price_approval == "needed"
                and ticket.scrm_price_asker_id == self.env.user
            ):
                raise AccessError(
                    self.env._(
                        "You asked for the price of ticket %s: somebody else "
                        "approves it.",
                        ticket.number,
                    )
                )
        return super().scrm_step_vote(decision, reason=reason, step_id=step_id)

    def _scrm_step_done(self, step):
        """An approval node of the flow decides on the price that waits."""
        result = super()._scrm_step_done(step)
        if self.scrm_price_approval == "needed" and step.node_id.type == "approval":
            outcome = step.transition_id.outcome
            if outcome in ("approved", "rejected"):
                decision = "approved" if outcome == "approved" else "refused"
                # sudo: who may answer an approval is the flow's to say
                self.sudo().write({"scrm_price_approval": decision})
        return result

    def _scrm_wish_holds(self):
        return self.scrm_price_approval in ("none", "approved")

    def _scrm_price_tier(self):
        if self.scrm_tier_id and self._scrm_wish_holds():
            return self.scrm_tier_id, None, {}
        return self._scrm_decided_tier()

    def _scrm_price_discount(self):
        return money.decimal(self.scrm_discount if self._scrm_wish_holds() else 0)
