from dateutil.relativedelta import relativedelta
from lxml import html

from odoo import Command, http
from odoo.exceptions import ValidationError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import SettlementCommon


@tagged("post_install", "-at_install")
class TestOrderForm(SettlementCommon, HttpCase):
    """A customer sends something back: the form knows the order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        fields = cls.env["scrm.form.field"]
        specs = (
            ("test_order", "Order", "record", "newest", False),
            ("test_bought_on", "Bought on", "date", "record", "test_order.date_order"),
            ("test_paid", "Paid", "money", "record", "test_order.amount_total"),
            (
                "test_goods",
                "Goods",
                "text",
                "record",
                "test_order.order_line.product_id.name",
            ),
            ("test_why", "Why", "text", False, False),
        )
        lines = [Command.clear()]
        for key, name, kind, default, value in specs:
            vals = {"key": key, "name": name, "type": kind}
            if kind == "record":
                vals["record_model"] = "sale.order"
                vals["record_domain"] = "[('state', '=', 'sale')]"
            lines.append(
                Command.create(
                    {
                        "field_id": fields.create(vals).id,
                        "default_kind": default,
                        "default_value": value,
                    }
                )
            )
        cls.form = cls.template.copy(
            {
                "key": "test_return",
                "name": "Return",
                "price_enabled": False,
                "portal_published": True,
                "line_ids": lines,
            }
        )
        cls.kettle, cls.lamp = cls.env["product.product"].create(
            [{"name": "Kettle", "list_price": 80}, {"name": "Lamp", "list_price": 30}]
        )
        cls.stranger = new_test_user(cls.env, "stranger", groups="base.group_portal")
        cls.old = cls.order(cls.customer, cls.lamp, "2026-01-05 08:00:00")
        cls.new = cls.order(cls.customer, cls.kettle, "2026-02-10 08:00:00")
        cls.foreign = cls.order(cls.stranger, cls.lamp, "2026-02-11 08:00:00")

    @classmethod
    def order(cls, user, product, at):
        order = cls.env["sale.order"].create(
            {
                "partner_id": user.partner_id.id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "tax_ids": [Command.clear()]}
                    )
                ],
            }
        )
        order.action_confirm()
        order.date_order = at
        return order

    def page(self):
        page = html.fromstring(self.url_open("/my/scrm/new/test_return").content)
        return page.xpath("//form[contains(@class, 'o_scrm_form')]")[0]

    def test_form_is_filled_in_from_the_order(self):
        """The customer's last order is chosen and its date, amount and goods are
        there; another order changes them; sent without typing a word of them, the
        ticket has all. Orders of others are neither offered nor taken.

        Covers: E02
        """
        self.authenticate(self.customer.login, self.customer.login)
        form = self.page()
        values = dict(form.form_values())
        self.assertEqual(values["field.test_order"], str(self.new.id))
        self.assertEqual(values["field.test_bought_on"], "2026-02-10")
        self.assertEqual(float(values["field.test_paid"]), 80)
        self.assertEqual(values["field.test_goods"], "Kettle")
        offered = form.xpath(".//select[@name='field.test_order']/option/@value")
        self.assertEqual(set(offered), {"", str(self.new.id), str(self.old.id)})
        state = self.make_jsonrpc_request(
            "/my/scrm/new/test_return/state",
            {"values": {"test_order": str(self.old.id)}},
        )
        self.assertEqual(
            state["filled"],
            {"test_bought_on": "2026-01-05", "test_paid": 30.0, "test_goods": "Lamp"},
        )
        state = self.make_jsonrpc_request(
            "/my/scrm/new/test_return/state",
            {"values": {"test_order": str(self.foreign.id)}},
        )
        self.assertEqual(state["filled"], {})
        values["csrf_token"] = http.Request.csrf_token(self)
        answer = self.url_open("/my/scrm/new/test_return", data=values)
        self.assertIn("/my/ticket/", answer.url)
        ticket = self.env["helpdesk.ticket"].search(
            [("template_id", "=", self.form.id)]
        )
        self.assertEqual(ticket._scrm_value("test_order"), self.new.id)
        self.assertEqual(ticket._scrm_value("test_goods"), "Kettle")
        values |= {"submission_key": "x", "field.test_order": str(self.foreign.id)}
        answer = self.url_open("/my/scrm/new/test_return", data=values)
        self.assertEqual(answer.status_code, 422)

    def test_by_the_api(self):
        """What the API leaves out, the order says; what it says, stays."""
        tickets = self.env["helpdesk.ticket"].with_user(self.customer)
        answer = tickets.scrm_submit(
            "test_return", {"test_order": self.old.id, "test_goods": "The lamp"}
        )
        ticket = self.env["helpdesk.ticket"].browse(answer["id"])
        self.assertEqual(ticket._scrm_value("test_goods"), "The lamp")
        self.assertEqual(ticket._scrm_value("test_paid"), 30)

    def test_nonsense_is_refused(self):
        """A path that leads nowhere is refused when the form is made."""
        lines = {line.field_key: line for line in self.form.line_ids}
        for path in ("test_order.colour", "nonsense.name", "test_why.name", ""):
            with self.assertRaisesRegex(ValidationError, "no field of a record"):
                lines["test_goods"].default_value = path
        with self.assertRaisesRegex(ValidationError, "no record"):
            lines["test_why"].default_kind = "newest"


@tagged("post_install", "-at_install")
class TestPurchases(SettlementCommon):
    """A customer asks about shoes that were seen, bought and tried on elsewhere."""

    def order(self, name, months=0, **vals):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.partner_id.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.env["product.product"]
                            .create({"name": name, "list_price": 299})
                            .id,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
                **vals,
            }
        )
        order.action_confirm()
        now = self.env["scrm.clock"].now()
        order.date_order = now - relativedelta(months=months, days=1)
        return order

    def test_all_channels_in_one_view(self):
        """The agent sees what was bought in the live shop and at Tmall, and the
        fitting in the store, of the last three months, newest first, in one list,
        though he or she may not open the orders.

        Covers: X14
        """
        source = self.env["utm.source"].create({"name": "Tmall"})
        team = self.env["crm.team"].create({"name": "Live Shop"})
        self.order("Running shoes", 1, source_id=source.id)
        self.order("Socks", 0, team_id=team.id)
        self.order("Winter boots", 4, source_id=source.id)
        fitting = self.env["helpdesk.ticket"].create(
            {
                "name": "Fitting in the store",
                "description": "Size 42",
                "partner_id": self.customer.partner_id.id,
                "template_id": self.template.id,
            }
        )
        agent = new_test_user(
            self.env, "agent", groups="helpdesk_mgmt.group_helpdesk_user"
        )
        self.assertFalse(self.env["sale.order"].with_user(agent).has_access("read"))
        ticket = self.env["helpdesk.ticket"].create(
            {
                "name": "Which size?",
                "description": "of the shoes",
                "partner_id": self.customer.partner_id.id,
                "user_id": agent.id,
            }
        )
        view = html.fromstring(ticket.partner_id.with_user(agent).scrm_portrait())
        rows = [
            " ".join(row.text_content().split())
            for row in view.xpath(".//tr")
            if "Delivery" not in row.text_content()
            and "Which size?" not in row.text_content()
        ]
        self.assertEqual(len(rows), 3, rows)
        self.assertIn(fitting.number, rows[0])
        self.assertIn("Live Shop", rows[1])
        self.assertIn("Socks", rows[1])
        self.assertIn("299", rows[1])
        self.assertIn("Tmall", rows[2])
        self.assertIn("Running shoes", rows[2])
