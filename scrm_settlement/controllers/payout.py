from odoo import http
from odoo.exceptions import LockError, UserError
from odoo.http import request

from ..engine import payout

#: Longest report, in bytes.
BODY_LIMIT = 65536


class ScrmSettlementPayoutReport(http.Controller):
    """What a payment provider reports about an order, in signed words."""

    @http.route(
        "/scrm/payout/<string:key>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        max_content_length=BODY_LIMIT,
    )
    def scrm_payout_report(self, key, **kw):
        """Note a report; reporting it again changes nothing.

        Answers ``{"order", "status"}``, or ``{"error"}`` with 401, 404, 422 or 503.
        """
        # sudo: a provider is known by its key and proved by its signature
        providers = request.env["scrm.settlement.provider"].sudo()
        provider = providers.search([("key", "=", key)])
        if not provider:
            return self._scrm_refuse(404, request.env._("There is no such provider."))
        body = request.httprequest.get_data()
        if not provider._is_from_provider(request.httprequest.headers, body):
            return self._scrm_refuse(
                401, request.env._("The signature is missing, wrong or too old.")
            )
        try:
            answer = payout.read(body)
        except payout.Unreadable as fault:
            return self._scrm_refuse(
                422, request.env._("The report has no readable “%s”.", fault)
            )
        root = request.env.ref("base.user_root")
        request.update_env(user=root.id, su=True)
        order = request.env["scrm.settlement.payout"].search(
            [("name", "=", answer.order), ("provider_id", "=", provider.id)]
        )
        if not order:
            return self._scrm_refuse(404, request.env._("There is no such order."))
        order = order.with_company(order.company_id)
        try:
            with request.env.cr.savepoint():
                order._take(answer)
        except LockError as error:  # being called for: the provider tries again
            return self._scrm_refuse(503, str(error))
        except UserError as error:
            return self._scrm_refuse(422, str(error))
        return request.make_json_response({"order": order.name, "status": order.state})

    def _scrm_refuse(self, status, text):
        return request.make_json_response({"error": text}, status=status)
