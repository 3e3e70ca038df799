from dataclasses import dataclass
from datetime import datetime, time

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date, format_datetime

#: Tickets of which the device's history is told.
TICKET_LIMIT = 20


@dataclass(slots=True)
class Event:
    """Something that happened to a device.

    ``at`` is a moment in naive UTC, or a day; ``link`` an address in the backend.
    """

    at: object
    what: str
    text: str = ""
    link: str = ""

    @property
    def order(self):
        if isinstance(self.at, datetime):
            return self.at
        return datetime.combine(self.at, time.min)


class StockLot(models.Model):
    """All that happened to a device, in order: bought, delivered, installed, served,
    with which parts. Who scans its sticker reads it on site."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.lot"

    scrm_timeline_html = fields.Html(
        string="History", compute="_compute_scrm_timeline_html", sanitize=False
    )

    @api.depends(
        "scrm_purchase_date",
        "scrm_install_date",
        "scrm_ticket_ids.scrm_run_state",
        "scrm_ticket_ids.part_line_ids.state",
    )
    @api.depends_context("uid", "lang", "tz")
    def _compute_scrm_timeline_html(self):
        for lot in self:
            events = lot._scrm_events() if lot._origin else []
            events.sort(key=lambda event: event.order, reverse=True)
            rows = Markup().join(self._scrm_event_row(event) for event in events)
            lot.scrm_timeline_html = rows and Markup(
                "<ul class='list-unstyled o_scrm_timeline mb-0'>%s</ul>"
            ) % (rows)

    @api.model
    def _scrm_event_row(self, event):
        if isinstance(event.at, datetime):
            when = format_datetime(self.env, event.at, dt_format="short")
        else:
            when = format_date(self.env, event.at)
        what = Markup("<strong>%s</strong>") % event.what
        if event.link:
            what = Markup("<a href='%s'>%s</a>") % (event.link, what)
        text = event.text and Markup("<div class='text-break'>%s</div>") % event.text
        return Markup(
            "<li class='border-start ps-3 pb-2'>"
            "<small class='text-muted'>%s</small><div>%s</div>%s</li>"
        ) % (when, what, text or "")

    def _scrm_events(self) -> list[Event]:
        """What happened to the device, as far as the user may read it; in any order.

        Addons add what they know with ``super()``.
        """
        self.ensure_one()
        events = []
        if self.scrm_purchase_date:
            store = self.scrm_store_id.name or ""
            events.append(Event(self.scrm_purchase_date, self.env._("Bought"), store))
        if self.scrm_install_date:
            place = self.scrm_place or ""
            events.append(Event(self.scrm_install_date, self.env._("Installed"), place))
        events += self._scrm_move_events()
        tickets = self.env["helpdesk.ticket"].search(
            [("scrm_lot_id", "=", self._origin.id)],
            limit=TICKET_LIMIT,
            order="id desc",
        )
        for ticket in tickets:
            events += ticket._scrm_device_events()
        return events

    def _scrm_move_events(self):
        """Deliveries of the device itself."""
        # sudo: where the device went, for who may read the device
        lines = self.env["stock.move.line"].sudo()
        found = lines.search(
            [
                ("lot_id", "=", self._origin.id),
                ("state", "=", "done"),
                ("location_dest_id.usage", "=", "customer"),
            ]
        )
        return [
            Event(line.date, self.env._("Delivered"), line.reference or "")
            for line in found
        ]


class HelpdeskTicket(models.Model):
    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    def _scrm_device_events(self) -> list[Event]:
        """What a ticket says in the history of its device: its steps and parts."""
        self.ensure_one()
        link = f"/odoo/helpdesk.ticket/{self.id}"
        events = [Event(self.create_date, f"{self.number} {self.name}", "", link)]
        # sudo: steps of a ticket that the user may read
        done = self.sudo().scrm_run_id.step_ids.filtered(
            lambda step: step.state == "done" and step.done_by_id and step.ended_at
        )
        for step in done:
            who = step.done_by_id.name
            events.append(
                Event(step.ended_at, step.node_id.name, f"{self.number} {who}")
            )
        # sudo: moves of parts of a ticket that the user may read
        for line in self.sudo().part_line_ids:
            if line.state == "consumed":
                what = self.env._(
                    "%(quantity)g × %(part)s used",
                    quantity=line.quantity_used,
                    part=line.product_id.display_name,
                )
                numbers = ", ".join(line.lot_ids.mapped("name"))
                events.append(Event(line.move_id.date, what, numbers))
        return events
