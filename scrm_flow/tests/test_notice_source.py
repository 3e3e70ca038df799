from datetime import datetime, timedelta

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .notice_common import HOUR, MONDAY, SECOND, NoticeCase


@tagged("post_install", "-at_install")
class TestNoticeSource(NoticeCase):
    """Events that no step of a flow makes, and the preview of a rule."""

    def field(self, name):
        return self.env["ir.model.fields"]._get("scrm.test.order", name).id

    def test_a_field_changes(self):
        """The people are told at once, only of real changes that fit the condition.

        Covers: N15
        """
        self.make_rule(
            event="field",
            field_id=self.field("kind"),
            condition="[('kind', '=', 'old')]",
            subject="{{ record }}: {{ kind }}",
        )
        order = self.begin(kind="new")
        with freeze_time(MONDAY):
            order.with_user(self.bob).write({"kind": "new", "note": "x"})
            self.run_crons(MONDAY)
            self.assertFalse(self.deliveries(order))
            order.with_user(self.bob).write({"kind": "old"})
            self.run_crons(MONDAY)
        self.assertEqual(self.deliveries(order).subject, "Order: Old")
        self.assertEqual(self.deliveries(order).partner_id, self.ann.partner_id)
        self.assertEqual(self.deliveries(order).event_id.user_id, self.bob)

    def test_other_fields_cost_nothing(self):
        order = self.begin()
        self.make_rule(event="field", field_id=self.field("kind"))
        order.write({"note": "first"})
        with self.assertQueryCount(1):
            order.write({"note": "second"})
            order.flush_recordset()

    def test_a_date_comes(self):
        """So many hours before midnight of the company, to the second, once."""
        self.env.company.partner_id.tz = "Asia/Shanghai"
        with freeze_time(MONDAY):
            self.make_rule(event="date", field_id=self.field("day"), date_hours=-24)
        order = self.begin(day="2026-03-05")
        due = datetime(2026, 3, 3, 16)  # midnight before, in Shanghai
        self.run_crons(due - SECOND)
        self.assertFalse(self.deliveries(order))
        self.run_crons(due)
        self.assertEqual(self.deliveries(order).state, "sent")
        self.run_crons(due + HOUR)
        self.run_crons(due + 24 * HOUR)
        self.assertEqual(len(self.deliveries(order)), 1)
        order.day = "2026-03-09"  # another date is another event
        self.run_crons(due + timedelta(days=4))
        self.assertEqual(len(self.deliveries(order)), 2)

    def test_dates_before_the_rule(self):
        """A new rule does not tell what is past."""
        order = self.begin(day="2026-03-02")
        with freeze_time(MONDAY):
            self.make_rule(event="date", field_id=self.field("day"))
        self.run_crons(MONDAY)
        self.assertFalse(self.deliveries(order))

    def test_preview(self):
        """What would be sent now, to whom and why; nothing is.

        Covers in part: C07
        """
        rule = self.make_rule(
            node_keys="triage", to_customer=True, condition="[('area', '>', 5)]"
        )
        order = self.begin(name="Large", area=6, partner_id=self.customer.id)
        self.begin(name="Small", area=1)
        self.run_crons(MONDAY)
        before = len(self.Delivery.search([]))
        action = rule.with_user(self.designer).action_preview()
        preview = (
            self.env[action["res_model"]]
            .with_user(self.designer)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(preview.record_count, 1)
        for words in ("Large", "Ann", "handles the step", "Lotus", "Odoo Notification"):
            self.assertIn(words, preview.preview)
        self.assertNotIn("Small", preview.preview)
        self.assertEqual(len(self.Delivery.search([])), before)
        with freeze_time(MONDAY):
            preview.action_test()
        self.run_crons(MONDAY)
        mine = self.deliveries(order, partner_id=self.designer.partner_id.id)
        self.assertEqual((mine.state, mine.subject), ("sent", "Large: Triage"))
        with self.assertRaises(AccessError):
            preview.with_user(self.ann).action_test()
