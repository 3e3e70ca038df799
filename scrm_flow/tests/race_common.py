"""Several people, each in a transaction: real cursors, real commits."""

import threading

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase
from odoo.tests.common import get_db_name
from odoo.tools import SQL

from .common import FlowCase
from .order_model import add_model, order_model, remove_model


class FlowRaceCase(BaseCase):
    """People, a flow and two orders at Ann's triage, committed. Works outside the usual
    test transaction, so it cleans up by itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        with cls.registry.cursor() as cr:
            add_model(cls.registry, cr, order_model())
            cls.addClassCleanup(cls.forget)
            # the people and the flow of the other tests, this time committed
            FlowCase.registry = cls.registry
            data = type("RaceData", (FlowCase,), {"env": None})
            data.env = api.Environment(cr, SUPERUSER_ID, {})
            data.Order = data.env["scrm.test.order"]
            data.model = data.env["ir.model"]._get("scrm.test.order")
            data.env["ir.model.access"].create(
                {
                    "name": "order",
                    "model_id": data.model.id,
                    "group_id": data.env.ref("base.group_user").id,
                    "perm_read": True,
                }
            )
            data.make_people()
            flow = data.make_flow("race_flow")
            order = data.Order.create({"name": "Race", "area": 40})
            order.scrm_flow_start(flow)
            cls.order_id = order.id
            other = data.Order.create({"name": "Freeze", "area": 40})
            other.scrm_flow_start(flow)
            cls.other_id = other.id
            cls.step_id = order.scrm_step_ids.id
            cls.ann_id = data.ann.id
            cls.made = [
                ("scrm.flow", flow.ids),
                (
                    "res.users",
                    (
                        data.ann
                        | data.bob
                        | data.cid
                        | data.eve
                        | data.designer
                        | data.watcher
                        | data.portal
                    ).ids,
                ),
                ("res.groups", data.role.ids),
            ]

    @classmethod
    def forget(cls):
        """Take away what was committed: history has no way out but SQL."""
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            for name, ids in cls.made:
                if name == "res.users":
                    users = env[name].browse(ids)
                    partners = users.partner_id
                    users.unlink()
                    partners.unlink()
                    continue
                table = SQL.identifier(env[name]._table)
                env.execute_query(
                    SQL("DELETE FROM %s WHERE id = ANY(%s) RETURNING id", table, ids)
                )
            env["ir.model"]._get("scrm.test.order").with_context(
                _force_unlink=True
            ).unlink()
            cr.execute("DROP TABLE IF EXISTS scrm_test_order_scrm_handler_rel")
            cr.execute("DROP TABLE IF EXISTS scrm_test_order")
            remove_model(cls.registry, cr, "scrm.test.order")

    def request(self, results, ready, order_id, act):
        """Act as a web request does, repeated when it collides."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, self.ann_id, {})

            def request():
                order = env["scrm.test.order"].browse(order_id)
                order.mapped("scrm_run_id.state")  # takes the snapshot
                ready()
                answer = act(order)
                env.flush_all()
                return answer

            try:
                results.append(retrying(request, env))
            except UserError as error:
                cr.rollback()
                results.append(str(error))

    def at_once(self, *requests):
        """Let these begin in the same moment; return what each one answered."""
        barrier = threading.Barrier(len(requests))
        waited = threading.local()
        results = []

        def ready():
            if not getattr(waited, "done", False):
                waited.done = True
                barrier.wait(timeout=20)

        threads = [
            threading.Thread(target=request, args=(results, ready), daemon=True)
            for request in requests
        ]
        self.run_all(threads, 60)
        return results

    def run_all(self, threads, seconds):
        """Begin them all, and wait so long for each of them."""
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=seconds)
            self.assertFalse(thread.is_alive())

    def two_crons(self):
        """Let two crons fire what is due at once; how many timers each of them did."""
        barrier = threading.Barrier(2)
        counts = []

        def cron():
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                barrier.wait(timeout=20)
                counts.append(env["scrm.flow.timer"]._fire_due())

        threads = [threading.Thread(target=cron, daemon=True) for _n in range(2)]
        self.run_all(threads, 120)
        return counts
