"""Servers on this machine that speak what WeChat and WeCom speak.

Written from the platforms' documentation, not with the code that asks them.
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Moved:
    """An answer that leads elsewhere."""

    def __init__(self, address):
        self.address = address


class PlatformServer:
    """Answers the paths of :attr:`speaks`; ``asked`` is which, in order."""

    #: Path -> name of a method (arguments, message) -> answer
    speaks = {}

    def __init__(self):
        self.asked = []
        self.is_down = False
        platform = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                platform._serve(self, None)

            def do_POST(self):
                size = int(self.headers.get("Content-Length", 0))
                platform._serve(self, json.loads(self.rfile.read(size) or b"{}"))

            def log_message(self, *args):
                """Nothing: tests look at what was asked."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def _serve(self, request, message):
        address = urlsplit(request.path)
        said = {name: words[0] for name, words in parse_qs(address.query).items()}
        self.asked.append(address.path)
        speak = self.speaks.get(address.path)
        status = 404 if speak is None else 200
        answer = {} if speak is None else getattr(self, speak)(said, message)
        if self.is_down:
            status, answer = 502, "<html>Bad Gateway</html>"
        self._answer(request, status, answer)

    def _answer(self, request, status, answer):
        kind = "application/json"
        if isinstance(answer, str):
            kind = "text/javascript; charset=utf-8"
        if isinstance(answer, Moved):
            request.send_response(302)
            request.send_header("Location", answer.address)
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        content = answer if isinstance(answer, str) else json.dumps(answer)
        content = content.encode()
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(content)))
        request.send_header("Access-Control-Allow-Origin", "*")
        request.end_headers()
        request.wfile.write(content)


class MiniPlatform(PlatformServer):
    """WeChat's side of mini-programs: code2Session.

    ``codes`` is code -> openid; each is good once, as theirs are.
    """

    speaks = {"/sns/jscode2session": "_session"}

    def __init__(self, app_id, secret):
        super().__init__()
        self.account = (app_id, secret)
        self.codes = {}
        self.used = set()

    def login(self, openid):
        """What ``wx.login`` gives to a user's mini-program."""
        code = f"code{len(self.codes)}"
        self.codes[code] = openid
        return code

    def _session(self, said, message):
        if message is not None or said.get("grant_type") != "authorization_code":
            return {"errcode": 40002, "errmsg": "invalid grant_type"}
        if said.get("appid") != self.account[0]:
            return {"errcode": 40013, "errmsg": "invalid appid"}
        if said.get("secret") != self.account[1]:
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        code = said.get("js_code")
        if code in self.used:
            return {"errcode": 40163, "errmsg": "code been used"}
        if code not in self.codes:
            return {"errcode": 40029, "errmsg": "invalid code"}
        self.used.add(code)
        return {"openid": self.codes[code], "session_key": "dGhlaXIgb3duIGtleQ=="}
