from lxml import etree
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.fields import Command, Date, Datetime
from odoo.tests.common import tagged
from odoo.tools import mute_logger

from .common import SettlementCommon


@tagged("post_install", "-at_install")
class TestStatement(SettlementCommon):
    def setUp(self):
        super().setUp()
        self.statements = self.env["scrm.settlement.statement"].with_user(
            self.accountant
        )

    def test_prepare(self):
        """One statement per payee with the period's records, the last day included."""
        inside = self.finish(self.new_ticket(50), moment="2026-03-01 04:00:00")
        inside |= self.finish(self.new_ticket(61), moment="2026-03-31 04:00:00")
        other = self.finish(self.new_ticket(50), self.engineer_2)
        outside = self.finish(self.new_ticket(50), moment="2026-04-01 04:00:00")
        found = self.statements.prepare("installers", "2026-03")
        self.assertEqual(len(found), 2)
        mine = found.filtered(lambda found: found.payee_id == self.engineer.partner_id)
        self.assertEqual(mine.record_ids, inside)
        self.assertEqual(mine.amount_total, 219.8)
        self.assertEqual((found - mine).record_ids, other)
        self.assertFalse(outside.statement_id)
        self.assertEqual(mine.author_ids, self.accountant)

    def test_prepare_again(self):
        """Preparing again changes nothing, and takes up what is new."""
        self.finish(self.new_ticket(50))
        first = self.statements.prepare("installers", "2026-03")
        self.assertEqual(self.statements.prepare("installers", "2026-03"), first)
        self.assertEqual(len(first.record_ids), 1)
        self.finish(self.new_ticket(50))
        self.assertEqual(self.statements.prepare("installers", "2026-03"), first)
        self.assertEqual(first.amount_total, 160)

    def test_late_records(self):
        """What comes after the confirmation goes on a further statement."""
        self.finish(self.new_ticket(50))
        first = self.statements.prepare("installers", "2026-03")
        first.action_confirm()
        late = self.finish(self.new_ticket(61))
        second = self.statements.prepare(
            self.plan.id, ["2026-03-01", "2026-03-31"], self.engineer.partner_id.id
        )
        self.assertNotEqual(first, second)
        self.assertEqual(second.record_ids, late)
        self.assertEqual(first.amount_total, 80)

    def test_prepare_refused(self):
        """Unknown plan or unreadable period: said with what was given."""
        with self.refused("no_such_plan"):
            self.statements.prepare("no_such_plan", "2026-03")
        for period in ("2026-13", "March", ["2026-03-31", "2026-03-01"], 7, None):
            with self.refused("period"):
                self.statements.prepare("installers", period)

    def test_post(self):
        """Posting makes one posted, balanced vendor bill, linked both ways."""
        self.finish(self.new_ticket(50))
        self.finish(self.new_ticket(61))
        statement = self.approved_statement()
        move = statement.action_post()
        self.assertEqual(statement.state, "posted")
        self.assertEqual(move.move_type, "in_invoice")
        self.assertEqual(move.state, "posted")
        self.assertEqual(move.partner_id, self.engineer.partner_id)
        self.assertEqual(move.ref, statement.name)
        self.assertEqual(statement.sudo().move_id, move)
        self.assertEqual(move.scrm_statement_id, statement)
        self.assertEqual(move.amount_untaxed, 219.8)
        self.assertEqual(move.amount_total, 219.8)
        balance = sum(move.line_ids.mapped("balance"))
        self.assertEqual(move.currency_id.round(balance), 0)
        self.assertEqual(len(move.invoice_line_ids), 1)
        payable = move.line_ids.filtered(
            lambda line: line.account_id.account_type == "liability_payable"
        )
        self.assertEqual(payable.credit, 219.8)

    def test_lines_by_kind(self):
        """One bill line per product, account, taxes and analytic account."""
        analytic_plan = self.env["account.analytic.plan"].create({"name": "Projects"})
        analytic = self.env["account.analytic.account"].create(
            {"name": "East", "plan_id": analytic_plan.id}
        )
        tax = self.env["account.tax"].create(
            {"name": "VAT 6 %", "amount": 6, "type_tax_use": "purchase"}
        )
        account = self.component.product_id.product_tmpl_id.get_product_accounts()[
            "expense"
        ].copy({"code": "666601", "name": "Fees"})
        common = {"product_id": self.fee_product.id}
        self.version.component_ids = [
            Command.create(
                {
                    **common,
                    **values,
                    "key": key,
                    "name": key,
                    "rule_ids": [
                        Command.create({"key": "all", "name": "All", "amount": 10})
                    ],
                }
            )
            for key, values in (
                ("same", {}),
                ("analytic", {"analytic_account_id": analytic.id}),
                ("tax", {"tax_ids": [Command.set(tax.ids)]}),
                ("account", {"account_id": account.id}),
            )
        ]
        for _number in range(3):
            self.finish(self.new_ticket(50))
        move = self.approved_statement().action_post()
        self.assertEqual(
            sorted(move.invoice_line_ids.mapped("price_subtotal")), [30, 30, 30, 270]
        )
        by_analytic = move.invoice_line_ids.filtered("analytic_distribution")
        self.assertEqual(by_analytic.analytic_distribution, {str(analytic.id): 100})
        self.assertEqual(move.amount_untaxed, 360)
        self.assertEqual(move.amount_tax, 1.8)
        self.assertIn(account, move.invoice_line_ids.account_id)

    def test_currencies(self):
        """Bills in CNY, JPY and KWD are the sum of their records to the last digit."""
        formula = {
            "formula": "per_unit",
            "rate": 1.5,
            "dimension": "field.settle_area",
        }
        plans = {}
        for code in ("CNY", "JPY", "KWD"):
            currency = self.env.ref(f"base.{code}")
            currency.active = True
            if not currency.rate_ids:
                currency.rate_ids = [Command.create({"name": "2020-01-01", "rate": 7})]
            plans[code] = self._create_plan(code.lower(), currency, formula=formula)
        for area in (61.235, 61.235, 10.001):
            self.finish(self.new_ticket(area))
        # 91.8525 twice and 15.0015, each rounded by itself
        expected = {"CNY": 198.70, "JPY": 199, "KWD": 198.708}
        for code, plan in plans.items():
            move = self.approved_statement(plan=plan).action_post()
            self.assertEqual(move.currency_id.name, code)
            self.assertEqual(move.amount_total, expected[code], code)
            self.assertFalse(
                move.company_id.currency_id.round(sum(move.line_ids.mapped("balance")))
            )

    def test_post_twice(self):
        """A second posting is refused; after cancel and reset there is one bill."""
        self.finish(self.new_ticket(50))
        statement = self.approved_statement()
        move = statement.action_post()
        with self.refused("Posted"):
            statement.action_post()
        move.button_draft()
        move.button_cancel()
        with self.refused("Posted"):
            statement.action_post()
        move.button_draft()
        move.action_post()
        moves = self.env["account.move"].search([("ref", "=", statement.name)])
        self.assertEqual(moves, move)
        self.assertFalse(self.statements.prepare("installers", "2026-03"))
        self.assertFalse(move.copy().scrm_statement_id)

    @mute_logger("odoo.sql_db")
    def test_one_bill_in_the_database(self):
        """The database itself refuses a second bill of a statement."""
        self.finish(self.new_ticket(50))
        statement = self.approved_statement()
        move = statement.action_post()
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            move.sudo().copy({"scrm_statement_id": statement.id})
            self.env.flush_all()

    def test_bill_stays(self):
        """The bill of a posted statement cannot be deleted."""
        self.finish(self.new_ticket(50))
        move = self.approved_statement().action_post()
        move.button_draft()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            move.with_context(force_delete=True).unlink()

    def test_author_does_not_approve(self):
        """Who prepared, or added to it, does not approve it, and reads who may."""
        self.finish(self.new_ticket(50))
        statement = self.statements.prepare("installers", "2026-03")
        self.assertFalse(statement.approval_fault)
        statement.action_confirm()
        self.assertIn("somebody else has to approve", statement.approval_fault)
        self.assertIn(self.accountant_2.name, statement.approval_fault)
        self.assertNotIn(self.accountant.name + ",", statement.approval_fault)
        self.assertFalse(statement.with_user(self.accountant_2).approval_fault)
        arch = etree.fromstring(statement.get_view(view_type="form")["arch"])
        (button,) = arch.findall(".//button[@name='action_approve']")
        self.assertIn("approval_fault", button.get("invisible"))
        with self.refused("somebody else", AccessError):
            statement.action_approve()
        statement.action_draft()
        self.finish(self.new_ticket(50))
        statement.with_user(self.accountant_2).prepare("installers", "2026-03")
        statement.action_confirm()
        for user in (self.accountant, self.accountant_2):
            with self.refused("somebody else", AccessError):
                statement.with_user(user).action_approve()
        self.assertEqual(statement.state, "confirmed")

    def test_order_of_steps(self):
        """No step can be left out."""
        self.finish(self.new_ticket(50))
        statement = self.statements.prepare("installers", "2026-03")
        for step in ("action_approve", "action_post", "action_draft"):
            with self.refused("Draft"):
                getattr(statement.with_user(self.accountant_2), step)()
        statement.action_confirm()
        for step in ("action_confirm", "action_post", "unlink"):
            with self.refused("Confirmed"):
                getattr(statement.with_user(self.accountant_2), step)()

    def test_draft_deleted(self):
        """Deleting a draft sets its records free."""
        record = self.finish(self.new_ticket(50))
        statement = self.statements.prepare("installers", "2026-03")
        self.assertEqual(record.statement_id, statement)
        statement.unlink()
        self.assertFalse(record.statement_id)
        again = self.statements.prepare("installers", "2026-03")
        self.assertEqual(again.record_ids, record)

    def test_lock_date(self):
        """A locked day is refused by name; the accountant chooses a later one."""
        self.finish(self.new_ticket(50))
        statement = self.approved_statement()
        statement.posting_date = "2026-03-31"
        self.company.fiscalyear_lock_date = "2026-03-31"
        with self.refused("the books are locked until"):
            statement.action_post()
        self.assertEqual(statement.state, "approved")
        self.assertFalse(statement.sudo().move_id)
        statement.posting_date = "2026-04-01"
        move = statement.action_post()
        self.assertEqual(str(move.date), "2026-04-01")

    def test_no_journal(self):
        """A company without purchase journal is named."""
        self.finish(self.new_ticket(50))
        statement = self.approved_statement()
        self.env["account.journal"].search([("type", "=", "purchase")]).active = False
        with self.refused("no purchase journal"):
            statement.action_post()

    def test_nothing_to_pay(self):
        """A statement of nothing makes no bill."""
        self.rule.write({"minimum": 0, "maximum": 0})
        self.finish(self.new_ticket(50))
        statement = self.approved_statement()
        self.assertFalse(statement.action_post())
        self.assertEqual(statement.state, "carried")
        self.assertFalse(statement.sudo().move_id)

    def test_steps_only(self):
        """State, people, bill and records are not written by hand."""
        record = self.finish(self.new_ticket(50))
        statement = self.statements.prepare("installers", "2026-03")
        admin = self.env.ref("base.user_admin")
        for statements in (statement, statement.with_user(admin), statement.sudo()):
            for vals in (
                {"state": "posted"},
                {"author_ids": [Command.clear()]},
                {"approved_by_id": admin.id},
                {"record_ids": [Command.unlink(record.id)]},
                {"record_ids": [Command.clear()]},
            ):
                with self.refused():
                    statements.write(vals)
        with self.refused():
            self.statements.create({"plan_id": self.plan.id})
        with self.refused():
            statement.copy()
        self.assertEqual(record.statement_id, statement)

    def test_wizard(self):
        """The accountant prepares by a form and sees the statements."""
        self.finish(self.new_ticket(50))
        wizard = (
            self.env["scrm.settlement.statement.prepare"]
            .with_user(self.accountant)
            .create(
                {
                    "plan_id": self.plan.id,
                    "date_from": "2026-03-01",
                    "date_to": "2026-03-31",
                }
            )
        )
        action = wizard.action_prepare()
        found = self.statements.search(action["domain"])
        self.assertEqual(found.payee_id, self.engineer.partner_id)

    def _instant_plan(self):
        self.plan.write(
            {
                "is_instant_offered": True,
                "instant_fee_percent": 1,
                "instant_fee_product_id": self.service.id,
            }
        )

    def _confirmed(self, *areas):
        for area in areas:
            self.finish(self.new_ticket(area))
        statement = self.statements.prepare("installers", "2026-03")
        statement.action_confirm()
        return statement

    def test_instant_payout(self):
        """The payee chooses: 1 % fee on its own line, rounded; monthly is free.

        219.80 at 1 % are 2.198, so 2.20; 217.60 are paid out.
        """
        self._instant_plan()
        statement = self._confirmed(50, 61)
        mine = statement.with_user(self.engineer)
        mine.choose_payout("instant")
        self.assertEqual((mine.fee_amount, mine.net_amount), (2.2, 217.6))
        mine.choose_payout("monthly")
        self.assertEqual((mine.fee_amount, mine.net_amount), (0, 219.8))
        mine.choose_payout("instant")
        self.plan.instant_fee_percent = 3
        self.assertEqual(mine.fee_amount, 2.2)
        statement.with_user(self.accountant_2).action_approve()
        with self.refused("Approved"):
            mine.choose_payout("monthly")
        move = statement.action_post()
        self.assertEqual(move.amount_total, 217.6)
        self.assertEqual(move.invoice_line_ids.mapped("price_subtotal"), [219.8, -2.2])
        self.assertEqual(
            move.currency_id.round(sum(move.line_ids.mapped("balance"))), 0
        )

    def test_who_chooses_payout(self):
        """Only the payee or an accountant, only what the plan offers."""
        statement = self._confirmed(50)
        with self.refused("offers no instant payout"):
            statement.with_user(self.engineer).choose_payout("instant")
        self._instant_plan()
        for user in (self.engineer_2, self.customer, self.manager):
            with self.refused("", AccessError):
                statement.with_user(user).choose_payout("instant")
        with self.refused("no payout"):
            statement.choose_payout("tomorrow")
        with self.refused("its own steps"):
            statement.write({"payout": "instant"})
        statement.choose_payout("instant")
        self.assertEqual(statement.payout, "instant")

    def test_many_stores(self):
        """300 stores: one statement and one bill each, the sums are the records'.

        Covers: S27
        """
        partners = self.env["res.partner"].create(
            [{"name": f"Store {number}"} for number in range(300)]
        )
        self.rule.write({"formula": "percent", "rate": 8})
        fact = self.env["scrm.settlement.fact"]
        for number, partner in enumerate(partners):
            fact._freeze(
                {
                    "source_model": "helpdesk.ticket",
                    "source_id": 0,
                    "source_key": f"store:{number}",
                    "source_name": f"Store {number}",
                    "template_key": self.template.key,
                    "event": "ticket_done",
                    "basis_date": Date.to_date("2026-03-10"),
                    "occurred_at": Datetime.to_datetime("2026-03-10 04:00:00"),
                    "inputs": {"price_total": 1000.25 + number},
                    "people": {"visit": partner.id},
                    "company_id": self.company.id,
                }
            )
        self.plan.with_user(self.accountant).settle()
        statements = self.approved_statement()
        self.assertEqual(len(statements), 300)
        self.assertEqual(statements.payee_id, partners)
        moves = statements.action_post()
        self.assertEqual(len(moves), 300)
        self.assertEqual(set(moves.mapped("state")), {"posted"})
        for statement, move in zip(statements, moves, strict=True):
            self.assertEqual(move.scrm_statement_id, statement)
            self.assertEqual(move.amount_total, statement.amount_total)
        records = self.env["scrm.settlement.record"].search(
            [("plan_id", "=", self.plan.id)]
        )
        total = self.company.currency_id.round(sum(records.mapped("amount")))
        payable = moves.line_ids.filtered(
            lambda line: line.account_id.account_type == "liability_payable"
        )
        paid = self.company.currency_id.round(sum(payable.mapped("credit")))
        self.assertEqual(total, paid)
