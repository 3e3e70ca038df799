from datetime import datetime, timedelta

from lxml import html

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from .notice_common import HOUR, MONDAY, NoticeCase

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
NOON = datetime(2026, 3, 30, 12)


@tagged("post_install", "-at_install")
class TestNoticeCount(NoticeCase):
    """More than usual, and shares that are too large."""

    def orders(self, at, count, **values):
        return [self.begin(at, **values) for _number in range(count)]

    def rule(self, **values):
        return self.make_rule(
            **{
                "event": "surge",
                "to_handlers": False,
                "user_ids": [(6, 0, self.ann.ids)],
                "count_hours": 2,
                "count_percent": 15,
                "count_least": 3,
                "subject": "{{ group }}: {{ count }}, usual {{ usual }}, {{ percent }}",
                **values,
            }
        )

    def subjects(self):
        found = self.Delivery.search([("rule_id", "!=", False)], order="id")
        return found.mapped("subject")

    def weeks(self, count, **values):
        for number in range(1, 5):
            self.orders(NOON - HOUR - number * WEEK, count, **values)
            # another hour of the same weekday is no measure
            self.orders(NOON - 5 * HOUR - number * WEEK, 1, **values)

    def test_a_keyword_surges(self):
        """The growth of what has a word in it, beside the same hours of four weeks.

        Five of usually four are 25 percent more; the limit of 25 is reached, that of
        26 is not. Once in the time that is counted, by the cron within 5 minutes.

        Covers: N31
        """
        words = "[('note', 'ilike', '物流延迟')]"
        self.weeks(4, note="又是物流延迟")
        self.orders(NOON - HOUR, 4, note="物流延迟！")
        self.orders(NOON - HOUR, 9, note="谢谢")
        self.rule(condition=words, count_percent=25)
        self.rule(condition=words, count_percent=26, subject="too early")
        self.run_crons(NOON - timedelta(minutes=5))
        self.assertEqual(self.subjects(), [])
        self.orders(NOON - timedelta(minutes=1), 1, note="物流延迟")
        self.run_crons(NOON)
        self.assertEqual(self.subjects(), [": 5, usual 4.0, 25.0"])
        self.run_crons(NOON + timedelta(minutes=5))
        self.assertEqual(len(self.subjects()), 1)

    def test_each_value_for_itself(self):
        """One batch surges, the other is as usual; two departments are warned.

        Covers in part: N32
        """
        self.weeks(3, kind="new")
        self.orders(NOON - HOUR, 3, kind="new")
        self.orders(NOON - HOUR, 3, kind="old")  # nothing is usual
        self.rule(count_by="kind", user_ids=[(6, 0, (self.ann + self.bob).ids)])
        self.run_crons(NOON)
        self.assertEqual(self.subjects(), ["Old: 3, usual 0.0, "] * 2)

    def test_a_share_rises_suddenly(self):
        """One of six was usual, three of six are a rise; two of six always were none.

        What has no past is no rise, however large its share; at the limit it is one.
        """
        for number in range(1, 5):
            then = NOON - HOUR - number * WEEK
            self.orders(then, 5, kind="new")
            self.orders(then, 1, kind="new", note="rework")
            self.orders(then, 4, kind="old")
            self.orders(then, 2, kind="old", note="rework")
        for kind in ("new", "old"):
            self.orders(NOON - HOUR, 3, kind=kind)
        self.orders(NOON - HOUR, 3, kind="new", note="rework")
        self.orders(NOON - HOUR, 2, kind="old", note="rework")
        rise = {
            "event": "rise",
            "condition": "[('note', '=', 'rework')]",
            "count_by": "kind",
            "count_least": 2,
            "subject": "{{ group }}: {{ percent }}, before {{ before }}",
        }
        self.rule(count_percent=200, **rise)
        self.rule(count_percent=201, **{**rise, "subject": "too early"})
        self.rule(**{**rise, "count_of": "[('note', '=', 'rework')]"}, name="Always")
        self.run_crons(NOON)
        self.assertEqual(self.subjects(), ["New: 50.0, before 16.7"])
        self.orders(NOON + DAY - HOUR, 9, kind="old", note="rework")
        self.run_crons(NOON + DAY)
        self.assertEqual(len(self.subjects()), 1, "no Tuesday before to compare with")

    def test_the_course_is_drawn(self):
        """The preview shows the weeks that say what is usual beside now, as the
        counted number and as a share."""
        self.weeks(4)
        self.orders(NOON - HOUR, 5)
        self.orders(NOON - HOUR, 3, kind="old")
        for values, words in (
            ({"condition": "[('kind', '!=', 'old')]"}, ["4", "4", "4", "4", "5"]),
            (
                {"event": "share", "condition": "[('kind', '=', 'old')]"},
                ["0.0%", "0.0%", "0.0%", "0.0%", "37.5%"],
            ),
        ):
            rule = self.rule(**values)
            wizard = self.env["scrm.notice.preview"].with_user(self.designer)
            with freeze_time(NOON):
                page = html.fromstring(wizard.create({"rule_id": rule.id}).course)
            cells = [(cell.text or "").replace("\xa0", "") for cell in page.iter("td")]
            self.assertEqual([cell for cell in cells if cell][1::2], words)
            bars = page.xpath("//div[@style]/@style")
            self.assertEqual(bars[-1], "width: 100%")

    def test_few_are_no_trend(self):
        self.orders(NOON - HOUR, 2, kind="old")
        self.rule(count_by="kind")
        self.run_crons(NOON)
        self.assertEqual(self.subjects(), [])

    def test_a_share_is_too_large(self):
        """Three of ten are no more than 30 percent, four of ten are.

        Covers in part: N33
        """
        self.orders(NOON - HOUR, 7, kind="new", area=1)
        self.orders(NOON - HOUR, 3, kind="new", area=9)
        self.orders(NOON - HOUR, 8, kind="old", area=9)
        self.rule(
            event="share",
            count_percent=30,
            condition="[('area', '>', 5)]",
            count_of="[('kind', '=', 'new')]",
            subject="{{ count }} of {{ usual }} are {{ percent }} %",
        )
        self.run_crons(NOON)
        self.assertEqual(self.subjects(), [])
        self.orders(NOON + timedelta(minutes=1), 2, kind="new", area=9)
        self.run_crons(NOON + timedelta(minutes=5))
        self.assertEqual(self.subjects(), ["5 of 12.0 are 41.7 %"])

    def test_a_rule_that_cannot_count(self):
        with self.assertRaisesRegex(ValidationError, "no field to count by"):
            self.rule(count_by="partner_id.name")
        with self.assertRaisesRegex(ValidationError, "Rule"):
            self.rule(event="share", count_of="[('nothing', '=', 1)]")
        with freeze_time(MONDAY):
            self.assertTrue(self.rule(count_by="kind"))
