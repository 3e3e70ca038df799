from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import OpportunityCase


@tagged("post_install", "-at_install")
class TestMatchRights(OpportunityCase):
    """A match never tells of a record that its reader could not open."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.secret = cls.lead("Secret offer", cls.zhao, cls.wang)
        cls.open = cls.lead("Offer of Lin", cls.qian, cls.lin)
        cls.case = cls.ticket(cls.zhao)
        cls.env.flush_all()
        cls.env.invalidate_all()
        cls.hidden = cls.env["scrm.match"].search(
            [("ticket_id", "=", cls.case.id), ("lead_id", "=", cls.secret.id)]
        )

    def test_the_hidden_one_is_there(self):
        """What the other tests hide exists, and is the linked one."""
        self.assertEqual(self.hidden.state, "linked")
        everything = self.env["scrm.match"].with_user(self.chief)
        self.assertEqual(everything.search_count([]), 2)
        self.assertEqual(self.case.with_user(self.chief).lead_ids, self.secret)

    def test_not_shown_on_the_ticket(self):
        case = self.case.with_user(self.lin)
        self.assertEqual(case.match_ids.lead_id, self.open)
        self.assertFalse(case.lead_ids)
        self.assertEqual(case.lead_count, 0)
        self.assertEqual(case.suggestion_count, 1)
        rows = case.web_read(
            {"match_ids": {"fields": {"lead_id": {"fields": {"display_name": {}}}}}}
        )
        self.assertNotIn("Secret", str(rows))

    def test_not_found_by_any_search(self):
        """Neither by name, score or count, nor through a domain or a grouping."""
        matches = self.env["scrm.match"].with_user(self.lin)
        ours = [("ticket_id", "=", self.case.id)]
        self.assertEqual(matches.search(ours).lead_id, self.open)
        self.assertEqual(matches.search_count(ours), 1)
        top = self.hidden.score
        self.assertGreater(top, matches.search(ours).score)
        self.assertEqual(matches.search_count([("score", ">=", top), *ours]), 0)
        groups = matches._read_group(ours, ["state"], ["__count", "score:max"])
        self.assertEqual([group[:2] for group in groups], [("suggested", 1)])
        tickets = self.env["helpdesk.ticket"].with_user(self.lin)
        for domain in (
            [("lead_ids", "=", self.secret.id)],
            [("match_ids.lead_id.name", "ilike", "Secret")],
            [("match_ids.state", "=", "linked"), ("id", "=", self.case.id)],
        ):
            with self.subTest(domain=domain):
                self.assertFalse(tickets.search(domain))

    def test_not_read_by_its_id(self):
        self.lin.group_ids += self.env.ref("base.group_allow_export")
        match = self.hidden.with_user(self.lin)
        for call in (
            lambda: match.read(["score"]),
            lambda: match.export_data(["lead_id/name"]),
            match.action_accept,
            match.action_reject,
        ):
            with self.assertRaises(AccessError):
                call()
        self.assertFalse(match._filtered_access("read"))

    def test_not_left_in_the_cache_by_creation(self):
        """Who creates the ticket sees only what the own rights allow, at once."""
        ticket = self.ticket(self.zhao, self.lin)
        self.assertEqual(ticket.match_ids.lead_id, self.open)
        answer = self.env["helpdesk.ticket"].with_user(self.lin)
        rows = answer.web_save(
            {"name": "Noise", "description": "<p>x</p>", "partner_id": self.zhao.id},
            {"match_ids": {"fields": {"reason": {}, "score": {}}}, "lead_count": {}},
        )
        self.assertEqual(len(rows[0]["match_ids"]), 1)
        self.assertEqual(rows[0]["lead_count"], 0)

    def only_sales(self, user):
        """Take the right to all tickets from a salesperson."""
        for name in ("group_helpdesk_user", "group_helpdesk_user_team"):
            user.group_ids -= self.env.ref(f"helpdesk_mgmt.{name}")

    def test_the_tickets_side_is_guarded_too(self):
        """A salesperson who may not read the ticket sees no suggestion of it."""
        self.only_sales(self.lin)
        self.assertFalse(self.case.with_user(self.lin).has_access("read"))
        lead = self.open.with_user(self.lin)
        self.assertFalse(lead.match_ids)
        self.assertFalse(self.env["scrm.match"].with_user(self.lin).search([]))

    def test_salesperson_reads_the_tickets_of_the_own_opportunities(self):
        """Linked ones, without helpdesk rights, and only to read."""
        self.only_sales(self.wang)
        secret = self.secret.with_user(self.wang)
        self.assertEqual(secret.ticket_ids, self.case)
        case = self.case.with_user(self.wang)
        self.assertTrue(case.name)
        self.assertFalse(case.has_access("write"))
        other = self.ticket(self.moon)
        self.assertFalse(other.with_user(self.wang).has_access("read"))
        secret.match_ids.action_reject()
        self.assertFalse(case.has_access("read"))

    def test_helpdesk_without_sales_rights(self):
        """Works on tickets as before; nothing of matches can be read."""
        ticket = self.ticket(self.zhao, self.desk)
        self.assertEqual(self.states(ticket)["Secret offer"], "linked")
        ticket.name = "Still works"
        views = ticket.get_view(view_type="form")
        self.assertNotIn("match_ids", views["arch"])
        with self.assertRaises(AccessError):
            ticket.read(["match_ids"])
        with self.assertRaises(AccessError):
            self.env["scrm.match"].with_user(self.desk).search_count([])

    def test_answering_needs_the_right_to_edit(self):
        """Reading both is not enough to decide."""
        self.env["ir.model.access"].search(
            [
                ("model_id.model", "in", ("helpdesk.ticket", "crm.lead")),
                ("group_id", "!=", False),
            ]
        ).perm_write = False
        match = self.env["scrm.match"].search([("lead_id", "=", self.open.id)])
        with self.assertRaisesRegex(AccessError, "right to edit"):
            match.with_user(self.lin).action_accept()
        self.assertEqual(match.state, "suggested")

    def test_nothing_said_in_the_tickets_messages(self):
        """The chatter, which all followers read, does not name the opportunity."""
        bodies = " ".join(str(body) for body in self.case.message_ids.mapped("body"))
        self.assertNotIn("Secret", bodies)
