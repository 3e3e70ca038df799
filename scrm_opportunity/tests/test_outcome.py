from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import OpportunityCase


@tagged("post_install", "-at_install")
class TestOutcome(OpportunityCase):
    """Tickets and opportunities move together."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stages = cls.env["crm.stage"].search([("is_won", "=", False)])
        cls.flow = cls.env["scrm.flow"].create(
            {
                "name": "Enquiry",
                "key": "enquiry_outcome",
                "model_id": cls.env["ir.model"]._get_id("helpdesk.ticket"),
            }
        )

    def publish(self, kind, config, **end):
        """A flow: talk, then the service, then the end.

        :param end: further values of the node at the end
        """
        version = self.flow.version_ids or self.env["scrm.flow.version"].create(
            {"flow_id": self.flow.id}
        )
        nodes = self.env["scrm.flow.node"].create(
            [
                {"version_id": version.id, "rank": rank, **values}
                for rank, values in enumerate(
                    (
                        {"key": "start", "name": "Start", "type": "start"},
                        {
                            "key": "talk",
                            "name": "Talk",
                            "type": "user_task",
                            "handler_rule": "people",
                            "handler_user_ids": [self.lin.id],
                        },
                        {
                            "key": "move",
                            "name": "Move",
                            "type": "service_task",
                            "service_kind": kind,
                            "service_config": config,
                        },
                        {"key": "end", "name": "End", "type": "end", **end},
                    )
                )
            ]
        )
        self.env["scrm.flow.transition"].create(
            [
                {
                    "version_id": version.id,
                    "key": f"to_{target.key}",
                    "name": target.name,
                    "source_id": source.id,
                    "target_id": target.id,
                }
                for source, target in zip(nodes, nodes[1:], strict=False)
            ]
        )
        version.action_publish()

    def talked(self, partner):
        """A ticket whose first node is finished."""
        ticket = self.ticket(partner)
        ticket.scrm_flow_start(self.flow)
        ticket.with_user(self.lin).scrm_step_complete("to_move")
        return ticket

    def test_a_finished_node_moves_the_opportunity(self):
        """By the mapping of the flow; forward only."""
        lead = self.lead("Air", self.zhao, self.lin)
        third = self.stages[2]
        self.publish("opportunity_stage", {"stage": third.name})
        self.talked(self.zhao)
        self.assertEqual(lead.stage_id, third)
        lead.stage_id = self.stages[-1]
        self.talked(self.zhao)
        self.assertEqual(lead.stage_id, self.stages[-1])

    def test_a_finished_node_begins_an_opportunity(self):
        """A complaint becomes a second sale at the node chosen for it; not two.

        Covers: O10
        """
        self.publish("opportunity_create", {"amount": "250.50"})
        ticket = self.talked(self.moon)
        lead = ticket.lead_ids
        self.assertEqual(lead.scrm_origin_ticket_id, ticket)
        self.assertEqual(lead.expected_revenue, 250.5)
        self.assertEqual(self.talked(self.moon).lead_ids, lead)

    def test_a_status_moves_the_opportunity_whichever_department(self):
        """One mapping for all teams; forward only, a node's status too.

        Covers: O09
        """
        teams = self.env["helpdesk.ticket.team"].create(
            [{"name": "Desk"}, {"name": "Service"}]
        )
        ticket_stage = self.env["helpdesk.ticket.stage"].create(
            {"name": "Enrolling", "scrm_lead_stage_id": self.stages[2].id}
        )
        first = ticket_stage.search([], limit=1)
        for partner, team in ((self.zhao, teams[0]), (self.moon, teams[1])):
            lead = self.lead(f"Lead of {team.name}", partner, self.wang)
            ticket = self.ticket(partner, team_id=team.id)
            ticket.with_user(self.desk).stage_id = ticket_stage
            self.assertEqual(lead.stage_id, self.stages[2])
            lead.stage_id = self.stages[-1]
            ticket.stage_id = first
            ticket.stage_id = ticket_stage
            self.assertEqual(lead.stage_id, self.stages[-1])
        # the status that a finished node gives does the same
        lead = self.lead("By node", self.qian, self.lin)
        ticket = self.ticket(self.qian)
        self.env["scrm.match"].search([("ticket_id", "=", ticket.id)]).unlink()
        ticket._scrm_link(lead)
        self.publish(
            "opportunity_stage",
            {"stage": self.stages[1].name},
            ticket_stage_id=ticket_stage.id,
        )
        ticket.scrm_flow_start(self.flow)
        self.assertEqual(lead.stage_id, self.stages[0], "the node is not finished")
        ticket.with_user(self.lin).scrm_step_complete("to_move")
        self.assertEqual(ticket.stage_id, ticket_stage)
        self.assertEqual(lead.stage_id, self.stages[2])

    def test_a_stage_that_is_not_there_is_refused(self):
        service = self.env["scrm.flow.service.opportunity_stage"]
        wrong = service._check_config("helpdesk.ticket", {"stage": "Nowhere"})
        self.assertIn("Nowhere", wrong[0])
        self.assertTrue(service._check_config("crm.lead", {"stage": "x"}))
        good = {"stage": "crm.stage_lead2"}
        self.assertFalse(service._check_config("helpdesk.ticket", good))

    def told(self, ticket):
        return self.env["mail.message"].search(
            [
                ("model", "=", "helpdesk.ticket"),
                ("res_id", "=", ticket.id),
                ("message_type", "=", "user_notification"),
            ]
        )

    def test_the_ticket_hears_that_it_is_won(self):
        """Who handles it is told, as far as they may read the opportunity.

        Covers in part: F23
        """
        lead = self.lead("Air", self.zhao, self.lin)
        ticket = self.ticket(self.zhao, user_id=self.lin.id)
        lead.action_set_won()
        self.assertEqual(self.told(ticket).partner_ids, self.lin.partner_id)
        self.assertIn("Air", self.told(ticket).body)
        hidden = self.lead("Secret", self.moon, self.wang)
        other = self.ticket(self.moon, user_id=self.lin.id)
        self.assertEqual(other.sudo().lead_ids, hidden)
        hidden.action_set_lost()
        self.assertFalse(self.told(other))

    def test_a_ticket_becomes_an_opportunity_in_one_click(self):
        ticket = self.ticket(self.moon, self.lin)
        action = ticket.action_new_opportunity()
        lead = self.env["crm.lead"].browse(action["res_id"])
        self.assertEqual(action["res_model"], "crm.lead")
        self.assertEqual(lead.partner_id, self.moon)
        self.assertEqual(lead.user_id, self.lin)
        self.assertEqual(ticket.lead_ids, lead)

    def test_what_is_there_already_comes_first(self):
        """Of those the user may read; then a new one is still one click away."""
        own = self.lead("Own", self.zhao, self.lin)
        self.lead("Secret", self.qian, self.wang)
        ticket = self.ticket(self.zhao, self.lin)
        action = ticket.action_new_opportunity()
        self.assertEqual(action["res_model"], "scrm.match")
        shown = self.env["scrm.match"].search(action["domain"])
        self.assertEqual(shown.lead_id, own)
        action = ticket.with_context(scrm_new_anyway=True).action_new_opportunity()
        self.assertEqual(action["res_model"], "crm.lead")
        with self.assertRaises(AccessError):
            ticket.with_user(self.desk).action_new_opportunity()
