from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .notice_common import HOUR, MONDAY, SECOND, NoticeCase


@tagged("post_install", "-at_install")
class TestNotice(NoticeCase):
    """From an event in a flow to the message."""

    def test_handler_and_customer_are_told(self):
        """Each once, with the reason; what customers see is their own name of it."""
        self.make_rule(
            node_keys="visit",
            to_customer=True,
            channel_ids=[(6, 0, (self.inbox + self.email).ids)],
            body="{{ record }} is at {{ node }} with {{ handlers }}",
        )
        order = self.begin(partner_id=self.customer.id, area=20)
        self.assertFalse(self.Event.search([("res_id", "=", order.id)]))
        with freeze_time(MONDAY):
            order.with_user(self.ann).scrm_step_complete("accept")
        event = self.Event.search([("res_id", "=", order.id)])
        self.assertEqual((event.name, event.node_key), ("open", "visit"))
        handler = order.scrm_handler_ids
        self.run_crons(MONDAY)
        self.assertEqual(
            self.told(order),
            {
                (handler.name, "inbox", "sent"),
                (handler.name, "email", "queued"),
                ("Lotus", "inbox", "sent"),
                ("Lotus", "email", "queued"),
            },
        )
        ours, theirs = (
            self.deliveries(order, channel_id=self.email.id, partner_id=who.id)
            for who in (handler.partner_id, self.customer)
        )
        self.assertEqual(ours.body, f"Order is at Visit with {handler.name}")
        self.assertEqual(theirs.subject, "Order: Our visit")
        self.assertEqual(ours.why, "handles the step")
        self.assertEqual(theirs.why, "is the customer")
        self.assertEqual(theirs.mail_id.recipient_ids, self.customer)
        message = self.env["mail.message"].search(
            [("res_id", "=", order.id), ("model", "=", order._name)]
        )
        self.assertIn(handler.partner_id, message.notified_partner_ids)
        before = len(self.Delivery.search([]))
        self.assertEqual(self.run_crons(MONDAY + HOUR), 0)
        self.assertEqual(len(self.Delivery.search([])), before)

    def test_nothing_is_lost_or_doubled_by_a_second_look(self):
        """The same event once more makes no second message: unique for ever."""
        self.make_rule()
        order = self.begin()
        self.run_crons(MONDAY)
        self.assertEqual(len(self.deliveries(order)), 1)
        event = self.deliveries(order).event_id
        event.write({"state": "new"})
        self.run_crons(MONDAY)
        self.assertEqual(len(self.deliveries(order)), 1)
        self.assertEqual(
            self.Event._insert(
                [
                    {
                        "key": event.key,
                        "name": event.name,
                        "res_model": event.res_model,
                        "res_id": event.res_id,
                        "at": event.at,
                    }
                ]
            ),
            0,
        )

    def test_sentences_of_nodes_in_the_language_of_the_customer(self):
        """The text of the node, translated; without one the text of the rule.

        Covers in part: N01, N02
        """
        self.env["res.lang"]._activate_lang("zh_CN")
        self.customer.lang = "zh_CN"
        rule = self.make_rule(
            to_handlers=False,
            to_customer=True,
            channel_ids=[(6, 0, self.email.ids)],
            body="{{ record }}: {{ node }}",
            sentence_ids=[
                (
                    0,
                    0,
                    {
                        "node_key": "visit",
                        "body": "The parts you need left Shanghai: {{ record }}",
                    },
                )
            ],
        )
        rule.sentence_ids.with_context(
            lang="zh_CN"
        ).body = "您需要的配件已从上海仓库发出：{{ record }}"
        order = self.begin(partner_id=self.customer.id)
        with freeze_time(MONDAY):
            order.with_user(self.ann).scrm_step_complete("accept")
        self.run_crons(MONDAY)
        self.assertEqual(
            self.deliveries(order).mapped("body"),
            ["Order: Triage", "您需要的配件已从上海仓库发出：Order"],
        )

    def test_conditions(self):
        """Only records for which the condition of the rule holds."""
        self.make_rule(condition="[('urgent', '=', True)]")
        calm, urgent = self.begin(), self.begin(urgent=True)
        self.run_crons(MONDAY)
        self.assertFalse(self.deliveries(calm))
        self.assertTrue(self.deliveries(urgent))

    def test_severity_picks_the_channel(self):
        """The first severity that holds; otherwise the channels of the rule."""
        self.make_rule(
            to_handlers=False,
            to_customer=True,
            channel_ids=[(6, 0, self.sms.ids)],
            level_ids=[
                (
                    0,
                    0,
                    {
                        "name": "Urgent complaint",
                        "condition": "[('urgent', '=', True)]",
                        "channel_ids": [(6, 0, self.email.ids)],
                        "is_urgent": True,
                    },
                )
            ],
        )
        calm = self.begin(partner_id=self.customer.id)
        urgent = self.begin(partner_id=self.customer.id, urgent=True)
        self.run_crons(MONDAY)
        self.assertEqual(self.told(calm), {("Lotus", "sms", "queued")})
        self.assertEqual(self.told(urgent), {("Lotus", "email", "queued")})
        self.assertTrue(self.deliveries(urgent).is_urgent)

    def test_who_is_told(self):
        """Roles, people, a field, the originator, who is on duty; each once."""
        roster = self.env["scrm.flow.roster"].create(
            {
                "key": "night",
                "name": "Night",
                "timezone": "UTC",
                "shift_ids": [
                    (
                        0,
                        0,
                        {
                            "user_id": user.id,
                            "start_at": MONDAY + hours * HOUR,
                            "end_at": MONDAY + (hours + 8) * HOUR,
                        },
                    )
                    for user, hours in ((self.ann, 0), (self.eve, 8))
                ],
            }
        )
        self.make_rule(
            to_handlers=False,
            group_ids=[(6, 0, self.role.ids)],
            user_ids=[(6, 0, self.bob.ids)],
            roster_ids=[(6, 0, roster.ids)],
            field_path="owner_id",
        )
        order = self.begin(owner_id=self.designer.id)
        self.run_crons(MONDAY)
        why = {one.partner_id.name: one.why for one in self.deliveries(order)}
        self.assertEqual(
            why,
            {
                "Bob": "is named by the rule and has the role “Engineers”",
                "Cid": "has the role “Engineers”",
                "Ann": "is on duty on “Night”",
                "Designer": "named by the field “Owner” of the record",
            },
        )
        bobs = self.deliveries(order).filtered(lambda d: d.partner_id.name == "Bob")
        self.env["res.lang"]._activate_lang("zh_CN")
        self.role.with_context(lang="zh_CN").name = "工程师"
        # whoever reads it, in whatever language it was sent
        chinese = bobs.with_context(lang="zh_CN").why
        self.assertTrue(chinese.endswith("“工程师”"), chinese)
        self.assertEqual(bobs.why, why["Bob"])
        self.role.with_context(lang="en_US").name = "Technicians"
        bobs.invalidate_recordset(["why"])
        self.assertIn("“Technicians”", bobs.why)
        later = self.begin(MONDAY + 8 * HOUR)
        self.run_crons(MONDAY + 8 * HOUR)
        self.assertIn("Eve", self.deliveries(later).mapped("partner_id.name"))
        self.assertNotIn("Ann", self.deliveries(later).mapped("partner_id.name"))

    def test_nobody_is_told_what_they_did(self):
        """Whoever did it is left out, but not a customer."""
        self.make_rule(
            event="completed",
            user_ids=[(6, 0, (self.ann + self.bob).ids)],
            to_handlers=False,
            skip_actor=True,
        )
        order = self.begin()
        with freeze_time(MONDAY):
            order.with_user(self.ann).scrm_step_complete("accept")
        self.run_crons(MONDAY)
        self.assertEqual(self.deliveries(order).partner_id, self.bob.partner_id)

    def test_customers_choose(self):
        """The preferred channel instead; none at all when they do not want it."""
        self.make_rule(
            to_handlers=False, to_customer=True, channel_ids=[(6, 0, self.sms.ids)]
        )
        self.customer.scrm_notice_channel_id = self.email
        order = self.begin(partner_id=self.customer.id)
        self.run_crons(MONDAY)
        self.assertEqual(self.told(order), {("Lotus", "email", "queued")})
        self.customer.scrm_notice_opt_out = True
        order = self.begin(partner_id=self.customer.id)
        self.run_crons(MONDAY)
        self.assertEqual(self.told(order), {("Lotus", "email", "skipped")})
        refused = self.deliveries(order)
        self.assertEqual(refused.error, "does not want such messages")
        self.env["res.lang"]._activate_lang("zh_CN")  # the reader's own, not ours
        self.env["ir.module.module"]._load_module_terms(["scrm_flow"], ["zh_CN"])
        chinese = refused.with_context(lang="zh_CN").error
        self.assertEqual(chinese, "不希望接收此类消息")

    def test_who_cannot_be_reached_is_said(self):
        self.make_rule(
            to_handlers=False,
            to_customer=True,
            channel_ids=[(6, 0, (self.sms + self.activity).ids)],
        )
        self.customer.phone = False
        order = self.begin(partner_id=self.customer.id)
        self.run_crons(MONDAY)
        self.assertEqual(
            self.told(order),
            {("Lotus", "sms", "skipped"), ("Lotus", "activity", "skipped")},
        )

    def test_a_delay_to_the_second(self):
        """One second before nothing, at the limit exactly one message.

        Covers in part: N17
        """
        self.make_rule(timing="delay", delay_hours=0.5)
        order = self.begin()
        due = MONDAY + HOUR / 2
        self.run_crons(due - SECOND)
        self.assertEqual(self.deliveries(order).mapped("state"), ["due"])
        self.assertEqual(self.run_crons(due), 1)
        self.assertEqual(self.deliveries(order).mapped("state"), ["sent"])
        self.assertEqual(self.run_crons(due + SECOND), 0)

    def test_not_sent_when_it_is_over(self):
        """No reply in 24 hours urges; a reply in time does not.

        Covers in part: N10
        """
        self.make_rule(timing="delay", delay_hours=24, node_keys="triage")
        open_one, done = self.begin(), self.begin()
        self.run_crons(MONDAY)
        with freeze_time(MONDAY + 23 * HOUR):
            done.with_user(self.ann).scrm_step_complete("accept")
        self.run_crons(MONDAY + 24 * HOUR)
        self.assertEqual(self.deliveries(open_one).state, "sent")
        self.assertEqual(self.deliveries(done).state, "cancelled")

    def test_every_two_hours_while_it_lasts(self):
        """Urgent every two hours, until the step is done.

        Covers in part: N03
        """
        self.make_rule(timing="repeat", repeat_hours=2, node_keys="triage")
        order = self.begin()
        for hours in (0, 2, 4):
            at = MONDAY + hours * HOUR
            if hours:
                self.assertEqual(self.run_crons(at - SECOND), 0)
            self.assertEqual(self.run_crons(at), 1)
            self.assertEqual(self.run_crons(at), 0)
        with freeze_time(MONDAY + 5 * HOUR):
            order.with_user(self.ann).scrm_step_complete("accept")
        self.run_crons(MONDAY + 6 * HOUR)
        self.assertEqual(
            self.deliveries(order).mapped("state"),
            ["sent", "sent", "sent", "cancelled"],
        )

    def test_a_server_that_slept_does_not_flood(self):
        """After a day without crons there is one reminder, not twelve."""
        self.make_rule(timing="repeat", repeat_hours=2, node_keys="triage")
        order = self.begin()
        self.run_crons(MONDAY)
        later = MONDAY + timedelta(days=1)
        self.assertEqual(self.run_crons(later), 1)
        self.assertEqual(self.run_crons(later), 0)
        self.assertEqual(self.deliveries(order)[-1].due_at, later + 2 * HOUR)

    def test_daily_digest(self):
        """One message at the hour of the recipient with everything of the day.

        Covers in part: N03, N04
        """
        self.ann.tz = "Asia/Shanghai"
        self.make_rule(timing="day", digest_hour=18, node_keys="triage")
        orders = [self.begin(name=f"Order {n}") for n in range(3)]
        due = MONDAY + 2 * HOUR  # 18:00 in Shanghai
        late = self.begin(due, name="Late")
        self.assertEqual(self.run_crons(due - SECOND), 0)
        self.assertEqual(self.run_crons(due), 1)
        digest = self.Delivery.search([("event_id", "=", False)])
        digest = digest.filtered(lambda one: one.state == "sent")
        self.assertEqual(digest.subject, "3 messages")
        for order in orders:
            item = self.deliveries(order).filtered("event_id")
            self.assertEqual((item.state, item.digest_id), ("sent", digest))
            self.assertIn(order.name, digest.body)
        self.assertEqual(self.deliveries(late).filtered("event_id").state, "collected")
        self.assertEqual(self.run_crons(due), 0)
        self.assertEqual(self.run_crons(due + 24 * HOUR), 1)

    def test_night_hold(self):
        """A ticket of the night is told at eight o'clock, an urgent one at once.

        Covers: N19
        """
        self.customer.tz = "Asia/Shanghai"
        self.make_rule(
            to_handlers=False,
            to_customer=True,
            node_keys="triage",
            holds_at_night=True,
            quiet_from=22,
            quiet_until=8,
            urgent_condition="[('urgent', '=', True)]",
        )
        night = MONDAY + 10 * HOUR + HOUR / 2  # 02:30 in Shanghai
        calm = self.begin(night, partner_id=self.customer.id)
        urgent = self.begin(night, partner_id=self.customer.id, urgent=True)
        self.run_crons(night)
        self.assertEqual(self.deliveries(urgent).state, "sent")
        eight = MONDAY + 16 * HOUR  # 08:00 in Shanghai
        self.assertEqual(self.deliveries(calm).due_at, eight)
        self.assertEqual(self.run_crons(eight - SECOND), 0)
        self.assertEqual(self.run_crons(eight), 1)
        self.assertEqual(self.deliveries(calm).state, "sent")

    def test_caps_and_equal_messages(self):
        """Two an hour per person, the third later; equal texts go out once."""
        self.inbox.cap_per_hour = 2
        self.make_rule(node_keys="triage", subject="{{ record }}")
        self.make_rule(node_keys="triage", subject="{{ record }}", name="Same")
        orders = [self.begin(name=f"Order {n}") for n in range(3)]
        self.run_crons(MONDAY)
        states = [sorted(self.deliveries(o).mapped("state")) for o in orders]
        self.assertEqual(
            states, [["merged", "sent"], ["merged", "sent"], ["due", "merged"]]
        )
        self.run_crons(MONDAY + HOUR - SECOND)
        self.assertEqual(self.deliveries(orders[2], state="sent"), self.Delivery)
        self.run_crons(MONDAY + HOUR)
        self.assertEqual(len(self.deliveries(orders[2], state="sent")), 1)

    @mute_logger("odoo.addons.scrm_flow.models.scrm_notice_delivery")
    def test_a_failing_one_harms_no_other(self):
        """It is tried again, given up after the last attempt, and can be sent again."""
        self.make_rule(
            node_keys="triage",
            channel_ids=[(6, 0, self.email.ids)],
            subject="{{ record }}",
        )
        good, bad = self.begin(name="Good"), self.begin(name="Bad")
        kind = type(self.env["scrm.notice.channel.kind.email"])
        send = kind._send

        def failing(kind, deliveries):
            if "Bad" in deliveries.mapped("subject"):
                raise ValueError("out of paper")
            return send(kind, deliveries)

        at = MONDAY
        with patch.object(kind, "_send", failing):
            self.run_crons(at)
            self.assertEqual(self.deliveries(good).state, "queued")
            for minutes in (1, 5, 15, 60, 240):
                delivery = self.deliveries(bad)
                self.assertEqual(delivery.state, "due")
                at += timedelta(minutes=minutes)
                self.assertEqual(self.run_crons(at - SECOND), 0)
                self.assertEqual(self.run_crons(at), 1)
        self.assertEqual((delivery.state, delivery.error), ("failed", "out of paper"))
        self.assertEqual(self.run_crons(at + 24 * HOUR), 0)
        with self.assertRaises(AccessError):
            delivery.with_user(self.ann).action_resend()
        with freeze_time(at):
            delivery.with_user(self.designer).action_resend()
        self.run_crons(at)
        self.assertEqual((delivery.state, delivery.error), ("queued", False))

    @mute_logger("odoo.addons.scrm_flow.models.scrm_notice_event")
    def test_an_event_that_cannot_be_told_says_why(self):
        rule = self.make_rule(condition="[('area', '>', 1)]")
        good, bad = self.begin(area=5), self.begin(area=6)
        holds = type(rule)._holds

        def failing(rule, record, text=None):
            if record == bad:
                raise ValueError("no idea")
            return holds(rule, record, text)

        with patch.object(type(rule), "_holds", failing):
            self.run_crons(MONDAY)
        self.assertTrue(self.deliveries(good))
        event = self.Event.search([("res_id", "=", bad.id)])
        self.assertEqual((event.state, event.error), ("error", "ValueError: no idea"))
        event.with_user(self.designer).action_retry()
        self.run_crons(MONDAY)
        self.assertTrue(self.deliveries(bad))

    def test_the_mail_queue_reports_back(self):
        """A mail that could not be sent is a notification that failed."""
        self.make_rule(node_keys="triage", channel_ids=[(6, 0, self.email.ids)])
        one, other = self.begin(), self.begin()
        self.run_crons(MONDAY)
        self.deliveries(one).mail_id._postprocess_sent_message([], [])
        self.assertEqual(self.deliveries(one).state, "sent")
        self.deliveries(other).mail_id._postprocess_sent_message(
            [], [], "no such host", "mail_smtp"
        )
        failed = self.deliveries(other)
        self.assertEqual((failed.state, failed.error), ("failed", "no such host"))
        self.assertFalse(failed.sent_at)
        third = self.begin()
        self.run_crons(MONDAY)
        self.deliveries(third).mail_id._postprocess_sent_message(
            [], [], failure_type="mail_email_invalid"
        )
        self.assertEqual(self.deliveries(third).error, "Invalid email address")

    def test_rights(self):
        """Managers make rules and name channels; secrets are the administrator's."""
        rule = self.make_rule()
        order = self.begin()
        self.run_crons(MONDAY)
        self.assertTrue(self.deliveries(order).with_user(self.ann).mapped("subject"))
        with self.assertRaises(AccessError):
            self.deliveries(order).with_user(self.ann).write({"state": "due"})
        with self.assertRaises(AccessError):
            self.deliveries(order).with_user(self.portal).mapped("subject")
        with self.assertRaises(AccessError):
            rule.with_user(self.ann).write({"name": "Mine"})
        rule.with_user(self.designer).write({"name": "Ours"})
        self.inbox.with_user(self.designer).write({"name": "Ours"})
        with self.assertRaises(AccessError):
            self.inbox.with_user(self.designer).write({"url": "https://127.0.0.1"})
        with self.assertRaises(AccessError):
            self.inbox.with_user(self.designer).read(["secret"])

    def test_nodes_are_ticked(self):
        """What is ticked on the form is kept by key, and survives a new version."""
        rule = self.make_rule()
        nodes = self.version.node_ids.filtered(lambda n: n.key in ("triage", "visit"))
        rule.node_ids = nodes
        self.assertEqual(rule.node_keys, "triage, visit")
        self.assertEqual(rule.node_ids, nodes)
