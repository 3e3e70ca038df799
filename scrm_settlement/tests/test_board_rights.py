from odoo.exceptions import ValidationError
from odoo.tests.common import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .scheme_common import SchemeCommon
from .test_rights import RpcMixin


@tagged("post_install", "-at_install")
class TestBoardRights(SchemeCommon, RpcMixin, HttpCase):
    @mute_logger("odoo.http")
    def test_dealer(self):
        """A dealer of the East reads what the East brought in, over RPC, at once.

        Neither rows nor sums of the West, nor the other boards. With a store in the
        West he sees the West, too.

        Covers: V19
        """
        dealer = new_test_user(
            self.env, "dealer_east", groups="scrm_settlement.group_dealer"
        )
        self.store.write({"region": "East", "user_ids": dealer.ids})
        self.store_b.region = "West"
        for store in (self.store, self.store_b):
            self._done(store_id=store.id)
        model = "scrm.settlement.board"

        def regions():
            rows = self.rpc(dealer, model, "search_read", [], ["region", "revenue"])
            return sorted((row["region"], row["revenue"]) for row in rows)

        self.assertEqual(regions(), [("East", 399)])
        self._done(store_id=self.store.id)
        self.assertEqual(regions(), [("East", 399)] * 2)
        groups = self.rpc(
            dealer, model, "formatted_read_group", [], ["region"], ["revenue:sum"]
        )
        self.assertEqual([row["revenue:sum"] for row in groups], [798])
        west = self.env[model].search([("region", "=", "West")], limit=1)
        self.assertEqual(
            self.rpc(dealer, model, "read", west.ids, ["revenue"]), "AccessError"
        )
        rows = self.rpc(
            dealer, "scrm.settlement.today", "search_read", [], ["region", "is_total"]
        )
        self.assertEqual([row["region"] for row in rows], ["East"])
        for name in ("comparison", "quality", "staff", "record", "plan", "budget"):
            answer = self.rpc(dealer, f"scrm.settlement.{name}", "search_read", [])
            self.assertIn(answer, ("AccessError", []), name)
        self.store_b.manager_id = dealer
        self.assertEqual(regions(), [("East", 399), ("East", 399), ("West", 399)])

    @mute_logger("odoo.http")
    def test_own_place(self):
        """A technician reads his place among all, over RPC, as tickets are finished.

        80 against 150 is the second of two; three more of 80 make him the first.

        Covers: V13
        """
        self.finish(self.new_ticket(50))
        self.finish(self.new_ticket(101), self.engineer_2)

        def mine():
            return self.rpc(
                self.engineer,
                "scrm.settlement.ranking",
                "search_read",
                [("month", "=", "2026-03-01")],
                ["place", "payee_count", "amount"],
            )

        (row,) = mine()
        self.assertEqual((row["place"], row["payee_count"], row["amount"]), (2, 2, 80))
        for _number in range(2):
            self.finish(self.new_ticket(50))
        (row,) = mine()
        self.assertEqual((row["place"], row["amount"]), (1, 240))
        menus = self.env["ir.ui.menu"].with_user(self.engineer)._visible_menu_ids()
        self.assertIn(self.env.ref("scrm_settlement.menu_ranking").id, menus)
        action = self.env.ref("scrm_settlement.scrm_settlement_ranking_action")
        self.assertTrue(action.view_mode.startswith("kanban"))

    @mute_logger("odoo.http")
    def test_budget_without_words(self):
        """Finance reads 300 to 350 of a ticket, and nothing that was said there.

        Covers: R18
        """
        ticket = self.new_ticket(50, scrm_budget_min=300, scrm_budget_max=350)
        ticket.message_post(
            body="The boss says it is secret", subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(
            self.rpc(
                self.accountant,
                "scrm.settlement.budget",
                "search_read",
                [("number", "=", ticket.number)],
                [
                    "number",
                    "customer",
                    "scenario",
                    "budget_min",
                    "budget_max",
                    "is_over",
                ],
            ),
            [
                {
                    "id": ticket.id,
                    "number": ticket.number,
                    "customer": self.customer.name,
                    "scenario": "Installation",
                    "budget_min": 300,
                    "budget_max": 350,
                    "is_over": True,
                }
            ],
        )
        for model, domain in (
            ("helpdesk.ticket", [("id", "=", ticket.id)]),
            (
                "mail.message",
                [("model", "=", "helpdesk.ticket"), ("res_id", "=", ticket.id)],
            ),
        ):
            answer = self.rpc(self.accountant, model, "search_read", domain)
            self.assertIn(answer, ("AccessError", []), model)
        self.assertEqual(
            self.rpc(
                self.accountant, "helpdesk.ticket", "read", ticket.ids, ["description"]
            ),
            "AccessError",
        )
        self.assertFalse(
            {"description", "scrm_values", "message_ids"}
            & self.env["scrm.settlement.budget"]._fields.keys()
        )
        with self.refused("from a smaller to a larger", ValidationError):
            ticket.scrm_budget_min = 400
