from odoo.exceptions import UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from .common import TicketFixture


@tagged("post_install", "-at_install")
class TestTicketSandbox(TicketFixture, TransactionCase):
    """The sandbox of flows with all that a ticket brings along."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_world()
        cls.manager = new_test_user(
            cls.env,
            "test_flow_manager",
            groups="scrm_flow.group_manager,"
            "helpdesk_mgmt.group_helpdesk_manager,stock.group_stock_user",
        )
        cls.draft = cls.flow.published_version_id._copy_as_draft()

    def play(self, *script, **arguments):
        sandbox = self.env["scrm.flow.sandbox"].with_user(self.manager)
        return sandbox.play(self.draft.id, list(script), **arguments)

    def test_a_made_up_ticket_with_form_values(self):
        """Custom fields are given by name, and moves change neither stock nor
        tickets.

        Covers in part: F16
        """
        tickets = self.env["helpdesk.ticket"].search_count([])
        moves = self.env["stock.move"].search_count([])
        course = self.play(
            {"do": "expect", "values": {"scrm_values.test_area": 60}},
            {"do": "complete", "node": "check", "as": "test_dora"},
            {"do": "set", "values": {"scrm_values.test_area": 75}},
            {"do": "expect", "values": {"scrm_values.test_area": 75}},
            {"do": "expect", "values": {"scrm_values.test_mounting": "wall"}},
            {"do": "complete", "node": "visit"},
            values={
                "template_id": self.template.id,
                "scrm_values.test_area": 60,
                "scrm_values.test_mounting": "wall",
            },
        )
        self.assertEqual([o["message"] for o in course["outcomes"]], [False] * 6)
        self.assertEqual((course["state"], course["stuck"]), ("done", []))
        self.assertEqual(
            [node["key"] for node in course["path"]],
            ["start", "check", "reserve", "visit", "consume", "end"],
        )
        self.assertEqual(
            [told["simulated"]["parts"][0]["quantity"] for told in course["services"]],
            [1, 1],
        )
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), tickets)
        self.assertEqual(self.env["stock.move"].search_count([]), moves)

    def test_wrong_form_values_are_refused(self):
        with self.assertRaises(UserError):
            self.play(
                values={
                    "template_id": self.template.id,
                    "scrm_values.test_area": "much",
                    "scrm_values.test_mounting": "wall",
                }
            )
