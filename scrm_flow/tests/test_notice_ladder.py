from datetime import datetime, timedelta

from odoo.tests import freeze_time, tagged

from .notice_common import HOUR, MONDAY, SECOND, NoticeCase

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestNoticeLadder(NoticeCase):
    """Who hears of it when work stays undone, and what recurs."""

    def run_all(self, at):
        """Timers and notifications of a moment."""
        self.run_at(
            at,
            ("scrm.flow.timer", "_fire_due"),
            ("scrm.notice.delivery", "_run_all"),
        )

    def flow_with_deadline(self, hours):
        """The flow of this test, whose only task is due after so many hours."""
        version = self.make_draft(
            [
                {"key": "start", "type": "start"},
                {
                    "key": "visit",
                    "type": "user_task",
                    "handler_rule": "people",
                    "handler_user_ids": [(6, 0, self.ann.ids)],
                    "deadline_hours": hours,
                },
                {"key": "end", "type": "end"},
            ],
            [("begin", "start", "visit", {}), ("visited", "visit", "end", {})],
            key="ladder",
        )
        version.action_publish()
        return version.flow_id

    def test_overdue_is_told_to_both_sides(self):
        """At the limit the owner has an alert, the customer an apology.

        A second before nobody; exactly once; the department's head is copied.

        Covers in part: N12
        """
        flow = self.flow_with_deadline(4)
        common = {"flow_id": flow.id, "event": "deadline", "to_handlers": False}
        self.make_rule(
            **common,
            name="Overdue",
            field_path="scrm_handler_ids",
            channel_ids=[(6, 0, self.activity.ids)],
            subject="{{ record }} is overdue",
            is_urgent=True,
        )
        self.make_rule(
            **common,
            name="Apology",
            to_customer=True,
            channel_ids=[(6, 0, self.email.ids)],
            body="We are sorry, {{ recipient }}: {{ record }} takes longer.",
        )
        self.make_rule(
            **common,
            name="Copy",
            user_ids=[(6, 0, self.bob.ids)],
            subject="Copy: {{ record }} is overdue",
        )
        with freeze_time(MONDAY):
            order = self.Order.create({"name": "Late", "partner_id": self.customer.id})
            order.scrm_flow_start(flow)
        due = MONDAY + 4 * HOUR
        self.run_all(due - SECOND)
        self.assertFalse(self.deliveries(order))
        self.run_all(due)
        wanted = {
            ("Ann", "activity", "sent"),
            ("Lotus", "email", "queued"),
            ("Bob", "inbox", "sent"),
        }
        self.assertEqual(self.told(order), wanted)
        self.assertEqual(
            self.deliveries(order, channel_id=self.email.id).body,
            "We are sorry, Lotus: Late takes longer.",
        )
        self.run_all(due + DAY)
        self.assertEqual(len(self.deliveries(order)), 3)

    def test_frequency_by_urgency(self):
        """The urgent fault every two hours, routine work once in the daily summary.

        Covers: N03
        """
        urgent = [("urgent", "=", True)]
        self.make_rule(
            name="Urgent",
            node_keys="triage",
            condition=str(urgent),
            timing="repeat",
            repeat_hours=2,
        )
        self.make_rule(
            name="Routine",
            node_keys="triage",
            condition=str([("urgent", "=", False)]),
            timing="day",
            digest_hour=18,
        )
        fault = self.begin(urgent=True)
        routine = [self.begin() for _number in range(3)]
        for hours in range(11):
            self.run_crons(MONDAY + hours * HOUR - SECOND)
            self.run_crons(MONDAY + hours * HOUR)
        told = self.deliveries(fault, state="sent").filtered("event_id")
        self.assertEqual(
            told.mapped("sent_at"), [MONDAY + hours * HOUR for hours in range(0, 11, 2)]
        )
        items = self.Delivery.browse()
        for order in routine:
            items += self.deliveries(order, state="sent").filtered("event_id")
        self.assertEqual(len(items), 3)
        self.assertEqual(items.digest_id.sent_at, MONDAY + 10 * HOUR)

    def test_confirmation_after_a_delay(self):
        """A field says that it is paid: the SMS of the template goes 15 minutes later.

        Covers: N02, N17
        """
        template = self.env["sms.template"].create(
            {
                "name": "Paid",
                "model_id": self.model.id,
                "body": "Thank you, {{ object.partner_id.name }}: {{ object.name }}",
            }
        )
        field = self.env["ir.model.fields"]._get("scrm.test.order", "kind")
        self.make_rule(
            event="field",
            field_id=field.id,
            condition="[('kind', '=', 'old')]",
            to_handlers=False,
            to_customer=True,
            channel_ids=[(6, 0, self.sms.ids)],
            sms_template_id=template.id,
            timing="delay",
            delay_hours=0.25,
            only_lasting=False,
        )
        order = self.begin(partner_id=self.customer.id)
        with freeze_time(MONDAY):
            order.kind = "old"
        due = MONDAY + HOUR / 4
        self.run_crons(due - SECOND)
        self.assertFalse(self.deliveries(order).sms_id)
        self.run_crons(due)
        text = self.deliveries(order).sms_id
        self.assertEqual(
            (text.number, text.body), ("+8613800138000", "Thank you, Lotus: Order")
        )
        self.run_crons(due + DAY)
        self.assertEqual(len(self.deliveries(order)), 1)

    def test_stages_of_a_course(self):
        """Each stage that is reached raises its own reminder, once.

        Covers in part: N24
        """
        for node in ("triage", "visit"):
            self.make_rule(
                name=node,
                node_keys=node,
                to_handlers=False,
                user_ids=[(6, 0, self.bob.ids)],
                channel_ids=[(6, 0, self.inbox.ids)],
                subject=f"Reminder of {node}",
            )
        order = self.begin()
        self.run_crons(MONDAY)
        subjects = self.deliveries(order).mapped("subject")
        self.assertEqual(subjects, ["Reminder of triage"])
        with freeze_time(MONDAY + HOUR):
            order.with_user(self.ann).scrm_step_complete("accept")
        self.run_crons(MONDAY + HOUR)
        self.run_crons(MONDAY + 2 * HOUR)
        self.assertEqual(
            self.deliveries(order).mapped("subject"),
            ["Reminder of triage", "Reminder of visit"],
        )

    def test_not_contacted_since_the_trial(self):
        """Two days after a trial the consultant is reminded of who was not contacted.

        Covers in part: N27
        """
        self.make_rule(node_keys="triage", timing="delay", delay_hours=48)
        forgotten, contacted = self.begin(), self.begin()
        with freeze_time(MONDAY + 47 * HOUR):
            contacted.with_user(self.ann).scrm_step_complete("accept")
        self.run_crons(MONDAY + 48 * HOUR - SECOND)
        self.assertFalse(self.deliveries(forgotten, state="sent"))
        self.run_crons(MONDAY + 48 * HOUR)
        self.assertEqual(self.deliveries(forgotten).state, "sent")
        self.assertEqual(self.deliveries(forgotten).partner_id, self.ann.partner_id)
        self.assertEqual(self.deliveries(contacted).state, "cancelled")

    def test_everybody_on_the_date_once(self):
        """Each matching customer once, on the date.

        Covers: N26
        """
        self.env.company.partner_id.tz = "Asia/Shanghai"
        field = self.env["ir.model.fields"]._get("scrm.test.order", "day")
        with freeze_time(MONDAY):
            self.make_rule(
                event="date",
                field_id=field.id,
                condition="[('kind', '=', 'new')]",
                to_handlers=False,
                to_customer=True,
                channel_ids=[(6, 0, self.email.ids)],
                body="Dear {{ recipient }}, your fee is due.",
            )
        people = self.env["res.partner"].create(
            [
                {"name": f"Owner {number}", "email": f"o{number}@example.com"}
                for number in range(25)
            ]
        )
        orders = [
            self.begin(
                day="2026-03-05",
                partner_id=person.id,
                kind="old" if person == people[0] else "new",
            )
            for person in people
        ]
        due = datetime(2026, 3, 4, 16)  # midnight in Shanghai
        self.run_crons(due - SECOND)
        told = self.Delivery.search([("partner_id", "in", people.ids)])
        self.assertFalse(told)
        for moment in (due, due + SECOND, due + HOUR, due + DAY):
            self.run_crons(moment)
        told = self.Delivery.search([("partner_id", "in", people.ids)])
        self.assertEqual(told.partner_id, people[1:])
        self.assertEqual(len(told), 24)
        self.assertEqual(set(told.mapped("state")), {"queued"})
        self.assertFalse(self.deliveries(orders[0]))
