from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.scrm_ticket.controllers.signed_door import SignedDoor, signed_route
from odoo.addons.scrm_ticket.doors.errors import NotThere, Unproven

from ..engine import payout

#: Longest report, in bytes.
BODY_LIMIT = 65536


class ScrmSettlementPayoutReport(SignedDoor, http.Controller):
    """What a payment provider reports about an order, in signed words."""

    @signed_route("/scrm/payout/<string:key>", BODY_LIMIT)
    def scrm_payout_report(self, key, **kw):
        """Note a report; reporting it again changes nothing.

        Answers ``{"order", "status"}``, or ``{"error"}`` with 401, 404, 422 or 503.
        """
        return self._scrm_answer(lambda: self._scrm_take(key))

    def _scrm_take(self, key):
        missing = request.env._("There is no such provider.")
        provider = self._scrm_by_key("scrm.settlement.provider", key, missing)
        body = request.httprequest.get_data()
        if not provider._is_from_provider(request.httprequest.headers, body):
            raise Unproven(request.env._("The signature is missing, wrong or too old."))
        try:
            answer = payout.read(body)
        except payout.Unreadable as fault:
            raise UserError(
                request.env._("The report has no readable “%s”.", fault)
            ) from fault
        root = request.env.ref("base.user_root")
        request.update_env(user=root.id, su=True)
        order = request.env["scrm.settlement.payout"].search(
            [("name", "=", answer.order), ("provider_id", "=", provider.id)]
        )
        if not order:
            raise NotThere(request.env._("There is no such order."))
        order = order.with_company(order.company_id)
        with request.env.cr.savepoint():
            order._take(answer)
        return {"order": order.name, "status": order.state}
