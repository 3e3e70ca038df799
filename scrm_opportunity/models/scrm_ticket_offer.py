from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

#: Who may read all opportunities, and so what became of them.
MANAGER = "scrm_opportunity.group_manager"


class ScrmTicketOffer(models.Model):
    """An offer on a ticket: open until somebody says what the customer answered."""

    _name = "scrm.ticket.offer"
    _inherit = "scrm.follow.mixin"
    _description = "Offer on a Ticket"
    _order = "id desc"
    _rec_name = "offer_id"
    _followed = ("ticket_id",)

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, index=True, ondelete="cascade"
    )
    offer_id = fields.Many2one(
        "scrm.offer", required=True, index=True, ondelete="restrict"
    )
    state = fields.Selection(
        [("open", "To Offer"), ("accepted", "Accepted"), ("declined", "Declined")],
        required=True,
        default="open",
        index=True,
    )
    reasons = fields.Json(help="Why it was made: pairs of condition and detail.")
    reason = fields.Char(compute="_compute_reason", help="Why it was made, in words.")
    script = fields.Text(related="offer_id.script", string="Talk Script")
    company_id = fields.Many2one(related="ticket_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(related="ticket_id.partner_id", string="Customer")
    decided_by_id = fields.Many2one("res.users", string="Answered by", readonly=True)
    decided_at = fields.Datetime(readonly=True)
    lead_id = fields.Many2one(
        "crm.lead",
        string="Opportunity",
        index="btree_not_null",
        groups=MANAGER,
    )
    opportunity_id = fields.Many2one(
        "crm.lead",
        string="Opportunity You May Read",
        compute="_compute_opportunity_id",
        groups="sales_team.group_sale_salesman",
    )
    amount = fields.Monetary(help="What the offer comes to, once it is accepted.")
    won_amount = fields.Monetary(
        compute="_compute_won",
        store=True,
        groups=MANAGER,
        help="Revenue of the opportunity once it is won.",
    )
    accepted_rate = fields.Float(
        compute="_compute_accepted_rate",
        store=True,
        aggregator="avg",
        help="Accepted among all offers made.",
    )
    won_rate = fields.Float(
        string="Second-Sale Rate",
        compute="_compute_won",
        store=True,
        groups=MANAGER,
        aggregator="avg",
        help="Offers that became a sale, among all offers made.",
    )

    _once = models.UniqueIndex(
        "(ticket_id, offer_id)", "This offer was already made on the ticket."
    )

    @api.depends("state")
    def _compute_accepted_rate(self):
        for made in self:
            made.accepted_rate = made.state == "accepted"

    @api.depends("lead_id")
    @api.depends_context("uid")
    def _compute_opportunity_id(self):
        for made in self:
            # sudo: the link only; its end is shown to whom may read it
            lead = made.sudo().lead_id.with_env(self.env)
            made.opportunity_id = lead._filtered_access("read")

    @api.depends("lead_id.won_status", "lead_id.expected_revenue")
    def _compute_won(self):
        for made in self:
            is_won = made.lead_id.won_status == "won"
            made.won_rate = is_won
            made.won_amount = made.lead_id.expected_revenue if is_won else 0.0

    @api.depends("reasons")
    @api.depends_context("lang")
    def _compute_reason(self):
        for made in self:
            parts = [made._reason_words(*reason) for reason in made.reasons or []]
            made.reason = "; ".join(parts)

    def _reason_words(self, condition, detail):
        if condition == "keyword":
            return self.env._("the ticket says “%(words)s”", words=detail)
        if condition in ("products", "bought"):
            # sudo: names of products that the offer's own condition lists
            products = self.env["product.product"].sudo().browse(detail).exists()
            names = ", ".join(products.mapped("display_name"))
            if condition == "bought":
                return self.env._("has bought %(names)s", names=names)
            return self.env._("is about %(names)s", names=names)
        if condition == "tags":
            # sudo: names of tags that the offer's own condition lists
            tags = self.env["res.partner.category"].sudo().browse(detail).exists()
            return self.env._(
                "customer is %(names)s", names=", ".join(tags.mapped("name"))
            )
        if condition == "team":
            # sudo: the name of the team the ticket is with
            team = self.env["helpdesk.ticket.team"].sudo().browse(detail).exists()
            return self.env._("is with %(team)s", team=team.name or "?")
        if condition == "node":
            return self.env._("reached %(nodes)s", nodes=detail)
        if condition == "device_age":
            if detail == 1:
                return self.env._("device is one month old")
            return self.env._("device is %(months)s months old", months=detail)
        if condition == "warranty":
            return self._warranty_words(detail)
        return self.env._("offered on such tickets")

    def _warranty_words(self, days):
        """When a warranty ends, in words.

        :param days: from today on; negative once it has ended
        """
        near = {
            -1: self.env._("warranty ended yesterday"),
            0: self.env._("warranty ends today"),
            1: self.env._("warranty ends tomorrow"),
        }
        if days in near:
            return near[days]
        if days < 0:
            return self.env._("warranty ended %(days)s days ago", days=-days)
        return self.env._("warranty ends in %(days)s days", days=days)

    def _hand_to_sales(self):
        """Make the opportunity now and give its salesperson a to-do; needs sudo."""
        self.ensure_one()
        lead = self._opportunity()
        self.write({"lead_id": lead.id, "amount": self.offer_id._amount()})
        seller = lead.user_id
        if seller:
            words = self.with_context(lang=seller.lang)
            lead.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=seller.id,
                summary=words.env._(
                    "High intent: %(offer)s", offer=words.offer_id.name
                ),
                note=words.reason,
            )

    # Answers

    def action_accept(self):
        """The customer is interested: an opportunity follows, linked."""
        self._answer("accepted")
        return True

    def action_accept_and_quote(self):
        """The same, with a draft quotation of the product offered.

        :raise UserError: the offer names no product, or the ticket no customer
        """
        for made in self:
            # sudo: service staff may make what the offer describes, nothing else
            offer, ticket = made.sudo().offer_id, made.ticket_id
            if not offer.product_id:
                raise UserError(
                    self.env._("“%(offer)s” names no product.", offer=offer.name)
                )
            if not ticket.partner_id:
                raise UserError(
                    self.env._(
                        "A quotation needs a customer on the ticket %(ticket)s.",
                        ticket=ticket.number,
                    )
                )
        self._answer("accepted")  # checks that the user may
        # sudo: a quotation as the offer describes it; its maker need not sell
        for made in self.sudo():
            offer = made.offer_id
            self.env["sale.order"].sudo().create(
                {
                    "partner_id": made.ticket_id.partner_id.id,
                    "company_id": made.company_id.id or self.env.company.id,
                    "opportunity_id": made.lead_id.id,
                    "user_id": made.lead_id.user_id.id,
                    "origin": made.ticket_id.number,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": offer.product_id.id,
                                "product_uom_qty": 1,
                                **(
                                    {"price_unit": offer.amount} if offer.amount else {}
                                ),
                            }
                        )
                    ],
                }
            )
        return True

    def action_decline(self):
        """The customer does not want it."""
        self._answer("declined")
        return True

    def _answer(self, state):
        """Keep what the customer said; accepted ones get their opportunity.

        :raise AccessError: the user may not edit the ticket
        :raise UserError: it was answered before
        """
        self.check_access("read")
        for made in self:
            if not made.ticket_id.has_access("write"):
                raise AccessError(
                    self.env._(
                        "To answer for “%(offer)s” you need the right to edit the "
                        "ticket %(ticket)s.",
                        offer=made.offer_id.name,
                        ticket=made.ticket_id.number,
                    )
                )
        # sudo: the right to edit the ticket was checked; the figures are the offer's
        rows = self.sudo()
        rows.lock_for_update()
        for made in rows:
            if made.state != "open":
                raise UserError(
                    self.env._(
                        "“%(offer)s” was answered already.", offer=made.offer_id.name
                    )
                )
            vals = {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": self.env["scrm.clock"].now(),
            }
            if state == "accepted":
                lead = made._opportunity()
                vals |= {"lead_id": lead.id, "amount": made.offer_id._amount()}
            made.write(vals)

    def _opportunity(self):
        """The opportunity of an accepted offer, linked with the ticket.

        An open one that the same offer brought the same customer is taken again.
        """
        self.ensure_one()
        ticket, offer = self.ticket_id, self.offer_id
        leads = self.env["crm.lead"]
        entity = ticket.partner_id.commercial_partner_id
        lead = leads
        if entity:
            lead = leads.search(
                [
                    ("scrm_offer_id", "=", offer.id),
                    ("won_status", "=", "pending"),
                    ("partner_id", "child_of", entity.id),
                ],
                limit=1,
            )
        if not lead:
            lead = leads.create(
                {
                    **ticket._scrm_opportunity_vals(),
                    "name": f"{offer.name} – {ticket.number}",
                    "expected_revenue": offer._amount(),
                    "scrm_offer_id": offer.id,
                    **({"user_id": offer.user_id.id} if offer.user_id else {}),
                }
            )
        ticket._scrm_link(lead)
        return lead
