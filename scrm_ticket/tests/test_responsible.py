from odoo.tests import tagged

from .test_json2 import Json2Case


@tagged("post_install", "-at_install")
class TestResponsible(Json2Case):
    """Who is, or was, responsible for each node, asked for over HTTP."""

    def bar(self, user, ticket):
        """The bar as a user reads it: (node, state, names) of each item."""
        [values] = self.call(
            user, "read", ids=ticket.ids, fields=["scrm_progress"]
        ).json()
        return [
            (item["name"], item["state"], item["handlers"])
            for item in values["scrm_progress"]
        ]

    def names(self, users):
        return users.mapped("name")

    def test_each_node_shows_who_is_responsible(self):
        """Who may read the ticket reads it for every node done or going on.

        Desk raised the ticket and handles nothing, Dora is not its handler any more.

        Covers: H25
        """
        ticket = self.submit(self.desk, partner=self.customer.id)
        self.assertNotIn(self.desk, ticket.scrm_handler_ids)
        self.assertEqual(
            self.bar(self.desk, ticket)[:2],
            [("Check the request", "now", ["Dora"]), ("Visit", "next", [])],
        )
        ticket.with_user(self.dora).scrm_step_complete()
        first = ticket.user_id
        second = (self.egon | self.ella) - first
        done = ("Check the request", "done", ["Dora"])
        self.assertEqual(
            self.bar(self.desk, ticket)[:2], [done, ("Visit", "now", [first.name])]
        )
        # passed on: it is plain who has it now, and from whom
        ticket.with_user(first).scrm_step_transfer(second.id, "Nearer by")
        self.assertEqual(
            self.bar(self.desk, ticket)[:2], [done, ("Visit", "now", [second.name])]
        )
        lines = ticket.with_user(self.dora).scrm_run_id.log_ids
        transfer = lines.filtered(lambda line: line.event == "transfer")
        self.assertEqual(transfer.user_id, first)
        self.assertIn(second.name, transfer.description)
        ticket.with_user(second).scrm_step_complete()
        self.assertEqual(
            self.bar(self.desk, ticket)[:2], [done, ("Visit", "done", [second.name])]
        )
        answer = self.call(self.clerk, "read", ids=ticket.ids, fields=["scrm_progress"])
        self.assertEqual(answer.status_code, 403, "who may not read the ticket")

    def test_customers_see_no_private_node(self):
        """Over RPC no more than on their page.

        Covers in part: H25
        """
        ticket = self.submit()
        shown = self.bar(self.pia, ticket)
        self.assertEqual(shown[0], ("In our hands", "now", []))
        self.assertNotIn("Dora", str(shown))
        ticket.with_user(self.dora).scrm_step_complete()
        self.assertEqual(
            self.bar(self.pia, ticket)[:2],
            [
                ("In our hands", "done", []),
                ("Our visit", "now", self.names(ticket.user_id)),
            ],
        )
        answer = self.call(
            self.pia, "read", ids=ticket.ids, fields=["scrm_step_ids"]
        ).json()
        self.assertNotIn("Dora", str(answer))
