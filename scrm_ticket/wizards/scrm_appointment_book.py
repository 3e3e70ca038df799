from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

#: Slots that one page of the wizard shows.
LIMIT = 60


class ScrmAppointmentBook(models.TransientModel):
    """Free slots of a ticket, with what stands against them."""

    _name = "scrm.appointment.book"
    _inherit = "scrm.wizard.mixin"
    _description = "Book an Appointment"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, ondelete="cascade")
    first_day = fields.Date(string="From", help="The first day to look at.")
    user_id = fields.Many2one(
        "res.users", string="Technician", domain="[('id', 'in', technician_ids)]"
    )
    technician_ids = fields.Many2many(
        "res.users", string="Technicians", compute="_compute_technician_ids"
    )
    hours = fields.Float(string="Takes (Hours)", compute="_compute_technician_ids")
    wish = fields.Char(string="Wished by the Customer", compute="_compute_wish")
    only_wished = fields.Boolean(string="Only What the Customer Wishes")
    parts_words = fields.Text(string="Parts", compute="_compute_wish")
    slot_ids = fields.One2many("scrm.appointment.slot", "book_id", string="Free Slots")

    @api.depends("ticket_id")
    def _compute_technician_ids(self):
        for book in self:
            book.technician_ids = book.ticket_id._scrm_technicians()
            book.hours = book.ticket_id._scrm_visit_hours()

    @api.depends("ticket_id")
    @api.depends_context("lang")
    def _compute_wish(self):
        for book in self:
            ticket = book.ticket_id
            names = dict(
                ticket._fields["scrm_wish_part"]._description_selection(self.env)
            )
            day = ticket.scrm_wish_date
            words = (
                format_date(self.env, day) if day else "",
                names.get(ticket.scrm_wish_part, ""),
            )
            book.wish = " ".join(filter(None, words)) or False
            book.parts_words = ticket.scrm_parts_words

    @api.model_create_multi
    def create(self, vals_list):
        books = super().create(vals_list)
        for book in books:
            ticket = book.ticket_id
            book.only_wished = bool(ticket.scrm_wish_date or ticket.scrm_wish_part)
            book._fill()
        return books

    def action_show(self):
        """Look again, with the day and the technician chosen."""
        self._fill()
        return self._open()

    def _fill(self):
        self.ensure_one()
        ticket = self.ticket_id
        ticket.check_access("write")
        first = self.first_day
        if not first and self.only_wished:
            first = ticket.scrm_wish_date
        found = ticket._scrm_slots(first or None, user=self.user_id or None)
        if self.only_wished:
            found = [slot for slot in found if not ticket._scrm_wish_faults(slot[0])]
        self.slot_ids = [
            fields.Command.clear(),
            *(
                fields.Command.create({"start": start, "end": end, "user_id": user.id})
                for start, end, user in found[:LIMIT]
            ),
        ]

    def _open(self):
        return self._stay_open(self.env._("Appointment"))


class ScrmAppointmentSlot(models.TransientModel):
    """A slot that can be booked."""

    _name = "scrm.appointment.slot"
    _description = "Free Slot"
    _order = "start, id"

    book_id = fields.Many2one(
        "scrm.appointment.book", required=True, ondelete="cascade", index=True
    )
    start = fields.Datetime(required=True, readonly=True)
    end = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Technician", readonly=True)

    def action_book(self):
        """Confirm this slot.

        :raise UserError: naming all that stands against it
        """
        self.ensure_one()
        book = self.book_id
        if not book.ticket_id:
            raise UserError(self.env._("The ticket is gone."))
        book.ticket_id.scrm_book(fields.Datetime.to_string(self.start), self.user_id.id)
        return {"type": "ir.actions.act_window_close"}
