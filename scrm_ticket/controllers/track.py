from odoo import http
from odoo.http import request

from .signed_door import signed_route
from .webhook import WebhookDoor

#: Largest message, in bytes.
BODY_LIMIT = 64 * 1024


class ScrmTrack(WebhookDoor, http.Controller):
    """Signed messages of carriers about parts on their way.

    Each answer is JSON: {"tickets": numbers}, or {"error": text}.
    """

    @signed_route("/scrm/hook/<string:key>/track", BODY_LIMIT)
    def scrm_track(self, key, **kw):
        """Take in where parts are and when they are expected."""

        def take(_hook, message_id, message):
            tickets = request.env["helpdesk.ticket"]
            tickets = tickets._scrm_take_track(message_id, message)
            return {"tickets": tickets.mapped("number")}

        return self._scrm_receive(key, take)
