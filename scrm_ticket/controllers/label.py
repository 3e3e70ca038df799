from werkzeug.exceptions import NotFound
from werkzeug.urls import url_encode

from odoo import http
from odoo.http import request


class ScrmLabel(http.Controller):
    """The code on a device's sticker."""

    @http.route("/scrm/d/<string:token>", type="http", auth="public", methods=["GET"])
    def scrm_label(self, token, **kw):
        """A colleague gets to the device, a customer to a form with it filled in."""
        lot = request.env["stock.lot"]._scrm_of_label(token)
        if not lot:
            raise NotFound(request.env._("There is no such device."))
        user = request.env.user
        if user._is_internal():
            # with the colleague's own rights: the client says when they do not do
            return request.redirect(
                f"/odoo/action-scrm_ticket.stock_lot_action_label/{lot.id}"
            )
        door = "public_form" if user._is_public() else "portal"
        base = "/scrm/new" if user._is_public() else "/my/scrm/new"
        # sudo: templates that are offered to customers
        templates = (
            request.env["scrm.ticket.template"]
            .sudo()
            .search(request.env["scrm.ticket.door"]._kind(door)._template_domain())
            .filtered(lambda template: template._scrm_keys("serial"))
        )
        if not templates and user._is_public():
            return request.redirect(f"/web/login?redirect=/scrm/d/{token}")
        query = url_encode({"device": token})
        if len(templates) == 1:
            return request.redirect(f"{base}/{templates.key}?{query}")
        return request.redirect(f"{base}?{query}")
