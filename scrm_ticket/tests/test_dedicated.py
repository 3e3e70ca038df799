from odoo import Command

from .common import TicketCase


class TestDedicated(TicketCase):
    """Tickets go to who is responsible for this customer, product or branch."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template.line_ids.required = False
        cls.topic = cls.env["scrm.form.field"].create(
            {
                "key": "test_topic",
                "name": "What it is about",
                "type": "choice",
                "option_ids": [
                    Command.create({"key": key, "name": key.capitalize()})
                    for key in ("dish", "waiting", "buying")
                ],
            }
        )
        cls.template.line_ids = [Command.create({"field_id": cls.topic.id})]

    def table(self, kind, *rules, key="test_who"):
        """A decision table.

        :param kind: key, or record
        :param rules: (result, dimension, operator, value)
        """
        rows = []
        for rank, (result, *condition) in enumerate(rules):
            vals = {"name": f"Rule {rank}", "rank": rank, "is_default": not condition}
            if kind == "key":
                vals["result_key"] = result
            else:
                vals.update(result_model=result._name, result_id=result.id)
            if condition:
                names = ("dimension", "operator", "value")
                conditions = dict(zip(names, condition, strict=True))
                vals["condition_ids"] = [Command.create(conditions)]
            rows.append(Command.create(vals))
        return self.env["scrm.decision.table"].create(
            {
                "name": key,
                "key": key,
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "result_kind": kind,
                "rule_ids": rows,
            }
        )

    def run_by(self, table=None, **nodes):
        """Give the template a flow: one node, or those that a table leads to.

        :param nodes: key -> values of the node
        """
        flow = self.env["scrm.flow"].create(
            {
                "key": "test_dedicated",
                "name": "Dedicated",
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

        begin, end = node("start", type="start"), node("end", type="end")
        if table:
            gate = node("gate", type="exclusive_gateway", gateway_table_id=table.id)
            way("begin", begin, gate)
            begin = gate
        for number, (key, values) in enumerate(nodes.items()):
            task = node(f"to_{key}", **values)
            way(key, begin, task, is_default=bool(table) and not number)
            way(f"{key}_done", task, end)
        version.action_publish()
        self.template.flow_id = flow

    def handlers(self, user=None, **values):
        """Who gets a ticket of the user (Pia)."""
        store = values.pop("store", None)
        return self.submit(user, values, store=store).scrm_handler_ids

    def test_vip(self):
        """A VIP's ticket goes to the account manager of the customer, or, where there
        is none, to the senior agents; others to everybody's pool.

        Covers: H14
        """
        vip = self.env["res.partner.category"].create(
            {"name": "VIP", "scrm_is_vip": True}
        )
        self.run_by(
            self.table("key", ("vip", "customer_tags", "contains", "VIP")),
            usual={
                "handler_rule": "people",
                "handler_user_ids": [Command.set(self.dora.ids)],
            },
            vip={
                "handler_rule": "field",
                "handler_field": "commercial_partner_id.user_id",
                "fallback_rule": "role",
                "fallback_group_id": self.engineers.id,
            },
        )
        self.assertEqual(self.handlers(), self.dora)
        self.customer.category_id = vip
        self.assertEqual(self.handlers(), self.egon | self.ella, "senior agents")
        self.customer.user_id = self.desk
        self.assertEqual(self.handlers(), self.desk)
        self.assertEqual(self.handlers(self.quentin), self.dora)

    def test_buyers_of_a_product(self):
        """Who has a product gets its consultant.

        What was ordered counts as well: see scrm_settlement.

        Covers: H16
        """
        self.run_by(
            consultant={
                "handler_rule": "decision_table",
                "handler_table_id": self.table(
                    "record",
                    (self.ella, "customer_products", "contains", "Boiler"),
                    (self.dora,),
                ).id,
            }
        )
        self.assertEqual(self.handlers(), self.dora)
        boiler = self.env["product.product"].create(
            {"name": "Boiler", "is_storable": True, "tracking": "serial"}
        )
        self.env["stock.lot"].create(
            {
                "name": "B-1",
                "product_id": boiler.id,
                "scrm_partner_id": self.paul.partner_id.id,
            }
        )
        self.assertEqual(self.handlers(), self.ella)
        self.assertEqual(self.handlers(self.quentin), self.dora)

    def test_three_levels(self):
        """The business type says who, the urgency how long, the customer's value who
        else is there for it.

        Covers: F09
        """
        who = {
            "handler_rule": "decision_table",
            "handler_table_id": self.table(
                "record",
                (self.desk, "field.test_topic", "=", "buying"),
                (self.dora,),
                key="test_contacts",
            ).id,
        }
        self.run_by(
            self.table(
                "key",
                ("valued", "customer_tags", "contains", "VIP"),
                ("urgent", "priority", "=", "3"),
            ),
            usual={**who, "deadline_hours": 24},
            urgent={**who, "deadline_hours": 1},
            valued={
                "handler_rule": "role",
                "handler_choice": "pool",
                "handler_group_id": self.engineers.id,
                "deadline_hours": 0.5,
            },
        )

        def found(topic):
            ticket = self.submit(values={"test_topic": topic})
            step = ticket.scrm_step_ids.filtered(lambda step: step.state == "open")
            limit = step.deadline_at - step.opened_at
            return ticket.scrm_handler_ids, limit.total_seconds() / 3600

        self.assertEqual(found("buying"), (self.desk, 24))
        self.assertEqual(found("waiting"), (self.dora, 24))
        self.template.priority = "3"
        self.assertEqual(found("buying"), (self.desk, 1))
        self.assertEqual(found("waiting"), (self.dora, 1))
        self.customer.category_id = self.env["res.partner.category"].create(
            {"name": "VIP", "scrm_is_vip": True}
        )
        self.assertEqual(found("waiting"), (self.egon | self.ella, 0.5))

    def test_high_intent(self):
        """Who wants to buy goes to the sales person of the customer.

        Covers: H17
        """
        self.customer.user_id = self.desk
        self.run_by(
            self.table("key", ("sales", "field.test_topic", "=", "buying")),
            usual={
                "handler_rule": "people",
                "handler_user_ids": [Command.set(self.dora.ids)],
            },
            sales={
                "handler_rule": "field",
                "handler_field": "commercial_partner_id.user_id",
            },
        )
        self.assertEqual(self.handlers(test_topic="waiting"), self.dora)
        self.assertEqual(self.handlers(test_topic="buying"), self.desk)

    def test_complaint_about_a_branch(self):
        """It goes to the branch's manager; about a dish, to its head of kitchen.

        Covers: H19
        """
        west = self.env["scrm.store"].create(
            {"key": "test_west", "name": "West", "manager_id": self.ella.id}
        )
        self.store.manager_id = self.egon
        heads = self.table(
            "record",
            (self.dora, "store", "=", "test_store"),
            (self.desk, "store", "=", "test_west"),
            key="test_heads",
        )
        self.run_by(
            self.table("key", ("kitchen", "field.test_topic", "=", "dish")),
            branch={"handler_rule": "field", "handler_field": "store_id.manager_id"},
            kitchen={"handler_rule": "decision_table", "handler_table_id": heads.id},
        )
        for store, manager, head in (
            (None, self.egon, self.dora),
            (west.key, self.ella, self.desk),
        ):
            found = self.handlers(store=store, test_topic="waiting")
            self.assertEqual(found, manager, "of the branch")
            found = self.handlers(store=store, test_topic="dish")
            self.assertEqual(found, head, "of the kitchen")
        # who takes over a branch answers for it at once
        self.store.manager_id = self.ella
        self.assertEqual(self.handlers(test_topic="waiting"), self.ella)
