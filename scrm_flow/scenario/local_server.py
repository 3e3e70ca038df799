"""A server on this machine, in the player's process: an outside platform's side."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class JsonHandler(BaseHTTPRequestHandler):
    """One request; answers are JSON. Subclasses say what they answer."""

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def said(self):
        """The body, as JSON; nothing said is an empty object."""
        return json.loads(self.body() or b"{}")

    def answer(self, told, status=200):
        content = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        """Nothing: expectations look at what came of it."""


def serve(handler: type[JsonHandler]) -> str:
    """Serve until the player ends.

    :return: the address
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}"
