import os
from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, freeze_time, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestClock(TransactionCase):
    def setUp(self):
        super().setUp()
        admin = self.env.ref("base.user_admin")
        self.clock = self.env["scrm.clock"].with_user(admin)
        self.parameters = self.env["ir.config_parameter"]

    def scenario(self, server="1", database="1"):
        self.parameters.set_param("scrm_flow.scenario_database", database)
        return patch.dict(os.environ, {"SCRM_TEST_CLOCK": server})

    def test_true_time(self):
        with freeze_time("2026-03-02 23:30:00"):
            self.assertEqual(self.clock.now(), datetime(2026, 3, 2, 23, 30))
            self.assertEqual(self.clock.today("UTC"), date(2026, 3, 2))
            self.assertEqual(self.clock.today("Asia/Shanghai"), date(2026, 3, 3))

    def test_scenario_time_goes_on(self):
        with self.scenario(), freeze_time("2026-01-01 00:00:00") as frozen:
            self.assertEqual(
                self.clock.test_set("2026-03-02 02:00:00"), "2026-03-02 02:00:00"
            )
            frozen.tick(timedelta(minutes=5))
            self.assertEqual(self.clock.now(), datetime(2026, 3, 2, 2, 5))

    def test_scenario_time_can_stand_still(self):
        with self.scenario(), freeze_time("2026-01-01 00:00:00") as frozen:
            self.clock.test_set("2026-03-02 02:00:00", stand_still=True)
            frozen.tick(timedelta(minutes=5))
            self.assertEqual(self.clock.now(), datetime(2026, 3, 2, 2))
            self.clock.test_set("2026-03-02 03:00:00")
            frozen.tick(timedelta(minutes=5))
            self.assertEqual(self.clock.now(), datetime(2026, 3, 2, 3, 5))

    def test_refused_without_both_flags(self):
        for server, database in (("0", "1"), ("1", "0"), ("0", "0")):
            with (
                self.subTest(server=server, database=database),
                self.scenario(server, database),
                self.assertRaisesRegex(UserError, "scenario runner"),
            ):
                self.clock.test_set("2026-03-02 02:00:00")

    def test_an_offset_without_the_flags_counts_for_nothing(self):
        self.parameters.set_param("scrm_flow.clock_offset", "86400")
        with self.scenario("0", "1"), freeze_time("2026-01-01 00:00:00"):
            self.assertEqual(self.clock.now(), datetime(2026, 1, 1))

    def test_refused_for_others_and_for_nonsense(self):
        user = new_test_user(self.env, "clock_user", groups="base.group_user")
        with self.scenario():
            with self.assertRaises(AccessError):
                self.clock.with_user(user).test_set("2026-03-02 02:00:00")
            for text in ("tomorrow", "2026-03-02", None, 5):
                with (
                    self.subTest(at=text),
                    self.assertRaisesRegex(UserError, "must be a time like"),
                ):
                    self.clock.test_set(text)
