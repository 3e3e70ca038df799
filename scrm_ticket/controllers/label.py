from werkzeug.urls import url_encode

from odoo import http
from odoo.exceptions import AccessError
from odoo.http import request

from ..documents import sticker_pdf
from .missing_page import missing_page


class ScrmLabel(http.Controller):
    """The code on a device's sticker, and the sticker itself."""

    @http.route("/scrm/d/<string:token>", type="http", auth="public", methods=["GET"])
    def scrm_label(self, token, **kw):
        """A colleague gets to the device, a customer to a form with it filled in."""
        lot = request.env["stock.lot"]._scrm_of_label(token)
        if not lot:
            return self._scrm_no_device()
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

    @http.route("/scrm/stickers/<string:numbers>", type="http", auth="user")
    def scrm_stickers(self, numbers, **kw):
        """The stickers of some devices, one a page.

        :param numbers: ids with commas between
        """
        ids = numbers.split(",")
        if not all(one.isdecimal() and len(one) < 10 for one in ids):
            return self._scrm_no_device()
        lots = request.env["stock.lot"].browse(map(int, ids)).exists()
        try:
            lots.check_access("read")
        except AccessError:
            # of a device that is not theirs nobody learns that there is one
            return self._scrm_no_device()
        if not lots:
            return self._scrm_no_device()
        pdf = sticker_pdf.render(lots._scrm_stickers())
        name = http.content_disposition("stickers.pdf", "inline")
        return request.make_response(
            pdf, [("Content-Type", "application/pdf"), ("Content-Disposition", name)]
        )

    def _scrm_no_device(self):
        return missing_page(
            request.env._("There is no such device."),
            request.env._(
                "The sticker may have been replaced. Please scan the one that is on "
                "the device now, or tell us the serial number."
            ),
        )
