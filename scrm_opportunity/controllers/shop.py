from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.scrm_ticket.controllers.signed_door import SignedDoor, signed_route

from ..shops.order import NoOrder
from ..shops.platform import Push

#: Largest message, in bytes.
BODY_LIMIT = 1024 * 1024


class ScrmShop(SignedDoor, http.Controller):
    """What shop platforms send: orders, and what their customers write.

    What was written down is answered as the platform wants it, also where it cannot
    be used yet: that is ours to mend.
    """

    @signed_route("/scrm/shop/<string:key>", BODY_LIMIT)
    def scrm_shop(self, key, **kw):
        """Write down what a platform sends, once, and use it."""
        return self._scrm_answer(lambda: self._scrm_take(key))

    def _scrm_take(self, key):
        missing = request.env._("There is no such shop.")
        shop = self._scrm_by_key("scrm.shop", key, missing)._acting()
        http_request = request.httprequest
        push = Push(http_request.headers, http_request.args, http_request.get_data())
        kind = shop._kind()
        kind._check_push(shop, push)
        try:
            told = kind._arrivals(shop, push)
            answer, content_type = kind._accepted(shop, push)
        except NoOrder as problem:
            raise UserError(
                request.env._("“%s” is missing or wrong.", str(problem))
            ) from problem
        for what, name, said in told:
            shop.env["scrm.shop.entry"]._take(shop, what, name, said)
        return request.make_response(answer, [("Content-Type", content_type)])
