from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged, users

from .standby_common import HOUR, MONDAY, StandbyCase


@tagged("post_install", "-at_install")
class TestFlowBackupPool(StandbyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pool = cls.env["scrm.flow.backup.pool"].create(
            {
                "key": "peak",
                "name": "Peak",
                "user_ids": [(6, 0, cls.eve.ids)],
                "hours": 4,
            }
        )

    def names(self, at, count=3):
        return [self.visit(at).user_id.name for _number in range(count)]

    def test_joins_while_it_is_on_and_ends_by_itself(self):
        """Covers: H21"""
        self.use(backup_pool_id=self.pool.id)
        self.assertEqual(self.names(MONDAY), ["Bob", "Cid", "Bob"])
        with freeze_time(MONDAY):
            self.pool.with_user(self.designer).action_switch_on()
        self.assertEqual(self.names(MONDAY + HOUR), ["Eve", "Cid", "Bob"])
        self.assertEqual(self.names(MONDAY + 4 * HOUR), ["Cid", "Bob", "Cid"])
        with freeze_time(MONDAY + 4 * HOUR):
            self.assertFalse(self.pool.is_on)

    def test_switched_off_by_hand(self):
        self.use(backup_pool_id=self.pool.id)
        with freeze_time(MONDAY):
            self.pool.action_switch_on()
        with freeze_time(MONDAY + HOUR):
            self.assertTrue(self.pool.is_on)
            self.pool.action_switch_off()
            self.assertFalse(self.pool.is_on)
        self.assertNotIn("Eve", self.names(MONDAY + HOUR))

    def test_a_flow_switches_it(self):
        """Covers in part: H21"""
        self.use(backup_pool_id=self.pool.id)
        draft = self.flow.published_version_id._copy_as_draft()
        stamp = draft.node_ids.filtered(lambda node: node.key == "stamp")
        stamp.write(
            {
                "service_kind": "backup_pool",
                "service_config": {"pool": "peak", "on": True, "hours": 2},
            }
        )
        draft.action_publish()
        step = self.visit(MONDAY)
        with freeze_time(MONDAY):
            self.order_of(step).with_user(step.user_id).scrm_step_complete()
            self.assertTrue(self.pool.is_on)
        self.assertEqual(self.pool.on_until, MONDAY + 2 * HOUR)
        self.assertIn("Eve", self.names(MONDAY + HOUR))

    def test_wrong_settings_are_refused_at_publishing(self):
        service = self.env["scrm.flow.service.backup_pool"]

        def problems(config):
            return service._check_config("scrm.test.order", config)

        self.assertEqual(problems({"pool": "peak", "on": False}), [])
        self.assertIn("no backup pool", problems({"pool": "none", "on": True})[0])
        self.assertIn("hours", problems({"pool": "peak", "on": True, "hours": 0})[0])

    def test_an_empty_pool_cannot_be_switched_on(self):
        self.pool.user_ids = False
        with self.assertRaisesRegex(UserError, "Nobody is in the backup pool"):
            self.pool.action_switch_on()

    @freeze_time(MONDAY)
    def test_a_role_is_in_it_as_well(self):
        self.pool.group_id = self.role
        self.assertFalse(self.pool.members())
        self.pool.action_switch_on()
        self.assertEqual(self.pool.members(), self.bob | self.cid | self.eve)

    @freeze_time(MONDAY)
    def test_found_by_its_state(self):
        pools = self.env["scrm.flow.backup.pool"]
        self.assertFalse(pools.search([("is_on", "=", True)]))
        self.pool.action_switch_on()
        self.assertEqual(pools.search([("is_on", "=", True)]), self.pool)
        self.assertNotIn(self.pool, pools.search([("is_on", "=", False)]))

    @users("ann")
    def test_handlers_may_not_switch(self):
        pool = self.pool.with_env(self.env)
        self.assertFalse(pool.is_on)
        with self.assertRaises(AccessError):
            pool.action_switch_on()
