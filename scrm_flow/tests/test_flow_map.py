import json
from datetime import timedelta
from time import monotonic
from types import SimpleNamespace
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.scrm_flow.models import scrm_flow_step_map

from .test_flow_clock import ClockCase
from .test_flow_deadline import HOUR
from .test_flow_timer import MONDAY

DAY = timedelta(days=1)


class MapCase(ClockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.watcher.tz = "Asia/Shanghai"
        (cls.watcher | cls.ann).lang = "en_US"

    def begin(self, flow, at, count=1, **values):
        with freeze_time(at):
            orders = self.Order.create([{"name": "Order", **values}] * count)
            orders.scrm_flow_start(flow)
        return orders

    def go(self, orders, at, way=None):
        with freeze_time(at):
            for order in orders:
                user = order.scrm_step_ids.filtered(
                    lambda step: step.state == "open"
                ).user_id
                order.with_user(user).scrm_step_complete(way)

    def counts(self, flow, at, user=None, **kwargs):
        """{key: (red, yellow, green)} as the user sees them at that moment."""
        self.env.invalidate_all()
        with freeze_time(at):
            answer = flow.with_user(user or self.watcher).map_counts(**kwargs)
        return {
            key: (one["red"], one["yellow"], one["green"])
            for key, one in answer["nodes"].items()
        }


@tagged("post_install", "-at_install")
class TestFlowMap(MapCase):
    def test_three_colours(self):
        """Red after the deadline, yellow before it, green what was done today.

        Covers in part: V02
        """
        flow = self.make_due(deadline_hours=4)
        late = self.begin(flow, MONDAY, 2)
        self.begin(flow, MONDAY + 2 * HOUR, 3)
        self.assertEqual(self.counts(flow, MONDAY + 3 * HOUR), {"visit": (0, 5, 0)})
        self.assertEqual(self.counts(flow, MONDAY + 4 * HOUR), {"visit": (2, 3, 0)})
        self.go(late[0], MONDAY + 5 * HOUR, "visited")
        at = MONDAY + 5 * HOUR
        self.assertEqual(self.counts(flow, at), {"visit": (1, 3, 1), "end": (0, 0, 1)})
        with freeze_time(at):
            answer = flow.with_user(self.watcher).map_read()
        self.assertEqual(answer["worst"]["key"], "visit")
        self.assertEqual(
            answer["total"], {"red": 1, "yellow": 3, "green": 2, "stuck": 0}
        )
        self.assertEqual(answer["version"], 1)
        self.assertEqual(len(answer["drawing"]["nodes"]), 4)
        self.assertFalse(answer["drawing"]["placed"])

    def test_today_is_the_readers(self):
        """15:30 UTC is still Monday in Shanghai, 16:30 UTC is Tuesday there."""
        flow = self.make_due()
        start = MONDAY.replace(hour=15, minute=0)
        orders = self.begin(flow, start, 2)
        self.go(orders[0], start.replace(minute=30), "visited")
        now = start.replace(hour=17)
        self.go(orders[1], start.replace(hour=16, minute=30), "visited")
        self.assertEqual(self.counts(flow, now)["visit"], (0, 0, 1))
        self.watcher.tz = "UTC"
        self.assertEqual(self.counts(flow, now)["visit"], (0, 0, 2))
        day = MONDAY.strftime("%Y-%m-%d")
        self.watcher.tz = "Asia/Shanghai"
        period = {"from": day, "to": day}
        self.assertEqual(self.counts(flow, now, period=period)["visit"], (0, 0, 1))

    def test_only_what_one_may_read(self):
        """Numbers, lists and times count the reader's own records."""
        self.env["ir.rule"].create(
            {
                "name": "own orders",
                "model_id": self.model.id,
                "domain_force": "[('owner_id', '=', user.id)]",
                "groups": [Command.link(self.env.ref("base.group_user").id)],
            }
        )
        flow = self.make_due(deadline_hours=4)
        mine = self.begin(flow, MONDAY, owner_id=self.watcher.id)
        self.begin(flow, MONDAY, 3, owner_id=self.ann.id)
        at = MONDAY + 5 * HOUR
        self.assertEqual(self.counts(flow, at), {"visit": (1, 0, 0)})
        self.assertEqual(self.counts(flow, at, self.ann), {"visit": (3, 0, 0)})
        self.assertEqual(self.counts(flow, at, self.eve), {})
        with freeze_time(at):
            action = flow.with_user(self.watcher).map_records("visit", "red")
            found = self.Order.with_user(self.watcher).search(action["domain"])
            self.assertEqual(found, mine)
        self.go(self.Order.search([("owner_id", "=", self.ann.id)]), at, "visited")
        with freeze_time(at):
            self.assertFalse(flow.with_user(self.watcher).map_times()["nodes"])
            ours = flow.with_user(self.ann).map_times()["nodes"]
        self.assertEqual([(row["key"], row["count"]) for row in ours], [("visit", 3)])
        with self.assertRaises(AccessError):
            flow.with_user(self.portal).map_read()
        reports = self.env["scrm.flow.step.report"].with_user(self.watcher)
        self.assertEqual(
            set(reports.search([("flow_id", "=", flow.id)]).mapped("user_id")),
            {self.ann},
        )
        foreign = self.env["scrm.flow.step.report"].search(
            [("flow_id", "=", flow.id), ("res_id", "!=", mine.id)]
        )
        self.assertEqual(foreign.mapped("state"), ["done"] * 3)
        with self.assertRaises(AccessError):
            foreign.with_user(self.watcher).read(["colour"])

    def test_number_of_queries(self):
        """However many records and nodes there are, the same few queries."""
        flow = self.make_due(deadline_hours=4)
        self.begin(flow, MONDAY)
        at = MONDAY + HOUR

        def cost():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with freeze_time(at):
                flow.with_user(self.watcher).map_counts()
            return self.env.cr.sql_log_count - before

        cost()
        few = cost()
        self.begin(flow, MONDAY, 30)
        self.env.flush_all()
        self.assertEqual(cost(), few)
        self.assertLessEqual(few, 8)

    def test_a_record_behind_each_number(self):
        """Clicking a number lists exactly what was counted."""
        flow = self.make_due(deadline_hours=4)
        orders = self.begin(flow, MONDAY, 2) | self.begin(flow, MONDAY + 3 * HOUR, 3)
        self.go(orders[:1], MONDAY + HOUR, "visited")
        at = MONDAY + 5 * HOUR
        with freeze_time(at):
            asked = flow.with_user(self.watcher)
            for colour, wanted in (
                ("red", orders[1]),
                ("yellow", orders[2:]),
                ("green", orders[0]),
                (None, orders[1:]),
            ):
                action = asked.map_records("visit", colour)
                self.assertEqual(self.Order.search(action["domain"]), wanted)
            ended = asked.map_records("end", "green")
            self.assertEqual(self.Order.search(ended["domain"]), orders[0])
            self.assertEqual(ended["name"], "End: Done Today")

    def test_earlier_versions_on_the_newest_drawing(self):
        """The same key counts together; what is gone is told beside the drawing."""
        flow = self.make_due(deadline_hours=4)
        self.begin(flow, MONDAY, 2)
        draft = flow.published_version_id._copy_as_draft()
        draft.node_ids.filtered(lambda n: n.key == "visit").name = "Site visit"
        draft.action_publish()
        self.begin(flow, MONDAY)
        self.assertEqual(self.counts(flow, MONDAY), {"visit": (0, 3, 0)})
        draft = flow.published_version_id._copy_as_draft()
        draft.node_ids.filtered(lambda n: n.key == "visit").key = "on_site"
        draft.action_publish()
        self.begin(flow, MONDAY)
        with freeze_time(MONDAY):
            answer = flow.with_user(self.watcher).map_counts()
        self.assertEqual(answer["nodes"]["on_site"]["yellow"], 1)
        self.assertEqual(
            [(one["key"], one["name"], one["yellow"]) for one in answer["elsewhere"]],
            [("visit", "Site visit", 3)],
        )

    def test_a_stuck_step_is_red(self):
        flow = self.make_due()
        self.role.user_ids = False
        order = self.begin(flow, MONDAY, area=10)
        self.go(order, MONDAY + HOUR, "too_late")
        with freeze_time(MONDAY + HOUR):
            answer = flow.with_user(self.watcher).map_counts()
        self.assertEqual(answer["nodes"]["boss"]["red"], 1)
        self.assertEqual(answer["nodes"]["boss"]["stuck"], 1)
        self.assertEqual(answer["worst"]["name"], "Boss")

    def test_ones_own_part(self):
        """Nodes that name the reader or a role, and those with work in hand.

        Covers in part: V06
        """
        flow = self.make_due()
        self.assertEqual(flow.with_user(self.ann)._map_mine(), ["visit"])
        self.assertEqual(flow.with_user(self.bob)._map_mine(), ["boss"])
        self.assertEqual(flow.with_user(self.eve)._map_mine(), [])
        order = self.begin(flow, MONDAY)
        order.with_user(self.ann).scrm_step_add_handler(self.eve.id)
        self.assertEqual(flow.with_user(self.eve)._map_mine(), ["visit"])

    def test_bad_input(self):
        flow = self.make_due().with_user(self.watcher)
        for kwargs in (
            {"filters": {"secret": 1}},
            {"filters": {"name": "x"}},
            {"period": {"from": "yesterday"}},
            {"period": {"from": "2026-03-02", "to": "2026-03-01"}},
        ):
            with self.subTest(**kwargs), self.assertRaises(UserError):
                flow.map_counts(**kwargs)
        with self.assertRaises(UserError):
            flow.map_times(split="secret")
        draft = self.env["scrm.flow"].create(
            {"name": "Empty", "key": "empty", "model_id": self.model.id}
        )
        answer = draft.with_user(self.watcher).map_read()
        self.assertFalse(answer["version"])
        names = {one["id"] for one in draft.with_user(self.watcher).map_flows()}
        self.assertIn(flow.id, names)
        self.assertNotIn(draft.id, names)


@tagged("post_install", "-at_install")
class TestFlowMapTimes(MapCase):
    def times(self, flow, at, user=None, **kwargs):
        self.env.invalidate_all()
        with freeze_time(at):
            return flow.with_user(user or self.watcher).map_times(**kwargs)

    def test_bottleneck(self):
        """Median, p90 and share of each node, and the worst one by name.

        Covers: V04
        """
        flow = self.make_due()
        for hours in (1, 2, 3, 4, 10):
            order = self.begin(flow, MONDAY, area=10)
            self.go(order, MONDAY + hours * HOUR, "too_late")
            self.go(order, MONDAY + hours * HOUR + 5 * HOUR, "decided")
        answer = self.times(flow, MONDAY + 16 * HOUR, period={"from": "2026-01-01"})
        boss, visit = answer["nodes"]
        self.assertEqual((boss["key"], visit["key"]), ("boss", "visit"))
        self.assertEqual((visit["median"], boss["median"]), (3, 5))
        self.assertAlmostEqual(visit["p90"], 7.6)
        self.assertEqual((visit["hours"], boss["hours"]), (20, 25))
        self.assertAlmostEqual(boss["share"], 25 / 45)
        self.assertEqual(answer["worst"]["name"], "Boss")
        later = self.times(flow, MONDAY + 9 * DAY)
        self.assertEqual((later["nodes"], later["worst"]), ([], False))

    def test_pauses_are_left_out(self):
        """Five hours of which the clock stood still for three are two."""
        flow = self.make_pausable()
        order = self.begin(flow, MONDAY)
        self.pause(order, MONDAY + HOUR)
        self.resume(order, MONDAY + 4 * HOUR)
        self.go(order, MONDAY + 5 * HOUR, "visited")
        answer = self.times(flow, MONDAY + 6 * HOUR)
        self.assertEqual(answer["nodes"][0]["hours"], 2)

    def test_working_time_where_the_node_counts_it(self):
        """From Monday noon to Tuesday noon, of which the company works eight hours."""
        calendar = self.env.company.resource_calendar_id
        calendar.tz = "UTC"
        flow = self.make_due(time_kind="working")
        noon = MONDAY.replace(hour=12, minute=0)
        order = self.begin(flow, noon)
        self.go(order, noon + DAY, "visited")
        answer = self.times(flow, noon + DAY + HOUR)
        self.assertEqual(answer["nodes"][0]["hours"], 8)


@tagged("post_install", "-at_install")
class TestFlowMapBus(MapCase):
    def setUp(self):
        super().setUp()
        self.told()

    def told(self):
        """Messages to maps of which this transaction would be the commit."""
        last = self.env["bus.bus"]._bus_last_id()
        self.env.cr.precommit.run()
        self.env.cr.postcommit.clear()
        sent = self.env["bus.bus"].search([("id", ">", last)])
        return sent.filtered(lambda one: "scrm_flow/moved" in one.message)

    def test_one_message_a_transaction(self):
        """However many records move: one message per flow, without anything in it."""
        flow = self.make_due()
        orders = self.begin(flow, MONDAY, 5)
        self.go(orders, MONDAY + HOUR, "visited")
        message = self.told()
        self.assertEqual(len(message), 1)
        self.assertEqual(
            json.loads(message.message),
            {"type": "scrm_flow/moved", "payload": flow.id},
        )
        self.assertEqual(json.loads(message.channel)[1:], ["scrm.flow", flow.id])

    def test_one_message_a_second(self):
        """A process that has just told is silent; one that was undone has not."""
        flow = self.make_due()
        order = self.begin(flow, MONDAY)
        self.assertTrue(self.told())
        order.scrm_step_ids.user_id = self.eve
        self.assertTrue(self.told(), "what was not committed was not told")
        self.patch(
            scrm_flow_step_map,
            "_last_told",
            {(self.env.cr.dbname, flow._name, flow.id): monotonic() + 1000},
        )
        order.scrm_step_ids.user_id = self.ann
        self.assertFalse(self.told())

    def test_what_a_move_costs(self):
        """One row, written with the commit, and no query before it."""
        flow = self.make_due()
        orders = self.begin(flow, MONDAY, 3)
        self.told()
        self.go(orders, MONDAY + HOUR, "visited")
        self.env.flush_all()
        execute, queries = type(self.env.cr).execute, []

        def watched(cr, query, *args, **kwargs):
            queries.append(str(query))
            return execute(cr, query, *args, **kwargs)

        self.patch(type(self.env.cr), "execute", watched)
        self.env.cr.precommit.run()
        # defaults of bus messages are in the cache of a running server
        queries = [query for query in queries if "ir_default" not in query]
        self.assertEqual(len(queries), 1, queries)
        self.assertIn('INSERT INTO "bus_bus"', queries[0])

    def test_a_deadline_that_passes_is_told(self):
        flow = self.make_due(deadline_hours=4)
        order = self.begin(flow, MONDAY)
        self.told()
        with freeze_time(MONDAY + 5 * HOUR):
            order._scrm_step_overdue(order.scrm_step_ids)
        self.assertEqual(len(self.told()), 1)

    def test_who_may_listen(self):
        """Only who may read the flow, whatever channel one asks for."""
        flow = self.make_due()
        other = self.env["res.company"].create({"name": "Other"})
        hidden = self.make_due(key="hidden")
        hidden.company_id = other
        websocket = self.env["ir.websocket"]
        asked = [f"scrm.flow_{flow.id}", f"scrm.flow_{hidden.id}", "scrm.flow_x"]

        def heard(user, channels):
            session = SimpleNamespace(session=SimpleNamespace(uid=user.id))
            module = "odoo.addons.bus.models.ir_websocket"
            with (
                patch(f"{module}.request", None),
                patch(f"{module}.wsrequest", session),
            ):
                answer = websocket.with_user(user)._build_bus_channel_list(channels)
            flows = [one for one in answer if getattr(one, "_name", "") == "scrm.flow"]
            return self.env["scrm.flow"].union(*flows)

        self.assertEqual(heard(self.watcher, asked), flow)
        self.assertIn(flow, heard(self.watcher, ["scrm.flow_all"]))
        self.assertNotIn(hidden, heard(self.watcher, ["scrm.flow_all"]))
        self.assertFalse(heard(self.watcher, []))
        self.assertFalse(heard(self.portal, asked))
        self.assertFalse(heard(self.env.ref("base.public_user"), asked))
