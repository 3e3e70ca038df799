from datetime import datetime

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import TicketCase

TWO_AT_NIGHT = datetime(2026, 3, 2, 18)  # in Shanghai


@tagged("post_install", "-at_install")
class TestIntake(TicketCase):
    """What happens by itself when something comes in: who gets it, who is told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template.public_published = True
        (cls.pia | cls.paul).partner_id.phone = "+32 470 12 34 56"

    def rule(self, **values):
        channels = values.pop("channels")
        return self.env["scrm.notice.rule"].create(
            {
                "name": "Rule",
                "model_id": self.env["ir.model"]._get("helpdesk.ticket").id,
                "flow_id": self.flow.id,
                "event": "reached",
                "node_keys": "check",
                "skip_actor": False,
                "channel_ids": [
                    Command.set(
                        [
                            self.env.ref(f"scrm_flow.notice_channel_{name}").id
                            for name in channels
                        ]
                    )
                ],
                **values,
            }
        )

    def run_crons(self):
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["scrm.notice.delivery"]._run_all()
        self.env.invalidate_all()

    def told(self, ticket):
        """{(name, channel): text} of what went out about a ticket."""
        found = self.env["scrm.notice.delivery"].search(
            [
                ("res_model", "=", ticket._name),
                ("res_id", "=", ticket.id),
                ("state", "in", ("sent", "queued")),
            ]
        )
        return {(one.partner_id.name, one.channel_id.key): one.body for one in found}

    def visit(self, values, **contact):
        """What a visitor of the website sends."""
        made = (
            self.env["helpdesk.ticket"]
            .with_user(self.env.ref("base.public_user"))
            ._scrm_submit(
                "public_form",
                {
                    "template": "test_installation",
                    "values": values,
                    "contact": {"name": "Vera", "phone": "+32 470 12 34 56", **contact},
                },
            )
        )
        return self.env["helpdesk.ticket"].browse(made["id"])

    def test_enquiry_of_a_shop(self):
        """An enquiry of the web shop: the ticket is made, an agent has it, the
        customer gets a text message.

        Covers: E24
        """
        self.paul.partner_id.phone = False
        self.rule(
            to_customer=True,
            channels=["sms"],
            body="We have your enquiry {{ number }}.",
        )
        ticket = self.visit(self.good_values)
        self.assertEqual(ticket.partner_id, self.pia.partner_id)
        self.assertEqual(ticket.user_id, self.dora)
        self.run_crons()
        name = self.pia.partner_id.name
        self.assertEqual(list(self.told(ticket)), [(name, "sms")])
        message = self.env["sms.sms"].search([("number", "=", "+32470123456")])
        self.assertEqual(message.body, f"We have your enquiry {ticket.number}.")

    def test_trial_lesson(self):
        """A parent asks for a trial lesson on the website: the course consultant has
        it, with all that was filled in, and how to reach the parent.

        Covers: E28
        """
        specs = (
            ("test_child", "Child", "text", "Mimi"),
            ("test_age", "Age", "number", 7),
            ("test_when", "When", "datetime", "2026-03-07 02:00:00"),
        )
        fields = self.env["scrm.form.field"].create(
            [{"key": key, "name": name, "type": kind} for key, name, kind, _v in specs]
        )
        self.template.line_ids = [
            Command.clear(),
            *(
                Command.create({"field_id": field.id, "required": True})
                for field in fields
            ),
        ]
        sent = {key: value for key, _name, _kind, value in specs}
        ticket = self.visit(sent, name="Mimi's mother", phone="+32 470 99 99 99")
        mine = self.env["helpdesk.ticket"].with_user(self.dora)
        mine = mine.search([("scrm_handler_ids", "in", self.dora.id)])
        self.assertEqual(mine, ticket)
        self.assertEqual({key: mine._scrm_value(key) for key in sent}, sent)
        self.assertEqual(len(mine._scrm_values_for_display()), 3)
        self.assertEqual(mine.partner_name, "Mimi's mother")
        self.assertEqual(ticket.scrm_contact_phone, "+32 470 99 99 99")

    def test_at_night(self):
        """At two in the morning a request is taken in: its urgency comes from who
        asks, somebody is found for it, an engineer for the visit. Whoever keeps the
        warehouse of its parts, and no other keeper, hears how many of what are wanted
        and from where; nobody is named in the rule.

        Covers: E30
        """
        tag = self.env["res.partner.category"].create(
            {"name": "Hospital", "scrm_priority": "3"}
        )
        self.customer.category_id = tag
        keeper = self.clerk
        self.warehouse.scrm_keeper_ids = keeper
        self.env["stock.warehouse"].create(
            {"name": "Other", "code": "TOTH", "scrm_keeper_ids": self.desk.ids}
        )
        self.rule(
            field_path="scrm_keeper_ids",
            channels=["inbox"],
            subject="Parts for {{ number }}",
            body="{{ scrm_parts_list }}",
        )
        with freeze_time(TWO_AT_NIGHT):
            ticket = self.submit(self.pia)
            self.run_crons()
        self.assertEqual(ticket.priority, "3")
        self.assertEqual(ticket.scrm_run_id.started_at, TWO_AT_NIGHT)
        self.assertEqual(ticket.user_id, self.dora)
        (((who, _channel), text),) = self.told(ticket).items()
        self.assertEqual(who, keeper.name)
        self.assertIn("1 × Test Bracket (Test Depot)", text)
        ticket.with_user(self.dora).scrm_step_complete()
        self.assertIn(ticket.user_id, self.egon | self.ella)

    def test_where_is_my_parcel(self):
        """A customer asks where the goods are: the ticket pulls the shipping record
        of the customer's last delivery; nobody sees those of others.

        Covers: E27
        """
        fields = self.env["scrm.form.field"].create(
            [
                {
                    "key": "test_delivery",
                    "name": "Delivery",
                    "type": "record",
                    "record_model": "stock.picking",
                    "record_domain": "[('picking_type_code', '=', 'outgoing')]",
                },
                {"key": "test_state", "name": "State", "type": "text"},
                {"key": "test_planned", "name": "Planned", "type": "date"},
                {"key": "test_content", "name": "Content", "type": "text"},
            ]
        )
        paths = (False, "state", "scheduled_date", "move_ids.product_id.name")
        self.template.line_ids = [
            Command.clear(),
            *(
                Command.create(
                    {
                        "field_id": field.id,
                        "default_kind": "record" if path else "newest",
                        "default_value": path and f"test_delivery.{path}",
                        "sequence": number,
                    }
                )
                for number, (field, path) in enumerate(zip(fields, paths, strict=True))
            ),
        ]
        mine, foreign = (
            self.env["stock.picking"].create(
                {
                    "partner_id": user.partner_id.id,
                    "picking_type_id": self.warehouse.out_type_id.id,
                    "scheduled_date": "2026-03-05 08:00:00",
                    "move_ids": [
                        Command.create(
                            {
                                "product_id": self.bracket.id,
                                "product_uom_qty": 1,
                                "location_id": self.shelf.id,
                                "location_dest_id": self.env.ref(
                                    "stock.stock_location_customers"
                                ).id,
                            }
                        )
                    ],
                }
            )
            for user in (self.pia, self.quentin)
        )
        mine.action_confirm()
        ticket = self.submit(self.pia, {})
        self.assertEqual(ticket._scrm_value("test_delivery"), mine.id)
        self.assertEqual(ticket._scrm_value("test_planned"), "2026-03-05")
        self.assertEqual(ticket._scrm_value("test_content"), "Test Bracket")
        self.assertTrue(ticket._scrm_value("test_state"))
        offered = fields[0]._scrm_records(self.env(user=self.pia))
        self.assertEqual(offered.ids, mine.ids)
        with self.assertRaisesRegex(Exception, "Delivery"):
            self.submit(self.pia, {"test_delivery": foreign.id})
