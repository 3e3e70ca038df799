from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import FlowCase


@tagged("post_install", "-at_install")
class TestFlowLog(FlowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        order = cls.Order.create({"name": "Logged", "area": 40})
        order.scrm_flow_start(cls.flow)
        order.with_user(cls.ann).scrm_step_complete("accept")
        cls.run_ = order.scrm_run_id
        cls.log = cls.run_.log_ids.sorted("sequence")

    def verify(self):
        return self.env["scrm.flow.log"].verify(self.run_.with_user(self.watcher))

    def test_untouched(self):
        """Covers in part: R15"""
        self.assertIsNone(self.verify())
        self.assertEqual(self.log.mapped("sequence"), [1, 2, 3, 4, 5])
        self.assertEqual(
            self.log.mapped("user_id"), self.env.user | self.ann, "who did it"
        )
        self.assertEqual(set(self.log.mapped("version_number")), {1})
        action = self.run_.with_user(self.watcher).action_verify()
        self.assertEqual(action["params"]["type"], "success")

    def test_append_only(self):
        """Nobody changes or deletes it through Odoo.

        Covers in part: R15
        """
        entry = self.log[1]
        for user in (self.env.user, self.env.ref("base.user_admin"), self.designer):
            with self.subTest(user=user.login):
                with self.assertRaises(UserError):
                    entry.with_user(user).write({"node_key": "other"})
                with self.assertRaises(UserError):
                    entry.with_user(user).unlink()
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            self.run_.unlink()
        with self.assertRaises(AccessError):
            self.env["scrm.flow.log"].with_user(self.designer).create(
                {"run_id": self.run_.id, "sequence": 9}
            )

    def test_changes_behind_its_back_are_found(self):
        """Covers in part: R15"""
        middle, last = self.log[2], self.log[-1]
        tampering = {
            "who": ("user_id = %s", [self.eve.id], middle),
            "when": ("at = at - interval '1 hour'", [], middle),
            "where": ("node_key = 'visit'", [], middle),
            "what": ("event = 'cancel'", [], last),
            "detail": ('detail = \'{"transition": "refuse"}\'', [], middle),
            "seal": ("digest = repeat('0', 64)", [], middle),
            "last seal": ("digest = repeat('0', 64)", [], last),
        }
        for name, (change, values, entry) in tampering.items():
            with self.subTest(change=name), self.env.cr.savepoint() as savepoint:
                self.env.cr.execute(
                    f"UPDATE scrm_flow_log SET {change} WHERE id = %s",
                    [*values, entry.id],
                )
                self.assertTrue(self.verify())
                savepoint.rollback()
                self.env.invalidate_all()
        self.assertIsNone(self.verify())

    def test_missing_entries_are_found(self):
        for entry, message in (
            (self.log[0], "Entry 1 is missing"),
            (self.log[2], "Entry 3 is missing"),
            (self.log[-1], "after number 4"),
        ):
            with self.subTest(entry=entry.sequence):
                with self.env.cr.savepoint() as savepoint:
                    self.env.cr.execute(
                        "DELETE FROM scrm_flow_log WHERE id = %s", [entry.id]
                    )
                    self.env.invalidate_all()
                    self.assertIn(message, self.verify())
                    savepoint.rollback()
                    self.env.invalidate_all()

    def test_times_come_from_the_clock(self):
        """Covers in part: F24"""
        visit = self.run_.step_ids[-1]
        self.env.cr.execute(
            "UPDATE scrm_flow_step SET opened_at = %s WHERE id = %s",
            ["2026-03-02 02:00:00", visit.id],
        )
        visit.invalidate_recordset()
        clock = type(self.env["scrm.clock"])
        at = fields.Datetime.to_datetime("2026-03-02 05:30:00")
        with patch.object(clock, "now", lambda self: at):
            self.Order.browse(visit.res_id).with_user(self.bob).scrm_step_complete()
        self.assertEqual(visit.ended_at, at)
        self.assertEqual(visit.hours, 3.5)
        self.assertEqual(self.run_.ended_at, at)
        self.assertEqual(self.run_.log_ids.sorted("sequence")[-1].at, at)
        self.assertIsNone(self.verify())
