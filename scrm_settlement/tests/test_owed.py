from lxml import html

from odoo.tests.common import HttpCase, new_test_user, tagged

from .test_sign import SignCommon

#: What nobody who owes may be told, in the languages of the tests.
PAID = ("Due to You", "arned", "应付给您", "收款", "To Pay")


@tagged("post_install", "-at_install")
class TestOwed(SignCommon, HttpCase):
    """Who owes whom is said in the same way on screen, page, paper and by mail."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.outsider = new_test_user(
            cls.env, "outsider", groups="base.group_portal", lang="zh_CN"
        )
        cls.plan.active = False
        cls._set_up_payroll()

    def statement(self, amount, **values):
        """The outsider's confirmed statement of a plan that pays this for a fact."""
        self.number = getattr(self, "number", 0) + 1
        plan = self._create_plan(
            f"owed_{self.number}",
            self.company.currency_id,
            formula={"formula": "fixed", "amount": amount, "dimension": False},
            is_signature_required=True,
            payee_node_key=f"node_{self.number}",
            **values,
        )
        self.env["scrm.settlement.fact"]._freeze(
            {
                "source_model": "helpdesk.ticket",
                "source_id": 0,
                "source_key": plan.key,
                "source_name": "Sales of March",
                "template_key": self.template.key,
                "event": "ticket_done",
                "basis_date": "2026-03-10",
                "occurred_at": "2026-03-10 04:00:00",
                "inputs": {},
                "people": {plan.payee_node_key: self.outsider.partner_id.id},
                "company_id": self.company.id,
            }
        )
        plan.settle()
        statements = self.env["scrm.settlement.statement"].with_user(self.accountant)
        statement = statements.prepare(plan.key, "2026-03")
        statement.action_confirm()
        plan.active = False
        return statement

    def test_who_owes(self):
        """By the kind of posting, and the other way round below zero."""
        for posting, amount, values, expected in (
            ("vendor_bill", 80, {}, ("out", 80, "Due to You")),
            ("vendor_bill", -25, {"negative": "refund"}, ("in", 25, "You Owe")),
            ("vendor_bill", -25, {}, ("next", -25, "To the Next Statement")),
            (
                "vendor_bill",
                80,
                {"minimum_payout": 80.01},
                ("next", 80, "To the Next Statement"),
            ),
            ("journal_entry", 80, {}, ("out", 80, "Due to You")),
            ("customer_invoice", 80, {}, ("in", 80, "You Owe")),
            (
                "customer_invoice",
                -25,
                {"negative": "refund"},
                ("out", 25, "Due to You"),
            ),
        ):
            with self.subTest(posting=posting, amount=amount, **values):
                mine = self.statement(amount, **self.kinds[posting], **values)
                mine = mine.with_user(self.outsider)
                seen = (mine.direction, mine.due_amount, mine._due_words())
                self.assertEqual(seen, expected)
                self.assertEqual(mine.is_charge, posting == "customer_invoice")
                sides = (mine.payable_amount, mine.receivable_amount)
                way, due, _words = expected
                self.assertEqual(sides, (due * (way == "out"), due * (way == "in")))

    def test_list_adds_up_each_side(self):
        """What is due to payees and what payees owe are two columns, two totals."""
        self.statement(80)
        self.statement(50)
        self.statement(30, posting="customer_invoice")
        statements = self.env["scrm.settlement.statement"].with_user(self.accountant)
        mine = statements.search([("payee_id", "=", self.outsider.partner_id.id)])
        arch = statements.get_views([(False, "list")])["views"]["list"]["arch"]
        fields = html.fromstring(arch).xpath("//field[@sum]")
        shown = {
            field.get("name") for field in fields if field.get("optional") != "hide"
        }
        self.assertEqual(shown, {"payable_amount", "receivable_amount"})
        self.assertEqual(sum(mine.mapped("payable_amount")), 130)
        self.assertEqual(sum(mine.mapped("receivable_amount")), 30)

    def test_who_owes_is_not_told_he_is_paid(self):
        """The franchisee's fee: list, page, paper and mail say that he owes it."""
        statement = self.statement(80, posting="customer_invoice")
        url = f"/my/settlements/{statement.id}"
        mail = self.env["mail.message"].search(
            [
                ("model", "=", statement._name),
                ("res_id", "=", statement.id),
                ("message_type", "=", "user_notification"),
            ]
        )
        self.assertEqual(mail.partner_ids, self.outsider.partner_id)
        self.assertIn("您应支付：$", mail.body.replace("\xa0", ""))
        self.assertIn("请签署", mail.subject)
        for lang, words in (("en_US", "You Owe"), ("zh_CN", "您应支付")):
            self.outsider.lang = lang
            self.authenticate("outsider", "outsider")
            told = [self.url_open(path).text for path in ("/my/settlements", url)]
            told = [page.partition("<main")[2].partition("</main")[0] for page in told]
            paper = statement.sudo().with_context(lang=lang)._paper(lang)
            told.append(str(paper))
            for text in told:
                self.assertIn(words, text)
                self.assertIn("80.00", text)
                for wrong in PAID:
                    self.assertNotIn(wrong, text)
        self.assertIn("You Owe", self.text_of(statement.render_pdf("en_US")))
        self.assertIn("付款人", self.chinese_of(statement.render_pdf("zh_CN")))

    def test_mails(self):
        """Mails lead payees to their page, and are in the language of who gets them."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(["scrm_settlement"], ["zh_CN"])
        statement = self.statement(80, posting="vendor_bill")
        page = f"/my/settlements/{statement.id}"
        (mail,) = self.env["mail.mail"].search(
            [("model", "=", statement._name), ("res_id", "=", statement.id)]
        )
        self.assertIn("请签署", mail.subject)
        (link,) = html.fromstring(mail.body).xpath("//a/@href")
        self.assertTrue(link.endswith(page), link)
        mine = statement.with_user(self.outsider).with_context(lang="zh_CN")
        dispute = mine.dispute("少了一单", statement.record_ids.id)
        said = statement.message_ids.filtered("partner_ids")[0]
        self.assertEqual(said.partner_ids, self.accountant.partner_id)
        self.assertIn("Disputed: Sales of March. 少了一单", said.body)
        self.authenticate("outsider", "outsider")
        for record in (statement, dispute):
            address = f"/mail/view?model={record._name}&res_id={record.id}"
            answer = self.url_open(address, allow_redirects=False)
            self.assertURLEqual(answer.headers["Location"], page)
        action = statement.with_user(self.accountant)._get_access_action()
        self.assertEqual(action["type"], "ir.actions.act_window")
