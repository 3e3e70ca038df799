from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, JsonRpcException, tagged

from .price_common import PriceCommon


@tagged("post_install", "-at_install")
class TestPriceRights(PriceCommon, HttpCase):
    """Who may give a tier or a discount.

    The VIP tier costs 300 instead of 400; its role is the supervisor's.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supervisor.group_ids |= cls.env.ref("helpdesk_mgmt.group_helpdesk_manager")
        cls.role = cls.env["res.groups"].create(
            {"name": "VIP seller", "user_ids": [Command.set(cls.supervisor.ids)]}
        )
        cls.vip = cls.tier.copy(
            {
                "name": "VIP",
                "scrm_group_id": cls.role.id,
                "scrm_discount_limit": 0,
            }
        )
        cls.vip.item_ids.fixed_price = 300
        cls.tier.write({"scrm_group_id": cls.role.id, "scrm_discount_limit": 5})

    def test_refused(self):
        """The engineer may not choose VIP, nor give more than 5 %; the supervisor may.

        400 with 5 % off is 380, VIP is 300, with 10 % off 270.

        Covers: P15
        """
        ticket = self.new_ticket(50)
        seen = ticket.with_user(self.engineer)
        with self.refused("VIP seller"):
            seen.scrm_tier_id = self.vip
        with self.refused("beyond 5 %"):
            seen.scrm_discount = 5.01
        self.assertEqual(ticket.scrm_price_total, 400)
        seen.scrm_discount = 5
        self.assertEqual(ticket.scrm_price_total, 380)
        seen = ticket.with_user(self.supervisor)
        seen.write({"scrm_tier_id": self.vip.id, "scrm_discount": 10})
        self.assertEqual(ticket.scrm_price_total, 270)
        self.assertIn("by hand", ticket.scrm_price_line_ids.reason)
        with self.refused("VIP"):
            ticket.with_user(self.engineer).scrm_discount = 11

    def test_routed_to_approval(self):
        """Beyond his limit the engineer asks: the price waits for somebody else.

        Covers in part: P15
        """
        self.vip.scrm_beyond = "approval"
        ticket = self.new_ticket(50)
        ticket.with_user(self.engineer).scrm_tier_id = self.vip
        self.assertEqual(ticket.scrm_price_approval, "needed")
        self.assertEqual(ticket.scrm_price_total, 400)
        with self.assertRaises(AccessError):
            ticket.with_user(self.engineer_2).action_scrm_price_approve()
        self.role.user_ids |= self.engineer
        with self.assertRaises(AccessError):  # not what he asked for himself
            ticket.with_user(self.engineer).action_scrm_price_approve()
        ticket.with_user(self.supervisor).action_scrm_price_approve()
        self.assertEqual(ticket.scrm_price_total, 300)
        with self.refused("waits"):
            ticket.with_user(self.supervisor).action_scrm_price_refuse()
        self.role.user_ids -= self.engineer
        ticket.with_user(self.engineer).scrm_discount = 50
        self.assertEqual(ticket.scrm_price_total, 400)
        ticket.with_user(self.supervisor).action_scrm_price_refuse()
        self.assertEqual(ticket.scrm_price_total, 400)

    def test_decided_on_what_was_seen(self):
        """The supervisor looks at VIP; meanwhile the engineer asks for VIP with 50 %
        off: neither approved nor refused unseen, 400 stays. Seen again: 150.
        """
        self.vip.scrm_beyond = "approval"
        ticket = self.new_ticket(50)
        asks, decides = (
            ticket.with_user(self.engineer),
            ticket.with_user(self.supervisor),
        )
        asks.scrm_tier_id = self.vip
        seen = decides.with_context(
            scrm_price_seen={"tier": self.vip.id, "discount": 0.0}
        )
        asks.scrm_discount = 50
        for name in ("approve", "refuse"):
            with self.refused("has changed meanwhile"):
                getattr(seen, f"action_scrm_price_{name}")()
        self.assertEqual(ticket.scrm_price_approval, "needed")
        self.assertEqual(ticket.scrm_price_total, 400)
        decides.with_context(
            scrm_price_seen={"tier": self.vip.id, "discount": 50.0}
        ).action_scrm_price_approve()
        self.assertEqual(ticket.scrm_price_total, 150)

    def test_only_at_its_node(self):
        """VIP may be chosen at the check, not at the visit, by whom ever.

        Covers in part: P15
        """
        self.vip.scrm_node_keys = "check, quote"
        ticket = self.new_ticket(50)
        with self.refused("check, quote"):
            ticket.with_user(self.supervisor).scrm_tier_id = self.vip
        ticket.with_user(self.engineer).scrm_step_complete()
        ticket.with_user(self.supervisor).scrm_tier_id = self.vip
        self.assertEqual(ticket.scrm_price_total, 300)

    def test_created_with_a_wish(self):
        """A ticket is not created with what its author may not give."""
        values = {
            "name": "Cheap",
            "description": "Please",
            "template_id": self.template.id,
            "scrm_tier_id": self.vip.id,
        }
        tickets = self.env["helpdesk.ticket"]
        with self.refused("VIP seller"):
            tickets.with_user(self.engineer).create(values)
        ticket = tickets.with_user(self.supervisor).create(values)
        self.assertEqual(ticket.scrm_price_total, 300)

    def test_over_rpc(self):
        """By the API the same: refused, and the decision itself is not writable."""
        ticket = self.new_ticket(50)
        self.authenticate("engineer", "engineer")

        def call(method, *args):
            return self.make_jsonrpc_request(
                f"/web/dataset/call_kw/helpdesk.ticket/{method}",
                {
                    "model": "helpdesk.ticket",
                    "method": method,
                    "args": [ticket.ids, *args],
                    "kwargs": {},
                },
            )

        for vals in (
            {"scrm_tier_id": self.vip.id},
            {"scrm_discount": 100},
            {"scrm_price_approval": "approved"},
            {"scrm_price_asker_id": self.supervisor.id},
        ):
            with (
                self.subTest(vals),
                self.assertRaisesRegex(JsonRpcException, "UserError"),
            ):
                call("write", vals)
        self.env.invalidate_all()
        self.assertEqual(ticket.scrm_price_total, 400)
