from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .alert_common import HOUR, MINUTE, MONDAY, SECOND, AlertCase

WEEK = timedelta(days=7)


@tagged("post_install", "-at_install")
class TestTicketAlerts(AlertCase):
    """Levels of customers, stages of courses, batches and service points."""

    def test_vip_to_the_adviser_within_minutes(self):
        """A VIP's question is the dedicated adviser's, who hears of it at once and has
        five minutes; others go to the group of their product's category.

        The time that is left is on the ticket from its submission, by level.

        Covers: H15, N14
        """
        vip = self.env["res.partner.category"].create({"name": "VIP"})
        table = self.env["scrm.decision.table"].create(
            {
                "name": "Level and category",
                "key": "test_level",
                "model_id": self.model.id,
                "result_kind": "key",
                "rule_ids": [
                    Command.create(
                        {
                            "name": key,
                            "rank": rank,
                            "result_key": key,
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
                    for rank, (key, dimension, operator, value) in enumerate(
                        [
                            ("adviser", "customer_tags", "contains", "VIP"),
                            ("skin", "device_class", "=", "skin"),
                            ("hair", "device_class", "=", "hair"),
                        ]
                    )
                ],
            }
        )
        day = {"deadline_hours": 24}
        template = self.make_course(
            "test_question",
            {
                "start": {"type": "start"},
                "which": {"type": "exclusive_gateway", "gateway_table_id": table.id},
                "for_adviser": {
                    "handler_rule": "field",
                    "handler_field": "partner_id.user_id",
                    "deadline_hours": 1 / 12,
                },
                "for_skin": self.by(self.egon, **day),
                "for_hair": self.by(self.ella, **day),
                "for_others": self.by(self.dora, **day),
                "end": {"type": "end"},
            },
            [
                ("start", "which", {}),
                ("which", "for_adviser", {"key": "adviser"}),
                ("which", "for_skin", {"key": "skin"}),
                ("which", "for_hair", {"key": "hair"}),
                ("which", "for_others", {"key": "others", "is_default": True}),
                ("for_adviser", "end", {}),
                ("for_skin", "end", {}),
                ("for_hair", "end", {}),
                ("for_others", "end", {}),
            ],
        )
        rule = self.rule(event="assigned", to_handlers=True, subject="{{ node }}")
        lots = self.env["stock.lot"]
        for name in ("skin", "hair"):
            product = self.env["product.product"].create(
                {"name": name, "is_storable": True, "tracking": "serial"}
            )
            product.scrm_device_class = name
            lots += lots.create({"name": f"T-{name}", "product_id": product.id})
        self.stranger.write(
            {"category_id": [Command.link(vip.id)], "user_id": self.manager.id}
        )
        level = {"partner_id": self.stranger.id, "scrm_lot_id": lots[0].id}
        important = self.ticket(template, **level)
        skin, hair = (self.ticket(template, scrm_lot_id=lot.id) for lot in lots)
        self.assertEqual(important.scrm_handler_ids, self.manager)
        self.assertEqual(skin.scrm_handler_ids, self.egon)
        self.assertEqual(hair.scrm_handler_ids, self.ella)
        self.assertEqual(important.scrm_deadline_at, MONDAY + 5 * MINUTE)
        self.assertEqual(skin.scrm_deadline_at, MONDAY + 24 * HOUR)
        # crons that look every minute: both have run when two minutes are over
        for name in ("notice_expand", "notice_send_1"):
            cron = self.env.ref(f"scrm_flow.ir_cron_{name}")
            self.assertEqual((cron.interval_number, cron.interval_type), (1, "minutes"))
        self.run_crons(MONDAY + 2 * MINUTE)
        self.assertEqual(self.sent(important), [("Manager", "for_adviser")])
        delivery = rule.env["scrm.notice.delivery"].search(
            [("res_id", "=", important.id), ("rule_id", "=", rule.id)]
        )
        self.assertLess(delivery.sent_at - MONDAY, 5 * MINUTE)
        with freeze_time(MONDAY + 3 * MINUTE):
            important.with_user(self.manager).scrm_step_complete()
        self.assertFalse(important.scrm_deadline_at)

    def test_each_stage_of_a_course(self):
        """A stage set beforehand raises its own reminder when it is reached, once.

        Covers: N24
        """
        stages = ("trial", "basics", "exam")
        template = self.make_course(
            "test_course",
            {
                "start": {"type": "start"},
                **{stage: self.by(self.dora) for stage in stages},
                "end": {"type": "end"},
            },
            [
                ("start", "trial", {}),
                ("trial", "basics", {}),
                ("basics", "exam", {}),
                ("exam", "end", {}),
            ],
        )
        words = {"trial": "Welcome to the trial", "exam": "The exam is near"}
        self.rule(
            flow_id=template.flow_id.id,
            node_keys="trial, exam",
            subject="Stage {{ node }}",
            user_ids=[Command.set(self.manager.ids)],
            sentence_ids=[
                Command.create({"node_key": node, "body": text})
                for node, text in words.items()
            ],
        )
        ticket = self.ticket(template)
        heard = []
        for number in range(3):
            self.run_crons(MONDAY + number * HOUR)
            heard.append([subject for _name, subject in self.sent(ticket)])
            with freeze_time(MONDAY + number * HOUR):
                ticket.with_user(self.dora).scrm_step_complete()
        self.run_crons(MONDAY + 9 * HOUR)
        self.assertEqual(
            heard,
            [["Stage trial"], ["Stage trial"], ["Stage trial", "Stage exam"]],
        )
        self.assertEqual(len(self.sent(ticket)), 2)
        bodies = self.env["scrm.notice.delivery"].search(
            [("res_id", "=", ticket.id), ("rule_id", "!=", False)], order="id"
        )
        self.assertEqual(bodies.mapped("body"), list(words.values()))

    def test_not_contacted_since_the_trial(self):
        """Two days after the trial the consultant is reminded of whom nobody wrote to
        or called since; what was said before the trial does not count.

        Covers: N27
        """
        template = self.make_course(
            "test_trial",
            {
                "start": {"type": "start"},
                "trial": self.by(self.dora),
                "after_trial": self.by(self.egon),
                "end": {"type": "end"},
            },
            [
                ("start", "trial", {}),
                ("trial", "after_trial", {}),
                ("after_trial", "end", {}),
            ],
        )
        with freeze_time(MONDAY):
            self.rule(
                event="date",
                flow_id=template.flow_id.id,
                field_id=self.field("scrm_uncontacted_since"),
                condition="[('scrm_node_key', '=', 'after_trial')]",
                date_hours=48,
                to_handlers=True,
                subject="Call {{ partner_id.name }}",
            )
        forgotten, written, called, signed = (
            self.ticket(template) for _number in range(4)
        )

        def write(ticket, user, at):
            with freeze_time(at):
                ticket.with_user(user).message_post(
                    body="How was it?",
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                )

        write(forgotten, self.dora, MONDAY)
        had = MONDAY + HOUR
        with freeze_time(had):
            for ticket in (forgotten, written, called, signed):
                ticket.with_user(self.dora).scrm_step_complete()
        self.assertEqual(forgotten.scrm_uncontacted_since, had)
        write(written, self.egon, had + HOUR)
        with freeze_time(had + HOUR):
            call = called.with_user(self.egon).activity_schedule(
                "mail.mail_activity_data_call", user_id=self.egon.id
            )
            call.action_feedback("He thinks about it")
            signed.with_user(self.egon).scrm_step_complete()
        self.run_crons(had + 48 * HOUR - SECOND)
        self.assertEqual(self.sent(), [])
        for at in (had + 48 * HOUR, had + 49 * HOUR, had + 99 * HOUR):
            self.run_crons(at)
        self.assertEqual(self.sent(), [("Egon", "Call Customer Ltd")])
        self.assertEqual(len(self.sent(forgotten)), 1)

    # What is counted

    def batch(self, name):
        product = self.env["product.product"].create(
            {"name": name, "is_storable": True, "tracking": "lot"}
        )
        lots = self.env["stock.lot"]
        return lots.create({"name": f"B-{name}", "product_id": product.id})

    def enquiries(self, at, count, **values):
        return [self.ticket(self.plain, at, **values) for _number in range(count)]

    def make_plain(self):
        self.plain = self.make_course(
            "test_plain",
            {
                "start": {"type": "start"},
                "look": self.by(self.dora),
                "end": {"type": "end"},
            },
            [("start", "look", {}), ("look", "end", {})],
        )

    def test_a_batch_surges(self):
        """Far more enquiries about one batch: quality and e-commerce are warned within
        30 minutes of the one that made it too many; the batch is marked.

        Covers: N32
        """
        self.make_plain()
        bad, good = self.batch("bottle"), self.batch("cup")
        roles = self.env["res.groups"]
        for name, person in (("Quality", self.egon), ("E-commerce", self.ella)):
            roles += roles.create({"name": name, "user_ids": [Command.set(person.ids)]})
        self.rule(
            name="Batch surge",
            event="surge",
            count_by="scrm_lot_id",
            count_hours=24,
            count_percent=100,
            count_least=3,
            group_ids=[Command.set(roles.ids)],
            subject="{{ group }}: {{ count }} instead of {{ usual }}",
            is_urgent=True,
        )
        now = MONDAY + 5 * WEEK
        for week in range(1, 5):
            for lot in (bad, good):
                self.enquiries(now - week * WEEK, 1, scrm_lot_id=lot.id)
        self.enquiries(now - 2 * HOUR, 2, scrm_lot_id=bad.id)
        self.enquiries(now - 2 * HOUR, 1, scrm_lot_id=good.id)
        self.run_crons(now - MINUTE)
        self.assertEqual(self.sent(), [])
        self.enquiries(now, 1, scrm_lot_id=bad.id)
        self.run_crons(now + 10 * MINUTE)
        self.assertEqual(
            sorted(self.sent()),
            [(name, "B-bottle: 3 instead of 1.0") for name in ("Egon", "Ella")],
        )
        with freeze_time(now + 10 * MINUTE):
            self.assertTrue(bad.scrm_is_warned)
            self.assertEqual(bad.scrm_warning, "Batch surge: 3 of 1")
            self.assertFalse(good.scrm_is_warned)
        cron = self.env.ref("scrm_flow.ir_cron_notice_expand")
        self.assertEqual((cron.interval_number, cron.interval_type), (1, "minutes"))

    def test_losses_of_a_service_point_and_rework_of_a_model(self):
        """A store that throws too many parts away, and a model that is suddenly
        installed anew more often than in the weeks before, are marked red and told;
        others, with as much rework as ever, are not.

        Covers: N33
        """
        self.make_plain()
        again = self.plain.copy(
            {"key": "test_rework", "flow_id": self.plain.flow_id.id}
        )
        west = self.store.copy({"key": "test_west", "name": "West"})
        told = {"user_ids": [Command.set(self.manager.ids)], "count_least": 2}
        self.rule(
            name="Losses",
            event="share",
            count_by="store_id",
            count_percent=30,
            condition="[('part_line_ids.scrap_ids', '!=', False)]",
            count_of="[('part_line_ids', '!=', False)]",
            subject="{{ group }} loses {{ percent }} percent",
            **told,
        )
        self.rule(
            name="Rework",
            event="rise",
            count_by="scrm_lot_product_id",
            count_percent=50,
            condition=f"[('template_id', '=', {again.id})]",
            subject="{{ group }}: {{ count }} of {{ usual }}",
            **told,
        )
        self.env["stock.quant"]._update_available_quantity(self.bracket, self.shelf, 50)
        for store, lost in ((self.store, 2), (west, 1)):
            for number in range(4):
                (ticket,) = self.enquiries(MONDAY, 1, store_id=store.id)
                line = self.env["scrm.part.line"].create(
                    {"ticket_id": ticket.id, "product_id": self.bracket.id}
                )
                line._scrm_reserve()
                if number < lost:
                    line._scrm_scrap(1)
        lock, other = self.batch("lock"), self.batch("door")
        for lot, usual, reworked in ((lock, 1, 3), (other, 3, 3)):
            for week, count in ((1, usual), (2, usual), (0, reworked)):
                then = MONDAY - week * WEEK
                self.enquiries(then, 7, scrm_lot_id=lot.id)
                for _number in range(count):
                    self.ticket(again, then, scrm_lot_id=lot.id)
        at = MONDAY + 5 * MINUTE
        self.run_crons(at)
        self.assertEqual(
            sorted(self.sent()),
            [
                ("Manager", "Test Store loses 50.0 percent"),
                ("Manager", "lock: 3 of 10.0"),
            ],
        )
        with freeze_time(at):
            self.assertEqual(self.store.scrm_warning, "Losses: 2 of 4")
            self.assertFalse(west.scrm_is_warned)
            found = self.env["scrm.store"].search([("scrm_is_warned", "=", True)])
            self.assertEqual(found, self.store)
            self.assertTrue(lock.product_id.scrm_is_warned)
            self.assertTrue(lock.product_id.product_tmpl_id.scrm_is_warned)
            self.assertFalse(other.product_id.scrm_is_warned)
        for name in (
            "scrm_store_view_list",
            "product_template_view_list_device",
            "stock_lot_view_list_device",
        ):
            view = self.env.ref(f"scrm_ticket.{name}")
            arch = self.env[view.model].get_view(view.id, "list")["arch"]
            self.assertIn('decoration-danger="scrm_is_warned"', arch)
            self.assertIn('<field name="scrm_is_warned"', arch)
        with freeze_time(at + 25 * HOUR):
            self.env.invalidate_all()
            self.assertFalse(self.store.scrm_is_warned, "it is over")

    def test_nothing_is_left_out(self):
        """A customer without an answer blocks the end and is told of; a step that was
        handed on and not taken over is told of, too.

        Covers: F29
        """
        template = self.make_course(
            "test_guard",
            {
                "start": {"type": "start"},
                "answer": self.by(
                    self.dora,
                    type="check",
                    check_ids=[
                        Command.create(
                            {
                                "key": "answered",
                                "kind": "domain",
                                "condition": "[('scrm_unanswered_since', '=', False)]",
                                "message": "The customer waits for an answer.",
                            }
                        )
                    ],
                ),
                "next_shift": self.by(self.egon, must_accept=True),
                "end": {"type": "end"},
            },
            [
                ("start", "answer", {}),
                ("answer", "next_shift", {}),
                ("next_shift", "end", {}),
            ],
        )
        with freeze_time(MONDAY):
            self.rule(
                event="date",
                field_id=self.field("scrm_unanswered_since"),
                date_hours=1,
                to_handlers=True,
                subject="Forgotten: {{ number }}",
            )
        self.rule(
            event="assigned",
            flow_id=template.flow_id.id,
            node_keys="next_shift",
            timing="delay",
            delay_hours=1,
            condition="[('scrm_step_ids', 'any', [('node_key', '=', 'next_shift'), "
            "('accepted_at', '=', False)])]",
            to_handlers=True,
            user_ids=[Command.set(self.dora.ids)],
            subject="Not taken over: {{ number }}",
        )
        ticket, taken = self.ticket(template), self.ticket(template)
        with freeze_time(MONDAY):
            ticket.message_post(
                body="Hello?", author_id=self.customer.id, message_type="comment"
            )
            with self.assertRaisesRegex(UserError, "waits for an answer"):
                ticket.with_user(self.dora).scrm_step_complete()
        self.run_crons(MONDAY + HOUR - SECOND)
        self.assertEqual(self.sent(), [])
        self.run_crons(MONDAY + HOUR)
        self.assertEqual(self.sent(), [("Dora", f"Forgotten: {ticket.number}")])
        at = MONDAY + 2 * HOUR
        with freeze_time(at):
            ticket.with_user(self.dora).message_post(
                body="Yes", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
            for one in (ticket, taken):
                one.with_user(self.dora).scrm_step_complete()
            taken.with_user(self.egon).scrm_step_accept()
        self.run_crons(at + HOUR - SECOND)
        self.assertEqual(len(self.sent()), 1)
        self.run_crons(at + HOUR)
        self.run_crons(at + 9 * HOUR)
        words = f"Not taken over: {ticket.number}"
        self.assertEqual(sorted(self.sent()[1:]), [("Dora", words), ("Egon", words)])
