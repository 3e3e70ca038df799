from datetime import timedelta

from odoo import Command
from odoo.tests import freeze_time

from .common import TicketCase


class TestTicketHistory(TicketCase):
    """What tickets keep of their flow's moves: stages, times, mails, notices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context={**cls.env.context, "tracking_disable": False, "lang": "en_US"}
        )
        for name in ("new", "in_progress", "done"):
            stage = cls.env.ref(f"helpdesk_mgmt.helpdesk_ticket_stage_{name}")
            setattr(cls, name, stage)

    def submit(self, **kwargs):
        ticket = super().submit(**kwargs).with_env(self.env)
        self.env.flush_all()
        self.cr.precommit.run()
        return ticket

    def complete(self, ticket):
        """Complete the open step as its handler; then the transaction ends."""
        ticket.with_user(ticket.user_id).scrm_step_complete()
        self.env.flush_all()
        self.cr.precommit.run()

    def changes(self, ticket):
        return [
            (entry.user_id.name, entry.description)
            for entry in ticket.scrm_run_id.log_ids.sorted("sequence")
            if entry.event == "stage"
        ]

    def tracked_stages(self, ticket):
        values = ticket.message_ids.sudo().tracking_value_ids
        return values.filtered(lambda value: value.field_id.name == "stage_id")

    def test_each_change_of_stage_is_kept_once(self):
        """In the sealed log with who and what, and nowhere a second time.

        Covers in part: F22
        """
        ticket = self.submit()
        self.complete(ticket)
        engineer = ticket.user_id
        self.complete(ticket)
        self.assertEqual(
            self.changes(ticket),
            [("Dora", "New → In Progress"), (engineer.name, "In Progress → Done")],
        )
        self.assertFalse(self.tracked_stages(ticket))
        self.assertIsNone(self.env["scrm.flow.log"].verify(ticket.scrm_run_id))

    def test_time_in_each_stage(self):
        """helpdesk_mgmt's duration report is exact to the second.

        Covers in part: F24
        """
        start = self.env.cr.now()
        ticket = self.submit()
        ticket.sudo()._write({"create_date": start})
        with freeze_time(start + timedelta(hours=2)):
            self.complete(ticket)
        with freeze_time(start + timedelta(hours=2, minutes=7, seconds=9)):
            self.complete(ticket)
        self.env.cr._now = start + timedelta(hours=5)
        self.addCleanup(setattr, self.env.cr, "_now", start)
        ticket.invalidate_recordset()
        in_progress = 7 * 60 + 9
        seconds = {int(key): value for key, value in ticket.duration_tracking.items()}
        self.assertAlmostEqual(seconds[self.new.id], 2 * 3600, delta=1)
        self.assertAlmostEqual(seconds[self.in_progress.id], in_progress, delta=1)
        done = 3 * 3600 - in_progress
        self.assertAlmostEqual(seconds[self.done.id], done, delta=1)
        self.assertEqual(len(seconds), 3)

    def leave_services_out(self):
        """The flow without its automatic nodes: start -> check -> visit -> end."""
        draft = self.flow.published_version_id._copy_as_draft()
        nodes = {node.key: node for node in draft.node_ids}
        edges = {edge.key: edge for edge in draft.transition_ids}
        edges["to_reserve"].target_id = nodes["visit"]
        edges["to_consume"].target_id = nodes["end"]
        (edges["to_visit"] | edges["to_end"]).unlink()
        (nodes["reserve"] | nodes["consume"]).unlink()
        draft.action_publish()

    def test_tracked_where_somebody_writes_too(self):
        """A write in the same transaction is tracked; the change is kept once.

        The time in a stage counts what is tracked and what is in the log.
        """
        self.leave_services_out()
        ticket, other = self.submit(), self.submit()
        self.complete(ticket)
        self.assertFalse(self.tracked_stages(ticket))
        self.assertEqual(len(self.changes(ticket)), 1)
        ticket.write({"duplicate_id": other.id})
        self.complete(ticket)
        self.assertEqual(len(self.tracked_stages(ticket)), 1)
        self.assertEqual(len(self.changes(ticket)), 1)
        self.assertEqual(
            {int(key) for key in ticket.duration_tracking},
            {self.new.id, self.in_progress.id, self.done.id},
        )

    def test_no_tracking_of_what_the_engine_writes(self):
        """A context sent from outside switches no tracking off."""
        ticket = self.submit()
        ticket.scrm_flow_cancel("not wanted")
        self.env.flush_all()
        self.cr.precommit.run()
        ticket.with_user(self.desk).with_context(scrm_flow_moving=True).write(
            {"stage_id": self.done.id}
        )
        self.env.flush_all()
        self.cr.precommit.run()
        self.assertEqual(len(self.tracked_stages(ticket)), 1)

    def test_mail_of_the_stage(self):
        """A stage's mail goes to the customer once, when the flow reaches it."""
        self.in_progress.mail_template_id = self.env.ref(
            "helpdesk_mgmt.changed_stage_template"
        )
        ticket = self.submit()
        mails = self.env["mail.mail"].sudo()
        about = [("model", "=", ticket._name), ("res_id", "=", ticket.id)]
        self.assertFalse(mails.search_count(about))
        self.complete(ticket)
        subject = f"The ticket {ticket.number} stage has changed."
        self.assertEqual(mails.search(about).mapped("subject"), [subject])
        self.complete(ticket)
        closed = f"The ticket {ticket.number} has been closed."
        self.assertEqual(set(mails.search(about).mapped("subject")), {subject, closed})
        self.assertEqual(mails.search_count(about), 2)

    # Telling handlers

    def tell(self):
        steps = self.env["scrm.flow.step"]
        while due := steps._claim_notices():
            for step in due:
                step._notify_handler()

    def notices(self, ticket, user):
        notes = (
            self.env["mail.notification"]
            .sudo()
            .search(
                [
                    ("res_partner_id", "=", user.partner_id.id),
                    ("mail_message_id.model", "=", ticket._name),
                    ("mail_message_id.res_id", "=", ticket.id),
                ]
            )
        )
        return notes.mail_message_id

    def test_handler_is_told_after_the_move(self):
        """As by helpdesk_mgmt: a notice in the mover's name, and following.

        Covers in part: F22
        """
        ticket = self.submit()
        self.complete(ticket)
        engineer = ticket.user_id
        self.assertFalse(self.notices(ticket, engineer))
        self.tell()
        (notice,) = self.notices(ticket, engineer)
        self.assertIn("You have been assigned", notice.subject)
        self.assertEqual(notice.author_id, self.dora.partner_id)
        self.assertIn(engineer.partner_id, ticket.message_partner_ids)
        self.tell()
        self.assertEqual(len(self.notices(ticket, engineer)), 1)

    def test_nobody_is_told_of_what_is_over(self):
        """Neither of a step that ended before, nor of one given to oneself."""
        ticket = self.submit()
        self.complete(ticket)
        engineer = ticket.user_id
        self.complete(ticket)
        self.tell()
        self.assertFalse(self.notices(ticket, engineer))
        visit = self.flow.published_version_id._copy_as_draft()
        node = visit.node_ids.filtered(lambda node: node.key == "visit")
        node.write(
            {
                "handler_rule": "people",
                "handler_user_ids": [Command.set(self.dora.ids)],
            }
        )
        visit.action_publish()
        ticket = self.submit()
        self.tell()
        before = self.notices(ticket, self.dora)
        self.complete(ticket)
        self.tell()
        self.assertEqual(ticket.user_id, self.dora)
        self.assertEqual(self.notices(ticket, self.dora), before)

    def test_handed_over(self):
        """Who takes a step over is told, too."""
        ticket = self.submit()
        self.tell()
        ticket.with_user(self.dora).scrm_step_transfer(self.egon.id, "Ill")
        self.tell()
        (notice,) = self.notices(ticket, self.egon)
        self.assertEqual(notice.author_id, self.dora.partner_id)

    # Many at once

    def test_batch_costs_the_same_queries(self):
        """Starting the flows of a batch takes as many queries for 30 as for 10."""

        def start(count):
            tickets = self.env["helpdesk.ticket"].create(
                [
                    {"name": "T", "description": "x", "team_id": self.team.id}
                    for _number in range(count)
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            tickets.mapped("name")
            before = self.cr.sql_log_count
            tickets.scrm_flow_start(self.flow)
            self.env.flush_all()
            return self.cr.sql_log_count - before

        start(2)
        self.assertEqual(start(30), start(10))

    def test_a_ticket_of_a_form_asks_no_more_than_a_plain_one(self):
        """What form, customer, plan, stage and flow take, is asked once for all.

        Each plain ticket asks for its number and for who is told of it; one with a
        form and a flow asks nothing more.
        """
        self.template.part_ids = [Command.clear()]  # stored ticket by ticket
        Ticket = self.env["helpdesk.ticket"]
        tags = self.env["res.partner.category"].create(
            [{"name": f"T{number}"} for number in range(14)]
        )
        customers = self.env["res.partner"].create(
            [{"name": tag.name, "category_id": [Command.set(tag.ids)]} for tag in tags]
        )

        def queries_each(**values):
            def create(count):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                Ticket.create(
                    [
                        {
                            "name": "T",
                            "description": "x",
                            "partner_id": customer.id,
                            **values,
                        }
                        for customer in customers[:count]
                    ]
                )
                self.env.flush_all()
                return self.cr.sql_log_count - before

            create(2)
            return (create(14) - create(4)) / 10

        values = {"template_id": self.template.id, "scrm_values": self.good_values}
        ours = queries_each(**values)
        self.assertLessEqual(ours, queries_each(team_id=self.team.id))

    def test_a_changed_stage_counts_at_once(self):
        """Though moves ask the database no more: closed now, or no longer."""
        tickets = [self.submit() for _number in range(3)]
        for closed in (False, True, False):
            self.in_progress.closed = closed
            ticket = tickets.pop()
            self.complete(ticket)
            self.assertEqual(ticket.stage_id, self.in_progress)
            self.assertEqual(bool(ticket.closed_date), closed)
