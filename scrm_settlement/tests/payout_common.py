from urllib.parse import urlsplit

from odoo.tests.common import _super_send

from .common import SettlementCommon
from .payment_server import SECRET, PaymentServer


class PayoutCommon(SettlementCommon):
    """The installation business with a provider that pays its installers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = PaymentServer()
        cls.addClassCleanup(cls.server.stop)
        cls.clearing = cls.env["account.account"].create(
            {"code": "100901", "name": "At the provider", "account_type": "asset_cash"}
        )
        journal = cls.env["account.journal"].create(
            {"name": "Payouts", "code": "PAYO", "type": "general"}
        )
        cls.provider = cls.env["scrm.settlement.provider"].create(
            {
                "key": "local_pay",
                "name": "Local Pay",
                "url": cls.server.url,
                "secret": SECRET,
                "journal_id": journal.id,
                "account_id": cls.clearing.id,
            }
        )
        fee = cls.env["product.product"].create(
            {"name": "Payout fee", "type": "service"}
        )
        cls.plan.write(
            {
                "payout_provider_id": cls.provider.id,
                "is_instant_offered": True,
                "instant_fee_percent": 1,
                "instant_fee_product_id": fee.id,
            }
        )
        cls.bank = cls.trust(cls.engineer, "CN62 0000 0001")

    @classmethod
    def trust(cls, user, number):
        """A bank account of a payee that money may be sent to."""
        return cls.env["res.partner.bank"].create(
            {
                "partner_id": user.partner_id.id,
                "acc_number": number,
                "allow_out_payment": True,
            }
        )

    def setUp(self):
        super().setUp()
        self.server.forget()

    @classmethod
    def _request_handler(cls, session, request, /, **options):
        """Only this machine is called, and waited for no longer than was asked."""
        if urlsplit(request.url).hostname != "127.0.0.1":
            raise AssertionError(f"a call to {request.url}")
        return _super_send(session, request, **options)

    def posted(self, amount=8000, payout="instant", engineers=(), period="2026-03"):
        """Posted statements, paid out as each payee chooses, and their orders.

        :param payout: what all choose, or one choice for each engineer
        """
        self.rule.write({"formula": "fixed", "amount": amount, "dimension": False})
        moment = f"{period}-10 04:00:00"
        for engineer in engineers or [self.engineer]:
            self.finish(self.new_ticket(50), engineer, moment)
        with self.at(f"{period}-20 04:00:00"):
            statement = self.env["scrm.settlement.statement"].with_user(self.accountant)
            statement = statement.prepare(self.plan.key, period)
            statement.action_confirm()
            for number, one in enumerate(statement.sorted("id")):
                term = payout if isinstance(payout, str) else payout[number]
                one.with_user(one.payee_id.user_ids).choose_payout(term)
            statement.with_user(self.accountant_2).action_approve()
            statement.action_post()
        return statement, statement.payout_ids

    def send(self, moment="2026-03-20 05:00:00"):
        """Let the cron run at a moment."""
        self.env.flush_all()
        with (
            self.at(moment),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
        ):
            self.env(cr=cr, user=1, su=True)["scrm.settlement.payout"]._cron_send()
        self.env.invalidate_all()

    def tie(self, statements):
        """The differences of the tie-out of these statements."""
        rows = statements._tie_out()
        rows.invalidate_recordset()
        return rows.mapped("difference")
