from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_datetime


class ScrmAppointment(models.Model):
    """A technician's visit at a time that parts, technician and customer agree on.

    States: ``booked`` (the slot is the ticket's), ``done``, ``cancelled`` (the slot is
    free again). It is made by ``helpdesk.ticket.scrm_book`` alone, which checks all
    three.

    The slot is blocked in the technician's schedule too, as time off of the kind
    "other", where a technician has a schedule.
    """

    _name = "scrm.appointment"
    _inherit = "scrm.ticket.row.mixin"
    _description = "Appointment"
    _order = "start desc, id desc"

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(related="ticket_id.company_id")
    partner_id = fields.Many2one(related="ticket_id.partner_id")
    user_id = fields.Many2one(
        "res.users",
        string="Technician",
        required=True,
        ondelete="restrict",
        readonly=True,
    )
    start = fields.Datetime(required=True, readonly=True)
    end = fields.Datetime(required=True, readonly=True)
    state = fields.Selection(
        [("booked", "Booked"), ("done", "Done"), ("cancelled", "Cancelled")],
        required=True,
        default="booked",
        readonly=True,
    )
    chosen_by_id = fields.Many2one(
        "res.users", string="Chosen by", readonly=True, ondelete="restrict"
    )
    leave_id = fields.Many2one(
        "resource.calendar.leaves", readonly=True, ondelete="set null"
    )

    _booked_idx = models.Index("(user_id, start) WHERE state = 'booked'")
    _order_of_time = models.Constraint(
        'CHECK (start < "end")', "An appointment ends after it begins."
    )

    @api.depends("start", "user_id", "ticket_id")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for appointment in self:
            appointment.display_name = appointment._scrm_words()

    def _scrm_words(self):
        """The time of the appointment and who comes, as its reader reads it."""
        self.ensure_one()
        zone = self.env.context.get("tz")  # of the reader, on the portal too
        when = format_datetime(self.env, self.start, tz=zone, dt_format="short")
        return f"{when}, {self.sudo().user_id.name}"  # sudo: who comes to the reader

    # Booking

    @api.model
    def _scrm_lock(self, user):
        """Let nobody else book the same technician until this transaction ends.

        Who does it at the same moment waits, then fails to serialize; Odoo repeats the
        request, and the repetition sees what was booked meanwhile.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL("UPDATE res_users SET active = active WHERE id = %s", user.id)
        )

    @api.model
    def _scrm_busy(self, users, start, end) -> dict[int, list]:
        """What is booked of each user between two moments: {user id: [(from, until)]}.

        Appointments, and whatever else blocks the schedules of their resources.

        :param start: naive UTC, like ``end``
        """
        busy = {user.id: [] for user in users}
        # sudo: when somebody has no time, not what for
        booked = self.sudo().search_fetch(
            [
                ("user_id", "in", users.ids),
                ("state", "=", "booked"),
                ("start", "<", end),
                ("end", ">", start),
            ],
            ["user_id", "start", "end"],
        )
        for one in booked:
            busy[one.user_id.id].append((one.start, one.end))
        # sudo: as above
        leaves = self.env["resource.calendar.leaves"].sudo()
        blocked = leaves.search_fetch(
            [
                ("time_type", "=", "other"),
                ("resource_id.user_id", "in", users.ids),
                ("date_from", "<", end),
                ("date_to", ">", start),
            ],
            ["resource_id", "date_from", "date_to"],
        )
        for one in blocked:
            busy[one.resource_id.user_id.id].append((one.date_from, one.date_to))
        return busy

    @api.model_create_multi
    def create(self, vals_list):
        appointments = super().create(vals_list)
        for appointment in appointments:
            appointment._scrm_block()
        return appointments

    def _scrm_block(self):
        """Write the slot into the technician's schedule, if there is one."""
        self.ensure_one()
        # sudo: whose schedule it is; access to the ticket is checked
        availability = self.env["scrm.flow.availability"].sudo()
        resource = availability._resources(self.user_id.ids, self.company_id).get(
            self.user_id.id
        )
        if not resource:
            return
        # sudo: as above
        leaves = self.env["resource.calendar.leaves"].sudo()
        # sudo: as above
        self.sudo().leave_id = leaves.create(
            {
                "name": self.ticket_id.number,
                "resource_id": resource.id,
                "calendar_id": resource.calendar_id.id,
                "company_id": resource.company_id.id,
                "time_type": "other",
                "date_from": self.start,
                "date_to": self.end,
            }
        )

    def _scrm_free(self, state):
        """Give back what is left of the slots.

        :param state: ``done`` or ``cancelled``
        """
        for appointment in self.filtered(lambda one: one.state == "booked"):
            # sudo: whoever may change the ticket frees what it has booked
            appointment = appointment.sudo()
            appointment.leave_id.unlink()
            appointment.state = state

    def action_cancel(self):
        """Call the appointment off: the slot is free again.

        :raise UserError: it is not booked any more
        """
        for appointment in self:
            ticket = appointment.ticket_id
            ticket.check_access("write")
            if appointment.state != "booked":
                raise UserError(
                    self.env._("The appointment of ticket %s is over.", ticket.number)
                )
            ticket._scrm_call_off()
        return True
