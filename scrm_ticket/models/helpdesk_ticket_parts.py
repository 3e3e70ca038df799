from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .scrm_part_line_availability import STATES


class HelpdeskTicket(models.Model):
    """Whether the parts of a ticket are there, and what can be done when not."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_parts_state = fields.Selection(
        selection=[
            ("none", "No Parts"),
            ("held", "Held"),
            ("here", "In Stock"),
            ("elsewhere", "Elsewhere"),
            ("expected", "Expected"),
            ("short", "Short"),
        ],
        string="State of Parts",
        compute="_compute_scrm_parts_state",
        help="The worst of its parts; rules and decision tables ask for it.",
    )
    scrm_parts_words = fields.Text(
        string="Missing Parts", compute="_compute_scrm_parts_state"
    )
    scrm_parts_list = fields.Text(
        string="Needed Parts",
        compute="_compute_scrm_parts_list",
        help="Quantity, part and where it is taken from: notices to those who keep the "
        "warehouse say it.",
    )
    scrm_keeper_ids = fields.Many2many(
        comodel_name="res.users",
        string="Warehouse Keepers",
        compute="_compute_scrm_keeper_ids",
        compute_sudo=True,  # who keeps the warehouse is no secret of the stock app
        help="Of the warehouses that its parts come from: notification rules can tell "
        "them.",
    )

    @api.depends(
        "part_line_ids.state",
        "part_line_ids.quantity",
        "part_line_ids.location_id",
        "part_line_ids.product_id",
        "part_line_ids.quantity_reserved",
        "part_line_ids.move_ids.state",
    )
    @api.depends_context("lang")
    def _compute_scrm_parts_state(self):
        found = self.part_line_ids._scrm_availability()
        for ticket in self:
            lines = ticket.part_line_ids.filtered(lambda line: line.id in found)
            states = [found[line.id]["state"] for line in lines]
            ticket.scrm_parts_state = (
                max(states, key=STATES.index) if states else "none"
            )
            missing = lines.filtered(
                lambda line: found[line.id]["state"] not in ("held", "here")
            )
            ticket.scrm_parts_words = (
                "\n".join(line._scrm_missing_words(found[line.id]) for line in missing)
                or False
            )

    @api.depends(
        "part_line_ids.state",
        "part_line_ids.quantity",
        "part_line_ids.product_id",
        "part_line_ids.location_id",
    )
    @api.depends_context("lang")
    def _compute_scrm_parts_list(self):
        for ticket in self:
            # sudo: names of the places where parts of a readable ticket lie
            lines = ticket.sudo().part_line_ids.filtered(
                lambda line: line.state in ("draft", "waiting", "reserved")
            )
            ticket.scrm_parts_list = (
                "\n".join(line._scrm_need_words() for line in lines) or False
            )

    @api.depends("part_line_ids.location_id")
    def _compute_scrm_keeper_ids(self):
        for ticket in self:
            warehouses = ticket.part_line_ids.location_id.warehouse_id
            ticket.scrm_keeper_ids = warehouses.scrm_keeper_ids

    # Doing something about it

    def action_scrm_parts_fetch(self):
        """Have missing parts fetched from other warehouses and vans."""
        pickings = self.part_line_ids._scrm_transfer()
        self._scrm_tell_of_transfers(pickings)
        return True

    def action_scrm_parts_receive(self):
        """Say that the transfers for this ticket have arrived."""
        self.part_line_ids._scrm_receive()
        return True

    def action_scrm_parts_order(self):
        """Order what no place has."""
        lines = self.part_line_ids._scrm_order()
        for ticket, ordered in lines.grouped("ticket_id").items():
            ticket.message_post(
                body=self.env._(
                    "Ordered: %s",
                    ", ".join(
                        f"{line.quantity_ordered:g} {line.product_id.name}"
                        for line in ordered
                    ),
                )
            )
        return True

    def _scrm_tell_of_transfers(self, pickings):
        """Write the transfers on the ticket, and tell those who keep the sources."""
        # sudo: names of transfers and keepers of this ticket's parts
        for picking in pickings.sudo():
            ticket = picking.scrm_ticket_id
            keepers = picking.location_id.warehouse_id.scrm_keeper_ids
            ticket.message_post(
                body=self.env._(
                    "Transfer %(transfer)s: %(parts)s from %(place)s to %(target)s",
                    transfer=picking.name,
                    parts=", ".join(
                        f"{move.product_uom_qty:g} {move.product_id.name}"
                        for move in picking.move_ids
                    ),
                    place=picking.location_id.display_name,
                    target=picking.location_dest_id.display_name,
                ),
                partner_ids=keepers.partner_id.ids,
                subtype_xmlid="mail.mt_note",
            )

    @api.readonly
    def scrm_part_availability(self):
        """What is known of the parts that these tickets still need.

        :return: {ticket id: [{"line", "product_id", "product", "needed", "missing",
            "free", "state", "places", "expected"}]}, see
            ``scrm.part.line._scrm_availability``
        """
        self.check_access("read")
        # sudo: figures of tickets that one may read
        lines = self.env["scrm.part.line"].sudo()
        lines = lines.search_fetch(
            [("ticket_id", "in", self.ids)],
            ["ticket_id", "product_id", "quantity", "state", "location_id", "move_id"],
        )
        found = lines._scrm_availability()
        answer = {ticket_id: [] for ticket_id in self.ids}
        for line in lines:
            if line.id in found:
                answer[line.ticket_id.id].append(
                    {
                        "line": line.id,
                        "product_id": line.product_id.id,
                        "product": line.product_id.name,
                        "needed": line.quantity,
                        **found[line.id],
                    }
                )
        return answer

    def _scrm_need_item(self, item, quantity=None):
        """Make the product that the form names a part of the ticket, once.

        :param item: key of the form's field that names a product
        :param quantity: key of the field that says how many; one when left out
        """
        self.ensure_one()
        # sudo: what the form names is needed, whoever moves the ticket
        ticket = self.sudo()
        product = self.env["product.product"].sudo().browse(ticket._scrm_value(item))
        product = product.exists()
        if not product.is_storable or product in ticket.part_line_ids.product_id:
            return
        number = (quantity and ticket._scrm_value(quantity)) or 1.0
        ticket.part_line_ids = [
            Command.create({"product_id": product.id, "quantity": number})
        ]

    def _scrm_parts_used(self):
        """The parts that were used and did not come back, in words."""
        self.ensure_one()
        # sudo: names and quantities, as they are frozen for a settlement
        lines = self.sudo().part_line_ids.filtered(
            lambda line: line.state == "consumed"
            and line.uom_id.compare(line.quantity_used, line.quantity_returned) > 0
        )
        return ", ".join(
            f"{line.quantity_used - line.quantity_returned:g} × "
            f"{line.product_id.display_name}"
            for line in lines
        )

    # Holding and giving back

    def _scrm_copy_parts(self):
        result = super()._scrm_copy_parts()
        if self.template_id.reserve_parts:
            # sudo: the template says so, whoever raises the ticket
            self.sudo().part_line_ids._scrm_reserve(wait=True)
        return result

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") is False or "stage_id" in vals:
            given_up = self.filtered(
                lambda ticket: not ticket.active
                or (ticket.stage_id.closed and not ticket.scrm_run_id)
            )
            # sudo: whoever may close the ticket gives back what it holds
            given_up.sudo().part_line_ids._scrm_release()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_give_back_parts(self):
        # sudo: whoever may delete the ticket gives back what it holds
        self.sudo().part_line_ids._scrm_release()

    def _scrm_van(self):
        """The van of whoever works on the ticket.

        :raise UserError: nobody does, or without a van
        """
        user = self.scrm_handler_ids[:1] or self.user_id
        # sudo: which van is whose
        van = self.env["stock.location"].sudo()._scrm_van(user, self.company_id)
        if not van:
            raise UserError(
                self.env._(
                    "There is no van to issue parts to: ticket %(ticket)s is with "
                    "%(user)s.",
                    ticket=self.number,
                    user=user.name or self.env._("nobody"),
                )
            )
        return van
