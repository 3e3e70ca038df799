"""Who can work right now: schedules, leaves, holidays; and that asking is cheap."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.fields import Command
from odoo.tests import BaseCase, new_test_user, tagged

from odoo.addons.scrm_flow.engine.availability import Line, works_at

from .people_common import MONDAY, PeopleCase
from .property_settings import SLOW_MACHINE

WEEK = [(day, 8, 17) for day in range(5)]


@tagged("post_install", "-at_install")
class TestFlowAvailability(PeopleCase):
    def test_on_leave(self):
        """Covers in part: H10: who is on leave gets nothing new"""
        resource = self.resource(self.bob, self.calendar(*WEEK))
        self.leave(resource, MONDAY - timedelta(days=1), MONDAY + timedelta(days=1))
        self.assertEqual(self.visit().user_id, self.bob, "nobody asks: as before")
        self.use(handler_availability="leave_only")
        for _number in range(2):
            step = self.visit()
            self.assertEqual(step.user_id, self.cid)
        self.assertIn("Left out: Bob (on leave)", step.assign_reason)
        self.at(MONDAY + timedelta(days=1))
        self.assertEqual(self.visit().user_id, self.bob, "the leave is over")

    def test_public_holiday(self):
        company = self.env.company
        calendar = self.calendar(*WEEK)
        self.resource(self.bob, calendar, company_id=company.id)
        self.leave(
            None,
            MONDAY.replace(hour=0),
            MONDAY.replace(hour=23),
            company_id=company.id,
            calendar_id=calendar.id,
        )
        self.use(handler_availability="leave_only")
        step = self.visit()
        self.assertEqual(step.user_id, self.cid, "without a schedule: always there")
        self.assertIn("Bob (public holiday)", step.assign_reason)

    def test_shift(self):
        """Covers in part: H13: only who is on shift is proposed"""
        self.use(handler_availability="working_now")
        self.resource(self.bob, self.calendar((0, 8, 12)))
        self.resource(self.cid, self.calendar((0, 12, 20)))
        self.assertEqual(self.visit().user_id, self.bob)
        step = self.visit()
        self.assertEqual(step.user_id, self.bob)
        self.assertIn("Cid (not working now)", step.assign_reason)
        self.at(MONDAY.replace(hour=12))
        self.assertEqual(self.visit().user_id, self.cid)
        self.at(MONDAY.replace(hour=21))
        step = self.visit()
        self.assertEqual(step.incident_code, "no_handler")

    def test_a_booking_blocks_its_slot(self):
        """Who is on shift, but booked from 10 to 11, gets nothing in that hour.

        Covers in part: H13
        """
        self.use(handler_availability="working_now", handler_choice="load")
        bob = self.resource(self.bob, self.calendar((0, 8, 12)))
        self.resource(self.cid, self.calendar((0, 12, 20)))
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Oil change, bay 2",
                "resource_id": bob.id,
                "time_type": "other",
                "date_from": MONDAY.replace(hour=10, minute=0),
                "date_to": MONDAY.replace(hour=11, minute=0),
            }
        )
        for hour, minute, user in (
            (9, 59, self.bob),
            (10, 0, None),
            (10, 59, None),
            (11, 0, self.bob),
            (12, 0, self.cid),
        ):
            with self.subTest(hour=hour, minute=minute):
                self.at(MONDAY.replace(hour=hour, minute=minute))
                step = self.visit()
                self.assertEqual(step.user_id, user or self.env["res.users"])
                if not user:
                    self.assertIn("Bob", step.assign_reason)
                    self.assertIn("booked now", step.assign_reason)

    def test_a_booking_is_no_leave(self):
        self.use(handler_availability="leave_only")
        resource = self.resource(self.bob, self.calendar(*WEEK))
        self.resource(self.cid, self.calendar(*WEEK))
        self.env["resource.calendar.leaves"].create(
            {
                "resource_id": resource.id,
                "time_type": "other",
                "date_from": MONDAY - timedelta(hours=1),
                "date_to": MONDAY + timedelta(hours=1),
            }
        )
        self.assertEqual(self.visit().user_id, self.bob)

    def test_time_zone_and_night_shift(self):
        self.use(handler_availability="working_now")
        night = self.calendar((0, 22, 24), (1, 0, 6), tz="Asia/Shanghai")
        self.resource(self.bob, night, tz="Asia/Shanghai")
        self.resource(self.cid, self.calendar())
        for moment, user in (
            (datetime(2026, 3, 2, 13, 59), None),  # Monday 21:59 in Shanghai
            (datetime(2026, 3, 2, 14, 0), self.bob),
            (datetime(2026, 3, 2, 16, 30), self.bob),  # Tuesday 0:30
            (datetime(2026, 3, 2, 22, 0), None),  # Tuesday 6:00
        ):
            with self.subTest(moment=moment):
                self.at(moment)
                step = self.visit()
                self.assertEqual(step.user_id, user or self.env["res.users"])

    def test_reasons_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"].search(
            [("name", "=", "scrm_flow")]
        )._update_translations(["zh_CN"])
        self.use(handler_availability="leave_only", handler_choice="load")
        resource = self.resource(self.bob, self.calendar(*WEEK))
        self.leave(resource, MONDAY - timedelta(days=1), MONDAY + timedelta(days=1))
        step = self.visit()
        self.assertEqual(
            step.with_context(lang="zh_CN").assign_reason,
            "角色：Cid [未完成步骤：0]，只有此人可以处理。\n"
            "未参与：Bob [未完成步骤：0]（休假中）。",
        )

    def test_people_who_decide_are_warned_in_the_log(self):
        """Covers in part: H01: a person may hand work to somebody on leave"""
        resource = self.resource(self.bob, self.calendar(*WEEK))
        self.leave(resource, MONDAY - timedelta(days=1), MONDAY + timedelta(days=1))
        self.use(handler_availability="leave_only")
        step = self.visit()
        order = self.Order.browse(step.res_id)
        order.with_user(self.cid).scrm_step_transfer(self.bob.id, "Asked for him")
        self.assertEqual(step.user_id, self.bob)
        entry = step.run_id.log_ids.filtered(lambda e: e.event == "transfer")
        self.assertIn("Decided by hand although: on leave", entry.description)

    def test_queries_do_not_grow_with_people(self):
        self.use(handler_availability="working_now", handler_choice="load")
        counts = []
        for number in (5, 50):
            users = self.env["res.users"]
            for index in range(number):
                user = new_test_user(self.env, f"many{number}_{index}")
                calendar = self.calendar((0, 8, 12), (0, 13, 17))
                self.resource(user, calendar)
                users |= user
            self.role.user_ids = [Command.set(users.ids)]
            order = self.order()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            order.with_user(self.ann).scrm_step_complete("accept")
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])


@tagged("post_install", "-at_install")
class TestScheduleAgainstOdoo(PeopleCase):
    """The schedule is read as Odoo itself reads it, hour by hour over two weeks."""

    def test_same_answer_as_resource_calendar(self):
        lines = [(0, 8, 12, 0), (0, 13, 17.5, 0), (1, 22, 24, 1), (2, 0, 6, 1)]
        for two_weeks in (False, True):
            used = lines if two_weeks else [line[:3] for line in lines]
            calendar = self.calendar(*used, two_weeks=two_weeks, tz="America/New_York")
            resource = self.resource(self.bob, calendar, tz="America/New_York")
            read = self.env["scrm.flow.availability"]._lines(calendar)[calendar.id]
            start = datetime(2026, 3, 1, tzinfo=UTC)
            end = start + timedelta(days=14)
            intervals = calendar._work_intervals_batch(start, end, resource)
            spans = [(begin, stop) for begin, stop, _why in intervals[resource.id]]
            for half_hours in range(14 * 48):
                moment = start + timedelta(minutes=30 * half_hours)
                local = moment.astimezone(ZoneInfo("America/New_York"))
                self.assertEqual(
                    works_at(read, local.replace(tzinfo=None)),
                    any(begin <= moment < stop for begin, stop in spans),
                    f"{local} two_weeks={two_weeks}",
                )


@tagged("post_install", "-at_install")
class TestWorksAt(BaseCase):
    @settings(SLOW_MACHINE, max_examples=100)
    @given(
        lines=st.lists(
            st.builds(
                lambda day, start, length: Line(day, start, min(start + length, 24)),
                st.integers(0, 6),
                st.integers(0, 23),
                st.integers(1, 8),
            ),
            max_size=6,
        ),
        moment=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),
    )
    def test_minute_by_minute(self, lines, moment):
        moment = moment.replace(second=0, microsecond=0)
        worked = {
            (line.day, minute)
            for line in lines
            for minute in range(int(line.start * 60), int(line.end * 60))
        }
        self.assertEqual(
            works_at(lines, moment),
            (moment.weekday(), moment.hour * 60 + moment.minute) in worked,
        )
