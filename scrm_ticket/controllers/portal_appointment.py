from datetime import UTC

from odoo import fields, http
from odoo.exceptions import AccessError, UserError
from odoo.http import request
from odoo.tools import format_date, format_datetime, format_time

from .portal import ScrmTicketPortal

#: Days that the page offers.
DAYS_SHOWN = 7


class ScrmTicketPortalAppointment(ScrmTicketPortal):
    """The customer chooses when somebody comes."""

    def _ticket_get_page_view_values(self, ticket, access_token, **kwargs):
        values = super()._ticket_get_page_view_values(ticket, access_token, **kwargs)
        # sudo: the appointment of a ticket that the page shows
        appointment = ticket.sudo().scrm_appointment_id
        booked = ticket.scrm_appointment_state == "booked"
        values.update(
            appointment_error=kwargs.get("appointment_error"),
            scrm_appointment=booked
            and format_datetime(
                request.env,
                appointment.start,
                tz=ticket._scrm_zone().key,
                dt_format="short",
            ),
            scrm_appointment_days=self._scrm_appointment_days(ticket),
        )
        return values

    def _scrm_appointment_days(self, ticket):
        """Free slots by day, each moment once; [] when nothing is offered to the user.

        Only those at which the parts are there.
        """
        own = request.env["helpdesk.ticket"].browse(ticket.id)
        try:
            own._scrm_check_offered()
        except AccessError:
            return []
        ticket = ticket.sudo()  # sudo: free times, and since when the parts are there
        ready = None if ticket.closed else ticket._scrm_parts_from()
        if ready is None:
            return []
        zone = ticket._scrm_zone()
        days = {}
        for start in sorted({slot[0] for slot in ticket._scrm_slots()}):
            if start < ready:
                continue
            local = start.replace(tzinfo=UTC).astimezone(zone)
            if local.date() not in days and len(days) == DAYS_SHOWN:
                break
            days.setdefault(local.date(), []).append(
                {
                    "start": fields.Datetime.to_string(start),
                    "name": format_time(request.env, local.time(), time_format="short"),
                }
            )
        return [
            {"name": format_date(request.env, day, date_format="full"), "slots": found}
            for day, found in days.items()
        ]

    @http.route(
        "/my/ticket/<int:ticket_id>/appointment",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def scrm_portal_appointment(self, ticket_id, start=None, **kw):
        """Take a slot; the page says what stands against it."""
        ticket = request.env["helpdesk.ticket"].browse(ticket_id).exists()
        if not ticket or not ticket.has_access("read"):
            return self._scrm_refused()
        try:
            with request.env.cr.savepoint():
                ticket.scrm_book(start)
        except AccessError:
            return self._scrm_refused()
        except UserError as error:
            page = self.portal_my_ticket(ticket_id, appointment_error=str(error))
            page.status_code = 422
            return page
        return request.redirect(f"/my/ticket/{ticket_id}")
