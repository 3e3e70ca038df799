"""A sandbox beside real work on the same record: real cursors, real commits."""

import threading

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..sandbox.cursor import opened
from .race_common import FlowRaceCase


@tagged("post_install", "-at_install")
class TestSandboxRace(FlowRaceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            cls.designer_id = env["res.users"].search([("login", "=", "designer")]).id

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_real_work_goes_on(self):
        """What happens to a record while a sandbox has it is done and stays done."""
        inside, worked = threading.Event(), threading.Event()
        results = []

        def work():
            inside.wait(timeout=20)
            with self.registry.cursor() as cr:
                env = api.Environment(cr, self.ann_id, {})
                order = env["scrm.test.order"].browse(self.order_id)

                def request():
                    return order.scrm_step_complete("accept")

                results.append(retrying(request, env))
            worked.set()

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, self.designer_id, {})
            version = env["scrm.test.order"].browse(self.order_id).sudo().scrm_run_id
            version = version.version_id
            with opened(env, env["scrm.clock"].now()) as inner:
                order = inner["scrm.test.order"].browse(self.order_id).sudo()
                inner["scrm.flow.engine"]._lock(order.scrm_run_id)
                order.note = "only tried"
                inner.flush_all()
                inside.set()
                self.assertFalse(worked.wait(timeout=1), "it waits for the sandbox")
            # the request of the sandbox is still open, its locks are gone
            self.assertTrue(worked.wait(timeout=20))
        thread.join(timeout=20)
        self.assertEqual(results, [{"node": "visit", "state": "running"}])
        with self.registry.cursor() as cr:
            env = api.Environment(cr, self.designer_id, {})
            order = env["scrm.test.order"].browse(self.order_id)
            self.assertFalse(order.note)
            self.assertIsNone(env["scrm.flow.log"].verify(order.scrm_run_id))

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_the_sandbox_gives_way(self):
        """While real work holds the record, the sandbox is refused with a reason."""
        with self.registry.cursor() as cr, self.registry.cursor() as other:
            env = api.Environment(cr, self.ann_id, {})
            order = env["scrm.test.order"].browse(self.other_id)
            env["scrm.flow.engine"]._lock(order.sudo().scrm_run_id)
            trying = api.Environment(other, self.designer_id, {})
            version = trying["scrm.test.order"].browse(self.other_id).sudo()
            version = version.scrm_run_id.version_id
            with self.assertRaisesRegex(UserError, "working on the same record"):
                trying["scrm.flow.sandbox"].play(version.id, record_id=self.other_id)
            answer = order.scrm_step_complete("refuse")
            self.assertEqual(answer, {"node": False, "state": "done"})
