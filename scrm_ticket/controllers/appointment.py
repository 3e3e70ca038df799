from odoo import http
from odoo.http import request

from .missing_page import missing_page
from .signed_door import signed_route
from .track import BODY_LIMIT
from .webhook import WebhookDoor

ADDRESS = "/scrm/appointment/<int:appointment_id>/<string:token>"


class ScrmAppointmentConfirm(WebhookDoor, http.Controller):
    """The customer confirms an appointment: on a page, or by answering an SMS."""

    @http.route(ADDRESS, type="http", auth="public", methods=["GET"])
    def scrm_appointment(self, appointment_id, token, **kw):
        """Show the time and ask; looking at it confirms nothing."""
        return self._scrm_appointment_page(self._scrm_found(appointment_id, token))

    @http.route(
        f"{ADDRESS}/confirm", type="http", auth="public", methods=["POST"], csrf=True
    )
    def scrm_appointment_confirm(self, appointment_id, token, **kw):
        """Keep that the customer says yes."""
        appointment = self._scrm_found(appointment_id, token)
        if appointment:
            appointment._scrm_confirm()
        return self._scrm_appointment_page(appointment)

    def _scrm_found(self, appointment_id, token):
        appointments = request.env["scrm.appointment"]
        if appointment_id >= 2**31:
            return appointments
        return appointments._scrm_by_token(appointment_id, token)

    def _scrm_appointment_page(self, appointment):
        if not appointment:
            return missing_page(
                request.env._("There is no such appointment."),
                request.env._(
                    "Please open the link of our latest message once more, or call us."
                ),
            )
        ticket = appointment.ticket_id
        zone = ticket.partner_id.tz or ticket.company_id.partner_id.tz or "UTC"
        response = request.render(
            "scrm_ticket.appointment_confirm",
            {
                "appointment": appointment,
                "words": appointment.with_context(tz=zone)._scrm_words(),
                "ticket": ticket,
                # sudo: name of who comes
                "company": ticket.company_id or request.env.company.sudo(),
            },
        )
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    @signed_route("/scrm/hook/<string:key>/reply", BODY_LIMIT)
    def scrm_reply(self, key, **kw):
        """What a customer answered to an SMS, from the signed gateway."""

        def take(_hook, message_id, message):
            appointments = request.env["scrm.appointment"]
            return appointments._scrm_take_reply(message_id, message)

        return self._scrm_receive(key, take)
