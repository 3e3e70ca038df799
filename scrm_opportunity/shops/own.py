"""Our own shop and the tills of stores: systems of ours that send what is described
here, signed as webhooks are (``scrm_ticket/doors/signature.py``)."""

import json
from datetime import datetime

from odoo import api, models
from odoo.tools.translate import LazyTranslate

from odoo.addons.scrm_ticket.doors import signature
from odoo.addons.scrm_ticket.doors.chat_message import Message
from odoo.addons.scrm_ticket.doors.errors import Unproven

from . import order as orders
from .platform import TOLERANCE

_lt = LazyTranslate(__name__)


class ScrmShopPlatformShop(models.AbstractModel):
    """Our own shop: it sends {"order": {...}} or {"message": {...}}, and answers
    ``GET <address>/orders?since=...&until=...&page=...`` with {"orders": [...],
    "more": bool}, both signed by the secret.

    An order: id, state (waiting, paid, cancelled), modified (UTC), buyer {id, name,
    phone, email}, lines [{code, name, quantity, price}], freight, coupon, store.
    A message: id, buyer {id, name, phone, email}, text.
    """

    _name = "scrm.shop.platform.shop"
    _inherit = "scrm.shop.platform"
    _description = "Shop Platform of Our Own"

    _label = _lt("Own shop")
    _kind_rank = 30
    _channel = "shop"
    _pulls = True

    @api.model
    def _check_push(self, shop, push):
        said = {}
        for part in ("id", "timestamp", "signature"):
            name = f"webhook-{part}"
            said[part] = push.headers.get(name) or ""
            if not said[part]:
                raise Unproven(self.env._("The header %s is missing.", name))
        moment = said["timestamp"]
        if not signature.is_recent(moment, self.env["scrm.clock"].now(), TOLERANCE):
            raise Unproven(
                self.env._(
                    "The message was signed more than %s minutes before or after now.",
                    TOLERANCE // 60,
                )
            )
        if not shop.secret or not signature.is_signed(
            [shop.secret], said["signature"], said["id"], moment, push.body
        ):
            raise self._not_signed()

    @api.model
    def _arrivals(self, shop, push):
        try:
            said = json.loads(push.body, parse_float=str)
        except (ValueError, RecursionError) as error:
            raise orders.NoOrder("JSON") from error
        found = []
        for kind in ("order", "message"):
            about = said.get(kind) if isinstance(said, dict) else None
            if about is not None:
                if not isinstance(about, dict):
                    raise orders.NoOrder(kind)
                found.append((kind, self._key(kind, about), about))
        if not found:
            raise orders.NoOrder("order")
        return found

    @api.model
    def _key(self, kind, about):
        key = orders.text(about, "id")
        if kind == "message":
            return key
        return f"{key}@{orders.text(about, 'modified')}"

    @api.model
    def _message(self, shop, said):
        return Message(
            id=orders.text(said, "id"),
            sender=self._buyer(said).id,
            group="",
            text=orders.text(said, "text"),
            picture="",
        )

    @api.model
    def _sender_name(self, said):
        return self._buyer(said).name

    @api.model
    def _buyer(self, said):
        buyer = said.get("buyer")
        if not isinstance(buyer, dict):
            raise orders.NoOrder("buyer")
        return orders.Buyer(
            id=orders.text(buyer, "id"),
            name=orders.text(buyer, "name", needed=False),
            phone=orders.plain_phone(orders.text(buyer, "phone", needed=False)),
            email=orders.text(buyer, "email", needed=False),
        )

    @api.model
    def _order_of(self, shop, said):
        lines = said.get("lines")
        if said.get("state") not in orders.STATES:
            raise orders.NoOrder("state")
        if not isinstance(lines, list) or not lines:
            raise orders.NoOrder("lines")
        try:
            modified = datetime.strptime(
                orders.text(said, "modified"), "%Y-%m-%d %H:%M:%S"
            )
        except ValueError as error:
            raise orders.NoOrder("modified") from error
        return orders.Order(
            id=orders.text(said, "id"),
            state=said["state"],
            modified=modified.strftime("%Y-%m-%d %H:%M:%S"),
            buyer=self._buyer(said),
            lines=tuple(self._line(line) for line in lines),
            freight=orders.number(said, "freight", default=0),
            coupon=orders.text(said, "coupon", needed=False),
            store=orders.text(said, "store", needed=False),
        )

    @api.model
    def _line(self, line):
        if not isinstance(line, dict):
            raise orders.NoOrder("lines")
        quantity = orders.number(line, "quantity")
        if not quantity:
            raise orders.NoOrder("quantity")
        return orders.Line(
            code=orders.text(line, "code"),
            name=orders.text(line, "name", needed=False),
            quantity=quantity,
            price=orders.number(line, "price"),
        )

    @api.model
    def _changed(self, shop, since, until):
        page, more = 0, bool(shop.api_url)
        while more:
            address = f"{shop.api_url.rstrip('/')}/orders"
            said = {
                "since": since.strftime("%Y-%m-%d %H:%M:%S"),
                "until": until.strftime("%Y-%m-%d %H:%M:%S"),
                "page": str(page),
            }
            moment = str(
                int(
                    (
                        self.env["scrm.clock"].now() - datetime(1970, 1, 1)
                    ).total_seconds()
                )
            )
            asked = json.dumps(said, sort_keys=True).encode()
            headers = {
                "webhook-id": f"{shop.key}-{moment}-{page}",
                "webhook-timestamp": moment,
                "webhook-signature": signature.sign(
                    shop.secret or "", f"{shop.key}-{moment}-{page}", moment, asked
                ),
            }
            answer = self._call("GET", address, params=said, headers=headers)
            for about in answer.get("orders") or []:
                yield self._key("order", about), about
            more, page = bool(answer.get("more")), page + 1


class ScrmShopPlatformPos(models.AbstractModel):
    """The tills of our stores: as our own shop; the store is named by its key."""

    _name = "scrm.shop.platform.pos"
    _inherit = "scrm.shop.platform.shop"
    _description = "Shop Platform Store Counter"

    _label = _lt("Store counter")
    _kind_rank = 40
    _channel = "pos"
