"""Shop platforms on this machine: they sign what they send, and check how they are
asked, as their documents say. Written from those, not with the code that reads them.
"""

import base64
import hashlib
import hmac
import json
import time
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

from odoo.addons.scrm_flow.tests.gateway_server import Gateway

APP_KEY, SECRET, TOKEN = "app1", "secret1", "token1"
OWN_SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()
BEIJING = timezone(timedelta(hours=8))


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()  # noqa: S324


class Platforms(Gateway):
    """Answers of the platforms' own addresses; ``orders`` and ``trades`` are what the
    shops hold, ``mood`` is what they do (see ``Gateway``)."""

    def __init__(self):
        self.orders = {}
        self.trades = []
        self.own = []
        self.asked = []
        super().__init__()

    def forget(self):
        self.orders.clear()
        self.trades.clear()
        self.own.clear()
        self.asked.clear()
        return super().forget()

    def _serve(self, request, body):
        path = urlsplit(request.path)
        values = {name: value[0] for name, value in parse_qs(path.query).items()}
        speak = {
            "/douyin/order/searchList": self._douyin,
            "/douyin/order/orderDetail": self._douyin,
            "/im/im/send/msg/": self._douyin_message,
            "/top": self._top,
            "/own/orders": self._own,
            "/own/answers": self._hook,
        }[path.path]
        self.calls += 1
        if self.mood.isdigit():
            return self._answer(request, int(self.mood), {})
        return self._answer(request, 200, speak(request, values, body))

    def _douyin(self, request, values, body):
        text = (
            f"{SECRET}app_key{APP_KEY}method{values['method']}param_json{body.decode()}"
            f"timestamp{values['timestamp']}v2{SECRET}"
        )
        digest = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
        if values["sign"] != digest or values["sign_method"] != "hmac-sha256":
            return {"code": 30001, "msg": "sign error"}
        if abs(time.time() - int(values["timestamp"])) > 300:
            return {"code": 30002, "msg": "timestamp error"}
        if values["access_token"] != TOKEN:
            return {"code": 30007, "msg": "access_token invalid"}
        asked = json.loads(body)
        self.asked.append((values["method"], asked))
        if values["method"] == "order.orderDetail":
            detail = self.orders.get(asked["shop_order_id"])
            return {"code": 10000, "data": {"shop_order_detail": detail}}
        begin, end = asked["update_time_start"], asked["update_time_end"]
        found = [
            one for one in self.orders.values() if begin <= one["update_time"] <= end
        ]
        found.sort(key=lambda one: one["update_time"])
        page = found[asked["page"] * asked["size"] :][: asked["size"]]
        return {"code": 10000, "data": {"total": len(found), "shop_order_list": page}}

    def _douyin_message(self, request, values, body):
        if request.headers["access-token"] != TOKEN or values["open_id"] != "us":
            return {"data": {"error_code": 2190008, "description": "access_token"}}
        message = json.loads(body)
        if message["to_user_id"] == "o-silent":
            return {"data": {"error_code": 28001003, "description": "out of time"}}
        if message["scene"] != "im_reply_msg" or message["content"]["msg_type"] != 1:
            return {"data": {"error_code": 2100005, "description": "parameter"}}
        self.taken.append(message)
        return {"data": {"error_code": 0, "msg_id": "@x"}}

    def _top(self, request, values, body):
        said = {
            name: value[0]
            for name, value in parse_qs(body.decode(), keep_blank_values=True).items()
        }
        sign = said.pop("sign")
        text = "".join(f"{name}{said[name]}" for name in sorted(said))
        if sign != md5(f"{SECRET}{text}{SECRET}").upper():
            return {"error_response": {"code": 25, "msg": "Invalid signature"}}
        if said["session"] != TOKEN:
            return {"error_response": {"code": 27, "msg": "Invalid session"}}
        begin, end = said["start_modified"], said["end_modified"]
        self.asked.append((begin, end))
        found = [one for one in self.trades if begin <= one["modified"] < end]
        found.sort(key=lambda one: one["modified"], reverse=True)
        size, number = int(said["page_size"]), int(said["page_no"])
        page = found[size * (number - 1) :][:size]
        answer = {"trades": {"trade": page}, "has_next": size * number < len(found)}
        return {"trades_sold_increment_get_response": answer}

    def _own(self, request, values, body):
        stamp = request.headers["webhook-timestamp"]
        asked = json.dumps(values, sort_keys=True)
        text = f"{request.headers['webhook-id']}.{stamp}.{asked}"
        key = base64.b64decode(OWN_SECRET.removeprefix("whsec_"))
        digest = hmac.new(key, text.encode(), hashlib.sha256).digest()
        if request.headers["webhook-signature"] != (
            f"v1,{base64.b64encode(digest).decode()}"
        ):
            return {"orders": "signature"}
        return {"orders": self.own, "more": False}


class Pushes:
    """How each platform calls the address of a shop."""

    def __init__(self, opener, base):
        self.opener = opener
        self.base = base

    def _post(self, shop, body, headers=None, params=None):
        return self.opener.post(
            f"{self.base}/scrm/shop/{shop.key}",
            data=body if isinstance(body, bytes) else body.encode(),
            headers={"Content-Type": "application/json", **(headers or {})},
            params=params,
            timeout=60,
        )

    def douyin_shop(self, shop, told, secret=SECRET, app_key=APP_KEY):
        """Message push of the shop's API."""
        body = json.dumps(told)
        sign = md5(f"{app_key}{body}{secret}")
        return self._post(shop, body, {"app-id": app_key, "event-sign": sign})

    def douyin_event(self, shop, event, secret=SECRET, message_id="m1"):
        """Webhook of the open platform."""
        body = json.dumps(event)
        sign = hashlib.sha1(f"{secret}{body}".encode()).hexdigest()  # noqa: S324
        return self._post(
            shop, body, {"X-Douyin-Signature": sign, "Msg-Id": message_id}
        )

    def tmall(self, shop, told, secret=SECRET, at=None, **changes):
        """Qimen, signed with the body."""
        body = json.dumps(told)
        at = at or datetime.now(BEIJING)
        said = {
            "method": "qimen.taobao.trade.notify",
            "app_key": APP_KEY,
            "timestamp": at.strftime("%Y-%m-%d %H:%M:%S"),
            "format": "json",
            "v": "2.0",
            "sign_method": "md5",
            **changes,
        }
        text = "".join(f"{name}{said[name]}" for name in sorted(said))
        said["sign"] = md5(f"{secret}{text}{body}{secret}").upper()
        return self._post(shop, body, params=said)

    def own(self, shop, told, message_id="w1", at=None, secret=OWN_SECRET):
        """A webhook as ours are signed."""
        body = json.dumps(told)
        at = str(int(time.time() if at is None else at))
        key = base64.b64decode(secret.removeprefix("whsec_"))
        text = f"{message_id}.{at}.{body}".encode()
        digest = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest())
        headers = {
            "webhook-id": message_id,
            "webhook-timestamp": at,
            "webhook-signature": f"v1,{digest.decode()}",
        }
        return self._post(shop, body, headers)
