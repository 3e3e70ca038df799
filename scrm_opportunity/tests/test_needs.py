from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import OpportunityCase


@tagged("post_install", "-at_install")
class TestNeeds(OpportunityCase):
    """Sales marks a need in a conversation; operations and finance each get theirs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.operator, cls.second = (
            new_test_user(cls.env, name, "base.group_user")
            for name in ("scrm_operator", "scrm_operator_2")
        )
        cls.accountant = new_test_user(
            cls.env, "scrm_need_finance", "account.group_account_invoice"
        )
        cls.kind = cls.env["scrm.need.kind"].create(
            {
                "name": "设备维护需求",
                "user_ids": [(6, 0, (cls.operator | cls.second).ids)],
            }
        )
        product = cls.env["product.product"].create(
            {"name": "Yearly care", "type": "service"}
        )
        for price in (800.0, 2400.0):
            cls.env["sale.order"].create(
                {
                    "partner_id": cls.zhao.id,
                    "order_line": [
                        (
                            0,
                            0,
                            {
                                "product_id": product.id,
                                "price_unit": price,
                                "tax_ids": [(5, 0, 0)],
                            },
                        )
                    ],
                }
            ).action_confirm()
        cls.case = cls.ticket(cls.qian, cls.lin)
        cls.said = cls.case.message_post(
            body="The press needs care every year",
            message_type="comment",
            author_id=cls.qian.id,
        )

    def mark(self, message=None):
        needs = self.env["scrm.need"].with_user(self.lin)
        action = needs.action_mark((message or self.said).id)
        return needs.with_context(**action["context"]).create({"kind_id": self.kind.id})

    def test_marked_in_a_conversation(self):
        """A to-do with the purchases for operations, the budget for finance only.

        Covers: E29
        """
        need = self.mark()
        self.assertEqual(need.ticket_id, self.case)
        self.assertEqual(need.sudo().message_id, self.said)
        self.assertIn("care every year", need.note)
        todo = need.activity_ids
        self.assertEqual(todo.user_id, self.operator)
        self.assertIn("设备维护需求", todo.summary)
        self.assertIn("Yearly care", todo.note)
        theirs = need.with_user(self.operator)
        self.assertIn("Yearly care", theirs.purchases)
        with self.assertRaises(AccessError):
            theirs.read(["budget_low"])
        with self.assertRaises(AccessError):
            self.env["scrm.need"].with_user(self.operator).search(
                [("budget_high", ">", 1)]
            )
        money = need.with_user(self.accountant)
        self.assertEqual((money.budget_low, money.budget_high), (800.0, 2400.0))
        theirs.action_done()
        self.assertEqual(need.state, "done")
        self.assertFalse(need.activity_ids)

    def test_who_has_the_fewest_gets_it(self):
        users = [self.mark().user_id for _number in range(3)]
        self.assertEqual(users[0], users[2])
        self.assertEqual(set(users), {self.operator, self.second})

    def test_who_may_not(self):
        need = self.mark()
        needs = self.env["scrm.need"]
        self.assertFalse(needs.with_user(self.second).search([("id", "=", need.id)]))
        with self.assertRaises(AccessError):
            need.with_user(self.accountant).action_done()
        with self.assertRaises(AccessError):
            needs.with_user(self.desk).action_mark(self.said.id)
        foreign = self.moon.message_post(body="Hello")
        with self.assertRaisesRegex(UserError, "tickets and opportunities"):
            needs.with_user(self.lin).action_mark(foreign.id)
        titles = [
            entry["kind"]
            for entry in self.env["scrm.story"].with_user(self.lin)._story(self.zhao)
        ]
        self.assertIn("Need", titles)
