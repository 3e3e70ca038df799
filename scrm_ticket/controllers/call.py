from odoo import http
from odoo.http import request

from .webhook import ScrmWebhook

#: Largest message, in bytes.
BODY_LIMIT = 64 * 1024


class ScrmCall(ScrmWebhook):
    """Signed messages of a call centre: it rings, is answered, ends, was recorded.

    Each answer is JSON: {"id", "number"} of the call's ticket, or {"error": text}.
    """

    @http.route(
        "/scrm/hook/<string:key>/call",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        max_content_length=BODY_LIMIT,
    )
    def scrm_call(self, key, **kw):
        """Take in what happens to a call: one ticket a call, in any order."""

        def take(hook, message_id, message):
            tickets = request.env["helpdesk.ticket"]
            # sudo: its template; the user it acts as may not read webhooks
            own = hook.sudo()
            ticket = tickets._scrm_take_call(own, message_id, message)
            return {"id": ticket.id, "number": ticket.number}

        return self._scrm_receive(key, take)
