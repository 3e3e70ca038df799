"""Shops on Tmall and Taobao: what Qimen pushes, and what TOP answers."""

import json
from datetime import datetime, timedelta, timezone
from hashlib import md5

from odoo import api, models
from odoo.tools.translate import LazyTranslate

from odoo.addons.scrm_ticket.doors.chat_message import Message
from odoo.addons.scrm_ticket.doors.errors import Unproven

from . import order as orders
from . import signatures
from .platform import TOLERANCE, Unanswered

_lt = LazyTranslate(__name__)

#: Where TOP is.
API = "https://gw.api.taobao.com/router/rest"
#: Its moments are Beijing's.
ZONE = timezone(timedelta(hours=8))
MOMENT = "%Y-%m-%d %H:%M:%S"
PAGE = 100
#: Trades that are asked for change within a day at most.
SPAN = timedelta(hours=23)
FIELDS = (
    "tid,status,modified,payment,post_fee,buyer_open_uid,buyer_nick,buyer_message,"
    "receiver_name,receiver_mobile,orders"
)
WAITING = ("TRADE_NO_CREATE_PAY", "WAIT_BUYER_PAY", "PAY_PENDING")
PAID = (
    "WAIT_SELLER_SEND_GOODS",
    "SELLER_CONSIGNED_PART",
    "WAIT_BUYER_CONFIRM_GOODS",
    "TRADE_BUYER_SIGNED",
    "TRADE_FINISHED",
)
CLOSED = ("TRADE_CLOSED", "TRADE_CLOSED_BY_TAOBAO")


class ScrmShopPlatformTmall(models.AbstractModel):
    """A shop on Tmall or Taobao. The token is the session of the shop's owner."""

    _name = "scrm.shop.platform.tmall"
    _inherit = "scrm.shop.platform"
    _description = "Shop Platform Tmall and Taobao"

    _label = _lt("Tmall and Taobao")
    _kind_rank = 20
    _channel = "tmall"
    _pulls = True

    @api.model
    def _check_push(self, shop, push):
        said = dict(push.arguments.items())
        for name in ("sign", "timestamp", "app_key", "method"):
            if not said.get(name):
                raise Unproven(self.env._("The argument %s is missing.", name))
        right = signatures.top(
            shop.secret or "", said, push.body.decode(errors="replace")
        )
        if not shop.secret or not signatures.is_same(said["sign"], right):
            raise self._not_signed()
        if said["app_key"] != shop.app_key:
            raise Unproven(self.env._("The message is for another application."))
        try:
            moment = datetime.strptime(said["timestamp"], MOMENT).replace(tzinfo=ZONE)
        except ValueError as error:
            raise Unproven(
                self.env._("The argument %s is wrong.", "timestamp")
            ) from error
        now = self.env["scrm.clock"].now().replace(tzinfo=timezone.utc)
        if abs((now - moment).total_seconds()) > TOLERANCE:
            raise Unproven(
                self.env._(
                    "The message was signed more than %s minutes before or after now.",
                    TOLERANCE // 60,
                )
            )

    @api.model
    def _arrivals(self, shop, push):
        try:
            said = json.loads(push.body)
        except (ValueError, RecursionError) as error:
            raise orders.NoOrder("JSON") from error
        trade = said.get("trade") if isinstance(said, dict) else None
        if not isinstance(trade, dict):
            raise orders.NoOrder("trade")
        return self._of_trade(trade)

    @api.model
    def _of_trade(self, trade):
        """The order, and what the buyer wrote on it."""
        key = orders.text(trade, "tid")
        found = [("order", f"{key}@{orders.text(trade, 'modified')}", trade)]
        words = orders.text(trade, "buyer_message", needed=False)
        if words:
            mark = md5(words.encode()).hexdigest()[:12]  # noqa: S324
            found.append(("message", f"{key}-{mark}", trade))
        return found

    @api.model
    def _accepted(self, shop, push):
        answer = {"response": {"flag": "success", "code": "0", "message": ""}}
        return json.dumps(answer), "application/json"

    @api.model
    def _message(self, shop, said):
        words = orders.text(said, "buyer_message")
        mark = md5(words.encode()).hexdigest()[:12]  # noqa: S324
        return Message(
            id=f"{orders.text(said, 'tid')}-{mark}",
            sender=orders.text(said, "buyer_open_uid"),
            group="",
            text=words,
            picture="",
        )

    @api.model
    def _sender_name(self, said):
        return orders.text(said, "receiver_name", needed=False)

    @api.model
    def _order_of(self, shop, said):
        status = said.get("status")
        if status not in (*WAITING, *PAID, *CLOSED):
            raise orders.NoOrder("status")
        lines = (said.get("orders") or {}).get("order")
        if not isinstance(lines, list) or not lines:
            raise orders.NoOrder("orders")
        try:
            modified = datetime.strptime(orders.text(said, "modified"), MOMENT)
        except ValueError as error:
            raise orders.NoOrder("modified") from error
        modified = modified.replace(tzinfo=ZONE).astimezone(timezone.utc)
        is_paid = status in PAID
        return orders.Order(
            id=orders.text(said, "tid"),
            state="paid"
            if is_paid
            else "waiting"
            if status in WAITING
            else "cancelled",
            modified=modified.strftime(MOMENT),
            buyer=orders.Buyer(
                id=orders.text(said, "buyer_open_uid"),
                name=orders.text(said, "receiver_name", needed=False),
                phone=orders.plain_phone(
                    orders.text(said, "receiver_mobile", needed=False)
                ),
            ),
            lines=tuple(self._line(line) for line in lines),
            freight=orders.number(said, "post_fee", default=0),
        )

    @api.model
    def _line(self, line):
        quantity = orders.number(line, "num")
        if not quantity:
            raise orders.NoOrder("num")
        return orders.Line(
            code=orders.text(line, "outer_sku_id", needed=False)
            or orders.text(line, "outer_iid"),
            name=orders.text(line, "title", needed=False),
            quantity=quantity,
            price=orders.number(line, "payment") / quantity,
        )

    @api.model
    def _changed(self, shop, since, until):
        while since < until:
            end = min(since + SPAN, until)
            # the newest come first: from the last page on nothing is passed over
            pages, number, more = [], 1, True
            while more:
                answer = self._ask(
                    shop,
                    "taobao.trades.sold.increment.get",
                    fields=FIELDS,
                    start_modified=self._local(since),
                    end_modified=self._local(end),
                    page_no=str(number),
                    page_size=str(PAGE),
                    use_has_next="true",
                )
                pages.append((answer.get("trades") or {}).get("trade") or [])
                more, number = bool(answer.get("has_next")), number + 1
            for page in reversed(pages):
                for trade in reversed(page):
                    for kind, key, said in self._of_trade(trade):
                        yield (kind, key), said
            since = end

    @api.model
    def _local(self, moment):
        return moment.replace(tzinfo=timezone.utc).astimezone(ZONE).strftime(MOMENT)

    @api.model
    def _ask(self, shop, method, **params):
        """Call TOP; what its answer holds."""
        said = {
            "method": method,
            "app_key": shop.app_key or "",
            "session": shop.token or "",
            "timestamp": self._local(self.env["scrm.clock"].now()),
            "format": "json",
            "v": "2.0",
            "sign_method": "md5",
            **params,
        }
        said["sign"] = signatures.top(shop.secret or "", said)
        answer = self._call("POST", shop.api_url or API, data=said)
        if "error_response" in answer:
            error = answer["error_response"]
            raise Unanswered(
                self.env._(
                    "The platform refused: %(code)s %(message)s",
                    code=error.get("code"),
                    message=error.get("sub_msg") or error.get("msg") or "",
                )
            )
        name = f"{method.removeprefix('taobao.').replace('.', '_')}_response"
        return answer.get(name) or {}
