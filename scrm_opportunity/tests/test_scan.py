from base64 import b64decode
from unittest.mock import patch

from lxml import html

from odoo import Command, http
from odoo.tests import HttpCase, tagged

from odoo.addons.scrm_ticket.controllers import public_form
from odoo.addons.scrm_ticket.tests.common import TicketFixture


@tagged("post_install", "-at_install")
class TestScan(TicketFixture, HttpCase):
    """Codes that people scan with their phones, and what sales has of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.make_world()

    def setUp(self):
        super().setUp()
        patcher = patch.object(public_form, "LEAST_SECONDS", 0)
        patcher.start()
        self.addCleanup(patcher.stop)

    def login(self, login):
        self.authenticate(login and f"test_{login}", login and f"test_{login}")
        self.opener.cookies.set("frontend_lang", "en_US")

    def fill_in(self, url, **inputs):
        """Open what a code says, fill in the form that comes and send it."""
        page = self.url_open(url)
        form = html.fromstring(page.content).xpath(
            "//form[contains(@class, 'o_scrm_form')]"
        )[0]
        token = http.Request.csrf_token(self)
        sent = {**dict(form.form_values()), **inputs, "csrf_token": token}
        answer = self.url_open(page.url, data=sent)
        self.assertEqual(answer.status_code, 200, answer.text[:2000])
        return self.env["helpdesk.ticket"].search([], order="id desc", limit=1)

    def make_fair(self):
        """A form for the stand of a fair: each card becomes an opportunity."""
        flow = self.env["scrm.flow"].create(
            {
                "key": "test_fair",
                "name": "Fair",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
            }
        )
        version = self.env["scrm.flow.version"].create({"flow_id": flow.id})
        self.stage = self.env["crm.stage"].create(
            {"name": "Met at a fair", "sequence": 3}
        )
        nodes = [
            {"key": "start", "type": "start"},
            {
                "key": "lead",
                "type": "service_task",
                "service_kind": "opportunity_create",
                "service_config": {
                    "stage": "Met at a fair",
                    "source": "Spring Fair, Hall 3",
                },
            },
            {
                "key": "call",
                "name": "Call",
                "handler_rule": "people",
                "handler_user_ids": [Command.set(self.dora.ids)],
            },
            {"key": "end", "type": "end"},
        ]
        made = self.env["scrm.flow.node"].create(
            [
                {"version_id": version.id, "rank": rank, "name": node["key"], **node}
                for rank, node in enumerate(nodes)
            ]
        )
        self.env["scrm.flow.transition"].create(
            [
                {
                    "version_id": version.id,
                    "key": f"to_{target.key}",
                    "source_id": source.id,
                    "target_id": target.id,
                }
                for source, target in zip(made, made[1:], strict=False)
            ]
        )
        version.action_publish()
        return self.env["scrm.ticket.template"].create(
            {
                "key": "test_fair",
                "name": "Visit our stand",
                "flow_id": flow.id,
                "team_id": self.team.id,
                "public_published": True,
                "line_ids": [
                    Command.create({"field_id": self.note.id, "required": True})
                ],
            }
        )

    def test_at_a_fair(self):
        """A visitor scans the code of the stand and leaves what he or she looks for:
        an opportunity with its source channel, in its stage, with the ticket.

        Covers: E20
        Covers in part: O14
        """
        fair = self.make_fair()
        self.assertTrue(b64decode(fair.public_qr).startswith(b"\x89PNG"))
        fair.invalidate_recordset()
        reports = self.env.registry["ir.actions.report"]
        with patch.object(
            reports, "barcode", lambda this, kind, value, **how: value.encode()
        ):
            self.assertEqual(b64decode(fair.public_qr).decode(), fair.public_url)
        self.login(None)
        ticket = self.fill_in(
            fair.public_url.removeprefix(fair.get_base_url()),
            **{
                "contact.name": "Vera Visitor",
                "contact.email": "vera@visitor.example",
                "contact.phone": "+86 13912345678",
                "field.test_note": "Twelve units for a hotel",
            },
        )
        self.assertEqual(ticket.scrm_door, "public_form")
        lead = ticket.lead_ids
        self.assertEqual(len(lead), 1)
        self.assertEqual(lead.source_id.name, "Spring Fair, Hall 3")
        self.assertEqual(lead.stage_id, self.stage)
        self.assertEqual(lead.type, "opportunity")
        self.assertEqual(lead.contact_name, "Vera Visitor")
        self.assertEqual(lead.email_from, "vera@visitor.example")
        self.assertEqual(lead.scrm_origin_ticket_id, ticket)
        self.assertEqual(ticket.scrm_handler_ids, self.dora)

    def test_in_retail(self):
        """A customer scans the code on what was bought and asks for more: the ticket
        has the purchase history and the offer that was prepared for such questions.

        Covers: E21
        Covers in part: X13
        """
        serial = self.env["scrm.form.field"].create(
            {"key": "test_serial", "name": "Serial number", "type": "serial"}
        )
        self.template.line_ids = [
            Command.clear(),
            Command.create({"field_id": serial.id, "required": True}),
            Command.create({"field_id": self.note.id}),
        ]
        filters = self.env["product.product"].create(
            {"name": "Filter set", "list_price": 80.0}
        )
        offer = self.env["scrm.offer"].create(
            {
                "name": "Filters for a year",
                "keywords": "filter",
                "bought_product_ids": [Command.set(self.bracket.ids)],
                "script": "Ask when it was changed last.",
                "product_id": filters.id,
            }
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.pia.partner_id.id,
                "order_line": [Command.create({"product_id": self.bracket.id})],
            }
        )
        order.action_confirm()
        lot = self.env["stock.lot"].create(
            {
                "name": "SN-7",
                "product_id": self.bracket.id,
                "scrm_partner_id": self.customer.id,
                "scrm_purchase_date": "2026-01-02",
            }
        )
        scan = lot._scrm_ensure_label()[0].removeprefix(lot.get_base_url())
        self.login("pia")
        ticket = self.fill_in(
            scan, **{"field.test_note": "Which filter fits, and what does it cost?"}
        )
        self.assertEqual(ticket.scrm_lot_id, lot)
        self.assertEqual(ticket.scrm_lot_product_id, self.bracket)
        self.assertIn(order.name, str(ticket.partner_id.scrm_portrait()))
        made = ticket.offer_ids
        self.assertEqual(made.offer_id, offer)
        self.assertIn("changed last", made.script)
        self.assertIn("filter", made.reason)
        quiet = self.fill_in(scan, **{"field.test_note": "It rattles"})
        self.assertFalse(quiet.offer_ids, "another matter, no offer")
        made.with_user(self.desk).action_accept()
        self.assertEqual(made.lead_id.partner_id, self.pia.partner_id)
