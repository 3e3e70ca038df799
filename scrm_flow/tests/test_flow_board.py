"""Boards: whose stage one sees, where a card stands, what is told of each node."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .test_flow_deadline import HOUR
from .test_flow_map import DAY, MapCase
from .test_flow_timer import MONDAY

NOW = MONDAY + 6 * HOUR


@tagged("post_install", "-at_install")
class TestBoardByPost(MapCase):
    """start -> visit (Ann) -> end, or to the boss (Bob and Cid)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.due = cls.make_due(cls, deadline_hours=4)
        cls.at_visit = cls.begin(cls, cls.due, MONDAY, 2, area=10)
        cls.at_boss = cls.begin(cls, cls.due, MONDAY, 3, area=10)
        cls.go(cls, cls.at_boss, MONDAY + HOUR, "too_late")
        cls.decided = cls.begin(cls, cls.due, MONDAY, area=10)
        cls.go(cls, cls.decided, MONDAY + HOUR, "too_late")
        cls.go(cls, cls.decided, MONDAY + 2 * HOUR, "decided")
        cls.due.boards_by_post = True

    def seen(self, user, report="scrm.flow.run.report"):
        """Records and nodes of a board, as the user asks for it."""
        self.env.invalidate_all()
        with freeze_time(NOW):
            rows = (
                self.env[report]
                .with_user(user)
                .search([("flow_id", "=", self.due.id)])
                .read(["res_id", "node_key"])
            )
        return {(row["res_id"], row["node_key"]) for row in rows}

    def test_the_server_tells_each_post_its_own(self):
        """Board, steps, map, lists and times: nothing of another post's nodes.

        Covers: V06
        """
        boss = {(order.id, "boss") for order in self.at_boss}
        visit = {(order.id, "visit") for order in self.at_visit}
        done = {(self.decided.id, False)}
        everything = self.at_visit | self.at_boss | self.decided
        steps = {(order.id, "visit") for order in everything}
        steps_boss = boss | {(self.decided.id, "boss")}
        for user, board, all_steps in (
            (self.ann, visit, steps),
            (self.bob, boss, steps_boss),
            (self.cid, boss, steps_boss),
            (self.eve, set(), set()),
            (self.designer, visit | boss | done, steps | steps_boss),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self.seen(user), board)
                self.assertEqual(self.seen(user, "scrm.flow.step.report"), all_steps)
        self.assertEqual(self.counts(self.due, NOW, self.ann), {"visit": (2, 0, 4)})
        self.assertEqual(self.counts(self.due, NOW, self.bob), {"boss": (0, 3, 1)})
        with freeze_time(NOW):
            flow = self.due.with_user(self.bob)
            self.assertTrue(flow.map_read()["only_mine"])
            self.assertEqual(flow.map_read()["mine"], ["boss"])
            self.assertEqual(
                [row["key"] for row in flow.map_times()["nodes"]], ["boss"]
            )
            for key, found in (
                ("visit", None),
                ("boss", self.at_boss),
                (False, self.at_boss),
            ):
                action = flow.map_records(key)
                records = self.Order.with_user(self.bob).search(action["domain"])
                self.assertEqual(records, found or self.Order)
            ended = flow.map_records("end", "green")
            self.assertFalse(self.Order.with_user(self.bob).search(ended["domain"]))

    def test_no_way_around(self):
        """Not by id, not by grouping, not by a domain over another field."""
        for model in ("scrm.flow.run.report", "scrm.flow.step.report"):
            report = self.env[model]
            with freeze_time(NOW):
                foreign = report.search([("node_key", "=", "visit")])
                self.env.invalidate_all()
                self.assertTrue(foreign)
                with self.assertRaisesRegex(AccessError, "each post"):
                    foreign.with_user(self.bob).check_access("read")
                with self.assertRaises(AccessError):
                    foreign.with_user(self.bob).read(["node_id", "user_id"])
                rows = report.with_user(self.bob)._read_group(
                    [("flow_id", "=", self.due.id)], ["node_key"], ["__count"]
                )
            self.assertEqual({key for key, _count in rows}, {"boss"})

    def test_a_post_by_what_one_has(self):
        """Whom a colleague asked to help sees that step, and no other."""
        order = self.at_visit[0]
        order.with_user(self.ann).scrm_step_add_handler(self.eve.id)
        self.assertEqual(self.seen(self.eve), {(order.id, "visit")})
        self.assertEqual(self.counts(self.due, NOW, self.eve), {"visit": (1, 0, 0)})

    def test_of_several_branches_ones_own(self):
        """A card stands where the reader's own branch is, not at the leading one."""
        people = {"handler_rule": "people"}
        version = self.make_draft(
            [
                {"key": "start", "type": "start"},
                {"key": "split", "type": "parallel_gateway"},
                {
                    "key": "parts",
                    **people,
                    "handler_user_ids": [Command.set(self.ann.ids)],
                    "deadline_hours": 1,
                },
                {
                    "key": "plan",
                    **people,
                    "handler_user_ids": [Command.set(self.eve.ids)],
                },
                {"key": "join", "type": "parallel_gateway"},
                {"key": "end", "type": "end"},
            ],
            [
                ("begin", "start", "split", {}),
                ("to_parts", "split", "parts", {}),
                ("to_plan", "split", "plan", {}),
                ("had_parts", "parts", "join", {}),
                ("planned", "plan", "join", {}),
                ("finish", "join", "end", {}),
            ],
            key="branches",
        )
        version.action_publish()
        self.due = version.flow_id
        order = self.begin(self.due, MONDAY)
        self.assertEqual(self.seen(self.eve), {(order.id, "parts")})
        self.due.boards_by_post = True
        self.assertEqual(self.seen(self.eve), {(order.id, "plan")})
        self.assertEqual(self.seen(self.ann), {(order.id, "parts")})

    def test_switched_off_again(self):
        self.due.boards_by_post = False
        self.assertEqual(len(self.seen(self.bob)), 6)
        self.assertEqual(self.counts(self.due, NOW, self.bob)["end"], (0, 0, 1))


@tagged("post_install", "-at_install")
class TestProgressBoard(MapCase):
    def test_columns(self):
        """Every node and end of a flow is a column, in its order, also when empty.

        Covers in part: V01
        """
        flow = self.make_due()
        order = self.begin(flow, MONDAY, area=10)

        def board(domain):
            with freeze_time(MONDAY + HOUR):
                answer = (
                    self.env["scrm.flow.run.report"]
                    .with_user(self.watcher)
                    .with_context(read_group_expand=True)
                    .web_read_group(domain, ["node_id"], ["__count"])
                )
            names = dict(
                flow.published_version_id.node_ids.mapped(lambda n: (n.id, n.key))
            )
            return [
                (names[group["node_id"][0]], group["__count"])
                for group in answer["groups"]
            ]

        domain = [("flow_id", "=", flow.id)]
        self.assertEqual(board(domain), [("visit", 1), ("boss", 0), ("end", 0)])
        self.go(order, MONDAY + HOUR, "too_late")
        self.assertEqual(board(domain), [("visit", 0), ("boss", 1), ("end", 0)])
        self.go(order, MONDAY + HOUR, "decided")
        self.assertEqual(board(domain), [("visit", 0), ("boss", 0), ("end", 1)])
        action = flow.with_user(self.watcher).action_open_progress()
        self.assertEqual(action["res_model"], "scrm.flow.run.report")
        self.assertEqual(action["context"], {"searchpanel_default_flow_id": flow.id})


@tagged("post_install", "-at_install")
class TestNodeReport(MapCase):
    def test_response_and_conversion_over_time(self):
        """Of each node, month by month: how soon somebody answered, and what went on.

        Covers: V05
        """
        flow = self.make_due(must_accept=True)
        visits = (
            # opened, hours until accepted, then completed (visited) or not
            (MONDAY, 1, True),
            (MONDAY, 3, True),
            (MONDAY, 5, False),
            (MONDAY + 31 * DAY, 2, False),
        )
        for opened, hours, goes_on in visits:
            order = self.begin(flow, opened, area=10)
            with freeze_time(opened + hours * HOUR):
                order.with_user(self.ann).scrm_step_accept()
            with freeze_time(opened + 6 * HOUR):
                if goes_on:
                    order.with_user(self.ann).scrm_step_complete("too_late")
                else:
                    order.with_user(self.designer).scrm_flow_cancel("Gave up")
        sent_back = self.Order.search([("scrm_node_key", "=", "boss")], limit=1)
        with freeze_time(MONDAY + 8 * HOUR):
            boss = sent_back.scrm_handler_ids
            sent_back.with_user(boss).scrm_step_reject("visit", "Incomplete")

        self.env.invalidate_all()
        report = self.env["scrm.flow.step.report"].with_user(self.watcher)
        rows = report._read_group(
            [("flow_id", "=", flow.id), ("ended_at", "!=", False)],
            ["node_key", "ended_at:month"],
            ["__count", "response_hours:avg", "conversion:avg"],
        )
        found = {
            (key, month.month): (count, round(response, 3), round(rate, 3))
            for key, month, count, response, rate in rows
        }
        self.assertEqual(
            found,
            {
                ("visit", 3): (3, 3.0, 0.667),
                ("visit", 4): (1, 2.0, 0.0),
                ("boss", 3): (1, 2.0, 0.0),
            },
        )
        # a step that is open has no rate yet
        self.assertFalse(
            report.search(
                [
                    ("flow_id", "=", flow.id),
                    ("ended_at", "=", False),
                    ("conversion", "!=", False),
                ]
            )
        )
        action = self.env.ref("scrm_flow.scrm_flow_step_report_action_conversion")
        views = {view.view_mode: view.view_id for view in action.view_ids}
        self.assertIn('name="conversion"', views["pivot"].arch)
        self.assertIn('interval="week"', views["graph"].arch)

    def test_a_rejection_does_not_go_on(self):
        """An approval that says no is done, and converted nothing."""
        version = self.make_draft(
            [
                {"key": "start", "type": "start"},
                {
                    "key": "approve",
                    "type": "approval",
                    "handler_rule": "people",
                    "handler_user_ids": [Command.set(self.ann.ids)],
                },
                {"key": "end", "type": "end"},
            ],
            [
                ("begin", "start", "approve", {}),
                ("yes", "approve", "end", {"outcome": "approved"}),
                ("no", "approve", "end", {"outcome": "rejected"}),
            ],
            key="approved",
        )
        version.action_publish()
        yes, no = self.begin(version.flow_id, MONDAY, 2)
        with freeze_time(MONDAY + HOUR):
            yes.with_user(self.ann).scrm_step_vote("approved")
            no.with_user(self.ann).scrm_step_vote("rejected", "Too dear")
        rows = self.env["scrm.flow.step.report"].search(
            [("flow_id", "=", version.flow_id.id)]
        )
        self.assertEqual(
            {row.res_id: row.conversion for row in rows}, {yes.id: 1.0, no.id: 0.0}
        )

    def test_who_is_responsible(self):
        """The handler; those who share it; when nobody was found whom the flow tells.

        Covers in part: V24
        """
        flow = self.make_due(deadline_hours=1)
        late, shared, stuck = self.begin(flow, MONDAY, 3, area=10)
        shared.with_user(self.ann).scrm_step_add_handler(self.eve.id)
        self.role.user_ids = False
        self.go(stuck, MONDAY + HOUR, "too_late")
        flow.owner_id = self.designer
        report = self.env["scrm.flow.step.report"].with_user(self.watcher)

        def responsible():
            self.env.invalidate_all()
            with freeze_time(MONDAY + 2 * HOUR):
                rows = report.search(
                    [("flow_id", "=", flow.id), ("colour", "=", "red")]
                )
                return {row.res_id: (row.node_key, row.responsible_ids) for row in rows}

        wanted = {
            late.id: ("visit", self.ann),
            shared.id: ("visit", self.ann | self.eve),
            stuck.id: ("boss", self.designer),
        }
        self.assertEqual(responsible(), wanted)
        flow.incident_user_ids = self.watcher
        self.assertEqual(responsible(), {**wanted, stuck.id: ("boss", self.watcher)})
