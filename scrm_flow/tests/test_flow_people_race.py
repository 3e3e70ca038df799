"""Two transactions give work to the same people: real cursors, real commits."""

import threading

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged
from odoo.tools import mute_logger

from .race_common import FlowRaceCase


@tagged("post_install", "-at_install")
class TestFlowPeopleRace(FlowRaceCase):
    """Bob and Cid do the visits; each test begins with four orders at Ann's triage."""

    def make_orders(self, count, limit=0, **values):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            flow = env["scrm.test.order"].browse(self.order_id).scrm_run_id.flow_id
            draft = flow.published_version_id._copy_as_draft()
            visit = draft.node_ids.filtered(lambda node: node.key == "visit")
            visit.write(values)
            draft.action_publish()
            visit.handler_group_id.user_ids.sudo().write({"scrm_load_limit": limit})
            # what earlier tests left open would count
            open_steps = env["scrm.flow.step"].search(
                [("flow_id", "=", flow.id), ("state", "=", "open")]
            )
            for run in open_steps.run_id:
                run._record().scrm_flow_cancel("Make room")
            orders = env["scrm.test.order"].create(
                [{"name": f"Race {number}", "area": 40} for number in range(count)]
            )
            orders.scrm_flow_start(flow)
            return orders.ids

    def visits(self, order_ids):
        """The handler of each visit by name, None where the order is stuck."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            steps = env["scrm.test.order"].browse(order_ids).scrm_step_ids
            visits = steps.filtered(lambda step: step.node_key == "visit")
            self.assertEqual(len(visits), len(order_ids))
            return [
                step.user_id.name if step.state == "open" else None for step in visits
            ]

    def accept(self, cr, order_id):
        env = api.Environment(cr, self.ann_id, {})
        env["scrm.test.order"].browse(order_id).scrm_step_complete("accept")
        env.flush_all()

    def test_an_old_snapshot_does_not_repeat_the_turn(self):
        """The second one began before the first one committed; nothing is repeated.

        Covers: H04
        """
        order_ids = self.make_orders(2, handler_choice="turn")
        with self.registry.cursor() as first, self.registry.cursor() as second:
            for cr in (first, second):
                cr.execute("SELECT count(*) FROM scrm_flow_step")  # its snapshot
            self.accept(first, order_ids[0])
            first.commit()
            self.accept(second, order_ids[1])
            second.commit()
        self.assertEqual(sorted(self.visits(order_ids)), ["Bob", "Cid"])

    def test_one_place_is_given_once(self):
        """Two people with one free place each: of three orders one finds nobody.

        Covers in part: H12
        """
        order_ids = self.make_orders(3, limit=1, handler_choice="load")
        cursors = [self.registry.cursor() for _order in order_ids]
        try:
            for cr in cursors:
                cr.execute("SELECT count(*) FROM scrm_flow_step")
            for cursor, order_id in zip(cursors, order_ids, strict=True):
                self.accept(cursor, order_id)
                cursor.commit()
        finally:
            for cr in cursors:
                cr.close()
        self.assertEqual(self.visits(order_ids), ["Bob", "Cid", None])

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_all_at_the_same_moment(self):
        """Four requests, two people: two orders each, whoever came first.

        Covers in part: H04, H12
        """
        for choice in ("turn", "load"):
            with self.subTest(choice=choice):
                order_ids = self.make_orders(4, handler_choice=choice)
                requests = [
                    lambda results, ready, order_id=order_id: self.request(
                        results,
                        ready,
                        order_id,
                        lambda order: order.scrm_step_complete("accept"),
                    )
                    for order_id in order_ids
                ]
                answers = self.at_once(*requests)
                self.assertEqual(len(answers), 4)
                self.assertEqual(
                    sorted(self.visits(order_ids)), ["Bob", "Bob", "Cid", "Cid"]
                )

    def test_who_comes_second_waits(self):
        """The second one decides only when the first one is through."""
        order_ids = self.make_orders(2, handler_choice="turn")
        done = threading.Event()

        def second():
            with self.registry.cursor() as cr:
                self.accept(cr, order_ids[1])
            done.set()

        with self.registry.cursor() as cr:
            self.accept(cr, order_ids[0])
            thread = threading.Thread(target=second, daemon=True)
            thread.start()
            while not self.is_waiting():
                self.assertFalse(done.is_set(), "it did not wait")
        thread.join(timeout=60)
        self.assertTrue(done.is_set())
        self.assertEqual(sorted(self.visits(order_ids)), ["Bob", "Cid"])

    def is_waiting(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT EXISTS (SELECT FROM pg_locks lock "
                "JOIN pg_database base ON base.oid = lock.database "
                "WHERE lock.locktype = 'advisory' AND NOT lock.granted "
                "AND base.datname = current_database())"
            )
            return cr.fetchone()[0]
