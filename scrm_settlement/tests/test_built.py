"""Four businesses, each built by a manager by the designers alone."""

from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tests.common import TransactionCase, new_test_user


def field(key, kind, required=False, options=()):
    """A field as the form designer sends it."""
    return {
        "id": False,
        "required": required,
        "field": {
            "id": False,
            "key": key,
            "type": kind,
            "name": key.replace("_", " ").capitalize(),
            "options": [
                {"id": False, "key": one, "name": one.capitalize()} for one in options
            ],
        },
    }


#: Business -> its nodes, its form, how a ticket is filled in, and the price of that.
BUSINESSES = {
    "course_consultation": {
        "nodes": ["consult", "trial_lesson"],
        "fields": [
            field("built_age", "number", True),
            field("built_course", "choice", True, ("maths", "piano")),
            field("built_wish", "long_text"),
        ],
        "values": {"built_age": 9, "built_course": "piano"},
        "measure": ("built_age", "12"),
        "prices": (80, 120),
        "price": 80,
    },
    "equipment_repair": {
        "nodes": ["diagnose", "repair", "test_run"],
        "fields": [
            field("built_serial", "serial"),
            field("built_fault", "choice", True, ("noise", "leak")),
            field("built_photos", "file"),
            field("built_hours", "number", True),
        ],
        "values": {"built_fault": "leak", "built_hours": 3},
        "measure": ("built_hours", "2"),
        "prices": (150, 260),
        "price": 260,
    },
    "return_goods": {
        "nodes": ["inspect_goods", "refund"],
        "fields": [
            field("built_order", "text", True),
            field("built_bought", "date"),
            field("built_opened", "yes_no"),
            field("built_days", "number", True),
        ],
        "values": {"built_order": "S0001", "built_days": 7},
        "measure": ("built_days", "7"),
        "prices": (0.5, 15),
        "price": 0.5,
    },
    "presales": {
        "nodes": ["qualify", "offer"],
        "fields": [
            field("built_budget", "money", True),
            field("built_needs", "tags", False, ("design", "training")),
            field("built_seats", "number", True),
        ],
        "values": {"built_budget": 9000, "built_seats": 25},
        "measure": ("built_seats", "10"),
        "prices": (500, 900),
        "price": 900,
    },
}


@tagged("post_install", "-at_install")
class TestBuiltWithoutCode(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.builder = new_test_user(
            cls.env,
            "built_manager",
            groups="scrm_ticket.group_manager,sales_team.group_sale_manager",
        )
        cls.agent = new_test_user(
            cls.env, "built_agent", groups="scrm_ticket.group_user"
        )

    def test_four_businesses(self):
        """Course consultation, equipment repair, return goods, presales: fields,
        nodes, handlers and price options by the methods that the screens call. A
        ticket shows exactly that form, stands at that template's first node, with
        its handler and its price.

        Covers: T01
        """
        built = {key: self.build(key, spec) for key, spec in BUSINESSES.items()}
        for key, spec in BUSINESSES.items():
            with self.subTest(business=key):
                self.check_ticket(built[key], spec)

    def build(self, key, spec):
        """Build a template as the manager; returns its id."""
        env = self.env(user=self.builder)
        flow = self.draw_flow(env, key, spec["nodes"])
        with Form(env["scrm.ticket.template"]) as form:
            form.name = key.replace("_", " ").capitalize()
            form.key = f"built_{key}"
            form.flow_id = flow
            form.portal_published = True
        template = form.record
        edition = template.design_form_load()["edition"]
        saved = template.design_form_save(edition, spec["fields"])
        self.assertEqual(len(saved["lines"]), len(spec["fields"]))
        table, service = self.price_options(env, key, spec)
        with Form(template) as form:
            form.price_enabled = True
            form.price_table_id = table
            form.price_product_id = service
        return template.id

    def draw_flow(self, env, key, nodes):
        """Draw start, these nodes and an end; choose who handles them; publish."""
        with Form(env["scrm.flow"]) as form:
            form.name = key
            form.key = f"built_{key}"
            form.model_id = env["ir.model"]._get("helpdesk.ticket")
        flow = form.record
        version = env["scrm.flow.version"].browse(flow.action_design()["res_id"])
        kinds = {"start_1": "start", **dict.fromkeys(nodes, "user_task")}
        kinds["end_1"] = "end"
        keys = list(kinds)
        operations = [
            {
                "op": "add_node",
                "key": one,
                "type": kind,
                "name": one.replace("_", " ").capitalize(),
                "x": 200 * number,
                "y": 100,
            }
            for number, (one, kind) in enumerate(kinds.items())
        ]
        operations += [
            {
                "op": "add_transition",
                "key": f"{source}_to_{target}",
                "source": source,
                "target": target,
            }
            for source, target in zip(keys, keys[1:], strict=False)
        ]
        answer = version.design_apply(version.revision, operations)
        for one in nodes:
            node = env["scrm.flow.node"].browse(answer["ids"]["nodes"][one])
            with Form(node) as form:
                form.handler_rule = "people"
                form.handler_user_ids.add(self.agent)
        version.action_publish()
        return flow

    def price_options(self, env, key, spec):
        """Two price tiers by what was measured."""
        measure, limit = spec["measure"]
        service = env["product.product"].create(
            {"name": key, "type": "service", "taxes_id": False}
        )
        tiers = env["product.pricelist"].create(
            [
                {
                    "name": f"{key} {price}",
                    "item_ids": [
                        Command.create(
                            {
                                "applied_on": "0_product_variant",
                                "product_id": service.id,
                                "compute_price": "fixed",
                                "fixed_price": price,
                            }
                        )
                    ],
                }
                for price in spec["prices"]
            ]
        )
        rules = [
            Command.create(
                {
                    "name": tier.name,
                    "rank": rank,
                    "result_model": "product.pricelist",
                    "result_id": tier.id,
                    "condition_ids": [
                        Command.create(
                            {
                                "dimension": f"field.{measure}",
                                "operator": operator,
                                "value": limit,
                            }
                        )
                    ],
                }
            )
            for rank, (tier, operator) in enumerate(
                zip(tiers, ("<=", ">"), strict=True)
            )
        ]
        table = env["scrm.decision.table"].create(
            {
                "key": f"built_{key}",
                "name": key,
                "model_id": env["ir.model"]._get_id("helpdesk.ticket"),
                "rule_ids": rules,
            }
        )
        return table, service

    def check_ticket(self, template_id, spec):
        """A ticket that an agent makes on the screen has this form, node and price."""
        env = self.env(user=self.agent)
        template = env["scrm.ticket.template"].browse(template_id)
        with Form(env["helpdesk.ticket"]) as form:
            form.template_id = template
            form.description = "Please"
        ticket = form.record
        keys = [one["field"]["key"] for one in spec["fields"]]
        shown = ticket.read(["scrm_values"])[0]["scrm_values"]
        self.assertEqual([part["name"] for part in shown], keys)
        needed = [one["field"]["key"] for one in spec["fields"] if one["required"]]
        self.assertCountEqual(ticket.scrm_form_state["required"], needed)
        self.assertEqual(ticket.scrm_node_key, spec["nodes"][0])
        self.assertEqual(ticket.scrm_handler_ids, self.agent)
        self.assertFalse(ticket.scrm_price_line_ids)
        ticket.scrm_values = spec["values"]
        self.assertEqual(ticket.scrm_price_total, spec["price"])
        for target in [*spec["nodes"][1:], False]:
            self.assertEqual(ticket.scrm_step_complete()["node"], target)
        self.assertEqual(ticket.scrm_run_state, "done")
