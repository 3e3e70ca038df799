from odoo import http
from odoo.http import request

from .signed_door import signed_route
from .webhook import WebhookDoor

#: Largest message, in bytes.
BODY_LIMIT = 64 * 1024


class ScrmCall(WebhookDoor, http.Controller):
    """Signed messages of a call centre: it rings, is answered, ends, was recorded.

    Each answer is JSON: {"id", "number"} of the call's ticket, or {"error": text}.
    """

    @signed_route("/scrm/hook/<string:key>/call", BODY_LIMIT)
    def scrm_call(self, key, **kw):
        """Take in what happens to a call: one ticket a call, in any order."""

        def take(hook, message_id, message):
            tickets = request.env["helpdesk.ticket"]
            # sudo: its template; the user it acts as may not read webhooks
            own = hook.sudo()
            ticket = tickets._scrm_take_call(own, message_id, message)
            return {"id": ticket.id, "number": ticket.number}

        return self._scrm_receive(key, take)
