from werkzeug.exceptions import Forbidden

from odoo import http
from odoo.http import request

from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController

#: The greatest id PostgreSQL keeps.
MAX_INT4 = 2**31 - 1


class ScrmHelpdeskController(HelpdeskTicketController):
    """helpdesk_mgmt's own routes: they lead to our forms, and closing is guarded.

    Without a template on the portal its plain form stays in service.
    """

    @http.route()
    def create_new_ticket(self, **kw):
        if self._scrm_has_forms():
            return request.redirect("/my/scrm/new")
        return super().create_new_ticket(**kw)

    @http.route()
    def submit_ticket(self, **kw):
        if self._scrm_has_forms():
            return request.redirect("/my/scrm/new")
        return super().submit_ticket(**kw)

    @http.route(methods=["POST"], csrf=True)
    def support_ticket_close(self, **kw):
        """Close one's own ticket. A flow that is still running is cancelled."""
        ticket = self._scrm_ticket_to_close(kw.get("ticket_id"))
        stage = self._scrm_closing_stage(ticket, kw.get("stage_id"))
        if ticket.scrm_run_state in ("running", "incident"):
            ticket.scrm_flow_cancel(
                request.env._(
                    "Closed on the portal by %(user)s: %(stage)s",
                    user=request.env.user.name,
                    stage=stage.name,
                )
            )
        return super().support_ticket_close(ticket_id=ticket.id, stage_id=stage.id)

    def _scrm_has_forms(self):
        door = request.env["scrm.ticket.door.portal"]
        # Customers read no templates; this only asks whether there is one.
        return bool(
            request.env["scrm.ticket.template"]
            .sudo()
            .search_count(door._template_domain(), limit=1)
        )

    def _scrm_ticket_to_close(self, ticket_id):
        """The ticket, when the user is its customer or may write it.

        :raise Forbidden: else, also when there is no such ticket
        """
        user = request.env.user
        if _is_id(ticket_id):
            ticket = request.env["helpdesk.ticket"].browse(int(ticket_id)).exists()
            customer = ticket.sudo().commercial_partner_id  # compared, not shown
            if ticket and (
                ticket.has_access("write")
                or ticket.has_access("read")
                and customer == user.partner_id.commercial_partner_id
            ):
                # Customers may close their ticket but write nothing else on it.
                return ticket.sudo()
        raise Forbidden(request.env._("You cannot close this ticket."))

    def _scrm_closing_stage(self, ticket, stage_id):
        """The stage, when the portal may close tickets of this team with it.

        :raise Forbidden: else
        """
        if _is_id(stage_id):
            stage = ticket.team_id._get_applicable_stages().filtered(
                lambda stage: stage.id == int(stage_id) and stage.close_from_portal
            )
            if stage:
                return stage
        raise Forbidden(request.env._("A ticket cannot be closed in this stage."))


def _is_id(value):
    """Whether a form's value can be the id of a record.

    >>> _is_id("7"), _is_id(None), _is_id("7a"), _is_id("99999999999"), _is_id("٣")
    (True, False, False, False, False)
    """
    text = str(value)
    return text.isascii() and text.isdecimal() and int(text) <= MAX_INT4
