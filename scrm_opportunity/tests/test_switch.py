from odoo.tests import tagged

from odoo.addons.scrm_flow.tests.switch_common import SwitchChecks

from .common import OpportunityCase


@tagged("post_install", "-at_install")
class TestOpportunitySwitch(SwitchChecks, OpportunityCase):
    def test_each_alone(self):
        """Covers: C11"""
        self.check_is_complete()
        self.check_each_alone()

    def test_nothing_is_matched_while_it_is_off(self):
        """What is there stays; what came meanwhile is matched when it is on again.

        Covers: C11
        """
        self.lead("Boiler", self.sunrise)
        earlier = self.ticket(self.zhao)
        self.assertTrue(self.states(earlier))
        self.set(opportunity=False)
        meanwhile = self.ticket(self.zhao)
        self.assertFalse(self.states(meanwhile))
        self.assertTrue(self.states(earlier))
        form = self.env["helpdesk.ticket"].get_view(view_type="form")["arch"]
        self.assertNotIn("match_ids", form)
        jobs = self.env["queue.job"].search([])
        self.set(opportunity=True)
        form = self.env["helpdesk.ticket"].get_view(view_type="form")["arch"]
        self.assertIn("match_ids", form)
        [job] = self.env["queue.job"].search([]) - jobs
        self.assertEqual(job.method_name, "_scrm_match")
        self.assertIn(meanwhile.id, job.records.ids)
        job.records._scrm_match()
        self.assertEqual(self.states(meanwhile), self.states(earlier))
