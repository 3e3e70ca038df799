from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, format_datetime

from ..engine import slots

#: Days ahead that slots are offered for.
DAYS = 14
#: Parts of a day that a customer may wish: from, until (hours, in the customer's zone).
PARTS_OF_DAY = {"morning": (0, 12), "afternoon": (12, 18), "evening": (18, 24)}


class HelpdeskTicket(models.Model):
    """When somebody comes: parts, technician and customer agree before a slot is
    confirmed.

    States: ``none``; ``offered`` (the customer may choose a slot), ``booked``,
    ``cancelled`` (it was called off). Flows wait for ``booked`` by a condition.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_appointment_ids = fields.One2many(
        "scrm.appointment", "ticket_id", string="Appointments", readonly=True
    )
    scrm_appointment_id = fields.Many2one(
        "scrm.appointment", string="Appointment", readonly=True, copy=False
    )
    scrm_appointment_start = fields.Datetime(
        related="scrm_appointment_id.start", string="Visit"
    )
    scrm_appointment_user_id = fields.Many2one(
        related="scrm_appointment_id.user_id", string="Technician"
    )
    scrm_appointment_state = fields.Selection(
        [
            ("none", "No Appointment"),
            ("offered", "Offered"),
            ("booked", "Booked"),
            ("cancelled", "Called Off"),
        ],
        string="State of the Appointment",
        default="none",
        readonly=True,
        copy=False,
    )
    scrm_wish_date = fields.Date(
        string="Wished Day", copy=False, help="When the customer would like it."
    )
    scrm_wish_part = fields.Selection(
        [
            ("morning", "Before noon"),
            ("afternoon", "In the afternoon"),
            ("evening", "In the evening"),
        ],
        string="Wished Time",
        copy=False,
    )

    # Who, how long, in which zone

    def _scrm_technicians(self):
        """Who may come: able to do the services, else the template's role, else the
        team."""
        self.ensure_one()
        ticket = self.sudo()  # sudo: who works on the ticket, not what they may do
        needs = ticket._scrm_needed_roles()
        role = ticket.template_id.appointment_group_id
        if needs:
            people = [roles.all_user_ids for roles in needs]
        else:
            people = [role.all_user_ids if role else ticket.team_id.user_ids]
        found = people[0]
        for more in people[1:]:
            found &= more
        hard = self.env["scrm.flow.availability"].sudo()  # sudo: as above
        return found.filtered(
            lambda user: not user.share and not hard._hard_reason(ticket, user)
        ).sorted("id")

    def _scrm_visit_hours(self):
        """How long the visit takes, in hours."""
        # sudo: a figure of the ticket's own template
        template = self.sudo().template_id
        return self.sudo().scrm_planned_hours or template.appointment_hours or 1.0

    def _scrm_zone(self):
        """The time zone in which the customer reads and wishes times."""
        # sudo: zones only
        ticket = self.sudo()
        names = (
            ticket.partner_id.tz,
            ticket.company_id.partner_id.tz,
            self.env.user.tz,
        )
        return ZoneInfo(next(filter(None, names), "UTC"))

    # What is checked

    def _scrm_slots(self, first=None, days=DAYS, user=None):
        """Free slots of the technicians, in order of time.

        :param first: the first day, by default today
        :param days: how many days
        :param user: only of this technician
        :return: list of (start, end, ``res.users``), naive UTC
        """
        self.ensure_one()
        now = self.env["scrm.clock"].now()
        zone = self._scrm_zone()
        today = now.replace(tzinfo=UTC).astimezone(zone).date()
        day = max(first or today, today)
        begin = datetime.combine(day, time.min, zone).astimezone(UTC)
        until = begin + timedelta(days=days)
        people = user or self._scrm_technicians()
        hours = self._scrm_visit_hours()
        busy = self.env["scrm.appointment"]._scrm_busy(
            people, _naive(begin), _naive(until)
        )
        earliest = max(begin, now.replace(tzinfo=UTC))
        found = []
        for one, work in self._scrm_work(people, begin, until).items():
            taken = [
                (start.replace(tzinfo=UTC), end.replace(tzinfo=UTC))
                for start, end in busy[one.id]
            ]
            found += [
                (_naive(start), _naive(end), one)
                for start, end in slots.free(work, taken, hours, earliest)
            ]
        return sorted(found, key=lambda slot: (slot[0], slot[2].id))

    def _scrm_work(self, users, begin, until):
        """The working hours of users, leaves and holidays taken out.

        :param begin: aware, like ``until``
        :return: {user: [(from, until)]}, in the time zone of each
        """
        company = self.sudo().company_id or self.env.company  # sudo: as above
        # sudo: when people work, for who may make an appointment with them
        availability = self.env["scrm.flow.availability"].sudo()
        resources = availability._resources(users.ids, company)
        found = {}
        for user in users:
            resource = resources.get(user.id)
            # sudo: as above
            calendar = (resource or company.sudo()).sudo()[
                "calendar_id" if resource else "resource_calendar_id"
            ]
            if not calendar:
                found[user] = []
                continue
            zone = ZoneInfo((resource and resource.tz) or calendar.tz or "UTC")
            if resource:
                spans = calendar._work_intervals_batch(begin, until, resource)
                spans = spans[resource.id]
            else:
                spans = calendar._work_intervals_batch(begin, until)[False]
            found[user] = [
                (start.astimezone(zone), end.astimezone(zone))
                for start, end, _why in spans
            ]
        return found

    def _scrm_slot_faults(self, start, end, user, wished=True):
        """What stands against an appointment, as sentences.

        :param start: naive UTC, like ``end``
        :param user: the technician
        :param wished: whether it has to be when the customer wished it
        """
        self.ensure_one()
        return [
            *self._scrm_parts_faults(start),
            *self._scrm_technician_faults(start, end, user),
            *(self._scrm_wish_faults(start) if wished else ()),
        ]

    def _scrm_parts_faults(self, start):
        """Parts that will not be there at a moment."""
        # sudo: figures of parts of a ticket that one may read
        lines = self.sudo().part_line_ids
        found = lines._scrm_availability()
        faults = []
        for line in lines:
            row = found.get(line.id)
            if not row or row["state"] in ("held", "here"):
                continue
            if row["state"] == "expected" and row["expected"] <= start:
                continue
            faults.append(line._scrm_missing_words(row))
        return faults

    def _scrm_parts_from(self):
        """The moment from which on all parts are there, naive UTC; None: not yet known.

        Now, when they are there already.
        """
        self.ensure_one()
        ready = self.env["scrm.clock"].now()
        # sudo: when parts of a ticket arrive that one may read
        for row in self.sudo().part_line_ids._scrm_availability().values():
            if row["state"] == "expected":
                ready = max(ready, row["expected"])
            elif row["state"] not in ("held", "here"):
                return None
        return ready

    def _scrm_technician_faults(self, start, end, user):
        name = user.sudo().name  # sudo: who it is, for the message
        if user not in self._scrm_technicians():
            return [self.env._("%s does not do this work.", name)]
        begin, until = start.replace(tzinfo=UTC), end.replace(tzinfo=UTC)
        day = timedelta(days=1)
        work = self._scrm_work(user, begin - day, until + day)[user]
        zone = work[0][0].tzinfo if work else UTC
        hours = self._scrm_visit_hours()
        if slots.end_of(begin.astimezone(zone), hours, work) != until:
            return [self.env._("%s is not on shift then.", name)]
        busy = self.env["scrm.appointment"]._scrm_busy(user, start, end)[user.id]
        own = self.sudo().scrm_appointment_id  # sudo: the ticket's own slot
        if own.state == "booked" and own.user_id == user:
            busy = [slot for slot in busy if slot != (own.start, own.end)]
        if not slots.is_free(start, end, busy):
            return [self.env._("%s is booked then.", name)]
        return []

    def _scrm_wish_faults(self, start):
        local = start.replace(tzinfo=UTC).astimezone(self._scrm_zone())
        early, late = PARTS_OF_DAY.get(self.scrm_wish_part, (0, 24))
        on_day = not self.scrm_wish_date or local.date() == self.scrm_wish_date
        if on_day and early <= local.hour < late:
            return []
        names = dict(self._fields["scrm_wish_part"]._description_selection(self.env))
        wish = [
            format_date(self.env, self.scrm_wish_date) if self.scrm_wish_date else "",
            names.get(self.scrm_wish_part, ""),
        ]
        return [
            self.env._("The customer wishes: %s", " ".join(filter(None, wish))),
        ]

    # Booking

    def scrm_book(self, start, user_id=None):
        """Confirm an appointment, when parts, technician and customer agree on it.

        The customer's own choice is a wish by itself. An earlier appointment of the
        ticket is called off; parts that lie there are held.

        :param start: moment in UTC, ``YYYY-MM-DD HH:MM:SS``
        :param user_id: the technician, by default the first who has time
        :return: {"id", "start", "end", "user"}
        :raise UserError: naming all that stands against it
        :raise AccessError: the ticket is not one that the user may change, or the
            customer was not asked
        """
        self.ensure_one()
        try:
            start = fields.Datetime.to_datetime(start)
        except (ValueError, TypeError):
            start = None
        if not start:
            raise UserError(self.env._("The time of the appointment cannot be read."))
        staff = self.env.user._is_internal()
        if staff:
            self.check_access("write")
        else:
            self._scrm_check_offered()
        # sudo: users by id, for who may make an appointment with them
        users = self.env["res.users"].sudo()
        is_id = isinstance(user_id, int) and 0 < user_id < 2**31
        if user_id and not (is_id and staff):
            raise UserError(self.env._("There is no such technician."))
        wanted = users.browse(user_id).exists() if user_id else users
        appointment = self._scrm_book(start, wanted, wished=staff)
        return {
            "id": appointment.id,
            "start": fields.Datetime.to_string(appointment.start),
            "end": fields.Datetime.to_string(appointment.end),
            "user": appointment.user_id.sudo().name,  # sudo: who comes
        }

    def _scrm_check_offered(self):
        self.check_access("read")
        customer = self.env.user.commercial_partner_id
        # sudo: whose ticket it is
        if self.sudo().commercial_partner_id != customer or (
            self.scrm_appointment_state not in ("offered", "booked")
        ):
            raise AccessError(
                self.env._("No appointment is offered on ticket %s.", self.number)
            )

    def _scrm_book(self, start, user, wished=True):
        now = self.env["scrm.clock"].now()
        ticket = self.sudo()  # sudo: access to the ticket is checked
        if start < now:
            raise UserError(self.env._("This time is over."))
        if not ticket.active or ticket.closed:
            raise UserError(self.env._("Ticket %s is closed.", ticket.number))
        appointments = self.env["scrm.appointment"].sudo()  # sudo: as above
        for one in user or self._scrm_technicians():
            appointments._scrm_lock(one)
        free = user or self._scrm_free_technician(start)
        if not free:
            raise UserError(
                self.env._(
                    "No technician has time at %(time)s for ticket %(ticket)s.",
                    time=self._scrm_time(start),
                    ticket=ticket.number,
                )
            )
        end = self._scrm_end(start, free)
        faults = self._scrm_slot_faults(start, end, free, wished)
        if faults:
            raise UserError(
                self.env._(
                    "The appointment of ticket %(ticket)s at %(time)s cannot be "
                    "confirmed:\n%(faults)s",
                    ticket=ticket.number,
                    time=self._scrm_time(start),
                    faults="\n".join(f"- {fault}" for fault in faults),
                )
            )
        ticket.scrm_appointment_id._scrm_free("cancelled")
        ticket.part_line_ids._scrm_reserve(wait=True)
        appointment = appointments.create(
            {
                "ticket_id": ticket.id,
                "user_id": free.id,
                "start": start,
                "end": end,
                "chosen_by_id": self.env.uid,
            }
        )
        ticket.write(
            {
                "scrm_appointment_id": appointment.id,
                "scrm_appointment_state": "booked",
            }
        )
        ticket.message_post(
            body=self.env._(
                "Appointment: %(time)s, %(user)s",
                time=self._scrm_time(start),
                user=free.name,
            ),
            subtype_xmlid="mail.mt_comment",
        )
        return appointment

    def _scrm_free_technician(self, start):
        """The technician with the fewest appointments that day among those free."""
        people = self._scrm_technicians()
        able = [
            user
            for user in people
            if not self._scrm_technician_faults(
                start, self._scrm_end(start, user), user
            )
        ]
        day = timedelta(hours=12)
        busy = self.env["scrm.appointment"]._scrm_busy(people, start - day, start + day)
        return min(able, key=lambda user: len(busy[user.id]), default=people.browse())

    def _scrm_end(self, start, user):
        """When a visit that begins at a moment is over, naive UTC."""
        begin = start.replace(tzinfo=UTC)
        day = timedelta(days=1)
        work = self._scrm_work(user, begin - day, begin + 2 * day)[user]
        hours = self._scrm_visit_hours()
        zone = work[0][0].tzinfo if work else UTC
        end = slots.end_of(begin.astimezone(zone), hours, work)
        return _naive(end) if end else start + timedelta(hours=hours)

    def _scrm_time(self, start):
        zone = self._scrm_zone()
        return format_datetime(self.env, start, tz=zone.key, dt_format="short")

    def _scrm_offer_appointment(self):
        """Let the customer choose a slot on his page."""
        for ticket in self:
            if ticket.scrm_appointment_state != "booked":
                ticket.scrm_appointment_state = "offered"

    def _scrm_call_off(self, state="cancelled"):
        """Give the slot back."""
        for ticket in self.sudo():  # sudo: access to the tickets is checked
            if ticket.scrm_appointment_state == "booked":
                ticket.scrm_appointment_id._scrm_free("cancelled")
                ticket.scrm_appointment_state = state

    def action_scrm_appointment(self):
        """Open the free slots."""
        self.ensure_one()
        self.check_access("write")
        wizard = self.env["scrm.appointment.book"].create({"ticket_id": self.id})
        return wizard._open()

    def action_scrm_call_off(self):
        """Call the appointment off."""
        self.check_access("write")
        self._scrm_call_off()
        return True

    def write(self, vals):
        own = {"scrm_appointment_id", "scrm_appointment_state"}
        if own & vals.keys() and not self.env.su:
            raise UserError(self.env._("Appointments are made by choosing a slot."))
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not self.env.su:
                vals.pop("scrm_appointment_id", None)
                vals.pop("scrm_appointment_state", None)
        return super().create(vals_list)

    def _scrm_run_ended(self, run):
        result = super()._scrm_run_ended(run)
        # sudo: what the ticket has booked is over with it
        self.sudo().scrm_appointment_id._scrm_free("done")
        return result

    def _scrm_run_cancelled(self, run):
        result = super()._scrm_run_cancelled(run)
        self._scrm_call_off()
        return result


def _naive(moment):
    return moment.astimezone(UTC).replace(tzinfo=None)
