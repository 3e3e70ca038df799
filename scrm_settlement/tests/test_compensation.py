from odoo.exceptions import UserError
from odoo.tests.common import HttpCase, tagged
from odoo.tools import mute_logger

from .scheme_common import SchemeCommon
from .test_rights import RpcMixin


@tagged("post_install", "-at_install")
class TestCompensation(SchemeCommon, RpcMixin, HttpCase):
    @mute_logger("odoo.http")
    def test_chosen_at_the_ticket(self):
        """A coupon of 50, a meal of 38, or double points: 399 points at 0.10 are 39.90.

        Each is settled for the customer at once, once, and goes onto his statement. A
        handler chooses; without a plan that pays it nothing is granted.

        Covers: S24
        """
        meal = self.env["product.product"].create({"name": "Meal", "list_price": 38})
        options = self.env["scrm.compensation.option"].create(
            [
                {"key": "coupon", "name": "Coupon of 50", "amount": 50},
                {
                    "key": "meal",
                    "name": "Free replacement meal",
                    "kind": "product",
                    "product_id": meal.id,
                },
                {
                    "key": "points",
                    "name": "Double VIP points",
                    "kind": "points",
                    "point_value": 0.1,
                },
            ]
        )
        options.template_ids = self.template
        ticket = self.new_ticket(50)
        self.assertEqual(ticket.scrm_compensation_option_ids, options)
        with self.refused("No settlement plan pays “Coupon of 50”", UserError):
            ticket.with_user(self.engineer).scrm_compensate("coupon")
        self.assertFalse(
            self.env["scrm.settlement.fact"].search([("event", "=", "compensation")])
        )
        plan = self._create_plan(
            "goodwill",
            self.company.currency_id,
            event="compensation",
            payee_node_key="customer",
            formula={
                "formula": "percent",
                "rate": 100,
                "dimension": "compensation_amount",
            },
        )
        wizard = (
            self.env["scrm.compensation.choose"]
            .with_user(self.engineer)
            .create({"ticket_id": ticket.id, "option_id": options[2].id})
        )
        self.assertIn("399.0 points", wizard.worth)
        with self.at("2026-03-10 04:00:00"):
            wizard.action_grant()
            for key in ("coupon", "meal"):
                ids = self.rpc(
                    self.engineer, "helpdesk.ticket", "scrm_compensate", ticket.ids, key
                )
                self.assertEqual(len(ids), 1)
            with self.refused("was granted before", UserError):
                ticket.with_user(self.engineer).scrm_compensate("coupon")
            with self.refused("There is no compensation", UserError):
                ticket.with_user(self.engineer).scrm_compensate("gold")
        records = self.env["scrm.settlement.record"].search([("plan_id", "=", plan.id)])
        self.assertEqual(sorted(records.mapped("amount")), [38, 39.9, 50])
        self.assertEqual(records.payee_id, self.customer.partner_id)
        self.assertTrue(all(record.verify() for record in records))
        self.assertIn("Coupon of 50", ticket.scrm_compensation_words)
        with self.at("2026-04-02 04:00:00"):
            statement = self.approved_statement(plan=plan)
        self.assertAlmostEqual(statement.amount_total, 127.9)
        self.assertEqual(
            self.rpc(
                self.customer, "helpdesk.ticket", "scrm_compensate", ticket.ids, "meal"
            ),
            "AccessError",
        )
