"""Shops on Douyin: pushes and private messages of the open platform, orders of the
shop's API."""

import json
from datetime import datetime, timezone

from odoo import api, models
from odoo.tools.translate import LazyTranslate

from odoo.addons.scrm_ticket.doors.chat_message import Message
from odoo.addons.scrm_ticket.doors.errors import Unproven

from . import order as orders
from . import signatures
from .platform import Unanswered

_lt = LazyTranslate(__name__)

#: Where the shop's API is.
API = "https://openapi-fxg.jinritemai.com"
#: Orders asked for at once; the platform gives at most 100.
PAGE = 100
#: Status of an order on the platform -> ours: 1 to be confirmed, 105 paid, 2 to be
#: sent, 101 partly sent, 3 sent, 5 done, 4 closed.
STATUS = {1: "waiting", 105: "paid", 2: "paid", 101: "paid", 3: "paid", 5: "paid"}
CLOSED = 4
#: What the shop tells of an order: placed, paid, sent, done, address, called off,
#: partly sent.
TAGS = ("100", "101", "102", "103", "105", "106", "108")


class ScrmShopPlatformDouyin(models.AbstractModel):
    """A shop on Douyin. App key and secret are those of the application; the token is
    the shop's own."""

    _name = "scrm.shop.platform.douyin"
    _inherit = "scrm.shop.platform"
    _description = "Shop Platform Douyin"

    _label = _lt("Douyin")
    _kind_rank = 10
    _channel = "douyin"
    _pulls = True

    @api.model
    def _check_push(self, shop, push):
        secret, key = shop.secret or "", shop.app_key or ""
        if push.headers.get("event-sign"):
            said = push.headers["event-sign"]
            right = signatures.douyin_shop_push(key, secret, push.body)
        else:
            said = push.headers.get("X-Douyin-Signature")
            right = signatures.douyin_push(secret, push.body)
        if not said:
            raise Unproven(
                self.env._(
                    "The header %s is missing.", "event-sign, X-Douyin-Signature"
                )
            )
        if not secret or not signatures.is_same(said.lower(), right):
            raise self._not_signed()
        told = self._told(push)
        sender = push.headers.get("app-id")
        if isinstance(told, dict):
            sender = told.get("client_key")
        if sender not in (None, "", key):
            raise Unproven(self.env._("The message is for another application."))

    @api.model
    def _told(self, push):
        """A list of what happened in the shop, or an event of the open platform."""
        try:
            told = json.loads(push.body)
        except (ValueError, RecursionError) as error:
            raise orders.NoOrder("JSON") from error
        if not isinstance(told, (list, dict)):
            raise orders.NoOrder("JSON")
        return told

    @api.model
    def _content(self, said, name):
        """What stands in a field as JSON, or as JSON in a text."""
        content = said.get(name)
        if isinstance(content, str):
            try:
                content = json.loads(content)
            except (ValueError, RecursionError) as error:
                raise orders.NoOrder(name) from error
        if not isinstance(content, dict):
            raise orders.NoOrder(name)
        return content

    @api.model
    def _arrivals(self, shop, push):
        told = self._told(push)
        if isinstance(told, list):
            return [found for one in told for found in self._of_shop(one)]
        if told.get("event") != "im_receive_msg":
            return []  # what nobody asked for, as the test of the address
        content = self._content(told, "content")
        said = {**content, "from_user_id": told.get("from_user_id")}
        return [("message", orders.text(content, "server_message_id"), said)]

    @api.model
    def _of_shop(self, told):
        """An order changed: which one. How it is now, the platform is asked."""
        if not isinstance(told, dict):
            raise orders.NoOrder("JSON")
        if told.get("tag") not in TAGS:
            return []  # refunds, and the test of the address
        data = self._content(told, "data")
        order_id = orders.text(data, "p_id")
        key = f"{order_id}@{orders.text(told, 'msg_id')}"
        return [("notice", key, {"order_id": order_id})]

    @api.model
    def _accepted(self, shop, push):
        told = self._told(push)
        if isinstance(told, dict) and told.get("event") == "verify_webhook":
            challenge = self._content(told, "content").get("challenge")
            return json.dumps({"challenge": challenge}), "application/json"
        return super()._accepted(shop, push)

    @api.model
    def _message(self, shop, said):
        if said.get("message_type") != "text":
            return None
        return Message(
            id=orders.text(said, "server_message_id"),
            sender=orders.text(said, "from_user_id"),
            group="",
            text=orders.text(said, "text"),
            picture="",
            thread=orders.text(said, "conversation_short_id"),
        )

    @api.model
    def _sender_name(self, said):
        """How the buyer calls himself."""
        people = said.get("user_infos")
        for person in people if isinstance(people, list) else []:
            if isinstance(person, dict):
                if person.get("open_id") == said.get("from_user_id"):
                    return str(person.get("nick_name") or "")
        return ""

    @api.model
    def _order_of(self, shop, said):
        status = said.get("order_status")
        lines = said.get("sku_order_list")
        if status != CLOSED and status not in STATUS:
            raise orders.NoOrder("order_status")
        if not isinstance(lines, list) or not lines:
            raise orders.NoOrder("sku_order_list")
        moment = int(orders.number(said, "update_time"))
        modified = datetime.fromtimestamp(moment, timezone.utc)
        return orders.Order(
            id=orders.text(said, "order_id"),
            state="cancelled" if status == CLOSED else STATUS[status],
            modified=modified.strftime("%Y-%m-%d %H:%M:%S"),
            buyer=orders.Buyer(
                id=orders.text(said, "doudian_open_id"),
                name=orders.text(said, "mask_post_receiver", needed=False),
                phone=orders.plain_phone(
                    orders.text(said, "post_tel", needed=False),
                ),
            ),
            lines=tuple(self._line(line) for line in lines),
            freight=orders.number(said, "post_amount", 100, default=0),
        )

    @api.model
    def _line(self, line):
        quantity = orders.number(line, "item_num")
        if not quantity:
            raise orders.NoOrder("item_num")
        return orders.Line(
            code=orders.text(line, "code", needed=False)
            or orders.text(line, "out_sku_id"),
            name=orders.text(line, "product_name", needed=False),
            quantity=quantity,
            price=orders.number(line, "pay_amount", 100) / quantity,
        )

    @api.model
    def _order_asked(self, shop, order_id):
        answer = self._ask(shop, "order.orderDetail", {"shop_order_id": order_id})
        found = answer.get("shop_order_detail")
        if not isinstance(found, dict):
            raise Unanswered(self.env._("The platform knows no order %s.", order_id))
        return found

    @api.model
    def _changed(self, shop, since, until):
        page = 0
        while True:
            answer = self._ask(
                shop,
                "order.searchList",
                {
                    "order_asc": True,
                    "order_by": "update_time",
                    "page": page,
                    "size": PAGE,
                    "update_time_end": int(
                        until.replace(tzinfo=timezone.utc).timestamp()
                    ),
                    "update_time_start": int(
                        since.replace(tzinfo=timezone.utc).timestamp()
                    ),
                },
            )
            found = answer.get("shop_order_list") or []
            for said in found:
                key = orders.text(said, "order_id")
                yield f"{key}@{said.get('update_time')}", said
            page += 1
            if not found or page * PAGE >= int(answer.get("total") or 0):
                return

    @api.model
    def _ask(self, shop, method, params):
        """Call the shop's API; the data of its answer."""
        param_json = json.dumps(params, sort_keys=True, separators=(",", ":"))
        now = self.env["scrm.clock"].now().replace(tzinfo=timezone.utc)
        timestamp = str(int(now.timestamp()))
        secret, key = shop.secret or "", shop.app_key or ""
        answer = self._call(
            "POST",
            f"{(shop.api_url or API).rstrip('/')}/{method.replace('.', '/')}",
            params={
                "method": method,
                "app_key": key,
                "access_token": shop.token or "",
                "timestamp": timestamp,
                "v": "2",
                "sign": signatures.douyin_call(
                    secret, key, method, param_json, timestamp
                ),
                "sign_method": "hmac-sha256",
            },
            data=param_json.encode(),
            headers={"Content-Type": "application/json"},
        )
        if answer.get("code") != 10000:
            raise Unanswered(
                self.env._(
                    "The platform refused: %(code)s %(message)s",
                    code=answer.get("code"),
                    message=answer.get("sub_msg") or answer.get("msg") or "",
                )
            )
        return answer.get("data") or {}
