from odoo import http
from odoo.tests import tagged

from .portal_common import SupplierCase


@tagged("post_install", "-at_install")
class TestPortalVote(SupplierCase):
    """The visit has to be approved by all of a supplier: Sam and Sue. Tim is of
    another one, Pia the customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_approval("store_id.partner_id")

    @classmethod
    def make_approval(cls, path):
        """The visit becomes an approval: approved goes on, rejected goes back."""
        draft = cls.flow.published_version_id._copy_as_draft()
        nodes = {node.key: node for node in draft.node_ids}
        nodes["visit"].write(
            {
                "type": "approval",
                "name": "Approve the offer",
                "handler_rule": "partner",
                "partner_path": path,
                "is_partner_company": True,
            }
        )
        edges = draft.transition_ids.filtered(
            lambda edge: edge.source_id == nodes["visit"]
        )
        edges[1:].unlink()
        edges[0].write({"outcome": "approved", "name": "Accept the offer"})
        cls.env["scrm.flow.transition"].create(
            {
                "version_id": draft.id,
                "key": "too_dear",
                "name": "Decline",
                "source_id": nodes["visit"].id,
                "target_id": nodes["check"].id,
                "outcome": "rejected",
            }
        )
        draft.action_publish()

    def setUp(self):
        super().setUp()
        self.to_visit()

    def states(self):
        return {vote.user_id: vote.state for vote in self.step.vote_ids}

    def test_all_of_the_supplier_approve(self):
        """Who is asked sees the buttons and how many have voted, not who how."""
        self.login("sam")
        (card,) = self.own_steps()
        self.assertEqual(
            [(b.get("value"), b.text) for b in card.xpath(".//button[@name='do']")],
            [("approve", "Accept the offer"), ("deny", "Decline")],
        )
        text = " ".join(card.text_content().split())
        self.assertIn("0 of 2 have voted. Approvals needed: 2, so far: 0.", text)
        self.assertEqual(self.do("approve").status_code, 303)
        self.assertEqual(self.states(), {self.sam: "approved", self.sue: "asked"})
        self.login("sue")
        (card,) = self.own_steps()
        text = " ".join(card.text_content().split())
        self.assertIn("1 of 2 have voted. Approvals needed: 2, so far: 1.", text)
        self.assertNotIn("Sam", text)
        self.assertEqual(self.do("approve", reason="Fair").status_code, 303)
        self.assertEqual(self.step.transition_id.outcome, "approved")
        comments = self.step.vote_ids.mapped("comment")
        self.assertEqual(comments, [False, "Fair"])

    def test_rejecting_needs_a_reason(self):
        self.login("sam")
        answer = self.do("deny", reason="  ")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("Say why", answer.text)
        self.assertEqual(self.states()[self.sam], "asked")
        answer = self.do("deny", reason="Too <b>dear</b>")
        self.assertEqual(answer.status_code, 303)
        self.assertEqual(self.step.vote_ids[0].comment, "Too <b>dear</b>")
        self.assertEqual(self.ticket.scrm_node_key, "check")
        self.assertEqual(self.states(), {self.sam: "rejected", self.sue: "dropped"})

    def test_a_vote_is_cast_once(self):
        self.login("sam")
        self.do("approve")
        self.assertIn(self.do("deny", reason="After all").status_code, (403, 422))
        self.assertEqual(self.states()[self.sam], "approved")
        self.assertEqual(self.step.state, "open")

    def test_others_cannot_vote(self):
        """Another supplier, the customer, nobody logged in, another ticket's step."""
        self.login("tim")
        self.assertEqual(self.do("approve").status_code, 403)
        self.login("pia")
        self.assertEqual(self.url_open(self.url).status_code, 200)
        self.assertFalse(self.own_steps())
        self.assertEqual(self.do("approve").status_code, 403)
        self.authenticate(None, None)
        self.assertIn("/web/login", self.do("approve").headers["Location"])
        self.assertEqual(self.states(), {self.sam: "asked", self.sue: "asked"})

    def test_only_by_the_form(self):
        """No token, a link, completing or sending back instead of voting."""
        self.login("sam")
        self.assertEqual(self.do("approve", token="wrong").status_code, 400)
        url = f"{self.url}/step/{self.step.id}"
        self.assertEqual(self.url_open(url).status_code, 405)
        for what in ("complete", "claim", "accept"):
            self.assertEqual(self.do(what).status_code, 422, what)
        answer = self.do("reject", node="check", reason="Back")
        self.assertEqual(answer.status_code, 422)
        other = self.submit(self.quentin)
        answer = self.url_open(
            f"{self.url}/step/{other.scrm_step_ids.id}",
            data={"do": "approve", "csrf_token": http.Request.csrf_token(self)},
        )
        self.assertEqual(answer.status_code, 422)
        self.assertEqual(self.states(), {self.sam: "asked", self.sue: "asked"})

    def test_the_customer_decides(self):
        """Customers approve what concerns them on their own page."""
        self.make_approval("partner_id")
        self.to_visit()
        self.assertEqual(set(self.states()), {self.pia, self.paul})
        self.login("pia")
        (card,) = self.own_steps()
        self.assertIn("Approve the offer", card.text_content())
        self.assertEqual(self.do("deny", reason="Too dear").status_code, 303)
        self.assertEqual(self.ticket.scrm_node_key, "check")
        self.assertEqual(self.url_open(self.url).status_code, 200)
        self.assertFalse(self.own_steps())
