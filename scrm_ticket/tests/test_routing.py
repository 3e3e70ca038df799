from odoo import Command

from .common import TicketCase


class TestRouting(TicketCase):
    """Tickets find their way by decision tables over what was asked in the form."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.north = cls.env["scrm.store"].create(
            {
                "key": "test_north",
                "name": "North",
                "partner_id": cls.stranger.id,
                "region": "North",
            }
        )
        cls.topic = cls.env["scrm.form.field"].create(
            {
                "key": "test_topic",
                "name": "What it is about",
                "type": "choice",
                "option_ids": [
                    Command.create({"key": key, "name": key.capitalize()})
                    for key in ("price", "taste", "service")
                ],
            }
        )
        line = {"field_id": cls.topic.id, "required": True}
        cls.template.line_ids = [Command.clear(), Command.create(line)]

    def make_table(self, *rules):
        """:param rules: (result key, dimension and value pairs)"""
        return self.env["scrm.decision.table"].create(
            {
                "name": "Who answers",
                "key": "test_who",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "result_kind": "key",
                "rule_ids": [
                    Command.create(
                        {
                            "name": f"{key} {rank}",
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
                                for dimension, operator, value in conditions
                            ],
                        }
                    )
                    for rank, (key, *conditions) in enumerate(rules)
                ],
            }
        )

    def route_by(self, table, **answers):
        """Give the template a flow that asks the table.

        :param answers: transition key -> (who handles it, values of the node)
        """
        flow = self.env["scrm.flow"].create(
            {
                "key": "test_routing",
                "name": "Routing",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
            }
        )
        version = self.env["scrm.flow.version"].create({"flow_id": flow.id})

        def node(key, **values):
            values = {"version_id": version.id, "key": key, "name": key, **values}
            return self.env["scrm.flow.node"].create(values)

        def way(key, source, target, **values):
            ids = {"source_id": source.id, "target_id": target.id}
            self.env["scrm.flow.transition"].create(
                {"version_id": version.id, "key": key, **ids, **values}
            )

        start, end = node("start", type="start"), node("end", type="end")
        which = node("which", type="exclusive_gateway", gateway_table_id=table.id)
        way("begin", start, which)
        for number, (key, (person, values)) in enumerate(answers.items()):
            task = node(
                f"for_{key}",
                handler_rule="people",
                handler_user_ids=[Command.set(person.ids)],
                **values,
            )
            way(key, which, task, is_default=not number)
            way(f"{key}_done", task, end)
        version.action_publish()
        self.template.flow_id = flow

    def handler(self, topic, store=None):
        tickets = self.env["helpdesk.ticket"].with_user(self.pia)
        values = {"test_topic": topic}
        answer = tickets.scrm_submit(
            "test_installation", values, store=store and store.key
        )
        return tickets.sudo().browse(answer["id"]).scrm_handler_ids

    def test_source_region_and_enquiry_together(self):
        """A price question of a region goes to its consultant, others do not.

        Covers: F04
        """
        table = self.make_table(
            (
                "egon",
                ("door", "in", "json2, portal"),
                ("region", "=", "North"),
                ("field.test_topic", "=", "price"),
            ),
            (
                "ella",
                ("door", "in", "json2, portal"),
                ("region", "=", "East"),
                ("field.test_topic", "=", "price"),
            ),
        )
        self.route_by(
            table, dora=(self.dora, {}), egon=(self.egon, {}), ella=(self.ella, {})
        )
        self.assertEqual(self.handler("price", store=self.north), self.egon)
        self.assertEqual(self.handler("price"), self.ella)
        self.assertEqual(self.handler("taste", store=self.north), self.dora)
        table.rule_ids[0].condition_ids[0].value = "portal"
        self.assertEqual(self.handler("price", store=self.north), self.dora)

    def test_form_values_store_and_urgency(self):
        """Complaint type, store number and urgency decide which team gets it.

        Covers: F06
        """
        table = self.make_table(
            ("quality", ("field.test_topic", "=", "taste"), ("priority", ">=", "2")),
            ("operations", ("store", "=", "test_north")),
            ("supply", ("field.test_topic", "in", "taste, price")),
        )
        self.route_by(
            table,
            supply=(self.dora, {}),
            quality=(self.egon, {}),
            operations=(self.ella, {}),
        )
        self.assertEqual(self.handler("taste"), self.egon)
        self.assertEqual(self.handler("taste", store=self.north), self.egon)
        self.assertEqual(self.handler("service", store=self.north), self.ella)
        self.template.priority = "0"
        self.assertEqual(self.handler("taste"), self.dora)
        self.assertEqual(self.handler("taste", store=self.north), self.ella)

    def test_keywords_and_urgency_set_contact_and_response_limit(self):
        """What is written picks the contact, how urgent it is picks the limit.

        Covers in part: F09, H15, H02
        """
        table = self.make_table(
            (
                "urgent",
                ("subject", "contains", "complaint, 投诉"),
                ("priority", "=", "3"),
            ),
            ("complaint", ("subject", "contains", "complaint, 投诉")),
        )
        self.route_by(
            table,
            usual=(self.dora, {"deadline_hours": 24}),
            complaint=(self.egon, {"deadline_hours": 2}),
            urgent=(self.ella, {"deadline_hours": 1 / 12}),
        )

        def limit(subject):
            answer = (
                self.env["helpdesk.ticket"]
                .with_user(self.pia)
                .scrm_submit(
                    "test_installation", {"test_topic": "taste"}, subject=subject
                )
            )
            ticket = self.env["helpdesk.ticket"].browse(answer["id"])
            step = ticket.scrm_step_ids.filtered(lambda step: step.state == "open")
            left = step.deadline_at - step.opened_at
            return ticket.scrm_handler_ids, left.total_seconds() / 60

        self.assertEqual(limit("A question"), (self.dora, 24 * 60))
        self.assertEqual(limit("我要投诉"), (self.egon, 120))
        self.template.priority = "3"
        self.assertEqual(limit("COMPLAINT about a visit"), (self.ella, 5))
        self.assertFalse(
            [line for line in table._analysis_lines() if "never answers" in line]
        )
        self.assertIn("Subject", table.analysis_text)

    def test_type_source_level_and_keywords_together(self):
        """Each of the four alone changes who gets the ticket.

        Covers: H02
        """
        table = self.make_table(
            (
                "supervisor",
                ("template", "=", "test_installation"),
                ("door", "=", "portal"),
                ("customer_tags", "contains", "VIP"),
                ("subject", "contains", "escalate, 投诉升级"),
            ),
            (
                "presales",
                ("door", "=", "portal"),
                ("subject", "contains", "产品咨询"),
            ),
        )
        self.route_by(
            table,
            usual=(self.dora, {}),
            presales=(self.egon, {}),
            supervisor=(self.ella, {}),
        )
        other = self.template.copy({"key": "test_other", "flow_id": self.flow.id})
        other.flow_id = self.template.flow_id
        vip = self.env["res.partner.category"].create({"name": "VIP"})

        def handler(subject, door="portal", template="test_installation"):
            tickets = self.env["helpdesk.ticket"].with_user(self.pia)
            data = {
                "template": template,
                "values": {"test_topic": "taste"},
                "subject": subject,
            }
            answer = tickets._scrm_submit(door, data)
            return tickets.sudo().browse(answer["id"]).scrm_handler_ids

        self.assertEqual(handler("投诉升级"), self.dora, "no important customer")
        self.customer.category_id = vip
        self.assertEqual(handler("投诉升级：没有人来"), self.ella)
        self.assertEqual(handler("没有人来"), self.dora, "not that word")
        self.assertEqual(handler("投诉升级", door="json2"), self.dora)
        self.assertEqual(handler("投诉升级", template="test_other"), self.dora)
        self.assertEqual(handler("产品咨询"), self.egon)
        vip.with_context(lang="en_US").name = "Gold"
        self.assertEqual(handler("投诉升级"), self.dora)
