from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.scrm_flow.tests.switch_common import SwitchChecks

from .common import TicketFixture


@tagged("post_install", "-at_install")
class TestTicketSwitch(SwitchChecks, TicketFixture, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.make_world()

    def test_each_alone(self):
        """Covers: C11"""
        self.check_is_complete()
        self.check_each_alone()

    def test_entries_answer_clearly(self):
        """People read a page, machines a line, and neither gets in.

        Covers: C11
        """
        self.template.public_published = True
        shut = dict.fromkeys(
            ("portal_form", "public_form", "webhook", "chat", "appointment", "work"),
            False,
        )
        book = f"/my/ticket/{self.submit().id}/appointment"
        pages = {
            "/my/scrm/new": "Forms on the portal",
            "/my/scrm/new/test_installation": "Forms on the portal",
            "/scrm/new": "Forms on the website",
            "/scrm/work": "Page for work on the road",
            "/scrm/appointment/1/any": "Appointments",
        }
        self.authenticate("test_pia", "test_pia")
        self.assertIn("create_new_ticket", self.url_open("/my/tickets").text)
        for address in pages:
            self.assertNotIn("is switched off", self.url_open(address).text, address)
        self.set(**shut)
        html = {"Accept": "text/html"}
        for address, name in pages.items():
            answer = self.url_open(address, headers=html)
            self.assertEqual(answer.status_code, 404, address)
            self.assertIn(f"“{name}” is switched off", answer.text)
        answer = self.url_open(book, data={"start": "any"}, headers=html)
        self.assertEqual(answer.status_code, 404)
        self.assertIn("“Appointments” is switched off", answer.text)
        self.assertNotIn("create_new_ticket", self.url_open("/my/tickets").text)
        tickets = self.env["helpdesk.ticket"].search_count([])
        for address, name in (
            ("/scrm/hook/any", "Webhooks"),
            ("/scrm/chat/any", "Chat accounts"),
        ):
            answer = self.url_open(
                address, data="{}", headers={"Accept": "application/json"}
            )
            self.assertEqual(answer.status_code, 404, address)
            self.assertEqual(answer.headers["Content-Type"][:10], "text/plain")
            self.assertIn(f"“{name}” is switched off", answer.text)
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), tickets)
        self.set(**dict.fromkeys(shut, True))
        for address in pages:
            self.assertNotIn("is switched off", self.url_open(address).text, address)

    def test_an_entry_is_shut_inside_too(self):
        """Covers: C11"""
        tickets = self.env["helpdesk.ticket"].with_user(self.pia)
        data = {"template": "test_installation", "values": self.good_values}
        self.set(portal_form=False)
        with self.assertRaisesRegex(UserError, "Forms on the portal.*switched off"):
            tickets._scrm_submit("portal", data)
        self.assertTrue(self.submit(), "the others are open")
        self.set(portal_form=True)
        self.assertTrue(tickets._scrm_submit("portal", data)["id"])

    def test_what_happens_meanwhile_is_no_news_later(self):
        """Events open no ticket while they are off, nor for that time afterwards.

        Covers: C11
        """
        event = self.env["scrm.door.event"].create(
            {
                "name": "Bad debtors",
                "key": "test_switch_event",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain": "[('ref', '=', 'bad')]",
                "template_id": self.template.id,
                "user_id": self.manager.id,
            }
        )
        self.set(event=False)
        self.customer.ref = "bad"
        self.env.cr.precommit.run()
        self.assertFalse(event.entry_ids)
        self.set(event=True)
        self.assertNotIn("waiting", event.entry_ids.mapped("state"))
        self.stranger.ref = "bad"
        self.env.cr.precommit.run()
        waiting = event.entry_ids.filtered(lambda entry: entry.state == "waiting")
        self.assertEqual(waiting.mapped("res_id"), self.stranger.ids)

    def test_the_parts_alert_rests(self):
        """No warning while it is off; the low stock is warned of when it is on.

        Covers: C11
        """
        self.warehouse.scrm_keeper_ids = self.dora
        point = self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.bracket.id,
                "warehouse_id": self.warehouse.id,
                "location_id": self.shelf.id,
                "product_min_qty": 50,
                "product_max_qty": 60,
                "scrm_warn": True,
            }
        )
        cron = self.env.ref("scrm_ticket.ir_cron_low_stock")
        self.set(part_alert=False)
        self.assertFalse(cron.active)
        self.assertNotIn(
            "scrm_warn",
            self.env["stock.warehouse.orderpoint"].get_view(
                self.env.ref("stock.view_warehouse_orderpoint_tree_editable").id, "list"
            )["arch"],
        )
        self.assertTrue(point.scrm_warn, "what was entered stays")
        self.set(part_alert=True)
        self.assertTrue(cron.active)
        self.env["stock.warehouse.orderpoint"]._cron_scrm_low_stock()
        self.assertTrue(point.scrm_warned)
