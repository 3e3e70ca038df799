from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import OpportunityCase


@tagged("post_install", "-at_install")
class TestMatch(OpportunityCase):
    def test_ticket_is_linked_with_its_customers_opportunity(self):
        """Linked on creation; each side shows the other.

        Covers: O01
        """
        lead = self.lead("Twelve air conditioners", self.zhao, self.lin)
        self.lead("Of somebody else", self.moon, self.lin)
        ticket = self.ticket(self.qian, self.lin)
        self.assertEqual(ticket.lead_ids, lead)
        self.assertEqual(ticket.lead_count, 1)
        lead = lead.with_user(self.lin)
        self.assertEqual(lead.ticket_ids, ticket)
        self.assertEqual(lead.ticket_count, 1)
        self.assertEqual(lead.action_view_tickets()["res_id"], ticket.id)
        self.assertEqual(ticket.action_view_opportunities()["res_id"], lead.id)
        found = ticket.search([("lead_ids", "=", lead.id)])
        self.assertEqual(found, ticket)
        self.assertEqual(lead.search([("ticket_ids", "=", ticket.id)]), lead)

    def test_both_forms_show_the_other_side(self):
        """The lists in the two forms carry the match.

        Covers: O01
        """
        lead = self.lead("Twelve air conditioners", self.sunrise, self.lin)
        ticket = self.ticket(self.sunrise, self.lin)
        found = Form(ticket).match_ids[:]
        self.assertEqual(found.lead_id, lead)
        self.assertEqual(found.state, "linked")
        matches = Form(lead.with_user(self.lin)).match_ids
        self.assertEqual(len(matches), 1)
        self.assertEqual(matches._records[0]["ticket_id"], ticket.id)
        self.assertEqual(matches._records[0]["state"], "linked")

    def test_the_best_is_linked_the_others_are_suggested(self):
        self.lead("Same company", self.qian, self.lin)
        self.lead("Same person", self.zhao, self.wang)
        self.lead("Only the phone", None, self.lin, phone="021-61234567")
        self.lead("Nothing in common", self.moon, self.lin)
        ticket = self.ticket(self.zhao)
        self.assertEqual(
            self.states(ticket),
            {
                "Same person": "linked",
                "Same company": "suggested",
                "Only the phone": "suggested",
            },
        )
        self.assertEqual(ticket.suggestion_count, 2)

    def test_phone_and_mail_find_a_customer_entered_twice(self):
        """Neither side has the other's contact: the keys are normalised."""
        lead = self.lead(
            "Entered at the fair",
            phone="(021) 6123-4567",
            email_from='"Zhao" <ZHAO@Sunrise.example>',
        )
        ticket = self.ticket(self.zhao)
        match = ticket.match_ids
        self.assertEqual(match.lead_id, lead)
        self.assertEqual(match.state, "linked")
        ticket = self.ticket(partner_email="Zhao@SUNRISE.example", partner_name="Z")
        self.assertEqual(self.states(ticket), {"Entered at the fair": "suggested"})

    def test_closed_and_foreign_opportunities_are_left_out(self):
        won = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        self.lead("Won", self.zhao, self.lin, stage_id=won.id)
        self.lead("Lost", self.zhao, self.lin).action_set_lost()
        self.lead("A mere lead", self.zhao, self.lin, type="lead")
        other = self.env["res.company"].create({"name": "Another company"})
        elsewhere = self.lead("Elsewhere", self.zhao, team_id=False)
        elsewhere.company_id = other
        self.assertEqual(self.states(self.ticket(self.zhao)), {})

    def test_a_ticket_without_customer_has_no_match(self):
        self.lead("Without customer")
        self.lead("Without customer either", phone="no number")
        self.assertEqual(self.states(self.ticket()), {})

    def test_reason_is_told_in_the_readers_words(self):
        self.lead("Air", self.zhao, self.lin, phone="+86 21 6123 4567")
        match = self.ticket(self.zhao, self.lin).match_ids
        self.assertIn("same customer (60)", match.reason)
        self.assertIn("+862161234567", match.reason)
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"].search(
            [("name", "=", "scrm_opportunity")]
        )._update_translations(["zh_CN"])
        self.assertIn("同一客户", match.with_context(lang="zh_CN").reason)

    def test_another_customer_another_match(self):
        """A changed customer replaces what only the system had found."""
        self.lead("Sunrise", self.sunrise)
        self.lead("Moon", self.moon)
        ticket = self.ticket(self.zhao)
        self.assertEqual(self.states(ticket), {"Sunrise": "linked"})
        ticket.partner_id = self.moon
        self.assertEqual(self.states(ticket), {"Moon": "linked"})
        ticket.partner_id = False
        ticket.partner_email = False
        self.assertEqual(self.states(ticket), {})

    def test_answers_of_people_stay(self):
        """Accepted and rejected matches survive another search."""
        self.lead("First", self.zhao, self.lin)
        self.lead("Second", self.qian, self.lin)
        ticket = self.ticket(self.zhao, self.lin)
        self.assertEqual(
            self.states(ticket), {"First": "linked", "Second": "suggested"}
        )
        by_name = {match.lead_id.name: match for match in ticket.match_ids}
        by_name["First"].action_reject()
        by_name["Second"].action_accept()
        answered = {"First": "rejected", "Second": "linked"}
        self.assertEqual(self.states(ticket), answered)
        self.assertEqual(by_name["First"].decided_by_id, self.lin)
        self.lead("Third", self.zhao, self.lin)
        ticket._scrm_match()
        self.assertEqual(self.states(ticket), {**answered, "Third": "suggested"})
        ticket.sudo().partner_id = self.moon
        self.assertEqual(self.states(ticket), answered)

    def test_link_by_hand(self):
        """Any opportunity can be linked from the ticket's form.

        Covers: O01
        """
        other = self.lead("Not found by itself", self.moon, self.lin)
        ticket = self.ticket(self.zhao, self.lin)
        # what the form's list sends for a new line
        line = Command.create({"lead_id": other.id})
        ticket.web_save({"match_ids": [line]}, {"match_ids": {}})
        self.assertEqual(ticket.lead_ids, other)
        self.assertEqual(ticket.match_ids.decided_by_id, self.lin)
        self.assertEqual(ticket.match_ids.reason, "chosen by Lin")
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.env["scrm.match"].with_user(self.lin).create(
                {"ticket_id": ticket.id, "lead_id": other.id}
            )

    def test_figures_cannot_be_forged(self):
        lead = self.lead("Air", self.moon, self.lin)
        ticket = self.ticket(self.zhao, self.lin)
        matches = self.env["scrm.match"].with_user(self.lin)
        pair = {"ticket_id": ticket.id, "lead_id": lead.id}
        with self.assertRaisesRegex(AccessError, "score"):
            matches.create({**pair, "score": 100})
        with self.assertRaisesRegex(AccessError, "decided_by_id"):
            matches.create({**pair, "decided_by_id": self.wang.id})
        match = matches.create(pair)
        with self.assertRaises(AccessError):
            match.write({"score": 100})
        with self.assertRaises(AccessError):
            match.unlink()

    def test_many_tickets_cost_one_search(self):
        """Matching is one statement, however many tickets come at once."""
        for number in range(5):
            self.lead(f"Offer {number}", self.zhao)
        tickets = self.env["helpdesk.ticket"].browse(
            [self.ticket(self.zhao).id for _number in range(6)]
        )
        tickets._scrm_match()
        self.env.flush_all()
        statements = []
        execute = type(self.env.cr).execute

        def spy(cr, query, params=None, log_exceptions=True):
            if "WITH wanted" in str(getattr(query, "code", query)):
                statements.append(query)
            return execute(cr, query, params, log_exceptions)

        self.patch(type(self.env.cr), "execute", spy)
        tickets._scrm_match()
        self.assertEqual(len(statements), 1)
