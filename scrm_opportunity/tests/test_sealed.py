from odoo.tests import tagged

from odoo.addons.scrm_flow.tests.upgrade_script import upgrade_script
from odoo.addons.scrm_ticket.tests.sealed_common import leaks

from .shop_common import ShopCase
from .shop_platforms import APP_KEY

SECRET = "zebraquark"


@tagged("post_install", "-at_install")
class TestSealed(ShopCase):
    """What customers write on shop platforms, and what becomes of it."""

    def test_chat_of_a_shop_is_sealed(self):
        """A message that arrives from a shop, its ticket and the opportunity made of
        it: the database holds none of the words, those who may read it do. What was
        stored before is sealed by an upgrade.

        Covers: R13
        """
        event = {
            "event": "im_receive_msg",
            "client_key": APP_KEY,
            "from_user_id": "o-mei",
            "to_user_id": "us",
            "content": {
                "conversation_short_id": "@c1",
                "server_message_id": "@1",
                "message_type": "text",
                "text": f"I want the {SECRET}",
                "user_infos": [{"open_id": "o-mei", "nick_name": "Mei"}],
            },
        }
        self.taken(self.push.douyin_event(self.douyin, event, message_id="m1"))
        self.env.invalidate_all()
        ticket = self.env["helpdesk.ticket"].search([("scrm_channel", "=", "douyin")])
        self.assertIn(SECRET, ticket.description)
        self.desk.group_ids += self.env.ref("scrm_opportunity.group_user")
        ticket.with_user(self.desk).action_new_opportunity()
        lead = ticket.lead_ids
        self.assertEqual(lead.name, ticket.name)
        self.assertEqual(leaks(self.env, SECRET), {})
        self.env.invalidate_all()
        self.assertIn(SECRET, lead.description)
        found = [("description", "ilike", SECRET)]
        self.assertEqual(self.env["crm.lead"].with_user(self.desk).search(found), lead)
        entry = self.env["scrm.shop.entry"].search([("kind", "=", "message")])
        self.assertIn(SECRET, str(entry.said))

        self.env.cr.execute(
            "UPDATE crm_lead SET description = %s, name = %s WHERE id = %s",
            [f"<p>I want the {SECRET}</p>", f"I want the {SECRET}", lead.id],
        )
        self.env.cr.execute(
            "UPDATE scrm_shop_entry SET said = jsonb_build_object('text', %s)"
            " WHERE id = %s",
            [SECRET, entry.id],
        )
        self.assertEqual(
            leaks(self.env, SECRET),
            {"public.crm_lead": 1, "public.scrm_shop_entry": 1},
        )
        self.env.invalidate_all()
        migrate = upgrade_script("scrm_opportunity", "19.0.1.4.0")
        for _time in range(2):
            migrate(self.env.cr, "19.0.1.3.0")
            self.assertEqual(leaks(self.env, SECRET), {})
            self.env.invalidate_all()
            self.assertEqual(entry.said, {"text": SECRET})
            self.assertEqual(lead.name, ticket.name)
            self.assertIn(SECRET, lead.description)
