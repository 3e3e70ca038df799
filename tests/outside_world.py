"""What notifications reach outside: gateways and a mail server, in this process."""

import importlib.util
from collections import Counter
from email import message_from_bytes

from aiosmtpd.controller import Controller
from conftest import ROOT

from scripts import server


class Outside:
    """Counts what arrives; texts tell the messages apart."""

    def __init__(self):
        path = ROOT / "scrm_flow" / "tests" / "gateway_server.py"
        spec = importlib.util.spec_from_file_location("gateway_server", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)  # the addon's package would import Odoo
        self.gateway = module.Gateway()
        self.mails = []
        self.smtp = Controller(self, hostname="127.0.0.1", port=server.free_port())
        self.smtp.start()

    async def handle_DATA(self, _server, _session, envelope):
        mail = message_from_bytes(envelope.content)
        self.mails.append(mail["Subject"])
        return "250 taken"

    def stop(self):
        self.smtp.stop()
        self.gateway.stop()

    def arrived(self):
        """Channel -> how often each text arrived."""
        hooks = [one[1]["text"] for one in self.gateway.taken if one[0] != "wecom"]
        robot = [one[1] for one in self.gateway.taken if one[0] == "wecom"]
        return {
            "webhook": Counter(hooks),
            "wecom_robot": Counter(robot),
            "email": Counter(self.mails),
        }
