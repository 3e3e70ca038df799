from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests.common import new_test_user, tagged
from odoo.tools import mute_logger

from .common import SettlementCommon


@tagged("post_install", "-at_install")
class TestProjectHours(SettlementCommon):
    """A ticket's cost goes to the projects that were worked for, by the hours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        books = cls.env["account.analytic.plan"].create({"name": "Projects"})
        cls.projects = cls.env["account.analytic.account"].create(
            [{"name": f"Project {n}", "plan_id": books.id} for n in range(4)]
        )
        cls.dispatcher = new_test_user(
            cls.env,
            "dispatcher",
            groups="scrm_ticket.group_user,helpdesk_mgmt.group_helpdesk_manager",
        )
        cls.rule.write({"formula": "fixed", "amount": 100, "dimension": False})
        cls.component.share_ids = [Command.create({"receiver": "hours"})]

    def _work(self, ticket, *hours, user=None):
        """Hours of somebody for the first project, the second and so on."""
        return (
            self.env["scrm.project.hours"]
            .with_user(user or self.engineer)
            .create(
                [
                    {
                        "ticket_id": ticket.id,
                        "analytic_account_id": project.id,
                        "hours": amount,
                    }
                    for project, amount in zip(self.projects, hours, strict=False)
                    if amount
                ]
            )
        )

    def _parts(self, records):
        """Project -> what it bears of these records."""
        found = dict.fromkeys(self.projects, 0)
        for record in records:
            for part in record.parts:
                project = self.projects.browse(part["analytic"])
                found[project] += round(float(part["amount"]), 2)
        return [round(found[project], 2) for project in self.projects]

    def test_by_the_hours_of_each_ticket(self):
        """7 to 3 to 3 hours of 100.00, and another ticket for other projects.

        No project is named in the plan. 53.846..., 23.076... and 23.076... lose no
        cent, nor do 1 to 2 hours of the other; in the analytic books stands the same.

        Covers: S23
        """
        first = self.new_ticket(50)
        self._work(first, 5, 3)
        self._work(first, 2, 0, 3, user=self.engineer_2)
        record = self.finish(first)
        self.assertEqual(self._parts(record), [53.84, 23.08, 23.08, 0])
        second = self.new_ticket(50)
        self._work(second, 0, 0, 1, 2)
        other = self.finish(second)
        self.assertEqual(self._parts(other), [0, 0, 33.33, 66.67])
        self.assertTrue((record | other).verify())
        self.assertIn("Project 1 3", record.fact_id.description)
        move = self.approved_statement().action_post()
        self.assertEqual(move.amount_untaxed, 200)
        column = self.projects.plan_id._column_name()
        booked = {
            project: -sum(
                line.amount
                for line in move.line_ids.analytic_line_ids
                if line[column] == project
            )
            for project in self.projects
        }
        self.assertEqual(
            [round(booked[project], 2) for project in self.projects],
            [53.84, 23.08, 56.41, 66.67],
        )

    def test_by_the_hours_of_a_month(self):
        """The result of a month is shared by the hours of all its tickets."""
        self.component.scope = "period"
        for hours in ((1, 1), (0, 0, 2)):
            ticket = self.new_ticket(50)
            self._work(ticket, *hours)
            self.finish(ticket)
        with self.at("2026-04-02 04:00:00"):
            self.plan.with_user(self.accountant).settle()
        record = self.env["scrm.settlement.record"].search(
            [("source_key", "=", "period:2026-03"), ("plan_id", "=", self.plan.id)]
        )
        self.assertEqual(self._parts(record), [25, 25, 50, 0])

    def test_hours_entered_too_late(self):
        """What is entered after the end changes nothing until it is corrected.

        The difference moves between projects; the payee gets nothing more.
        """
        ticket = self.new_ticket(50)
        self._work(ticket, 4)
        record = self.finish(ticket)
        with self.refused("", AccessError):  # done: it is the engineer's no more
            self._work(ticket, 0, 4)
        self._work(ticket, 0, 4, user=self.dispatcher)
        self.assertEqual(self.plan.with_user(self.accountant).settle()["created"], 0)
        wizard = (
            self.env["scrm.settlement.correct"]
            .with_user(self.accountant)
            .create(
                {
                    "fact_id": record.fact_id.id,
                    "is_hours": True,
                    "reason": "Hours came late",
                }
            )
        )
        with self.at("2026-03-20 04:00:00"):
            wizard.action_correct()
        later = (
            self.env["scrm.settlement.record"].search(
                [("source_key", "=", record.source_key)]
            )
            - record
        )
        self.assertEqual(later.amount, 0)
        self.assertEqual(self._parts(later), [-50, 50, 0, 0])
        self.assertEqual(self._parts(record), [100, 0, 0, 0])
        self.assertTrue((record | later).verify())

    def test_no_hours(self):
        """A ticket without hours is named; the others are settled."""
        self.assertFalse(self.finish(self.new_ticket(50)))
        ticket = self.new_ticket(50)
        self._work(ticket, 1)
        self.assertEqual(self.finish(ticket).amount, 100)
        outcome = self.plan.with_user(self.accountant).settle()
        self.assertEqual(outcome["created"], 0)
        (problem,) = outcome["problems"]
        self.assertIn("no hours for a project are entered", problem["reason"])

    @mute_logger("odoo.sql_db")
    def test_bad_hours(self):
        """Nothing, less than nothing and more than a day are no hours."""
        ticket = self.new_ticket(50)
        for hours in (-1, 0, 24.5):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self.env["scrm.project.hours"].create(
                    {
                        "ticket_id": ticket.id,
                        "analytic_account_id": self.projects[0].id,
                        "hours": hours,
                    }
                )

    def test_who_may(self):
        """Who works on the ticket enters hours, in the own name; others nothing."""
        ticket = self.new_ticket(50)
        mine = self._work(ticket, 2)
        self.assertEqual(mine.user_id, self.engineer)
        forged = {
            "ticket_id": ticket.id,
            "analytic_account_id": self.projects[0].id,
            "hours": 1,
            "user_id": self.supervisor.id,
        }
        hours = self.env["scrm.project.hours"].with_user(self.engineer)
        self.assertEqual(hours.create(forged).user_id, self.engineer)
        with self.refused("is not changed", UserError):
            mine.user_id = self.supervisor
        with self.refused("", AccessError):
            hours.with_user(self.customer).search([])
        with self.refused("", AccessError):
            hours.with_user(self.customer).create(forged)
