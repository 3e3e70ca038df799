from odoo import http
from odoo.http import request

from ..shops.order import NoOrder
from ..shops.platform import Push, Refused

#: Largest message, in bytes.
BODY_LIMIT = 1024 * 1024


class ScrmShop(http.Controller):
    """What shop platforms send: orders, and what their customers write.

    What was written down is answered as the platform wants it, also where it cannot
    be used yet: that is ours to mend.
    """

    @http.route(
        "/scrm/shop/<string:key>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        max_content_length=BODY_LIMIT,
    )
    def scrm_shop(self, key, **kw):
        """Write down what a platform sends, once, and use it."""
        # sudo: a shop is found by its key; the signature proves the sender
        shop = request.env["scrm.shop"].sudo().search([("key", "=", key)])
        if not shop:
            return self._scrm_refuse(request.env._("There is no such shop."), 404)
        http_request = request.httprequest
        push = Push(http_request.headers, http_request.args, http_request.get_data())
        shop = shop._acting()
        kind = shop._kind()
        try:
            kind._check_push(shop, push)
            told = kind._arrivals(shop, push)
            answer, content_type = kind._accepted(shop, push)
        except Refused as problem:
            return self._scrm_refuse(str(problem), 401)
        except NoOrder as problem:
            text = request.env._("“%s” is missing or wrong.", str(problem))
            return self._scrm_refuse(text, 422)
        for what, name, said in told:
            shop.env["scrm.shop.entry"]._take(shop, what, name, said)
        return request.make_response(answer, [("Content-Type", content_type)])

    def _scrm_refuse(self, text, status):
        return request.make_json_response({"error": text}, status=status)
