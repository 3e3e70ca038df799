from ast import literal_eval

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tests import Form, tagged

from .common import OpportunityCase


@tagged("post_install", "-at_install")
class TestCrmLead(OpportunityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lin.group_ids += cls.env.ref("scrm_flow.group_user")
        cls.flow = cls.env["scrm.flow"].create(
            {
                "name": "Follow-up",
                "key": "lead_follow_up",
                "model_id": cls.env["ir.model"]._get_id("crm.lead"),
            }
        )
        version = cls.flow.version_ids or cls.env["scrm.flow.version"].create(
            {"flow_id": cls.flow.id}
        )
        nodes = cls.env["scrm.flow.node"].create(
            [
                {"version_id": version.id, "rank": rank, **values}
                for rank, values in enumerate(
                    (
                        {"key": "start", "name": "Start", "type": "start"},
                        {
                            "key": "visit",
                            "name": "Visit",
                            "type": "user_task",
                            "handler_rule": "people",
                            "handler_user_ids": [cls.lin.id],
                        },
                        {"key": "end", "name": "End", "type": "end"},
                    )
                )
            ]
        )
        cls.env["scrm.flow.transition"].create(
            [
                {
                    "version_id": version.id,
                    "key": key,
                    "name": key.title(),
                    "source_id": source.id,
                    "target_id": target.id,
                }
                for key, source, target in (
                    ("begin", nodes[0], nodes[1]),
                    ("visited", nodes[1], nodes[2]),
                )
            ]
        )
        version.action_publish()

    def test_a_block_is_no_flow_to_choose(self):
        flows = self.env["scrm.flow"]
        field = self.env["crm.lead"]._fields["scrm_flow_id"]
        offered = Domain(literal_eval(field.domain))
        self.assertIn(self.flow, flows.search(offered))
        self.flow.is_block = True
        self.assertNotIn(self.flow, flows.search(offered))

    def test_an_opportunity_follows_a_flow(self):
        """Choosing a flow starts it; its handler completes the step."""
        lead = self.lead("Twelve air conditioners", self.zhao, self.lin)
        with Form(lead.with_user(self.lin)) as form:
            form.scrm_flow_id = self.flow
        self.assertEqual(lead.scrm_node_key, "visit")
        self.assertEqual(lead.scrm_handler_ids, self.lin)
        states = {item["key"]: item["state"] for item in lead.scrm_progress}
        self.assertEqual(states["visit"], "now")
        answer = lead.with_user(self.lin).scrm_step_complete("visited")
        self.assertEqual(answer["state"], "done")

    def test_a_running_flow_is_not_replaced(self):
        lead = self.lead("Air", self.zhao, self.lin, scrm_flow_id=self.flow.id)
        run = lead.scrm_run_id
        lead.scrm_flow_id = self.flow
        self.assertEqual(lead.scrm_run_id, run)
        other = self.flow.copy({"key": "other_flow", "name": "Other"})
        with self.assertRaises(UserError):
            lead.scrm_flow_id = other

    def test_salesperson_without_flow_rights_opens_the_form(self):
        """The fields of the flow do not keep a plain salesperson out."""
        lead = self.lead("Air", self.zhao, self.wang, scrm_flow_id=self.flow.id)
        self.wang.group_ids -= self.env.ref("scrm_opportunity.group_user")
        self.wang.group_ids += self.env.ref("sales_team.group_sale_salesman")
        with Form(lead.with_user(self.wang)) as form:
            form.name = "Air, renamed"
        self.assertEqual(lead.name, "Air, renamed")

    def test_merged_opportunities_keep_their_tickets(self):
        kept = self.lead("Kept", self.zhao, self.lin)
        gone = self.lead("Merged", self.moon, self.lin)
        first, second = self.ticket(self.zhao), self.ticket(self.moon)
        self.assertEqual(self.states(second), {"Merged": "linked"})
        (kept | gone)._merge_opportunity()
        left = (kept | gone).exists()
        self.assertEqual(len(left), 1)
        self.assertEqual(left.ticket_ids, first | second)
