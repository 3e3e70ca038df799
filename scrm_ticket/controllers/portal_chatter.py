from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal_thread import PortalChatter


class ScrmPortalChatter(PortalChatter):
    """Messages on the customer's page."""

    @http.route()
    def portal_message_fetch(self, thread_model, thread_id, fetch_params=None, **kw):
        # with any token, Odoo gives all of them to whoever may read the ticket
        if thread_model == "helpdesk.ticket" and kw.get("token"):
            ticket = request.env[thread_model].browse(int(thread_id)).exists()
            if ticket._scrm_closed("message"):
                kw.pop("token")
        return super().portal_message_fetch(
            thread_model, thread_id, fetch_params=fetch_params, **kw
        )
