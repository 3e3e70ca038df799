from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import TicketCase

NOW = datetime(2026, 3, 2, 10)
HOUR = timedelta(hours=1)


@tagged("post_install", "-at_install")
class TestStoreBoard(TicketCase):
    """All stores of a chain: two regions, three stores, complaints at two of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template.write({"is_complaint": True, "part_ids": [Command.clear()]})
        cls.head = new_test_user(
            cls.env, "test_head", groups="scrm_ticket.group_analyst"
        )
        cls.branch = new_test_user(
            cls.env, "test_branch", groups="scrm_ticket.group_store"
        )
        cls.west, cls.quiet = cls.env["scrm.store"].create(
            [
                {"key": f"test_{name}", "name": name, "region": "West"}
                for name in ("west", "quiet")
            ]
        )
        cls.west.user_ids = cls.branch

    def complain(self, hours_ago, store=None):
        with freeze_time(NOW - hours_ago * HOUR):
            ticket = self.submit()
            ticket.store_id = store or self.store
        return ticket

    def answer(self, ticket, hours_ago, **kwargs):
        with freeze_time(NOW - hours_ago * HOUR):
            return ticket.with_user(self.dora).message_post(
                **{
                    "body": "We look into it",
                    "message_type": "comment",
                    "subtype_xmlid": "mail.mt_comment",
                    **kwargs,
                }
            )

    def rows(self, user, *names):
        """Store -> figures, as the board shows them now."""
        self.env.flush_all()
        self.env.invalidate_all()
        with freeze_time(NOW):
            board = self.env["scrm.store.board"].with_user(user)
            ours = self.store + self.west + self.quiet
            found = board.search([("store_id", "in", ours.ids)])
            return {
                row.store_id.name: tuple(row[name] for name in names) for row in found
            }

    def test_figures_and_who_sees_them(self):
        """Three complaints in the East: answered after 1 and after 3 hours, and one
        that waits since 5. A note for colleagues, the customer's own words and what
        the flow does by itself are no answer; a step that a person completes is one.
        The West has one that waits, and an old one out of the 30 days.

        Head office sees all three stores, the West's people theirs alone, who works in
        no store none; figures are those of tickets one may read.

        Covers: V07
        """
        first, second, waits = (self.complain(hours) for hours in (6, 7, 5))
        self.answer(first, 5)
        with freeze_time(NOW - 4 * HOUR):
            second.with_user(self.dora).scrm_step_complete()
        self.answer(second, 1)  # not the first one
        self.answer(waits, 4, subtype_xmlid="mail.mt_note")
        waits.with_user(self.pia).sudo().message_post(
            body="Hello?", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.complain(2, self.west)
        old = self.complain(24 * 40, self.west)
        self.answer(old, 24 * 39)
        names = ("open_count", "complaint_count", "waiting_count")
        numbers = {"Test Store": (3, 3, 1), "west": (2, 2, 1), "quiet": (0, 0, 0)}
        self.assertEqual(self.rows(self.head, *names), numbers)
        times = self.rows(self.head, "waiting_hours", "answered_count", "answer_hours")
        self.assertEqual(times["Test Store"], (5.0, 2, 2.0))
        self.assertEqual(times["west"], (2.0, 0, 0.0))
        self.assertEqual(self.rows(self.branch, *names), {"west": (2, 2, 1)})
        self.assertEqual(self.rows(self.clerk, *names), {})
        with self.assertRaises(AccessError):
            self.env["scrm.store.board"].with_user(self.pia).search([])
        # a plain colleague who works there reads the tickets he handles alone
        self.store.user_ids = self.clerk
        self.assertEqual(self.rows(self.clerk, *names), {"Test Store": (0, 0, 0)})
        # regions: the average of all complaints, not of the stores' averages
        with freeze_time(NOW - 3 * HOUR):
            late = self.submit()
            late.store_id = self.quiet
        self.quiet.region = "East"
        self.answer(late, -5)
        self.env.flush_all()
        with freeze_time(NOW):
            board = self.env["scrm.store.board"].with_user(self.head)
            regions = dict(
                board._read_group(
                    [("store_id", "in", (self.store + self.west + self.quiet).ids)],
                    ["region"],
                    ["answer_hours:avg"],
                )
            )
        self.assertAlmostEqual(regions["East"], (1 + 3 + 8) / 3)

    def test_done_and_late(self):
        """What is done today counts today; a stopped flow and a passed deadline make
        a store red, a store without anything is green.

        Covers in part: V07
        """
        ticket = self.complain(3)
        colour = self.rows(self.head, "overdue_count", "colour")
        self.assertEqual(colour["Test Store"], (0, "yellow"))
        self.assertEqual(colour["quiet"], (0, "green"))
        ticket.scrm_step_ids.filtered(lambda s: s.state == "open").deadline_at = (
            NOW - HOUR
        )
        colour = self.rows(self.head, "overdue_count", "colour")
        self.assertEqual(colour["Test Store"], (1, "red"))
        with freeze_time(NOW - HOUR):
            ticket.with_user(self.dora).scrm_step_complete()
            ticket.with_user(ticket.scrm_handler_ids).scrm_step_complete()
        done = self.rows(self.head, "open_count", "today_count", "colour")
        self.assertEqual(done["Test Store"], (0, 1, "green"))
        action = (
            self.env["scrm.store.board"]
            .with_user(self.head)
            .browse(self.store.id)
            .action_open_tickets()
        )
        self.assertEqual(action["domain"], [("store_id", "=", self.store.id)])

    def test_as_many_queries_for_200_stores(self):
        """Head office's board costs as many queries with 200 stores and their
        tickets as with three.

        Covers in part: V07
        """

        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            board = self.env["scrm.store.board"].with_user(self.head)
            before = self.env.cr.sql_log_count
            board.formatted_read_group([], ["region"], ["open_count:sum"])
            board.web_search_read(
                [],
                {
                    "open_count": {},
                    "answer_hours": {},
                    "store_id": {"fields": {"display_name": {}}},
                },
                limit=500,
            )
            return self.env.cr.sql_log_count - before

        self.complain(1)
        queries()  # caches
        few = queries()
        stores = self.env["scrm.store"].create(
            [
                {"key": f"test_many_{number}", "name": f"S{number}", "region": "North"}
                for number in range(200)
            ]
        )
        self.env["helpdesk.ticket"].create(
            [
                {
                    "name": "Complaint",
                    "description": "x",
                    "store_id": store.id,
                    "team_id": self.team.id,
                }
                for store in stores
                for _number in range(2)
            ]
        )
        self.assertEqual(queries(), few)
        found = self.env["scrm.store.board"].with_user(self.head)
        found = found.search([("store_id", "in", stores.ids)])
        self.assertEqual(found.mapped("open_count"), [2] * 200)

    def test_live(self):
        """Boards are told when a complaint comes in, moves or gets an answer, and they
        look again by themselves.

        Covers in part: V07
        """
        self.env.cr.precommit.run()
        told = self.env.cr.precommit.data
        ticket = self.complain(1)
        self.assertIn(self.flow.id, told["scrm_flow.moved"])
        told["scrm_flow.moved"].clear()
        self.answer(ticket, 0)
        self.assertIn(self.flow.id, told["scrm_flow.moved"])
        views = self.env["scrm.store.board"].get_views(
            [(False, "list"), (False, "kanban")]
        )["views"]
        for kind in ("list", "kanban"):
            self.assertIn(f'js_class="scrm_flow_live_{kind}"', views[kind]["arch"])
