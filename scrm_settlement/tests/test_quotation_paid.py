"""The customer accepts, signs and pays on Odoo's own page of the quotation."""

from unittest import SkipTest

from odoo.tests import HttpCase, tagged

from .quotation_common import QuotationCommon

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    "awAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestQuotationPaid(QuotationCommon, HttpCase):
    """Paid by Odoo's demo provider (module payment_demo), as by any other one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if cls.env["ir.module.module"]._get("payment_demo").state != "installed":
            raise SkipTest("Odoo's demo payment provider is not installed")
        cls.provider = cls.env.ref("payment.payment_provider_demo")
        cls.provider.company_id = cls.company
        journal = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.provider.journal_id = journal
        cls.company.portal_confirmation_sign = True
        cls.company.portal_confirmation_pay = True

    def setUp(self):
        super().setUp()
        self.ticket, self.order = self.quoted()
        self.authenticate("customer", "customer")

    def accept(self):
        answer = self.make_jsonrpc_request(
            f"/my/orders/{self.order.id}/accept",
            {
                "access_token": self.order.access_token,
                "name": "Customer",
                "signature": PIXEL,
            },
        )
        self.env.invalidate_all()
        return answer

    def pay(self, simulated):
        """Pay the whole order with the demo provider."""
        tx = self.make_jsonrpc_request(
            f"/my/orders/{self.order.id}/transaction",
            {
                "access_token": self.order.access_token,
                "provider_id": self.provider.id,
                "payment_method_id": self.provider.payment_method_ids[:1].id,
                "token_id": None,
                "amount": self.order.amount_total,
                "flow": "direct",
                "tokenization_requested": False,
                "landing_route": self.order.get_portal_url(),
            },
        )
        self.make_jsonrpc_request(
            "/payment/demo/simulate_payment",
            {
                "reference": tx["reference"],
                "payment_details": "1234",
                "simulated_state": simulated,
            },
        )
        # the page the customer lands on asks for this
        self.make_jsonrpc_request("/payment/status/poll", {})
        self.env.invalidate_all()

    def visits(self):
        return self.ticket.scrm_step_ids.filtered(lambda step: step.node_key == "visit")

    def test_signed_and_paid(self):
        """500 quoted: signed it still waits, paid it moves the flow, exactly once."""
        page = self.url_open(self.order.get_portal_url())
        self.assertEqual(page.status_code, 200)
        self.assertIn("500.00", page.text)
        self.assertIn("redirect_url", self.accept())
        self.assertTrue(self.order.signature)
        self.assertEqual(self.order.state, "sent")
        self.assertEqual(self.ticket.scrm_node_key, "answer")
        self.pay("error")
        self.assertEqual(self.order.state, "sent", "no money, no order")
        self.assertEqual(self.ticket.scrm_node_key, "answer")
        self.pay("done")
        self.assertEqual(self.order.state, "sale")
        self.assertEqual(self.order.amount_paid, 500)
        self.assertEqual(self.ticket.scrm_quote_state, "accepted")
        self.assertEqual(self.ticket.scrm_node_key, "visit")
        self.assertIn("error", self.accept(), "accepted once")
        self.assertEqual(len(self.visits()), 1)

    def test_taken_back_while_the_page_is_open(self):
        """The price changes while the customer reads: neither signature nor money is
        taken for what is quoted no more."""
        self.env["scrm.price.charge"].create(
            {"ticket_id": self.ticket.id, "product_id": self.part.id}
        )
        self.assertIn("error", self.accept())
        self.assertEqual(self.order.state, "cancel")
        self.assertFalse(self.order.signature)
        page = self.url_open(self.order.get_portal_url())
        self.assertNotIn("o_payment_form", page.text)
        self.assertFalse(self.visits())

    def test_others_neither_see_nor_accept(self):
        """Another customer gets nothing with a wrong token."""
        self.authenticate(None, None)
        path = f"/my/orders/{self.order.id}"
        page = self.url_open(f"{path}?access_token=wrong")
        self.assertNotIn("500.00", page.text)
        answer = self.make_jsonrpc_request(
            f"{path}/accept",
            {"access_token": "wrong", "name": "Me", "signature": PIXEL},
        )
        self.assertIn("error", answer)
        self.env.invalidate_all()
        self.assertEqual(self.order.state, "sent")
