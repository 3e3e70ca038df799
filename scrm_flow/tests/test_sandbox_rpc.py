from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from .common import FlowCase


@tagged("post_install", "-at_install")
class TestSandboxRpc(FlowCase, HttpCase):
    """From outside: the public methods work, what is private stays private."""

    def call(self, login, model, method, *args, **kwargs):
        self.authenticate(login, login)
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": list(args), "kwargs": kwargs},
        )

    def test_a_manager_plays(self):
        course = self.call(
            "designer",
            "scrm.flow.sandbox",
            "play",
            self.version.id,
            [{"do": "complete", "transition": "refuse"}],
            at="2026-03-02 08:00:00",
        )
        self.assertEqual((course["state"], course["end"]), ("done", "end"))
        self.assertFalse(self.Order.search([]))

    @mute_logger("odoo.http")
    def test_nobody_else_does(self):
        for login in ("ann", "watcher", "porter"):
            with self.assertRaisesRegex(JsonRpcException, "AccessError"):
                self.call(login, "scrm.flow.sandbox", "play", self.version.id)

    @mute_logger("odoo.http")
    def test_no_back_doors(self):
        """Neither the private entry points nor a context open anything."""
        for method in ("_play", "_try_out"):
            with self.assertRaises(JsonRpcException):
                self.call("designer", "scrm.flow.sandbox", method, self.version.id, [])
        order = self.start(area=40)
        with self.assertRaisesRegex(JsonRpcException, "AccessError"):
            self.call(
                "eve",
                "scrm.test.order",
                "scrm_step_assign",
                order.ids,
                self.eve.id,
                "I want it",
                context={"sandbox": True},
            )
        new_test_user(self.env, "clerk", groups="scrm_flow.group_user")
        with self.assertRaisesRegex(JsonRpcException, "AccessError"):
            self.call("clerk", "scrm.flow.test.case", "search_read", [])
        self.assertEqual(
            self.call("clerk", "scrm.flow.incident", "search_read", [], ["reason"]), []
        )
