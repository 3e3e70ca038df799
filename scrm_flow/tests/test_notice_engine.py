"""When a notice may go out: doctests, and properties over all timezones."""

import doctest
from datetime import datetime, timedelta

import pytz
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.scrm_flow.engine import apprise_log, notices, surges

from .property_settings import SLOW_MACHINE

moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 12, 31))
zones = st.sampled_from(
    ["UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York"]
    + ["Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo", "Pacific/Apia"]
)
hours = st.sampled_from([0, 0.5, 2, 2.5, 7, 8, 12, 18, 22, 23.5])


def shown(moment, zone):
    return pytz.utc.localize(moment).astimezone(pytz.timezone(zone))


@tagged("post_install", "-at_install")
class TestNoticeEngine(BaseCase):
    def test_doctests(self):
        for module in (apprise_log, notices, surges):
            result = doctest.testmod(module)
            self.assertGreater(result.attempted, 5)
            self.assertEqual(result.failed, 0)

    @settings(SLOW_MACHINE, max_examples=500)
    @given(moments, zones, hours, hours)
    def test_quiet_hours_end(self, moment, zone, start, end):
        """Never earlier, at most a day and an hour later, and nothing is held twice."""
        free = notices.after_quiet(moment, zone, start, end)
        self.assertGreaterEqual(free, moment)
        self.assertLessEqual(free - moment, timedelta(hours=25))
        self.assertEqual(notices.after_quiet(free, zone, start, end), free)
        if free != moment:
            self.assertNotEqual(start, end)

    @settings(SLOW_MACHINE, max_examples=500)
    @given(moments, zones, hours)
    def test_digests_come_daily(self, moment, zone, hour):
        """After the moment, within a day and its change of clock; all of a day in
        the same one."""
        due = notices.digest_at(moment, zone, "day", hour)
        self.assertGreater(due, moment)
        self.assertLessEqual(due - moment, timedelta(hours=49))
        before = due - timedelta(seconds=1)
        self.assertEqual(notices.digest_at(before, zone, "day", hour), due)

    @settings(SLOW_MACHINE, max_examples=300)
    @given(moments, zones)
    def test_digests_come_hourly(self, moment, zone):
        """At full hours of the recipient, at most an hour later."""
        due = notices.digest_at(moment, zone, "hour")
        self.assertTrue(timedelta(0) < due - moment <= timedelta(hours=1))
        local = shown(due, zone)
        if local.utcoffset() == shown(moment, zone).utcoffset():
            self.assertEqual((local.minute, local.second), (0, 0))

    @given(st.lists(moments, max_size=8), st.integers(0, 4))
    def test_caps_hold(self, sent, cap):
        """At the moment it names there are fewer than the cap in the last hour."""
        now = datetime(2026, 3, 2, 12)
        sent = [now - (now - one) % timedelta(hours=2) for one in sent]
        at = notices.free_at(now, sent, cap)
        self.assertGreaterEqual(at, now)
        if cap:
            recent = [one for one in sent if one > at - timedelta(hours=1)]
            self.assertLess(len(recent), cap)

    @given(st.text(), st.text())
    def test_texts_are_plain(self, text, value):
        """What is put in is never read again, and a text without names stays."""
        if "{{" not in text:
            self.assertEqual(notices.fill(text, {"record": value}), text)
        filled = notices.fill("a {{ record }} b", {"record": value})
        self.assertEqual(filled, f"a {value} b")
