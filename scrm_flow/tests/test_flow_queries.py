import gc

from odoo.tests import tagged

from .common import FlowCase

#: SQL queries of a transition with cold caches.
MAX_QUERIES = 8
#: How often each cost is taken.
TIMES = 3


@tagged("post_install", "-at_install")
class TestFlowQueries(FlowCase):
    """What a transition costs does not grow with anything around it."""

    def make_chain(self, key, length):
        """A flow of so many nodes: tasks of Ann's, the last of which leads back."""
        people = {
            "handler_rule": "people",
            "handler_user_ids": [(6, 0, self.ann.ids)],
        }
        tasks = [f"task_{number}" for number in range(length - 2)]
        keys = ["start", *tasks, "end"]
        version = self.make_draft(
            [
                {"key": "start", "type": "start"},
                *({"key": task, "type": "user_task", **people} for task in tasks),
                {"key": "end", "type": "end"},
            ],
            [
                *(
                    (f"to_{target}", source, target, {})
                    for source, target in zip(keys, keys[1:], strict=False)
                ),
                ("again", tasks[-1], tasks[0], {}),
            ],
            key=key,
        )
        version.action_publish()
        return version.flow_id

    def begin(self, flow, count=None):
        orders = self.Order.create([{"name": "Order"} for _n in range(count or 1)])
        orders.scrm_flow_start(flow)
        return orders

    def go_on(self, order, transition=None):
        order.with_user(self.ann).scrm_step_complete(transition)

    def cost(self, act):
        """SQL queries of an act with cold records, as at the start of a request.

        An environment remembers its company as long as it lives: whether one that is
        left over is still there, or is made anew with a query, is up to the garbage
        collector. So each cost is the least of several.
        """
        gc.collect()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        act()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def cost_of_a_step(self, flow):
        self.go_on(self.begin(flow))  # fills the caches of a running server
        orders = [self.begin(flow) for _n in range(TIMES)]
        return min(self.cost(lambda o=order: self.go_on(o)) for order in orders)

    def test_size_of_the_flow(self):
        """Five nodes or sixty."""
        few = self.cost_of_a_step(self.make_chain("short", 5))
        self.assertEqual(self.cost_of_a_step(self.make_chain("long", 60)), few)
        self.assertLessEqual(few, MAX_QUERIES)

    def test_number_of_flows(self):
        """One flow or fifty."""
        flow = self.make_chain("one", 5)
        few = self.cost_of_a_step(flow)
        for number in range(49):
            self.make_chain(f"other_{number}", 4)
        self.assertEqual(self.cost_of_a_step(flow), few)

    def test_history(self):
        """The second step of a record or the two-hundredth."""
        flow = self.make_chain("circle", 5)
        few = self.cost_of_a_step(flow)
        order = self.begin(flow)
        for number in range(198):
            self.go_on(order, "again" if number % 3 == 2 else None)
        self.assertEqual(len(order.scrm_run_id.step_ids), 199)
        self.assertEqual(order.scrm_node_key, "task_0")
        ways = (None, None, "again")
        costs = [self.cost(lambda way=way: self.go_on(order, way)) for way in ways]
        self.assertEqual(min(costs), few)

    def test_batch(self):
        """Starting thirty takes as many queries as starting ten."""
        flow = self.make_chain("batch", 5)
        self.begin(flow)

        def start(count):
            batches = [
                self.Order.create([{"name": "Order"} for _n in range(count)])
                for _time in range(TIMES)
            ]
            return min(
                self.cost(lambda orders=orders: orders.scrm_flow_start(flow))
                for orders in batches
            )

        self.assertEqual(start(30), start(10))
