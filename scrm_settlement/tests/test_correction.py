from odoo.exceptions import AccessError
from odoo.tests.common import tagged

from .common import SettlementCommon


@tagged("post_install", "-at_install")
class TestCorrection(SettlementCommon):
    """What is settled stays; what was wrong follows as a difference."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template.flow_id.reopen_days = 90

    def _due(self, records):
        return self.company.currency_id.round(sum(records.mapped("amount")))

    def _fact(self, ticket):
        return self.env["scrm.settlement.fact"].search(
            [("source_id", "=", ticket.id)], order="revision desc", limit=1
        )

    def _records(self, ticket):
        return self.env["scrm.settlement.record"].search(
            [("source_key", "=", f"helpdesk.ticket:{ticket.id}")],
            order="revision, id",
        )

    def _reopen(self, ticket, engineer=None, moment="2026-05-04 04:00:00"):
        with self.at("2026-03-12 04:00:00"):
            ticket.with_user(self.supervisor).scrm_flow_reopen("Leaks again")
        return self.finish(ticket, engineer, moment)

    def test_correct(self):
        """A corrected price is settled as a difference in the open period."""
        ticket = self.new_ticket(61)
        first = self.finish(ticket)
        fact = self._fact(ticket).with_user(self.accountant)
        with self.at("2026-05-04 04:00:00"):
            new = fact.correct({"price_total": 500}, "Wrong area")
        self.assertEqual((new.revision, new.cause), (1, "corrected"))
        second = self._records(ticket) - first
        self.assertEqual((first.amount, second.amount), (139.8, -39.8))
        self.assertEqual(str(second.basis_date), "2026-05-04")
        self.assertEqual(second.version_id, self.version)
        self.assertIn("Due in all 100, already settled 139.8", second.explanation)
        self.assertTrue((first | second).verify())
        self.assertTrue(new.verify())
        outcome = self.plan.with_user(self.accountant).settle()
        self.assertEqual(outcome, {"created": 0, "problems": []})

    def test_old_version_counts(self):
        """A late correction is settled by the version of the day it happened."""
        ticket = self.new_ticket(61)
        self.finish(ticket)
        new = self.version.copy({"valid_from": "2026-04-01"})
        new.component_ids.rule_ids.rate = 50
        with self.at("2026-05-04 04:00:00"):
            self._fact(ticket).correct({"price_total": 500}, "Wrong area")
        self.assertEqual(self._due(self._records(ticket)), 100)

    def test_void(self):
        """A refunded ticket is clawed back whole, once."""
        ticket = self.new_ticket(50)
        self.finish(ticket)
        fact = self._fact(ticket).with_user(self.accountant)
        with self.refused("Say why"):
            fact.action_void(" ")
        fact.action_void("Refunded")
        self.assertEqual(self._records(ticket).mapped("amount"), [80, -80])
        with self.refused("revised meanwhile"):
            fact.action_void("Refunded")

    def test_who_may(self):
        """Only settlement accountants correct; a plan manager or payee does not."""
        ticket = self.new_ticket(50)
        self.finish(ticket)
        for user in (self.manager, self.engineer, self.customer):
            with self.refused("", AccessError):
                self._fact(ticket).with_user(user).action_void("Mine")
        with self.refused("There is no dimension"):
            self._fact(ticket).with_user(self.accountant).correct({"nothing": 1}, "x")

    def test_reopened_same_person(self):
        """Done again with the same result: nothing more to pay."""
        ticket = self.new_ticket(50)
        self.finish(ticket)
        self._reopen(ticket)
        fact = self._fact(ticket)
        self.assertEqual((fact.revision, fact.cause), (1, "reopened"))
        self.assertEqual(str(fact.basis_date), "2026-03-10")
        self.assertEqual(self._records(ticket).mapped("amount"), [80])

    def test_reopened_by_another(self):
        """Who did it again is paid, who did it badly gives back."""
        ticket = self.new_ticket(50)
        self.finish(ticket)
        self._reopen(ticket, self.engineer_2)
        amounts = {
            (record.revision, record.payee_id): record.amount
            for record in self._records(ticket)
        }
        self.assertEqual(
            amounts,
            {
                (0, self.engineer.partner_id): 80,
                (1, self.engineer.partner_id): -80,
                (1, self.engineer_2.partner_id): 80,
            },
        )

    def test_rework_paid_again_or_not(self):
        """A plan may pay rework in full, or not at all."""
        again = self._create_plan("again", self.company.currency_id, rework="again")
        never = self._create_plan("never", self.company.currency_id, rework="nothing")
        ticket = self.new_ticket(50)
        self.finish(ticket)
        self._reopen(ticket, self.engineer_2)
        records = self._records(ticket)
        amounts = [
            records.filtered(lambda record, plan=plan: record.plan_id == plan)
            for plan in (again, never)
        ]
        self.assertEqual(amounts[0].mapped("amount"), [80, 80])
        self.assertEqual(amounts[1].mapped("amount"), [80])
        plans = (again | never).with_user(self.accountant)
        self.assertEqual(plans.settle(), {"created": 0, "problems": []})

    def test_late_plan(self):
        """A plan made later settles a revised fact once, with its last result."""
        ticket = self.new_ticket(61)
        self.finish(ticket)
        self._fact(ticket).correct({"price_total": 500}, "Wrong area")
        later = self._create_plan("later", self.company.currency_id)
        self.assertEqual(later.with_user(self.accountant).settle()["created"], 2)
        records = self._records(ticket).filtered(lambda one: one.plan_id == later)
        self.assertEqual(self._due(records), 100)
        self.assertEqual(later.with_user(self.accountant).settle()["created"], 0)
