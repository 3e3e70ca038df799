"""Shops in scenarios: what their platforms tell us, each in its own words, signed.

A scenario connects its shops to platforms of its own, as it does with channels: a
server on this machine, in the player's process.
"""

import base64
import json
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

import requests

from odoo.addons.scrm_flow.scenario.errors import Refused, ScenarioError
from odoo.addons.scrm_flow.scenario.local_server import JsonHandler, serve
from odoo.addons.scrm_flow.scenario.registry import register_verb
from odoo.addons.scrm_ticket.doors import signature
from odoo.addons.scrm_ticket.scenario.hooks import TIMEOUT, moment

from ..shops import signatures

APP_KEY, SECRET, TOKEN = "scenario", "of-the-scenario", "of-the-shop"
OWN_SECRET = "whsec_" + base64.b64encode(b"of the scenario's shop").decode()
#: The platforms' own words for the state of an order.
DOUYIN = {"waiting": 1, "paid": 2, "cancelled": 4}
TMALL = {
    "waiting": "WAIT_BUYER_PAY",
    "paid": "WAIT_SELLER_SEND_GOODS",
    "cancelled": "TRADE_CLOSED",
}
BEIJING = timezone(timedelta(hours=8))
MOMENT = "%Y-%m-%d %H:%M:%S"
_STRING = {"type": "string"}
_SHOP = {**_STRING, "description": "key of the shop"}


class DouyinOrders:
    """Douyin's side of a shop: it says how an order is when it is asked well."""

    def __init__(self):
        self.orders = orders = {}

        class Handler(JsonHandler):
            def do_POST(self):
                param_json = self.body().decode()
                query = parse_qs(urlsplit(self.path).query)
                said = {name: words[0] for name, words in query.items()}
                wanted = signatures.douyin_call(
                    SECRET, APP_KEY, said["method"], param_json, said["timestamp"]
                )
                answer = {"code": 30001, "msg": "sign error"}
                if said["sign"] == wanted and said["access_token"] == TOKEN:
                    found = orders.get(json.loads(param_json).get("shop_order_id"))
                    answer = {"code": 10000, "data": {"shop_order_detail": found}}
                self.answer(answer)

        self.url = serve(Handler)


def _douyin_orders(play):
    if "douyin" not in play.kept:
        play.kept["douyin"] = DouyinOrders()
    return play.kept["douyin"]


@register_verb("backend", "connect_shop", {"shop": _SHOP}, ["shop"])
def connect(actor, args, play):
    """Let a shop speak with the platform of the scenario."""
    vals = {"app_key": APP_KEY, "secret": SECRET, "token": TOKEN}
    platform = _platform(play, args["shop"])
    if platform == "douyin":
        vals["api_url"] = _douyin_orders(play).url
    if platform in ("shop", "pos"):
        vals["secret"] = OWN_SECRET
    shop = play.id_of("shop", args["shop"], "scrm.shop")
    play.admin.call("scrm.shop", "write", ids=[shop], vals=vals)


@register_verb(
    "webhook",
    "shop_order",
    {
        "shop": _SHOP,
        "order": {
            "type": "object",
            "description": "`{id, state, buyer: {id, name, phone}, lines: [{code, "
            "quantity, price}], coupon, store, words}`; state: `waiting`, `paid`, "
            "`cancelled`",
        },
    },
    ["shop", "order"],
)
def order(actor, args, play):
    """A shop's platform tells of an order, as that platform says and signs it."""
    platform, told = _platform(play, args["shop"]), args["order"]
    return _ORDERS[platform](play, args["shop"], {"state": "paid", **told})


@register_verb(
    "webhook",
    "shop_message",
    {
        "shop": _SHOP,
        "from": {**_STRING, "description": "what the platform calls the customer"},
        "name": _STRING,
        "text": _STRING,
    },
    ["shop", "from", "text"],
)
def message(actor, args, play):
    """A customer writes to a shop on its platform."""
    platform = _platform(play, args["shop"])
    if platform not in _MESSAGES:
        raise ScenarioError(f"on {platform} nobody writes but on orders")
    return _MESSAGES[platform](play, args["shop"], args)


def _platform(play, key):
    shop = play.id_of("shop", key, "scrm.shop")
    return play.admin.read("scrm.shop", [shop], ["platform"])[0]["platform"]


def _send(play, key, body, headers=None, params=None):
    answer = requests.post(
        f"{play.access.url}/scrm/shop/{key}",
        data=body,
        params=params,
        headers={
            "Content-Type": "application/json",
            "X-Odoo-Database": play.access.database,
            **(headers or {}),
        },
        timeout=TIMEOUT,
    )
    said = answer.json()
    if answer.status_code != 200:
        raise Refused(answer.status_code, said.get("error", ""))
    return said


def _body(told):
    return json.dumps(told, ensure_ascii=False).encode()


def _local(play):
    at = datetime.fromtimestamp(int(moment(play)), BEIJING)
    return at.strftime(MOMENT)


# Douyin


def _douyin_order(play, key, told):
    """The push says that something changed; we ask which way."""
    buyer = told["buyer"]
    _douyin_orders(play).orders[told["id"]] = {
        "order_id": told["id"],
        "order_status": DOUYIN[told["state"]],
        "update_time": int(moment(play)),
        "doudian_open_id": buyer["id"],
        "mask_post_receiver": buyer.get("name", ""),
        "post_tel": buyer.get("phone", ""),
        "post_amount": 0,
        "sku_order_list": [
            {
                "code": line["code"],
                "item_num": int(line["quantity"]),
                # in cents, of all pieces
                "pay_amount": round(float(line["price"]) * 100) * int(line["quantity"]),
            }
            for line in told["lines"]
        ],
    }
    data = json.dumps({"p_id": told["id"]})
    body = _body([{"tag": "101", "msg_id": f"step{play.number}", "data": data}])
    sign = signatures.douyin_shop_push(APP_KEY, SECRET, body)
    return _send(play, key, body, {"app-id": APP_KEY, "event-sign": sign})


def _douyin_message(play, key, said):
    person = {"open_id": said["from"], "nick_name": said.get("name", "")}
    body = _body(
        {
            "event": "im_receive_msg",
            "client_key": APP_KEY,
            "from_user_id": said["from"],
            "to_user_id": "us",
            "content": {
                "conversation_short_id": f"talk-{said['from']}",
                "server_message_id": f"step{play.number}",
                "message_type": "text",
                "text": said["text"],
                "user_infos": [person],
            },
        }
    )
    sign = signatures.douyin_push(SECRET, body)
    return _send(play, key, body, {"X-Douyin-Signature": sign})


# Tmall and Taobao


def _tmall_order(play, key, told):
    buyer = told["buyer"]
    body = _body(
        {
            "trade": {
                "tid": told["id"],
                "status": TMALL[told["state"]],
                "modified": _local(play),
                "buyer_open_uid": buyer["id"],
                "receiver_name": buyer.get("name", ""),
                "receiver_mobile": buyer.get("phone", ""),
                "buyer_message": told.get("words", ""),
                "post_fee": "0.00",
                "orders": {
                    "order": [
                        {
                            "outer_iid": line["code"],
                            "num": int(line["quantity"]),
                            "payment": str(
                                round(float(line["price"]) * int(line["quantity"]), 2)
                            ),
                        }
                        for line in told["lines"]
                    ]
                },
            }
        }
    )
    said = {
        "method": "qimen.taobao.trade.notify",
        "app_key": APP_KEY,
        "timestamp": _local(play),
        "format": "json",
        "v": "2.0",
        "sign_method": "md5",
    }
    said["sign"] = signatures.top(SECRET, said, body.decode())
    return _send(play, key, body, params=said)


# Our own shop, and the tills of stores


def _own(play, key, told):
    at, name, body = moment(play), f"step-{play.number}", _body(told)
    headers = {
        "webhook-id": name,
        "webhook-timestamp": at,
        "webhook-signature": signature.sign(OWN_SECRET, name, at, body),
    }
    return _send(play, key, body, headers)


def _own_order(play, key, told):
    at = datetime.fromtimestamp(int(moment(play)), timezone.utc).strftime(MOMENT)
    words = {name: told[name] for name in told if name != "words"}
    return _own(play, key, {"order": {**words, "modified": at}})


def _own_message(play, key, said):
    buyer = {"id": said["from"], "name": said.get("name", "")}
    told = {"id": f"step{play.number}", "buyer": buyer, "text": said["text"]}
    return _own(play, key, {"message": told})


_ORDERS = {
    "douyin": _douyin_order,
    "tmall": _tmall_order,
    "shop": _own_order,
    "pos": _own_order,
}
_MESSAGES = {"douyin": _douyin_message, "shop": _own_message, "pos": _own_message}
