from datetime import timedelta

from odoo import Command
from odoo.tests import new_test_user, tagged

from .common import SettlementCommon


@tagged("post_install", "-at_install")
class TestPaymentAlert(SettlementCommon):
    """A customer pays an order on the website, and the bank declines."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.currency = cls.company.currency_id
        cls.reference_field, cls.amount_field, cls.order_field = cls.env[
            "scrm.form.field"
        ].create(
            [
                {"key": "test_reference", "name": "Payment", "type": "text"},
                {"key": "test_amount", "name": "Amount", "type": "money"},
                {"key": "test_order", "name": "Orders", "type": "text"},
            ]
        )
        lines = cls.reference_field | cls.amount_field | cls.order_field
        cls.alert = cls.template.copy(
            {
                "key": "test_payment_alert",
                "name": "Payment Alert",
                "price_enabled": False,
                "line_ids": [
                    Command.clear(),
                    *(Command.create({"field_id": field.id}) for field in lines),
                ],
            }
        )
        cls.event = cls.env["scrm.door.event"].create(
            {
                "name": "Payment failed",
                "key": "test_payment_failed",
                "model_id": cls.env["ir.model"]._get_id("payment.transaction"),
                "domain": "[('state', '=', 'error')]",
                "template_id": cls.alert.id,
                "user_id": new_test_user(
                    cls.env, "payments", groups="scrm_ticket.group_manager"
                ).id,
                "partner_path": "partner_id",
                "subject": "Payment {reference} failed",
                "description": "{state_message}",
                "value_ids": [
                    Command.create(
                        {"field_id": cls.reference_field.id, "path": "reference"}
                    ),
                    Command.create({"field_id": cls.amount_field.id, "path": "amount"}),
                    Command.create(
                        {"field_id": cls.order_field.id, "path": "sale_order_ids"}
                    ),
                ],
            }
        )

    def pay(self, reference, order=None):
        """A transaction of the customer's, that waits for the bank."""
        provider = self.env["payment.provider"].search(
            [("code", "=", "none"), ("company_id", "=", self.company.id)], limit=1
        ) or self.env["payment.provider"].create({"name": "Dummy", "code": "none"})
        method = self.env.ref("payment.payment_method_unknown")
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": reference,
                "amount": 699,
                "currency_id": self.currency.id,
                "partner_id": self.customer.partner_id.id,
                "sale_order_ids": [Command.set(order.ids if order else [])],
            }
        )
        transaction._set_pending()
        return transaction

    def commit(self):
        self.env.flush_all()
        self.cr.precommit.run()

    def test_payment_failure(self):
        """The alert ticket is there within five minutes of the failure: it is woken
        for at once, and would come by the minute. It names order, amount and
        customer, and waits for who handles it; paid orders open none.

        Covers: E23
        """
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.partner_id.id}
        )
        good, bad = self.pay("TEST-1"), self.pay("TEST-2", order)
        good._set_done()
        self.commit()
        before = self.env["scrm.clock"].now()
        cron = self.env.ref("scrm_ticket.ir_cron_events")
        triggers = [("cron_id", "=", cron.id)]
        woken = self.env["ir.cron.trigger"].search_count(triggers)
        bad._set_error("The card was declined.")
        self.commit()
        trigger = self.env["ir.cron.trigger"].search(triggers, order="id desc")
        self.assertEqual(len(trigger), woken + 1)
        self.assertLess(trigger[0].call_at - before, timedelta(minutes=1))
        self.assertEqual((cron.interval_number, cron.interval_type), (1, "minutes"))
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self.event.entry_ids.reason, False)
        ticket = self.event.entry_ids.ticket_id
        self.assertEqual(ticket.name, "Payment TEST-2 failed")
        self.assertIn("The card was declined.", ticket.description)
        self.assertEqual(ticket._scrm_value("test_amount"), 699)
        self.assertEqual(ticket._scrm_value("test_order"), order.name)
        self.assertEqual(ticket.partner_id, self.customer.partner_id)
        self.assertLess(ticket.create_date - before, timedelta(minutes=5))
        self.assertEqual(ticket.scrm_handler_ids, self.engineer | self.engineer_2)
        bad._set_error("And once more.")
        self.commit()
        self.assertEqual(len(self.event.entry_ids), 1)
