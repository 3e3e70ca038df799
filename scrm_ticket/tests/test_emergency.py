from datetime import timedelta

from odoo import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools.safe_eval import safe_eval

from .alert_common import HOUR, MINUTE, MONDAY, SECOND, AlertCase

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestEmergency(AlertCase):
    """One alert carries out a plan; while it lasts, flows go another way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pool = cls.env["scrm.flow.backup.pool"].create(
            {
                "key": "test_backup",
                "name": "Backup",
                "user_ids": [Command.set(cls.ella.ids)],
                "hours": 8,
            }
        )

    def tables(self, key, *rules):
        """:param rules: (result key, dimension, operator, value)"""
        return self.env["scrm.decision.table"].create(
            {
                "name": key,
                "key": key,
                "model_id": self.model.id,
                "result_kind": "key",
                "rule_ids": [
                    Command.create(
                        {
                            "name": result,
                            "rank": rank,
                            "result_key": result,
                            "condition_ids": [
                                Command.create(
                                    {
                                        "dimension": dimension,
                                        "operator": operator,
                                        "value": value,
                                    }
                                )
                            ],
                        }
                    )
                    for rank, (result, dimension, operator, value) in enumerate(rules)
                ],
            }
        )

    def surge(self, **values):
        return self.rule(
            key="test_surge",
            name="Surge",
            event="surge",
            count_hours=24,
            count_percent=15,
            count_least=3,
            user_ids=[Command.set(self.manager.ids)],
            backup_pool_ids=[Command.set(self.pool.ids)],
            **values,
        )

    def test_one_alert_carries_out_the_plan(self):
        """Delay messages to everybody concerned, backup staff, the notice on the page:
        all by one alert, each once.

        Covers in part: F30
        """
        template = self.make_course(
            "test_orders",
            {
                "start": {"type": "start"},
                "answer": self.by(self.dora),
                "end": {"type": "end"},
            },
            [("start", "answer", {}), ("answer", "end", {})],
        )
        sms = self.env.ref("scrm_flow.notice_channel_sms")
        self.customer.write(
            {"phone": "+86 138 0013 8000", "country_id": self.env.ref("base.cn").id}
        )
        delay = self.rule(
            name="Delay",
            event="called",
            condition="[('name', 'ilike', '物流延迟')]",
            to_customer=True,
            channel_ids=[Command.set(sms.ids)],
            body="We are sorry: {{ number }} is delayed.",
        )
        self.surge(
            condition="[('name', 'ilike', '物流延迟')]",
            next_rule_ids=[Command.set(delay.ids)],
            page_notice="Deliveries take two days more.",
            page_template_ids=[Command.set(template.ids)],
        )
        late = [
            self.ticket(template, MONDAY + number * MINUTE, name=f"物流延迟 {number}")
            for number in range(3)
        ]
        other = self.ticket(template, MONDAY, name="Thanks")
        over = self.ticket(template, MONDAY - 2 * DAY, name="物流延迟 old")
        with freeze_time(MONDAY - DAY):
            over.with_user(self.dora).scrm_step_complete()
        rules = self.env["scrm.notice.rule"]
        self.run_crons(MONDAY + MINUTE)
        with freeze_time(MONDAY + MINUTE):
            self.assertFalse(self.pool.is_on)
            self.assertEqual(rules._scrm_page_notices(template), [])
        at = MONDAY + 6 * MINUTE
        for moment in (at, at + MINUTE, at + HOUR):
            self.run_crons(moment)
        told = self.env["scrm.notice.delivery"].search(
            [("rule_id", "=", delay.id)], order="id"
        )
        self.assertEqual(
            told.mapped("body"),
            [f"We are sorry: {ticket.number} is delayed." for ticket in late],
        )
        self.assertEqual(set(told.mapped("state")), {"queued"})
        self.assertFalse(told.filtered(lambda one: one.res_id == other.id))
        self.assertEqual(self.pool.on_until, at + 8 * HOUR)
        with freeze_time(at):
            notices = rules.with_user(self.pia)._scrm_page_notices(template)
            self.assertEqual(notices, ["Deliveries take two days more."])
            self.assertEqual(rules._scrm_page_notices(self.template), [])
        with freeze_time(at + DAY):
            self.assertEqual(rules._scrm_page_notices(template), [])
            self.pool.invalidate_recordset()
            self.assertFalse(self.pool.is_on)

    def test_green_channel(self):
        """While enquiries surge, rules review first instead of a person and the backup
        people join in; before and afterwards the person does.

        Covers: F19
        """
        which = self.tables(
            "test_channel", ("green", "alerts", "contains", "test_surge")
        )
        score = self.tables(
            "test_score",
            ("refused", "subject", "contains", "spam"),
            ("passed", "subject", "contains", "course"),
        )
        template = self.make_course(
            "test_season",
            {
                "start": {"type": "start"},
                "channel": {
                    "type": "exclusive_gateway",
                    "gateway_table_id": which.id,
                },
                "first_review": self.by(self.dora),
                "pre_review": {
                    "type": "service_task",
                    "service_kind": "pre_review",
                    "service_config": {"table": score.key},
                },
                "passed": {"type": "exclusive_gateway"},
                "teach": self.by(self.egon, backup_pool_id=self.pool.id),
                "end": {"type": "end"},
            },
            [
                ("start", "channel", {}),
                ("channel", "first_review", {"key": "usual", "is_default": True}),
                ("channel", "pre_review", {"key": "green"}),
                ("pre_review", "passed", {}),
                (
                    "passed",
                    "teach",
                    {"condition": "[('scrm_pre_review', '=', 'passed')]"},
                ),
                ("passed", "first_review", {"is_default": True}),
                ("first_review", "teach", {}),
                ("teach", "end", {}),
            ],
        )
        self.surge(flow_id=template.flow_id.id)

        def where(at, name="A course"):
            return self.ticket(template, at, name=name)

        for number in range(3):
            self.assertEqual(where(MONDAY).scrm_node_key, "first_review", number)
        self.run_crons(MONDAY + SECOND)
        during = MONDAY + HOUR
        with freeze_time(during):
            self.assertTrue(self.pool.is_on)
        passed = where(during)
        self.assertEqual(passed.scrm_node_key, "teach")
        self.assertEqual(passed.scrm_pre_review, "passed")
        self.assertIn("Reviewed first", passed.message_ids[:1].body)
        self.assertEqual(where(during, "spam").scrm_node_key, "first_review")
        self.assertEqual(where(MONDAY + 2 * DAY).scrm_node_key, "first_review")

    def test_picked_and_ticked_on_one_screen(self):
        """“No answer for 24 hours → urge”: event, condition and action are picked and
        ticked by a manager; the preview says who gets what; then it is so.

        Covers: C06, C07
        """
        template = self.make_course(
            "test_enquiry",
            {
                "start": {"type": "start"},
                "answer": self.by(self.dora),
                "end": {"type": "end"},
            },
            [("start", "answer", {}), ("answer", "end", {})],
        )
        fields = self.env["ir.model.fields"]
        with freeze_time(MONDAY):
            form = Form(self.env["scrm.notice.rule"].with_user(self.manager))
            form.name = "Urge"
            form.flow_id = template.flow_id.with_user(self.manager)
            form.event = "date"
            form.field_id = fields._get(self.model.model, "scrm_unanswered_since")
            form.date_hours = 24
            form.condition = "[('priority', 'in', ['2', '3'])]"
            form.to_handlers = True
            form.channel_ids.clear()
            form.channel_ids.add(self.inbox)
            form.subject = "{{ number }} waits since {{ scrm_unanswered_since }}"
            rule = form.save()
        self.assertEqual(rule.model, "helpdesk.ticket")
        urgent = self.ticket(template, priority="3")
        calm = self.ticket(template, priority="0")
        with freeze_time(MONDAY):
            for ticket in (urgent, calm):
                ticket.message_post(
                    body="Hello?", author_id=self.customer.id, message_type="comment"
                )
        preview = (
            self.env["scrm.notice.preview"]
            .with_user(self.manager)
            .create({"rule_id": rule.id})
        )
        self.assertEqual(preview.record_count, 1)
        for words in (urgent.number, "Dora", "handles the step", "Odoo Notification"):
            self.assertIn(words, preview.preview)
        self.assertNotIn(calm.number, preview.preview)
        self.run_crons(MONDAY + 24 * HOUR - SECOND)
        self.assertEqual(self.sent(), [])
        self.run_crons(MONDAY + 24 * HOUR)
        ((name, subject),) = self.sent()
        self.assertEqual(name, "Dora")
        self.assertTrue(subject.startswith(f"{urgent.number} waits since"))

    def test_choosing_the_trigger_is_enough(self):
        """“No reply in 24 hours”: nothing else is chosen on the screen. A second before
        nobody hears of it, at the limit whoever has the ticket, once; what was answered
        is not told of.

        Covers: N10
        """
        template = self.make_course(
            "test_enquiry",
            {
                "start": {"type": "start"},
                "answer": self.by(self.dora),
                "end": {"type": "end"},
            },
            [("start", "answer", {}), ("answer", "end", {})],
        )
        action = self.env.ref("scrm_flow.scrm_notice_rule_action")
        rules = self.env["scrm.notice.rule"].with_user(self.manager)
        with freeze_time(MONDAY):
            form = Form(rules.with_context(**safe_eval(action.context)))
            form.name = "Please answer"
            form.flow_id = template.flow_id.with_user(self.manager)
            form.event = "date"
            form.field_id = self.env["ir.model.fields"].browse(
                self.field("scrm_unanswered_since")
            )
            form.date_hours = 24
            form.save()
        asked, answered = self.ticket(template), self.ticket(template)
        with freeze_time(MONDAY):
            for ticket in (asked, answered):
                ticket.message_post(
                    body="Hello?", author_id=self.customer.id, message_type="comment"
                )
        with freeze_time(MONDAY + 23 * HOUR):
            answered.with_user(self.dora).message_post(
                body="Yes", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        self.run_crons(MONDAY + 24 * HOUR - SECOND)
        self.assertEqual(self.sent(), [])
        self.run_crons(MONDAY + 24 * HOUR)
        self.run_crons(MONDAY + 99 * HOUR)
        self.assertEqual(self.sent(), [("Dora", "Please answer")])
        self.assertEqual(len(self.sent(asked)), 1)

    def test_preview_of_what_is_counted(self):
        """Which numbers are too large now and what would be sent of them."""
        template = self.make_course(
            "test_counted",
            {
                "start": {"type": "start"},
                "answer": self.by(self.dora),
                "end": {"type": "end"},
            },
            [("start", "answer", {}), ("answer", "end", {})],
        )
        rule = self.surge(
            count_by="store_id", subject="{{ group }}: {{ count }} of {{ usual }}"
        )
        west = self.store.copy({"key": "test_west", "name": "West"})
        for _number in range(3):
            self.ticket(template, store_id=self.store.id)
        self.ticket(template, store_id=west.id)
        previews = self.env["scrm.notice.preview"].with_user(self.manager)
        with freeze_time(MONDAY + MINUTE):
            preview = previews.create({"rule_id": rule.id})
            self.assertEqual((preview.record_count, preview.is_counted), (1, True))
            self.assertIn("Test Store: 3 of 0.0", preview.preview)
            self.assertNotIn("West", preview.preview)
            preview.action_test()
            self.assertFalse(self.pool.is_on)
        self.assertFalse(rule.counted_at)
        self.run_crons(MONDAY + MINUTE)
        self.assertIn(("Manager", "Test Store: 3 of 0.0"), self.sent())
