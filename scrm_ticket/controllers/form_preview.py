import json

from werkzeug.exceptions import BadRequest, NotFound

from odoo import http
from odoo.http import request

from .portal import ScrmTicketPortal


class ScrmFormPreview(ScrmTicketPortal):
    """The form as customers will see it, while it is being designed."""

    def _scrm_designed(self, template_id, form, variant):
        """The form being designed, in memory.

        :param form: see ``scrm.ticket.template.design_form_save``, a list or its JSON
        :param variant: id of the regional variant to look at, a number or its text
        """
        template = request.env["scrm.ticket.template"].browse(template_id).exists()
        if not template or not template.has_access("write"):
            raise NotFound()
        try:
            lines = json.loads(form) if isinstance(form, str) else form
            return template._design_draft(lines, int(variant or 0))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadRequest(request.env._("This is no form.")) from error

    @http.route(
        "/scrm/form_designer/<int:template_id>/portal",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def scrm_form_preview(self, template_id, form="[]", variant=False, **kw):
        """The page of the portal with the form being designed."""
        draft = self._scrm_designed(template_id, form, variant)
        tickets = request.env["helpdesk.ticket"]
        typed = tickets._scrm_with_defaults(draft, {}, request.env.user.partner_id)
        page = self._scrm_render_form(draft, {}, typed)
        page.qcontext.update(
            state_url=f"/scrm/form_designer/{template_id}/state",
            state_params=json.dumps({"form": form, "variant": variant}),
            no_breadcrumbs=True,
        )
        return page

    @http.route(
        "/scrm/form_designer/<int:template_id>/state",
        type="jsonrpc",
        auth="user",
        website=True,
    )
    def scrm_form_preview_state(self, template_id, form, values, variant=False):
        """How that page looks with what was typed so far."""
        designed = self._scrm_designed(template_id, form, variant)
        return self._scrm_state(designed, values)
