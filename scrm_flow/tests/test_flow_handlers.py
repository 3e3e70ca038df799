from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import FlowCase


@tagged("post_install", "-at_install")
class TestFlowHandlers(FlowCase):
    def visit(self, **values):
        order = self.start(area=40, **values)
        order.with_user(self.ann).scrm_step_complete("accept")
        return order.scrm_step_ids.filtered(lambda step: step.node_key == "visit")

    def use(self, values):
        """Publish the flow with other values on the visit."""
        draft = self.flow.published_version_id._copy_as_draft()
        draft.node_ids.filtered(lambda n: n.key == "visit").write(values)
        draft.action_publish()

    def test_members_of_a_role_in_turn(self):
        """Covers: H03, H04"""
        names = [self.visit().user_id.name for _number in range(4)]
        self.assertEqual(names, ["Bob", "Cid", "Bob", "Cid"])

    def test_turns_go_on_over_versions(self):
        self.assertEqual(self.visit().user_id, self.bob)
        self.use({"rank": 20})
        self.assertEqual(self.visit().user_id, self.cid)

    def test_the_reason_names_everybody(self):
        self.visit()
        self.cid.active = False
        self.role.user_ids = [Command.link(self.eve.id)]
        step = self.visit()
        self.assertEqual(step.user_id, self.eve)
        self.assertIn("Eve, whose last turn was the longest ago", step.assign_reason)
        self.assertIn("Also considered: Bob", step.assign_reason)
        self.assertIn("Left out: Cid (inactive)", step.assign_reason)
        entry = step.run_id.log_ids.filtered(
            lambda e: e.event == "open" and e.node_key == "visit"
        )
        self.assertEqual(entry.description, step.assign_reason)

    def test_people_share_a_step(self):
        """Covers in part: H01"""
        self.use(
            {
                "handler_rule": "people",
                "handler_user_ids": [Command.set([self.eve.id, self.cid.id])],
            }
        )
        step = self.visit()
        order = self.Order.browse(step.res_id)
        self.assertEqual(order.scrm_handler_ids, self.eve | self.cid)
        self.assertIn("together with", step.assign_reason)
        order.with_user(self.cid).scrm_step_complete(step_id=step.id)
        self.assertEqual(step.done_by_id, self.cid)

    def test_nobody_is_an_incident_that_can_be_retried(self):
        (self.bob | self.cid).active = False
        step = self.visit()
        run = step.run_id
        self.assertEqual(step.state, "incident")
        self.assertEqual(run.state, "incident")
        self.assertEqual(run.incident_reason, "“Visit” has nobody to handle it.")
        self.assertIn("Bob (inactive), Cid (inactive)", step.assign_reason)
        with self.assertRaisesRegex(UserError, "not open any more"):
            self.Order.browse(step.res_id).with_user(self.designer).scrm_step_complete(
                step_id=step.id
            )
        run.with_user(self.designer).action_retry()
        self.assertEqual(run.state, "incident", "nothing was repaired yet")
        self.cid.active = True
        run.with_user(self.designer).action_retry()
        self.assertEqual(run.state, "running")
        self.assertFalse(run.incident_reason)
        self.assertEqual((step.state, step.user_id), ("open", self.cid))
        order = self.Order.browse(step.res_id)
        self.assertEqual(order.scrm_handler_ids, self.cid)
        order.with_user(self.cid).scrm_step_complete()
        self.assertEqual(run.state, "done")

    def test_people_of_another_company_are_left_out(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        (self.ann | self.cid).company_ids = [Command.link(company.id)]
        step = self.visit(company_id=company.id)
        self.assertEqual(step.user_id, self.cid)
        self.assertIn("Bob (works for another company)", step.assign_reason)

    def test_what_is_known_of_a_role_is_forgotten_when_it_changes(self):
        """By whatever door somebody joins it, leaves it, or becomes another."""

        def known():
            people = self.env["res.users"]._scrm_members(tuple(self.role.ids))
            return {user_id: facts for user_id, *facts in people}

        bob, cid = self.bob.id, self.cid.id
        self.assertEqual(known().keys(), {bob, cid})
        self.role.user_ids = [Command.link(self.eve.id)]
        self.assertEqual(known().keys(), {bob, cid, self.eve.id})
        self.eve.group_ids = [Command.unlink(self.role.id)]
        self.assertEqual(known().keys(), {bob, cid})
        new = new_test_user(self.env, "newcomer")
        new.group_ids = [Command.link(self.role.id)]
        self.assertEqual(known().keys(), {bob, cid, new.id})
        hired = self.env["res.users"].create(
            {"name": "Hired", "login": "hired", "group_ids": self.role.ids}
        )
        self.assertEqual(known()[hired.id][0], "Hired")
        hired.partner_id.name = "Married"
        self.assertEqual(known()[hired.id][0], "Married")
        hired.name = "Divorced"
        self.assertEqual(known()[hired.id][0], "Divorced")
        hired.active = False
        self.assertFalse(known()[hired.id][1])
        self.bob.scrm_load_limit = 3
        self.assertEqual(known()[bob][2], 3)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        company.user_ids = [Command.link(bob)]
        self.assertIn(company.id, known()[bob][3])
        new.unlink()
        self.assertNotIn(new.id, known())
