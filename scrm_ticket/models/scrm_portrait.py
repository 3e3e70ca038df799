from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import html2plaintext
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: Months that a portrait looks back.
MONTHS = 3
#: Rows that each kind adds at most.
ROW_LIMIT = 20
#: Longest text of a row, in characters.
TEXT_LIMIT = 120


@dataclass(frozen=True)
class Moment:
    """One thing that happened between a customer and us."""

    at: datetime
    kind: str  # what it was, in words
    text: str
    channel: str = ""
    amount: str = ""
    state: str = ""
    link: str = ""
    details: list[str] = field(default_factory=list)


class ScrmPortrait(models.AbstractModel):
    """What a customer did with us lately. Addons add ``scrm.portrait.<key>``.

    Whoever works on a customer's ticket sees what the customer bought and asked, also
    where he or she may not open the order itself: a row says what, when and how much.
    """

    _name = "scrm.portrait"
    _inherit = "scrm.flow.kind"
    _description = "Part of a Customer's Portrait"

    @api.model
    def _of(self, partner, months=MONTHS) -> list[Moment]:
        """What happened, the newest first.

        :param partner: ``res.partner``; all contacts of its company count
        :param months: how far to look back
        """
        if not partner or not self.env.user._is_internal():
            return []
        since = self.env["scrm.clock"].now() - relativedelta(months=months)
        owner = partner.commercial_partner_id
        found = []
        for kind in self._kinds():
            found += kind._moments(owner, since)
        return sorted(found, key=lambda moment: moment.at, reverse=True)

    @api.model
    def _moments(self, owner, since) -> list[Moment]:
        """What a kind tells.

        :param owner: the commercial partner
        :param since: naive UTC
        """
        raise NotImplementedError

    @api.model
    def _companies(self):
        return [False, *self.env.companies.ids]

    @api.model
    def _short(self, text):
        text = " ".join((text or "").split())
        return text if len(text) <= TEXT_LIMIT else f"{text[:TEXT_LIMIT]}…"


class ScrmPortraitTickets(models.AbstractModel):
    """Earlier and open tickets that the user may read."""

    _name = "scrm.portrait.tickets"
    _inherit = "scrm.portrait"
    _description = "Portrait: Tickets"

    _label = _lt("Tickets")
    _kind_rank = 10

    @api.model
    def _moments(self, owner, since):
        tickets = self.env["helpdesk.ticket"].search(
            [
                ("commercial_partner_id", "=", owner.id),
                ("create_date", ">=", since),
            ],
            order="create_date desc",
            limit=ROW_LIMIT,
        )
        doors = dict(self.env["scrm.ticket.door"]._selection())
        return [
            Moment(
                at=ticket.create_date,
                kind=self.env._("Ticket"),
                text=self._short(f"{ticket.number} · {ticket.name}"),
                channel=doors.get(ticket.scrm_door, ""),
                state=ticket.stage_id.name or "",
                link=f"/odoo/helpdesk.ticket/{ticket.id}",
            )
            for ticket in tickets
        ]


class ScrmPortraitTalks(models.AbstractModel):
    """What the customer wrote: on tickets, orders and in conversations."""

    _name = "scrm.portrait.talks"
    _inherit = "scrm.portrait"
    _description = "Portrait: Conversations"

    _label = _lt("Conversations")
    _kind_rank = 20

    @api.model
    def _moments(self, owner, since):
        # sudo: contacts of the company; whose messages the user reads is asked below
        people = self.env["res.partner"].sudo()
        people = people.search([("commercial_partner_id", "=", owner.id)])
        messages = self.env["mail.message"].search(
            [
                ("author_id", "in", people.ids),
                ("date", ">=", since),
                ("message_type", "in", ("comment", "email")),
            ],
            order="id desc",
            limit=ROW_LIMIT,
        )
        ways = {"email": self.env._("E-mail"), "comment": self.env._("Message")}
        return [
            Moment(
                at=message.date,
                kind=ways[message.message_type],
                text=self._short(html2plaintext(message.body or "")),
                channel=message.record_name or "",
                link=f"/mail/message/{message.id}",
            )
            for message in messages
            if message.body
        ]


class ScrmPortraitDeliveries(models.AbstractModel):
    """Deliveries to the customer, with where they are."""

    _name = "scrm.portrait.deliveries"
    _inherit = "scrm.portrait"
    _description = "Portrait: Deliveries"

    _label = _lt("Deliveries")
    _kind_rank = 40

    @api.model
    def _moments(self, owner, since):
        # sudo: see the family; deliveries to this customer
        pickings = self.env["stock.picking"].sudo()
        found = pickings.search(
            [
                ("partner_id.commercial_partner_id", "=", owner.id),
                ("picking_type_code", "=", "outgoing"),
                ("state", "!=", "cancel"),
                ("scheduled_date", ">=", since - timedelta(days=1)),
                ("company_id", "in", self._companies()),
            ],
            order="id desc",
            limit=ROW_LIMIT,
        )
        states = dict(pickings._fields["state"]._description_selection(self.env))
        return [
            Moment(
                at=picking.date_done or picking.scheduled_date,
                kind=self.env._("Delivery"),
                text=self._short(
                    " · ".join(filter(None, [picking.name, picking.origin]))
                ),
                state=states.get(picking.state, ""),
                link=f"/odoo/stock.picking/{picking.id}",
                details=[
                    self._short(f"{move.product_uom_qty:g} × {move.product_id.name}")
                    for move in picking.move_ids[:5]
                ],
            )
            for picking in found
        ]


class ScrmPortraitOrders(models.AbstractModel):
    """What the customer bought: orders of the sales application, where it is there."""

    _name = "scrm.portrait.orders"
    _inherit = "scrm.portrait"
    _description = "Portrait: Purchases"

    _label = _lt("Purchases")
    _kind_rank = 30

    @api.model
    def _moments(self, owner, since):
        return [
            self._moment(order, model)
            for model, states in (
                ("sale.order", ("sale", "done")),
                ("pos.order", ("paid", "done")),
            )
            if model in self.env
            for order in self._orders(model, states, owner, since)
        ]

    @api.model
    def _orders(self, model, states, owner, since):
        # sudo: see the family; orders of this customer
        return (
            self.env[model]
            .sudo()
            .search(
                [
                    ("partner_id.commercial_partner_id", "=", owner.id),
                    ("state", "in", states),
                    ("date_order", ">=", since),
                    ("company_id", "in", self._companies()),
                ],
                order="date_order desc",
                limit=ROW_LIMIT,
            )
        )

    @api.model
    def _moment(self, order, model):
        lines = order["order_line" if model == "sale.order" else "lines"]
        bought = [
            f"{line[quantity]:g} × {line.product_id.display_name}"
            for line in lines
            for quantity in ("product_uom_qty" if model == "sale.order" else "qty",)
            if line.product_id
        ]
        return Moment(
            at=order.date_order,
            kind=self.env._("Purchase"),
            text=self._short(" · ".join([order.name, *bought[:3]])),
            channel=self._channel(order, model),
            amount=order.currency_id.format(order.amount_total),
            link=f"/odoo/{model}/{order.id}",
            details=[self._short(text) for text in bought],
        )

    @api.model
    def _channel(self, order, model):
        """Where it was bought: source, medium or team of the order, or the shop."""
        if model == "pos.order":
            return order.config_id.name or ""
        names = (order.source_id.name, order.medium_id.name, order.team_id.name)
        return next(filter(None, names), "")
