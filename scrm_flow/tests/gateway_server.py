"""A gateway on this machine that speaks what the real ones speak, and can misbehave."""

import base64
import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

SECRET = "SECsecret"


class Gateway:
    """Speaks the protocols of WeCom's, DingTalk's and Feishu's group robots,
    messages to people of WeCom and WeChat, webhooks of Slack and signed ones;
    ``taken`` is what it took, in order.

    ``mood`` is what it does: ``well``, ``500``, ``503``, ``404``, ``slow``, ``drop``
    (takes it and cuts the line), ``refuse`` (200 with an error code), ``lie`` (200
    with a page of somebody else, who took nothing).
    """

    def __init__(self):
        self.taken = []
        self.calls = 0
        self.tokens = 0
        self.mentioned = []
        self.called_all = []
        self.silent = set()  # who has not written for 48 hours
        self.mood = "well"
        self._at_work = threading.RLock()  # one call after the other
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                size = int(self.headers["Content-Length"])
                with gateway._at_work:
                    gateway._serve(self, self.rfile.read(size))

            def do_GET(self):
                with gateway._at_work:
                    gateway._serve(self, b"")

            def log_message(self, *args):
                """Nothing: tests look at what was taken."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def recover(self):
        """Be well again, when slow calls that nobody waits for any more are over."""
        with self._at_work:
            self.mood = "well"

    def forget(self):
        """Begin anew."""
        self.recover()
        self.taken.clear()
        self.called_all.clear()
        self.silent.clear()
        self.calls = self.tokens = 0

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def url(self, path):
        host, port = self.server.server_address
        return f"http://{host}:{port}{path}"

    def _serve(self, request, body):
        self.calls += 1
        path = urlsplit(request.path)
        speak = {
            "/wecom": self._wecom,
            "/dingtalk": self._dingtalk,
            "/feishu": self._feishu,
            "/hook": self._hook,
            "/voice": self._hook,
            "/sms": self._hook,
            "/slack/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ": self._slack,
            "/wechat/token": self._wechat_token,
            "/wechat/message/template/send": self._wechat_message,
            "/wechat/message/custom/send": self._wechat_service,
            "/cgi-bin/gettoken": self._wecom_token,
            "/cgi-bin/appchat/send": self._wecom_group,
            "/cgi-bin/message/send": self._wecom_message,
        }[path.path]
        if self.mood.isdigit():
            return self._answer(request, int(self.mood), {})
        if self.mood == "lie":
            return self._answer(request, 200, "<html>Welcome</html>")
        if self.mood == "slow":
            time.sleep(1.6)  # longer than the shortest timeout of a channel
        values = {name: value[0] for name, value in parse_qs(path.query).items()}
        answer = speak(request, values, body)
        if self.mood == "drop":
            request.connection.close()
            return None
        return self._answer(request, 200, answer)

    def _answer(self, request, status, answer):
        is_page = isinstance(answer, str)
        content = answer.encode() if is_page else json.dumps(answer).encode()
        try:
            request.send_response(status)
            request.send_header("Content-Length", str(len(content)))
            request.end_headers()
            request.wfile.write(content)
        except BrokenPipeError:
            return  # the caller did not wait

    def _wecom(self, request, values, body):
        message = json.loads(body)
        if values.get("key") != "robot" or self.mood == "refuse":
            return {"errcode": 93000, "errmsg": "invalid webhook url"}
        self.taken.append(("wecom", message["text"]["content"]))
        if message["text"].get("mentioned_list") == ["@all"]:
            self.called_all.append("wecom")
        return {"errcode": 0, "errmsg": "ok"}

    def _wecom_token(self, request, values, body):
        if (values.get("corpid"), values.get("corpsecret")) != ("ww1", SECRET):
            return {"errcode": 40001, "errmsg": "invalid credential"}
        self.tokens += 1
        token = f"token{self.tokens}"
        return {"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": 7200}

    def _wecom_message(self, request, values, body):
        if values.get("access_token") != f"token{self.tokens}":
            return {"errcode": 42001, "errmsg": "access_token expired"}
        message = json.loads(body)
        if message["agentid"] != 1000002:
            return {"errcode": 301002, "errmsg": "not allow operate another agent"}
        if message["msgtype"] not in ("textcard", "text"):
            return {"errcode": 40008, "errmsg": "invalid message type"}
        self.taken.append((message["touser"], message[message["msgtype"]]))
        return {"errcode": 0, "errmsg": "ok", "msgid": f"id{len(self.taken)}"}

    def _wecom_group(self, request, values, body):
        if values.get("access_token") != f"token{self.tokens}":
            return {"errcode": 42001, "errmsg": "access_token expired"}
        message = json.loads(body)
        if message["msgtype"] != "text" or not message["chatid"]:
            return {"errcode": 40008, "errmsg": "invalid message type"}
        self.taken.append((message["chatid"], message["text"]))
        return {"errcode": 0, "errmsg": "ok"}

    def _wechat_token(self, request, values, body):
        asked = [values.get(name) for name in ("grant_type", "appid", "secret")]
        if asked != ["client_credential", "wx1", SECRET]:
            return {"errcode": 40001, "errmsg": "invalid credential"}
        self.tokens += 1
        return {"access_token": f"token{self.tokens}", "expires_in": 7200}

    def _wechat_message(self, request, values, body):
        if values.get("access_token") != f"token{self.tokens}":
            return {"errcode": 42001, "errmsg": "access_token expired"}
        message = json.loads(body)
        if message["template_id"] != "t1" or set(message["data"]) != {"thing1", "text"}:
            return {"errcode": 47003, "errmsg": "argument invalid"}
        self.taken.append((message["touser"], message))
        return {"errcode": 0, "errmsg": "ok", "msgid": len(self.taken)}

    def _wechat_service(self, request, values, body):
        if values.get("access_token") != f"token{self.tokens}":
            return {"errcode": 42001, "errmsg": "access_token expired"}
        message = json.loads(body)
        if not message.get("touser"):
            return {"errcode": 40003, "errmsg": "invalid openid"}
        if message["touser"] in self.silent:
            text = "response out of time limit or subscription is canceled"
            return {"errcode": 45015, "errmsg": text}
        if message["msgtype"] == "news":
            (article,) = message["news"]["articles"]  # more than one is refused
            if set(article) != {"title", "description", "url", "picurl"}:
                return {"errcode": 47001, "errmsg": "data format error"}
        elif message["msgtype"] != "text" or not message["text"]["content"]:
            return {"errcode": 40008, "errmsg": "invalid message type"}
        self.taken.append((message["touser"], message))
        return {"errcode": 0, "errmsg": "ok"}

    def _dingtalk(self, request, values, body):
        stamp = values.get("timestamp", "0")
        text = f"{stamp}\n{SECRET}".encode()
        digest = hmac.new(SECRET.encode(), text, hashlib.sha256).digest()
        late = abs(time.time() * 1000 - int(stamp)) > 3600 * 1000
        if late or values.get("sign") != base64.b64encode(digest).decode():
            return {"errcode": 310000, "errmsg": "sign not match"}
        message = json.loads(body)
        self.taken.append(("dingtalk", message["text"]["content"]))
        self.mentioned = message.get("at", {}).get("atMobiles", [])
        if message.get("at", {}).get("isAtAll"):
            self.called_all.append("dingtalk")
        return {"errcode": 0, "errmsg": "ok"}

    def _feishu(self, request, values, body):
        message = json.loads(body)
        text = f"{message.get('timestamp')}\n{SECRET}".encode()
        digest = hmac.new(text, b"", hashlib.sha256).digest()
        if message.get("sign") != base64.b64encode(digest).decode():
            return {"code": 19021, "msg": "sign match fail"}
        text = message["content"]["text"]
        if text.startswith('<at user_id="all">'):
            self.called_all.append("feishu")
        self.taken.append(("feishu", text))
        return {"code": 0, "msg": "success"}

    def _slack(self, request, values, body):
        (words,) = json.loads(body)["attachments"]
        self.taken.append(("slack", words["text"]))
        return "ok"

    def _hook(self, request, values, body):
        stamp = request.headers["X-SCRM-Timestamp"]
        text = stamp.encode() + b"." + body
        digest = hmac.new(SECRET.encode(), text, hashlib.sha256).hexdigest()
        if request.headers["X-SCRM-Signature"] != f"sha256={digest}":
            return {"error": "signature"}
        message = json.loads(body)
        if request.headers["Idempotency-Key"] not in [one[0] for one in self.taken]:
            self.taken.append((request.headers["Idempotency-Key"], message))
        return {"id": f"m{len(self.taken)}"}
