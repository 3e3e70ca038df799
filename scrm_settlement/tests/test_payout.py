import json

from odoo.exceptions import AccessError, UserError
from odoo.tests.common import HttpCase, tagged
from odoo.tools import mute_logger

from .payout_common import PayoutCommon

SENDING = "odoo.addons.scrm_settlement.models.scrm_settlement_payout_send"


@tagged("post_install", "-at_install")
class TestPayout(PayoutCommon):
    """Orders to a provider that checks every signature and pays each number once."""

    def assertPaidOnce(self, order, amount):
        """The provider pays one order; so says the one entry, and the bill is paid."""
        self.assertEqual(list(self.server.taken), [order.name])
        self.assertEqual(self.server.taken[order.name]["amount"], amount)
        self.assertEqual(order.state, "paid")
        bill = order.sudo().statement_id.move_id
        self.assertEqual(bill.amount_residual, 0)
        self.assertEqual(bill.payment_state, "paid")
        lines = self.env["account.move.line"].search(
            [("account_id", "=", self.clearing.id), ("parent_state", "=", "posted")]
        )
        self.assertEqual(lines.mapped("credit"), [float(amount)])
        self.assertEqual(lines.move_id, order.sudo().move_id)
        self.assertEqual(self.tie(order.sudo().statement_id), [0])

    def test_instant(self):
        """8,000 at once: 80 fee, 7,920 ordered, paid and in the books.

        Covers in part: S13
        """
        self.server.mood = "pay"
        statement, order = self.posted(8000)
        self.assertEqual((statement.fee_amount, statement.net_amount), (80, 7920))
        self.assertEqual((order.state, order.amount), ("due", 7920))
        self.assertEqual(str(order.date_due), "2026-03-20")
        self.assertEqual(self.server.calls, 0)  # the order is in the outbox
        self.send()
        self.assertPaidOnce(order, "7920.00")
        self.assertEqual(
            self.server.taken[order.name],
            {
                "order": order.name,
                "amount": "7920.00",
                "currency": self.company.currency_id.name,
                "term": "instant",
                "statement": statement.name,
                "payee": {
                    "name": self.engineer.name,
                    "account": "CN62 0000 0001",
                    "bank": "",
                },
            },
        )
        self.assertFalse(self.server.refused)
        self.assertIn("Paid out on", statement.with_user(self.engineer).payout_note)
        self.send("2026-04-20 05:00:00")
        self.assertEqual(self.server.calls, 1)

    def test_each_chooses(self):
        """One is paid at once and bears the fee, another at the end of the month.

        8,000 less 1 % are 7,920 on the day it is posted; 8,000 without fee wait for
        the last day, and are not sent a day before.

        Covers: S13
        """
        self.server.mood = "pay"
        self.trust(self.engineer_2, "CN62 0000 0002")
        both = [self.engineer, self.engineer_2]
        statements, orders = self.posted(8000, ("instant", "monthly"), both)
        hasty, patient = statements.sorted("payout")
        first, second = hasty.payout_ids, patient.payout_ids
        self.assertEqual(orders, first | second)
        self.assertEqual((hasty.fee_amount, first.amount), (80, 7920))
        self.assertEqual((patient.fee_amount, second.amount), (0, 8000))
        self.assertEqual(str(second.date_due), "2026-03-31")
        self.assertIn("03/31/2026", patient.payout_note)
        self.send("2026-03-20 12:00:00")
        self.assertEqual((first.state, second.state), ("paid", "due"))
        self.assertPaidOnce(first, "7920.00")
        self.send("2026-03-30 12:00:00")
        self.assertEqual((second.state, self.server.calls), ("due", 1))
        self.server.forget()
        self.server.mood = "pay"
        self.send("2026-03-31 12:00:00")
        self.assertEqual(self.server.taken[second.name]["amount"], "8000.00")
        self.assertEqual(second.state, "paid")
        bills = statements.sudo().move_id
        self.assertEqual(bills.mapped("amount_residual"), [0, 0])
        self.assertEqual(self.tie(statements), [0, 0])

    def test_share_of_sales(self):
        """8 % of the sale, settled, billed and paid out without a further hand.

        Covers: S08
        """
        self.server.mood = "pay"
        self.rule.write({"formula": "percent", "rate": 8, "dimension": "price_total"})
        self.finish(self.new_ticket(101), moment="2026-03-10 04:00:00")  # 999
        with self.at("2026-03-20 04:00:00"):
            statement = self.approved_statement()
            statement.action_post()
        self.assertEqual(statement.amount_total, 79.92)
        self.send("2026-03-31 12:00:00")
        self.assertPaidOnce(statement.payout_ids, "79.92")

    def test_lost_answers(self):
        """500, silence, a cut line, an unsigned refusal: asked again, paid once."""
        _statement, order = self.posted()
        moments = ("05:00", "05:10", "05:40", "07:00", "12:00")
        for mood, at in zip(("500", "slow", "lost", "forged"), moments, strict=False):
            self.server.mood = mood
            self.provider.timeout = 1 if mood == "slow" else 10
            self.send(f"2026-03-20 {at}:00")
            self.assertEqual(order.state, "due", mood)
            self.assertTrue(order.fault, mood)
            self.assertFalse(order.move_id)
        self.assertEqual((self.server.calls, order.attempts), (4, 4))
        with self.refused("was sent"):
            order.with_user(self.accountant).action_cancel()
        self.server.statuses[order.name] = "paid"
        self.server.mood = "accept"
        self.send(f"2026-03-20 {moments[-1]}:00")
        self.assertPaidOnce(order, "7920.00")
        self.assertFalse(self.server.refused)

    def test_nobody_there(self):
        """A provider that is gone: the order waits, however long, in the same words."""
        self.provider.url = "http://127.0.0.1:1"
        _statement, order = self.posted()
        self.send()
        self.assertEqual((order.state, order.attempts), ("due", 1))
        self.assertIn("did not answer", order.fault)
        self.bank.acc_number = "CN62 9999 9999"
        self.provider.url = self.server.url
        self.server.mood = "pay"
        self.send("2026-03-25 05:00:00")
        self.assertPaidOnce(order, "7920.00")
        account = self.server.taken[order.name]["payee"]["account"]
        self.assertEqual(account, "CN62 0000 0001")

    def test_killed_while_sending(self):
        """Who died after the call left a mark: the same number is asked for again."""
        _statement, order = self.posted()
        self.server.mood = "lost"
        self.send()
        self.assertIn(order.name, self.server.taken)
        # as the killed process left it: marked, the answer never written
        self.env.cr.execute(
            "UPDATE scrm_settlement_payout SET state = 'sending',"
            " lease_until = now() AT TIME ZONE 'UTC' + interval '1 hour'"
        )
        order.invalidate_recordset()
        self.server.mood = "pay"
        self.server.statuses[order.name] = "paid"
        self.send("2026-03-20 09:00:00")
        self.assertEqual(self.server.calls, 1)  # perhaps somebody is at it
        self.env.cr.execute(
            "UPDATE scrm_settlement_payout SET lease_until = '2020-01-01'"
        )
        self.send("2026-03-20 09:00:00")
        self.assertPaidOnce(order, "7920.00")

    def test_rejected(self):
        """Refused in signed words: nothing paid, ordered anew under a new number."""
        self.server.mood = "reject"
        statement, order = self.posted()
        self.send()
        self.assertEqual((order.state, order.fault), ("rejected", "account closed"))
        self.assertFalse(order.sudo().move_id)
        self.assertEqual(statement.sudo().move_id.amount_residual, 7920)
        self.assertIn("account closed", statement.message_ids[0].body)
        self.assertTrue(statement.can_order_payout)
        with self.at("2026-03-21 04:00:00"):
            statement.action_order_payout()
            with self.refused("nothing to order"):
                statement.action_order_payout()
        again = statement.payout_ids - order
        self.server.mood = "pay"
        self.send("2026-03-21 05:00:00")
        self.assertPaidOnce(again, "7920.00")

    def test_no_bank_account(self):
        """No account that is trusted: named, kept back; the others are paid."""
        self.server.mood = "pay"
        self.bank.allow_out_payment = False
        self.trust(self.engineer_2, "CN62 0000 0002")
        both = [self.engineer, self.engineer_2]
        statements, orders = self.posted(500, "monthly", both)
        self.send("2026-03-31 12:00:00")
        kept = orders.filtered(lambda one: one.payee_id == self.engineer.partner_id)
        self.assertEqual(
            {order.payee_id: order.state for order in orders},
            {self.engineer.partner_id: "due", self.engineer_2.partner_id: "paid"},
        )
        self.assertIn("no bank account", kept.fault)
        self.assertEqual(kept.attempts, 0)
        self.bank.allow_out_payment = True
        self.send("2026-03-31 14:00:00")
        self.assertEqual(kept.state, "paid")
        self.assertEqual(len(self.server.taken), 2)
        self.assertEqual(self.tie(statements), [0, 0])

    def test_reversed_before(self):
        """A statement taken back in time takes its order back; a sent one stays."""
        statement, order = self.posted()
        statement.action_reverse("Wrong account")
        self.assertEqual(order.state, "cancelled")
        self.send()
        self.assertEqual(self.server.calls, 0)
        with self.at("2026-03-21 04:00:00"):
            again = self.approved_statement()
            again.action_post()
        order = again.payout_ids
        self.send("2026-03-31 12:00:00")
        self.assertEqual(order.state, "accepted")
        bill = again.sudo().move_id
        for act in (
            lambda: again.action_reverse("Wrong"),
            bill.button_draft,
            bill.button_cancel,
            lambda: self._pay_by_hand(bill),
        ):
            with self.refused("has been sent to the provider"):
                act()
        self.assertEqual(bill.amount_residual, again.net_amount)

    def _pay_by_hand(self, bill):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=bill.ids
        )
        wizard.create({}).action_create_payments()

    def test_paid_by_hand(self):
        """Who pays the bill by hand takes the waiting order back."""
        _statement, order = self.posted()
        self._pay_by_hand(order.sudo().statement_id.move_id)
        self.assertEqual(order.state, "cancelled")
        self.send()
        self.assertEqual(self.server.calls, 0)

    def test_locked_books(self):
        """Paid, but the books are locked: entered as soon as they are open."""
        self.server.mood = "pay"
        _statement, order = self.posted()
        self.company.fiscalyear_lock_date = "2026-12-31"
        self.send()
        self.assertEqual(order.state, "paid")
        self.assertIn("books are locked", order.fault)
        self.assertFalse(order.sudo().move_id)
        self.company.fiscalyear_lock_date = False
        self.send("2026-03-20 07:00:00")
        self.assertFalse(order.fault)
        self.assertPaidOnce(order, "7920.00")

    def test_withheld(self):
        """What is withheld as tax is not paid out."""
        self.component.tax_ids = self.env["account.tax"].create(
            {"name": "Withheld 10 %", "amount": -10, "type_tax_use": "purchase"}
        )
        _statement, order = self.posted(1000, "monthly")
        self.assertEqual(order.amount, 900)

    def test_foreign_currency(self):
        """Ordered in the plan's currency, entered in the company's as well."""
        self.server.mood = "pay"
        currency = self.env["res.currency"].create({"name": "XPO", "symbol": "X"})
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "name": "2026-01-01",
                "rate": 4,
                "company_id": self.company.id,
            }
        )
        plan = self._create_plan(
            "foreign",
            currency,
            payout_provider_id=self.provider.id,
            formula={"formula": "fixed", "amount": 100, "dimension": False},
        )
        self.plan.active = False
        self.finish(self.new_ticket(50), moment="2026-03-10 04:00:00")
        plan.settle()
        with self.at("2026-03-20 04:00:00"):
            statement = self.approved_statement(plan=plan)
            statement.action_post()
        self.send("2026-03-31 12:00:00")
        order = statement.payout_ids
        entry = order.sudo().move_id
        self.assertEqual(self.server.taken[order.name]["currency"], "XPO")
        self.assertEqual(entry.line_ids.mapped("amount_currency"), [100, -100])
        self.assertEqual(sum(entry.line_ids.mapped("debit")), 25)
        self.assertEqual(statement.sudo().move_id.amount_residual, 0)

    def test_who_may(self):
        """Orders are nobody's to write, secrets nobody's to read."""
        statement, order = self.posted()
        with self.refused("not by hand"):
            order.sudo().write({"state": "paid"})
        with self.refused("not by hand"):
            order.sudo().unlink()
        with self.refused("not by hand"):
            self.env["scrm.settlement.payout"].sudo().create({})
        for user in (self.engineer, self.customer, self.supervisor):
            with self.refused("", AccessError):
                order.with_user(user).read(["state"])
            with self.refused("", AccessError):
                self.provider.with_user(user).read(["name"])
        with self.refused("", AccessError):
            order.with_user(self.manager).action_send_now()
        with self.refused("", AccessError):
            self.provider.with_user(self.accountant).read(["secret"])
        with self.refused("", AccessError):
            self.provider.with_user(self.accountant).write({"timeout": 3})
        note = statement.with_user(self.engineer).payout_note
        self.assertIn("03/20/2026", note)
        with self.assertRaises(UserError):
            self.provider.url = "ftp://127.0.0.1"


@tagged("post_install", "-at_install")
class TestPayoutReport(PayoutCommon, HttpCase):
    """What the provider reports later, at a public address."""

    def report(self, order, status, key="local_pay", **changes):
        body, headers = self.server.report(order.name, status, "closed")
        body = changes.pop("body", body)
        headers |= changes
        return self.url_open(f"/scrm/payout/{key}", data=body, headers=headers)

    def test_report(self):
        """Paid once, however often and in which order it is reported."""
        _statement, order = self.posted()
        self.assertEqual(self.report(order, "paid").status_code, 422)  # never sent
        self.send()
        self.assertEqual(order.state, "accepted")
        answer = self.report(order, "paid")
        self.assertEqual(answer.json(), {"order": order.name, "status": "paid"})
        order.invalidate_recordset()
        entry = order.sudo().move_id
        self.assertEqual(entry.state, "posted")
        for status in ("paid", "accepted"):
            self.assertEqual(self.report(order, status).status_code, 200)
        answer = self.report(order, "rejected")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("settled", answer.json()["error"])
        order.invalidate_recordset()
        self.assertEqual((order.state, order.sudo().move_id), ("paid", entry))
        self.assertEqual(order.reference, f"ext-{order.name}")
        lines = self.env["account.move.line"].search(
            [("account_id", "=", self.clearing.id)]
        )
        self.assertEqual(lines.mapped("credit"), [7920])

    @mute_logger("odoo.http")
    def test_forged(self):
        """Unsigned, late, altered, of another provider or order: nothing happens."""
        _statement, order = self.posted()
        self.send()
        self.assertEqual(order.state, "accepted", order.fault)
        body, _headers = self.server.report(order.name, "paid")
        altered = json.dumps({**json.loads(body), "status": "rejected"}).encode()
        late, headers = self.server.report(order.name, "paid", moment=1_700_000_000)
        for changes in (
            {"webhook-signature": "v1,AAAA"},
            {"webhook-signature": ""},
            {"webhook-id": "other"},
            {"webhook-timestamp": "now"},
            {"body": altered},
            {"body": late, **headers},
        ):
            answer = self.report(order, "paid", **changes)
            self.assertEqual(answer.status_code, 401, changes)
        self.assertEqual(self.report(order, "paid", key="nobody").status_code, 404)
        self.assertEqual(self.report(order, "perhaps").status_code, 422)
        self.assertEqual(self.url_open("/scrm/payout/local_pay").status_code, 405)
        other = self.provider.copy({"key": "other_pay", "secret": self.server.secret})
        self.assertEqual(self.report(order, "paid", other.key).status_code, 404)
        order.invalidate_recordset()
        self.assertEqual(order.state, "accepted")
        self.assertFalse(order.sudo().move_id)
