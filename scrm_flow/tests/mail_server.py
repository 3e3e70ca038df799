"""A real SMTP server on this machine that can misbehave."""

import socket
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller


class MailServer:
    """Keeps what it took; ``mood`` is ``well``, ``refuse`` (no such person), ``busy``
    (not now) or ``drop`` (takes it and cuts the line)."""

    def __init__(self):
        self.taken = []
        self.mood = "well"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self):
        self.controller.stop()

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if self.mood == "refuse":
            return "550 no such person"
        if self.mood == "busy":
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, session, envelope):
        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.taken.append((envelope.rcpt_tos, mail))
        if self.mood == "drop":
            session.peer_transport.close()
        return "250 taken"
