from odoo import http
from odoo.http import request
from odoo.tools.image import image_data_uri

from .missing_page import missing_page


class ScrmBadge(http.Controller):
    """Who comes: the page that an engineer's customer is sent."""

    @http.route(
        "/scrm/badge/<int:ticket_id>/<int:engineer_id>/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
    )
    def scrm_badge(self, ticket_id, engineer_id, token, **kw):
        """Name, face and company, as long as the engineer handles the ticket."""
        badge = None
        if max(ticket_id, engineer_id) < 2**31:
            tickets = request.env["helpdesk.ticket"]
            badge = tickets._scrm_badge(ticket_id, engineer_id, token)
        if not badge:
            return missing_page(
                request.env._("There is no such badge."),
                request.env._("When in doubt, ask us before you open the door."),
            )
        face = badge["engineer"].image_256 if badge["is_good"] else False
        response = request.render(
            "scrm_ticket.badge",
            {
                **badge,
                # sudo: name, logo and phone number of who sends the engineer
                "company": badge["ticket"].company_id or request.env.company.sudo(),
                # of any kind: users without a photo have their initials as SVG
                "face": face and image_data_uri(face),
            },
        )
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
