"""A payment provider on this machine: the documented interface, and its bad days."""

import base64
import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = "whsec_" + base64.b64encode(b"between provider and payer: 32 b").decode()
#: Seconds that an order may be old.
TOLERANCE = 300


class PaymentServer:
    """Takes signed orders and pays each number once; ``taken`` is what it pays.

    It refuses what is unsigned, late, or says something else under a known number.
    ``mood`` is what it does: ``accept``, ``pay``, ``reject``, ``500``, ``slow``,
    ``lost`` (takes it and cuts the line), ``forged`` (refuses without signing).
    """

    def __init__(self, secret=SECRET):
        self.secret = secret
        self.taken = {}
        self.statuses = {}
        self.refused = []
        self.calls = 0
        self.mood = "accept"
        self._at_work = threading.RLock()  # one call after the other
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                size = int(self.headers["Content-Length"])
                with provider._at_work:
                    provider._serve(self, self.rfile.read(size))

            def log_message(self, *args):
                """Nothing: tests look at what was taken."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self):
        host, port = self.server.server_address
        return f"http://{host}:{port}"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def forget(self):
        """Begin anew, when slow calls that nobody waits for any more are over."""
        with self._at_work:
            self.taken.clear()
            self.statuses.clear()
            self.refused.clear()
            self.calls = 0
            self.mood = "accept"

    def sign(self, message, moment, body):
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        content = f"{message}.{moment}.".encode() + body
        digest = hmac.new(key, content, hashlib.sha256).digest()
        return "v1," + base64.b64encode(digest).decode()

    def report(self, order, status, reason="", moment=None):
        """(body, headers) of a report about an order."""
        moment = moment or int(time.time())
        said = {"order": order, "status": status, "id": f"ext-{order}"}
        body = json.dumps({**said, "reason": reason}).encode()
        return body, {
            "Content-Type": "application/json",
            "webhook-id": f"report-{order}-{status}",
            "webhook-timestamp": str(moment),
            "webhook-signature": self.sign(f"report-{order}-{status}", moment, body),
        }

    def _serve(self, request, body):
        self.calls += 1
        if self.mood == "500":
            return self._answer(request, 500, b"<h1>Internal Server Error</h1>")
        if self.mood == "forged":
            said = json.dumps(
                {"order": json.loads(body)["order"], "status": "rejected"}
            )
            return self._answer(request, 422, said.encode())
        order = request.headers["webhook-id"]
        fault = self._fault(request, order, body)
        if fault:
            self.refused.append(fault)
            return self._answer(request, 401, b"{}")
        if self.taken.setdefault(order, json.loads(body)) != json.loads(body):
            self.refused.append("other words")
            return self._answer(request, 409, b"{}")
        statuses = {"reject": "rejected", "pay": "paid"}
        # what it said of an order stands, whatever its mood is today
        status = self.statuses.setdefault(order, statuses.get(self.mood, "accepted"))
        if status == "rejected":
            del self.taken[order]
        if self.mood == "slow":
            time.sleep(1.6)  # longer than the shortest timeout of a provider
        if self.mood == "lost":
            request.connection.close()
            return None
        answer, headers = self.report(order, status, "account closed")
        return self._answer(request, 200, answer, headers)

    def _fault(self, request, order, body):
        moment = request.headers["webhook-timestamp"] or "0"
        if request.path != "/payouts":
            return "path"
        if request.headers["Idempotency-Key"] != order:
            return "key"
        if abs(time.time() - int(moment)) > TOLERANCE:
            return "late"
        if request.headers["webhook-signature"] != self.sign(order, moment, body):
            return "signature"
        return None

    def _answer(self, request, status, content, headers=None):
        try:
            request.send_response(status)
            for name, value in (headers or {}).items():
                request.send_header(name, value)
            request.send_header("Content-Length", str(len(content)))
            request.end_headers()
            request.wfile.write(content)
        except (BrokenPipeError, ConnectionResetError):
            return  # the caller did not wait
