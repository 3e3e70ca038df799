from odoo.tests import new_test_user, tagged

from .common import OpportunityCase


@tagged("post_install", "-at_install")
class TestPresales(OpportunityCase):
    """An enquiry goes to the sales manager as soon as the intent is clear."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env,
            "scrm_sales_manager",
            "scrm_opportunity.group_user,sales_team.group_sale_manager",
        )
        fields = cls.env["scrm.form.field"]
        intent = fields.create(
            {"key": "intent_clear", "name": "Clear", "type": "yes_no"}
        )
        cls.flow = cls.env["scrm.flow"].create(
            {
                "name": "Presales",
                "key": "presales_handoff",
                "model_id": cls.env["ir.model"]._get_id("helpdesk.ticket"),
            }
        )
        version = cls.env["scrm.flow.version"].create({"flow_id": cls.flow.id})
        people = {"type": "user_task", "handler_rule": "people"}
        nodes = (
            cls.env["scrm.flow.node"]
            .create(
                [
                    {
                        "version_id": version.id,
                        "rank": rank,
                        "key": key,
                        "name": key,
                        **more,
                    }
                    for rank, (key, more) in enumerate(
                        {
                            "start": {"type": "start"},
                            "consult": {**people, "handler_user_ids": [cls.desk.id]},
                            "is_clear": {"type": "exclusive_gateway"},
                            "begin": {
                                "type": "service_task",
                                "service_kind": "opportunity_create",
                                "service_config": {},
                            },
                            "quote": {**people, "handler_user_ids": [cls.manager.id]},
                            "end": {"type": "end"},
                        }.items()
                    )
                ]
            )
            .grouped("key")
        )
        cls.env["scrm.flow.transition"].create(
            [
                {
                    "version_id": version.id,
                    "key": key,
                    "name": key,
                    "source_id": nodes[source].id,
                    "target_id": nodes[target].id,
                    **more,
                }
                for key, source, target, more in (
                    ("go", "start", "consult", {}),
                    ("answered", "consult", "is_clear", {}),
                    (
                        "clear",
                        "is_clear",
                        "begin",
                        {"condition": "[('scrm_values.intent_clear', '=', True)]"},
                    ),
                    ("unclear", "is_clear", "end", {"is_default": True}),
                    ("begun", "begin", "quote", {}),
                    ("quoted", "quote", "end", {}),
                )
            ]
        )
        cls.template = cls.env["scrm.ticket.template"].create(
            {
                "name": "Presales enquiry",
                "key": "presales_handoff",
                "flow_id": cls.flow.id,
                "line_ids": [(0, 0, {"field_id": intent.id})],
            }
        )
        version.action_publish()

    def enquiry(self, partner):
        tickets = self.env["helpdesk.ticket"].with_user(self.desk)
        made = tickets.scrm_submit(
            "presales_handoff", {"intent_clear": False}, partner=partner.id
        )
        return tickets.browse(made["id"])

    def test_a_clear_intent_goes_to_the_sales_manager_for_a_quotation(self):
        """With an opportunity for it; an unclear one ends where it is.

        Covers: F23
        """
        ticket = self.enquiry(self.moon)
        self.assertEqual(ticket.scrm_handler_ids, self.desk)
        ticket.scrm_values = {"intent_clear": True}
        ticket.scrm_step_complete("answered")
        self.assertEqual(ticket.scrm_node_key, "quote")
        self.assertEqual(ticket.scrm_handler_ids, self.manager)
        lead = ticket.with_user(self.manager).lead_ids
        self.assertEqual(lead.partner_id, self.moon)
        action = lead.action_new_quotation()
        self.assertEqual(action["context"]["default_opportunity_id"], lead.id)
        ticket.with_user(self.manager).scrm_step_complete("quoted")
        self.assertEqual(ticket.scrm_run_id.state, "done")
        unclear = self.enquiry(self.sunrise)
        unclear.scrm_step_complete("answered")
        self.assertEqual(unclear.scrm_run_id.state, "done")
        self.assertNotIn(unclear, lead.sudo().ticket_ids)
