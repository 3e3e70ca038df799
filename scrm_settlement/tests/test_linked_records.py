from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SettlementCommon


@tagged("post_install", "-at_install")
class TestLinkedRecords(SettlementCommon):
    """Orders, deliveries and projects on a form say where they stand now."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.field = {
            key: cls.env["scrm.form.field"].create(
                {
                    "key": f"linked_{key}",
                    "name": key,
                    "type": "record",
                    "record_model": model,
                }
            )
            for key, model in (
                ("order", "sale.order"),
                ("delivery", "stock.picking"),
                ("project", "account.analytic.account"),
            )
        }
        cls.template.line_ids = [
            Command.create({"field_id": field.id}) for field in cls.field.values()
        ]
        kettle = cls.env["product.product"].create(
            {"name": "Kettle", "is_storable": True, "list_price": 80}
        )
        warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.env["stock.quant"]._update_available_quantity(
            kettle, warehouse.lot_stock_id, 5
        )
        stranger = cls.env["res.partner"].create({"name": "Stranger"})
        cls.order, cls.foreign = cls.env["sale.order"].create(
            [
                {
                    "partner_id": partner.id,
                    "order_line": [Command.create({"product_id": kettle.id})],
                }
                for partner in (cls.customer.partner_id, stranger)
            ]
        )
        (cls.order | cls.foreign).action_confirm()
        cls.delivery = cls.order.picking_ids
        cls.project = cls.env["account.analytic.account"].create(
            {
                "name": "Hotel lobby",
                "plan_id": cls.env.ref("analytic.analytic_plan_projects").id,
                "scrm_budget": 1000,
            }
        )

    def linked(self, **records):
        """A ticket that names these records."""
        ticket = self.new_ticket(50)
        ticket.scrm_values = {
            self.field[key].key: record.id for key, record in records.items()
        }
        return ticket

    def note(self, ticket, key, user=None):
        """What the form says below the field, as this user's screen gets it."""
        ticket = ticket.with_user(user or self.engineer)
        ticket.invalidate_recordset(["scrm_form_state"])
        notes = ticket.read(["scrm_form_state"])[0]["scrm_form_state"]["notes"]
        return notes.get(self.field[key].key)

    def spend(self, amount):
        self.env["account.analytic.line"].create(
            {
                "name": "Concrete",
                self.project.plan_id._column_name(): self.project.id,
                "amount": -amount,
            }
        )
        self.project.invalidate_recordset()

    def test_order_and_delivery(self):
        """State and deliveries of the order are on the ticket and follow the order,
        for a handler who may not open orders; the field set is a preset of its own.

        Covers: T19
        """
        with self.assertRaises(AccessError):
            self.order.with_user(self.engineer).read(["state"])
        ticket = self.linked(order=self.order, delivery=self.delivery)
        for key in ("order", "delivery"):
            self.assertIn(
                f"{self.delivery.name}: Ready", self.note(ticket, key)["text"]
            )
        self.assertTrue(self.note(ticket, "order")["text"].startswith("Sales Order; "))
        self.delivery.move_ids.write({"quantity": 1, "picked": True})
        self.delivery.button_validate()
        for key in ("order", "delivery"):
            self.assertIn(f"{self.delivery.name}: Done", self.note(ticket, key)["text"])
        cancelled = self.linked(order=self.foreign)
        self.foreign._action_cancel()
        self.assertIn("Cancelled", self.note(cancelled, "order")["text"])

    def test_nobody_learns_of_other_orders(self):
        """An order that is neither on the ticket nor to be chosen says nothing."""
        ticket = self.linked(order=self.order)
        tickets = self.env["helpdesk.ticket"].with_user(self.engineer)
        asked = {self.field["order"].key: self.foreign.id}
        for stored in (ticket.with_user(self.engineer), None):
            state = tickets._scrm_form_state(self.template, asked, ticket=stored)
            self.assertEqual(state["notes"], {})
        customers = tickets.with_user(self.customer)
        state = customers._scrm_form_state(self.template, asked)
        self.assertEqual(state["notes"], {})
        asked = {self.field["order"].key: self.order.id}
        state = customers._scrm_form_state(self.template, asked)
        self.assertIn("Sales Order", str(state["notes"]))

    def test_budget_of_the_project(self):
        """The bar moves when the project costs more; above its budget it is red.

        Covers: T08
        """
        ticket = self.linked(project=self.project)
        self.assertEqual(self.note(ticket, "project")["percent"], 0)
        self.spend(250)
        note = self.note(ticket, "project")
        self.assertEqual((note["percent"], note["is_bad"]), (25, False))
        self.assertIn("250.00", note["text"])
        self.assertIn("1,000.00", note["text"])
        self.spend(750)
        self.assertEqual(self.note(ticket, "project")["percent"], 100)
        self.assertFalse(self.note(ticket, "project")["is_bad"])
        self.spend(0.01)
        self.assertTrue(self.note(ticket, "project")["is_bad"])
        self.project.scrm_budget = 0
        note = self.note(ticket, "project")
        self.assertNotIn("percent", note)
        self.assertIn("no budget", note["text"])

    def test_figures_are_for_colleagues(self):
        """Customers learn nothing of costs, and handlers change no budget."""
        ticket = self.linked(project=self.project)
        with self.assertRaises(AccessError):
            self.project.with_user(self.customer).read(["name"])
        with self.assertRaises(AccessError):
            self.project.with_user(self.engineer).read(["scrm_budget"])
        with self.assertRaises(AccessError):
            self.project.with_user(self.engineer).scrm_budget = 5
        field = self.field["project"]
        field.record_public = True
        state = ticket.with_user(self.customer)._scrm_form_state(
            self.template, {field.key: self.project.id}, ticket=ticket
        )
        self.assertFalse(state["notes"][field.key]["text"])
