from datetime import timedelta

from odoo import Command, fields
from odoo.tests import TransactionCase, new_test_user


class TestWecomCard(TransactionCase):
    """What the page beside a customer's card in WeCom tells of purchases."""

    def test_purchases_of_three_months(self):
        """Next to the form stand what the customer bought, which service was asked for
        and what was said in the last three months; nothing older, nothing of others.

        Covers: E05
        """
        env = self.env(context={**self.env.context, "tracking_disable": True})
        colleague = new_test_user(
            env, login="test_wang", groups="helpdesk_mgmt.group_helpdesk_user"
        )
        people = env["res.partner"]
        mei, other = people.create([{"name": "Mei"}, {"name": "Other"}])
        env["scrm.customer.channel"].create(
            {"partner_id": mei.id, "channel": "wecom", "identity": "wm-mei"}
        )
        fridge, stove, lamp = env["product.product"].create(
            [
                {
                    "name": name,
                    "list_price": 100,
                    "type": "service",
                    "taxes_id": [Command.clear()],
                }
                for name in ("Fridge", "Stove", "Lamp")
            ]
        )
        now = fields.Datetime.now()
        for partner, product, days in (
            (mei, fridge, 60),
            (mei, stove, 120),
            (other, lamp, 10),
        ):
            order = env["sale.order"].create(
                {
                    "partner_id": partner.id,
                    "order_line": [Command.create({"product_id": product.id})],
                }
            )
            order.action_confirm()
            order.date_order = now - timedelta(days=days)
        ticket = env["helpdesk.ticket"].create(
            {"name": "Door squeaks", "description": "-", "partner_id": mei.id}
        )
        ticket.message_post(
            body="It squeaks again",
            author_id=mei.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        door = env["scrm.door.wecom"].create(
            {"name": "Desk", "key": "test", "corp_id": "ww1", "agent_id": "1"}
        )
        known = {"id": "wm-mei", "name": "Mei"}
        talk = {"door": door.id, "kind": "contact", **known, "outside": [known]}
        panel = env["scrm.wecom.panel"].with_user(colleague)
        shown = panel._show(door, talk, env["scrm.ticket.template"])
        self.assertFalse(env["sale.order"].with_user(colleague).has_access("read"))
        found = {moment["kind"]: moment for moment in shown["moments"]}
        self.assertEqual(set(found), {"Purchase", "Ticket", "Message"})
        self.assertIn("Fridge", found["Purchase"]["text"])
        self.assertIn("100", found["Purchase"]["amount"])
        self.assertIn("Door squeaks", found["Ticket"]["text"])
        self.assertIn("It squeaks again", found["Message"]["text"])
        self.assertEqual(len(shown["moments"]), 3, "no stove, no lamp")
