from dataclasses import asdict, dataclass
from datetime import datetime

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date

#: Rows that one department shows at most.
ROW_LIMIT = 20
#: State of a move or order -> how it is coloured.
COLOURS = {
    "done": "success",
    "purchase": "info",
    "assigned": "info",
    "partially_available": "warning",
    "confirmed": "warning",
    "waiting": "warning",
    "draft": "secondary",
    "sent": "secondary",
    "cancel": "danger",
}


@dataclass(slots=True)
class Progress:
    """One thing that a department does for a ticket.

    ``at`` is when it was done or is expected, naive UTC or None; ``link`` an address
    in the backend, empty where the reader may not open it.
    """

    what: str
    text: str
    state: str
    colour: str
    at: datetime | None = None
    is_done: bool = False
    link: str = ""


class HelpdeskTicket(models.Model):
    """What purchasing, the warehouse and the carrier do for a ticket, side by side.

    Whoever may read the ticket sees how far each department is with its parts, also
    where he or she may not open the order or transfer itself: what, how much, when,
    never a price.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    def scrm_supply(self):
        """The progress of all departments, for the page that shows it.

        :return: {"flow": id of the flow that tells when something changed, "html"}
        """
        self.ensure_one()
        self.check_access("read")
        # sudo: only which flow tells
        flow = self.sudo().scrm_run_id.flow_id
        return {"flow": flow.id, "html": self._scrm_supply_html()}

    def _scrm_supply_html(self):
        return self.env["ir.qweb"]._render(
            "scrm_ticket.supply",
            {
                "parts": self._scrm_supply_parts(),
                "departments": [
                    (name, icon, [self._scrm_supply_row(row) for row in rows])
                    for name, icon, rows in (
                        (
                            self.env._("Purchasing"),
                            "fa-shopping-cart",
                            self._scrm_supply_purchase(),
                        ),
                        (
                            self.env._("Warehouse"),
                            "fa-cubes",
                            self._scrm_supply_warehouse(),
                        ),
                        (
                            self.env._("On the Way"),
                            "fa-truck",
                            self._scrm_supply_way(),
                        ),
                    )
                ],
            },
        )

    def _scrm_supply_row(self, row):
        when = row.at and format_date(self.env, row.at)
        if when and not row.is_done:
            when = self.env._("expected on %s", when)
        return {**asdict(row), "when": when or ""}

    def _scrm_supply_parts(self):
        """Each part with what is held of it: [(name, needed, held or used, state)]."""
        # sudo: parts of a ticket that the user may read
        lines = self.sudo().part_line_ids
        states = dict(lines._fields["state"]._description_selection(self.env))
        colours = {"reserved": "info", "waiting": "warning", "consumed": "success"}
        return [
            {
                "name": line.product_id.display_name,
                "needed": line.quantity,
                "held": line.quantity_used
                if line.state == "consumed"
                else line.quantity_reserved,
                "state": states[line.state],
                "colour": colours.get(line.state, "secondary"),
            }
            for line in lines
        ]

    # What each department does

    def _scrm_supply_purchase(self) -> list[Progress]:
        """What is ordered for the ticket's parts, of whom, and when it comes."""
        # sudo: as above
        lines = self.sudo().part_line_ids
        rows = [
            Progress(
                what=line.product_id.display_name,
                text=self.env._("%g requested", line.quantity_ordered),
                state=self.env._("Requested"),
                colour="secondary",
            )
            for line in lines
            if line.quantity_ordered
        ]
        orders = self._scrm_purchase_lines(lines)
        ours = self._scrm_supply_shares(lines, orders)
        return rows + [
            self._scrm_supply_order(one, ours[one]) for one in orders if ours[one] != 0
        ]

    def _scrm_supply_shares(self, lines, orders):
        """How much of what is still to come is for these parts.

        Goods go to who waits in the order in which they are given out when they
        arrive: urgent tickets first, then the older need. What was received went to
        whoever waited then: it is shown to who waits no more.

        :return: {line of a purchase order: quantity in the product's unit, None: the
            whole of it}
        """
        shares = dict.fromkeys(orders)
        for line in lines:
            left, ahead = line._scrm_missing(), line._scrm_ahead()
            replenishing = [
                order
                for order in orders
                if order.product_id == line.product_id
                and order.orderpoint_id.location_id == line.location_id
                and not order.move_dest_ids & line.move_id
            ]
            for order in sorted(
                replenishing, key=lambda one: (one.date_planned, one.id)
            ):
                coming = order.product_uom_id._compute_quantity(
                    max(order.product_qty - order.qty_received, 0),
                    order.product_id.uom_id,
                )
                if not coming:
                    shares[order] = 0 if left else None
                    continue
                before = min(ahead, coming)
                ahead -= before
                share = min(left, coming - before)
                left -= share
                shares[order] = (shares[order] or 0) + share
        return shares

    def _scrm_purchase_lines(self, lines):
        """Lines of purchase orders that replenish where these parts are taken from,
        of the ticket's time; empty without the purchase application.

        Goods ordered by a replenishment are for whoever waits for them there.
        """
        orders = self.env.get("purchase.order.line")
        if orders is None or "orderpoint_id" not in orders._fields or not lines:
            return []
        places = Domain.OR(
            [
                [
                    ("orderpoint_id.product_id", "=", line.product_id.id),
                    ("orderpoint_id.location_id", "=", line.location_id.id),
                ]
                for line in lines
            ]
        )
        direct = Domain("move_dest_ids", "in", lines.move_id.ids)
        # sudo: as above
        return orders.sudo().search(
            (places | direct)
            & Domain("create_date", ">=", self.create_date)
            & Domain("state", "!=", "cancel"),
            order="id desc",
            limit=ROW_LIMIT,
        )

    def _scrm_supply_order(self, line, ours):
        order = line.order_id
        is_done = line.product_uom_id.compare(line.qty_received, line.product_qty) >= 0
        states = dict(order._fields["state"]._description_selection(self.env))
        text = self.env._(
            "%(order)s, %(supplier)s: %(received)g of %(ordered)g received",
            order=order.name,
            supplier=order.partner_id.display_name,
            received=line.qty_received,
            ordered=line.product_qty,
        )
        if ours and line.product_id.uom_id.compare(ours, line.product_uom_qty) < 0:
            text = self.env._(
                "%(order)s, %(ours)g for this ticket", order=text, ours=ours
            )
        return Progress(
            what=line.product_id.display_name,
            text=text,
            state=self.env._("Received") if is_done else states[order.state],
            colour="success" if is_done else COLOURS.get(order.state, "secondary"),
            at=None if is_done else line.date_planned,
            link=self._scrm_supply_link(order),
        )

    def _scrm_supply_warehouse(self) -> list[Progress]:
        """Receipts the parts wait for, transfers to where they are taken from, and
        what was issued or used."""
        # sudo: as above
        lines = self.sudo().part_line_ids
        moves = lines.move_ids.filtered(
            lambda move: move.picking_id or move.state == "done"
        )
        moves |= self._scrm_supply_receipts(lines)
        moves = moves.sorted(lambda move: move.id, reverse=True)[:ROW_LIMIT]
        return [self._scrm_supply_move(move) for move in moves]

    def _scrm_supply_receipts(self, lines):
        """Goods that came, or are to come, in the ticket's time to where its parts
        are taken from."""
        # sudo: as above
        moves = self.env["stock.move"].sudo()
        if not lines:
            return moves
        return moves.search(
            Domain.OR(
                [
                    [
                        ("product_id", "=", line.product_id.id),
                        ("location_dest_id", "child_of", line.location_id.id),
                    ]
                    for line in lines
                ]
            )
            & Domain("location_id.usage", "in", ("supplier", "transit"))
            & Domain("scrm_part_line_id", "=", False)
            & Domain("create_date", ">=", self.create_date)
            & Domain("state", "not in", ("draft", "cancel")),
            order="id desc",
            limit=ROW_LIMIT,
        )

    def _scrm_supply_move(self, move):
        states = dict(move._fields["state"]._description_selection(self.env))
        is_done = move.state == "done"
        if is_done and move.location_dest_id.usage in ("customer", "production"):
            words = self.env._("Used")
        elif is_done:
            words = self.env._("Arrived")
        else:
            words = states[move.state]
        return Progress(
            what=move.product_id.display_name,
            text=self.env._(
                "%(quantity)g from %(place)s to %(target)s (%(document)s)",
                quantity=move.quantity if is_done else move.product_uom_qty,
                place=move.location_id.display_name,
                target=move.location_dest_id.display_name,
                document=move.reference or "",
            ),
            state=words,
            colour=COLOURS.get(move.state, "secondary"),
            at=move.date,
            is_done=is_done,
            link=self._scrm_supply_link(move.picking_id),
        )

    def _scrm_supply_way(self) -> list[Progress]:
        """Parcels of the ticket, as the carrier tells, and documents with a number of
        a carrier's."""
        rows = []
        if self.scrm_track_number or self.scrm_track_state:
            states = dict(
                self._fields["scrm_track_state"]._description_selection(self.env)
            )
            is_done = self.scrm_track_state == "delivered"
            last = (self.scrm_track or [{}])[-1]
            said = [self.scrm_track_carrier, last.get("place"), last.get("text")]
            rows.append(
                Progress(
                    what=self.scrm_track_number or "",
                    text=" · ".join(filter(None, said)),
                    state=states.get(self.scrm_track_state) or self.env._("Announced"),
                    colour="success" if is_done else "info",
                    at=None if is_done else self.scrm_expected_at or None,
                )
            )
        # sudo: as above
        pickings = self.env["stock.picking"].sudo()
        if "carrier_tracking_ref" not in pickings._fields:
            return rows
        found = pickings.search(
            [
                ("scrm_ticket_id", "=", self.id),
                ("carrier_tracking_ref", "!=", False),
                ("state", "!=", "cancel"),
            ],
            limit=ROW_LIMIT,
        )
        states = dict(pickings._fields["state"]._description_selection(self.env))
        return rows + [
            Progress(
                what=picking.carrier_tracking_ref,
                text=" · ".join(filter(None, [picking.carrier_id.name, picking.name])),
                state=states[picking.state],
                colour=COLOURS.get(picking.state, "secondary"),
                at=picking.date_done or picking.scheduled_date,
                is_done=picking.state == "done",
                link=self._scrm_supply_link(picking),
            )
            for picking in found
        ]

    @api.model
    def _scrm_supply_link(self, record):
        """Where a document opens, for who may read it."""
        # sudo off: as the reader
        if not record or not record.sudo(False).has_access("read"):
            return ""
        return f"/odoo/{record._name}/{record.id}"

    # Live

    def _scrm_supply_changed(self):
        """Let those who look at these tickets know that a department did something."""
        # sudo: only which flows to look at anew
        self.sudo().scrm_run_id.flow_id._tell_maps()

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"scrm_track", "scrm_track_number", "scrm_track_carrier"}:
            self._scrm_supply_changed()
        return result


class ScrmPartLine(models.Model):
    _inherit = "scrm.part.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.ticket_id._scrm_supply_changed()
        return lines

    def write(self, vals):
        result = super().write(vals)
        self.ticket_id._scrm_supply_changed()
        return result


class StockMove(models.Model):
    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.move"

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"state", "quantity", "product_uom_qty", "date"}:
            self._scrm_supply_moved()
        return result

    def _scrm_supply_moved(self):
        """Tell of moves for tickets, and of goods that tickets wait for."""
        # sudo: which tickets, whoever moves the goods
        moves = self.sudo()
        lines = moves.scrm_part_line_id
        coming = moves.filtered(
            lambda move: not move.scrm_part_line_id
            and move.location_id.usage in ("supplier", "transit")
            and move.location_dest_id.usage == "internal"
        )
        if coming:
            lines |= lines.search(
                [
                    ("state", "=", "waiting"),
                    ("product_id", "in", coming.product_id.ids),
                ]
            )
        lines.ticket_id._scrm_supply_changed()
