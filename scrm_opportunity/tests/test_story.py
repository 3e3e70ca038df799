from datetime import timedelta

from odoo.tests import new_test_user, tagged

from .common import OpportunityCase


@tagged("post_install", "-at_install")
class TestStory(OpportunityCase):
    """All that happened with a customer, on one line, as far as one may read it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        now = cls.env["scrm.clock"].now()
        product = cls.env["product.product"].create(
            {"name": "Maintenance contract", "type": "service"}
        )
        cls.lead_old = cls.lead("Press line", cls.qian, cls.lin)
        cls.contract = cls.env["sale.order"].create(
            {
                "partner_id": cls.sunrise.id,
                "user_id": cls.lin.id,
                "date_order": now - timedelta(days=730),
                "order_line": [(0, 0, {"product_id": product.id})],
            }
        )
        cls.meeting = cls.env["calendar.event"].create(
            {
                "name": "Call about the press",
                "start": now - timedelta(days=90),
                "stop": now - timedelta(days=90),
                "partner_ids": [(4, cls.qian.id)],
                "user_id": cls.lin.id,
            }
        )
        cls.case = cls.ticket(cls.zhao, cls.lin)
        cls.case.message_post(
            body="It leaks again",
            subject="The leak",
            message_type="email",
            author_id=cls.zhao.id,
        )

    def titles(self, user, partner=None):
        story = self.env["scrm.story"].with_user(user)._story(partner or self.zhao)
        return [entry["title"] for entry in story]

    def test_the_old_contract_and_the_open_ticket_are_on_one_line(self):
        """Of all the customer's people, in the order of time.

        Covers: O06
        """
        titles = self.titles(self.lin)
        self.assertEqual(titles[-2:], ["Call about the press", self.contract.name])
        for expected in (self.case.display_name, "Press line", "The leak"):
            self.assertIn(expected, titles)
        for record in (self.case, self.lead_old, self.zhao):
            shown = str(record.with_user(self.lin).scrm_story)
            self.assertIn(self.contract.name, shown)
            self.assertIn("Maintenance contract", shown)
            self.assertIn("Press line", shown)
            self.assertNotRegex(shown, r"\d{4}-\d\d-\d\d \d", "as readers write it")
        self.assertFalse(self.titles(self.lin, self.moon))

    def test_who_may_not_read_something_does_not_see_it(self):
        """Neither an opportunity nor an order of a colleague, nor a ticket."""
        titles = self.titles(self.wang)
        self.assertNotIn("Press line", titles)
        self.assertNotIn(self.contract.name, titles)
        desk = self.titles(self.desk)
        self.assertIn(self.case.display_name, desk)
        self.assertNotIn("Press line", desk)
        self.assertNotIn(self.contract.name, desk)
        self.assertNotIn("Press line", str(self.case.with_user(self.desk).scrm_story))
        clerk = new_test_user(self.env, "scrm_clerk", "base.group_user")
        self.assertNotIn(self.case.display_name, self.titles(clerk))

    def kinds(self, user):
        """(kind, title) of all entries of the customer that a user sees."""
        story = self.env["scrm.story"].with_user(user)._story(self.zhao)
        return {(entry["kind"], entry["title"]) for entry in story}

    def test_each_kind_is_seen_by_whom_may_read_it(self):
        """Ticket, opportunity, quotation, order, delivery, meeting, call and mail."""
        self.contract.action_confirm()
        quotation = self.contract.copy()
        call = self.lead_old.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.lin.id
        )
        call.with_user(self.lin).action_feedback("They ask for 380 V")
        warehouse = self.env["stock.warehouse"].search([], limit=1)
        delivery = self.env["stock.picking"].create(
            {
                "partner_id": self.qian.id,
                "picking_type_id": warehouse.out_type_id.id,
            }
        )
        receipt = self.env["stock.picking"].create(
            {"partner_id": self.qian.id, "picking_type_id": warehouse.in_type_id.id}
        )
        ticket = ("Ticket", self.case.display_name)
        mail = ("Mail", "The leak")
        private = {
            ("Opportunity", "Press line"),
            ("Call", "Press line"),
            ("Order", self.contract.name),
            ("Quotation", quotation.name),
        }
        everything = private | {
            ticket,
            mail,
            ("Delivery", delivery.name),
            ("Meeting", "Call about the press"),
        }
        self.assertEqual(self.kinds(self.lin), everything)
        self.assertNotIn(receipt.name, self.titles(self.lin))
        for user in (self.wang, self.desk):
            seen = self.kinds(user)
            self.assertFalse(seen & private, user.login)
            self.assertLessEqual({ticket, mail}, seen, user.login)
        clerk = new_test_user(self.env, "scrm_story_clerk", "base.group_user")
        self.assertFalse(
            self.kinds(clerk) & {ticket, mail, ("Delivery", delivery.name), *private}
        )
        notes = [
            entry["note"]
            for entry in self.env["scrm.story"].with_user(self.lin)._story(self.zhao)
            if entry["kind"] == "Call"
        ]
        self.assertIn("They ask for 380 V", notes[0])

    def test_what_was_agreed_is_shown_on_the_linked_ticket(self):
        """Special wishes and the talks of then; not of what one may not read.

        Covers: O03
        """
        self.lead_old.description = "<p>Stainless steel, 380 V</p>"
        self.lead_old.message_post(
            body="They need it before May", message_type="comment"
        )
        self.assertEqual(self.case.with_user(self.lin).lead_ids, self.lead_old)
        agreed = str(self.case.with_user(self.lin).scrm_agreed)
        self.assertIn("Stainless steel, 380 V", agreed)
        self.assertIn("before May", agreed)
        self.assertFalse(self.case.with_user(self.wang).scrm_agreed)

    def test_two_entries_of_one_customer_have_one_history(self):
        """Two salespeople have entered the same company, each in another way.

        A ticket of the one entry finds the opportunity of the other, and both people
        see one line; somebody of the same town with another name is not on it.

        Covers: O15
        """
        partners = self.env["res.partner"]
        twin = partners.create(
            {"name": "Sunrise Trading Co., Ltd.", "is_company": True}
        )
        same_phone = partners.create({"name": "Zhao", "phone": "021 6123 4567"})
        other = partners.create({"name": "Sunset Trading Ltd", "is_company": True})
        everything = self.env.ref("sales_team.group_sale_salesman_all_leads")
        (self.lin | self.wang).group_ids += everything
        theirs = self.lead("Second press", twin, self.wang)
        theirs.description = "<p>Now they need it in stainless steel</p>"
        called = self.lead("Call back", same_phone, self.wang)
        unrelated = self.lead("Not theirs", other, self.wang)
        for user in (self.lin, self.wang):
            for entry in (self.zhao, twin, same_phone):
                titles = self.titles(user, entry)
                for expected in (self.lead_old, theirs, called, self.contract):
                    self.assertIn(expected.display_name, titles)
                self.assertNotIn(unrelated.display_name, titles)
        ticket = self.ticket(twin, self.lin)
        self.assertIn("Press line", self.states(ticket))
        self.assertEqual(self.states(ticket)["Second press"], "linked")
        self.assertIn("stainless steel", str(ticket.scrm_agreed))
