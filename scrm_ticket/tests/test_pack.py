import copy

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

PACK = {
    "format": "scrm-pack/1",
    "key": "test_workshop",
    "name": "Workshop",
    "requires": ["scrm_ticket"],
    "users": [
        {
            "key": "test_smith",
            "login": "test_smith",
            "name": "Smith",
            "groups": ["scrm_ticket.group_user"],
        }
    ],
    "partners": [{"key": "test_shop", "name": "Shop"}],
    "products": [
        {"key": "test_belt", "name": "Belt", "price": "12.5", "cost": "7"},
        {
            "key": "test_hour",
            "name": "Hour",
            "type": "service",
            "hours": "1.5",
            "done_by": ["scrm_ticket.group_user"],
        },
        {
            "key": "test_mower",
            "name": "Mower",
            "tracking": "serial",
            "price": "900",
            "device": {
                "class": "domestic",
                "warranty_months": 24,
                "cycle_months": 12,
                "cycle_usage": "100",
                "counts": "hours",
            },
        },
    ],
    "stock": {
        "warehouses": [{"key": "test_cellar", "name": "Cellar", "code": "TCEL"}],
        "quantities": [
            {"product": "test_belt", "warehouse": "test_cellar", "quantity": "7.5"}
        ],
    },
    "keepers": [{"warehouse": "test_cellar", "users": ["test_smith"]}],
    "vans": [
        {
            "key": "test_cart",
            "name": "Cart",
            "warehouse": "test_cellar",
            "user": "test_smith",
        }
    ],
    "stock_minimums": [
        {
            "product": "test_belt",
            "warehouse": "test_cellar",
            "minimum": "2",
            "maximum": "5",
            "warn": True,
        }
    ],
    "product_parts": [
        {"product": "test_hour", "needs": [{"product": "test_belt", "quantity": "1"}]},
        {"product": "test_mower", "fits": ["test_belt"]},
    ],
    "teams": [{"key": "test_fitters", "name": "Fitters", "members": ["test_smith"]}],
    "stages": [
        {"key": "test_bench", "name": "On the bench", "sequence": 3},
        {"key": "test_gone", "name": "Gone", "sequence": 9, "closed": True},
    ],
    "stores": [
        {
            "key": "test_yard",
            "name": "Yard",
            "partner": "test_shop",
            "warehouse": "test_cellar",
            "region": "North",
            "class": "B",
            "manager": "test_smith",
            "users": ["test_smith"],
        }
    ],
    "fields": [
        {"key": "test_fault", "name": {"en_US": "Fault"}, "type": "text"},
        {
            "key": "test_urgency",
            "name": "Urgency",
            "type": "choice",
            "options": [
                {"key": "low", "name": "Low"},
                {"key": "high", "name": "High"},
            ],
        },
        {
            "key": "test_part",
            "name": "Broken part",
            "type": "category",
            "options": [
                {"key": "motor", "name": "Motor"},
                {"key": "brush", "name": "Brush", "below": "motor"},
            ],
        },
        {
            "key": "test_hours",
            "name": "Hours",
            "type": "number",
            "at_least": "0",
            "at_most": "99",
        },
        {
            "key": "test_cost",
            "name": "Cost",
            "type": "formula",
            "formula": "ROUND(test_hours * 80, 1)",
            "decimals": 1,
        },
        {
            "key": "test_where",
            "name": "Where",
            "type": "record",
            "record": "store",
            "only": "[('region', '=', 'North')]",
            "for_customers": True,
        },
        {
            "key": "test_plate",
            "name": "Plate",
            "type": "text",
            "mask": "AA-9999",
            "max_length": 7,
        },
        {
            "key": "test_mail",
            "name": "Mail",
            "type": "text",
            "format": "email",
        },
    ],
    "flows": [
        {
            "key": "test_repair",
            "name": "Repair",
            "model": "helpdesk.ticket",
            "nodes": [
                {"key": "start", "name": "Start", "type": "start"},
                {
                    "key": "bench",
                    "name": "Bench",
                    "type": "user_task",
                    "handler": {"people": ["test_smith"]},
                    "stage": "test_bench",
                    "rights": [
                        {"field": "test_cost", "right": "hidden"},
                        {"field": "test_cost", "who": "handlers", "right": "read"},
                        {
                            "field": "test_fault",
                            "role": "scrm_ticket.group_manager",
                            "right": "required",
                        },
                    ],
                },
                {
                    "key": "take",
                    "name": "Take",
                    "type": "service_task",
                    "service": {"kind": "parts_reserve"},
                },
                {"key": "end", "name": "End", "type": "end", "stage": "test_gone"},
            ],
            "transitions": [
                {"key": "a", "source": "start", "target": "bench"},
                {"key": "b", "source": "bench", "target": "take"},
                {"key": "c", "source": "take", "target": "end"},
            ],
        }
    ],
    "templates": [
        {
            "key": "test_repair",
            "name": "Repair",
            "flow": "test_repair",
            "team": "test_fitters",
            "store": "test_yard",
            "priority": "3",
            "portal": True,
            "fields": [
                {"field": "test_urgency", "required": True},
                {
                    "field": "test_fault",
                    "required_when": "[('priority', '=', '3')]",
                    "shown_when": "[('scrm_values.test_part', '!=', False)]",
                },
                {"field": "test_part"},
                {"field": "test_hours", "default": "constant", "value": "1"},
                {"field": "test_cost"},
                {"field": "test_where"},
                {"field": "test_plate"},
                {"field": "test_mail", "default": "partner_email"},
            ],
            "parts": [{"product": "test_belt", "quantity": "2"}],
        }
    ],
    "repair_plans": [
        {
            "key": "test_brush_plan",
            "name": "Change the brush",
            "models": ["test_mower"],
            "fault": {"field": "test_part", "option": "brush"},
            "templates": ["test_repair"],
            "hours": "0.5",
            "done_by": ["scrm_ticket.group_user"],
            "note": "Unplug it first.",
            "parts": [{"product": "test_belt", "quantity": "1"}],
            "sequence": 3,
        }
    ],
    "events": [
        {
            "key": "test_delivery_cancelled",
            "name": {"en_US": "Delivery Cancelled"},
            "model": "stock.picking",
            "condition": "[('state', '=', 'cancel')]",
            "repeats": True,
            "template": "test_repair",
            "user": "test_smith",
            "customer": "partner_id",
            "subject": "{name} was cancelled",
            "values": [{"field": "test_fault", "path": "origin"}],
        }
    ],
    "webhooks": [
        {
            "key": "test_logistics",
            "name": "Logistics",
            "user": "test_smith",
            "template": "test_repair",
        }
    ],
    "devices": [
        {
            "key": "test_mower_1",
            "serial": "MO-1",
            "product": "test_mower",
            "customer": "test_shop",
            "site": "test_shop",
            "place": "Shed",
            "store": "test_yard",
            "bought": "2026-01-05",
            "installed": "2026-01-06",
            "warranty_end": "2028-01-05",
            "maintained": "2026-02-01",
            "cycle_months": 6,
            "cycle_usage": "80",
            "maintenance": "test_repair",
            "days_ahead": 3,
            "readings": [
                {"day": "2026-02-01", "value": "10"},
                {"day": "2026-02-11", "value": "20", "note": "by phone"},
            ],
        }
    ],
}


@tagged("post_install", "-at_install")
class TestTicketPack(TransactionCase):
    """Templates, forms, stores and stock in packs."""

    def load(self, **changes):
        data = copy.deepcopy(PACK)
        data.update(copy.deepcopy(changes))
        return self.env["scrm.pack"].import_pack(data)

    def test_import_and_use(self):
        """What a pack describes is there and works."""
        self.load()
        template = self.env["scrm.ticket.template"].search(
            [("key", "=", "test_repair")]
        )
        self.assertEqual(
            [(line.field_id.key, line.required) for line in template.line_ids][:3],
            [("test_urgency", True), ("test_fault", False), ("test_part", False)],
        )
        part = template.line_ids[2].field_id
        self.assertEqual(part._scrm_choices()[1], ("brush", "Motor / Brush"))
        self.assertEqual(template.store_id.warehouse_id.name, "Cellar")
        answer = self.env["helpdesk.ticket"].scrm_submit(
            "test_repair", {"test_urgency": "high"}
        )
        ticket = self.env["helpdesk.ticket"].browse(answer["id"])
        self.assertEqual(ticket.stage_id.name, "On the bench")
        self.assertEqual(ticket.user_id.login, "test_smith")
        self.assertEqual(ticket.team_id.name, "Fitters")
        self.assertEqual(ticket.priority, "3")
        ticket.with_user(ticket.user_id).scrm_step_complete()
        self.assertEqual(ticket.stage_id.name, "Gone")
        shelf = template.store_id.warehouse_id.lot_stock_id
        belt = template.part_ids.product_id
        quant = self.env["stock.quant"].search(
            [("product_id", "=", belt.id), ("location_id", "=", shelf.id)]
        )
        self.assertEqual((quant.quantity, quant.reserved_quantity), (7.5, 0))
        back = ticket.scrm_run_id.log_ids.filtered(lambda e: e.event == "parts_back")
        self.assertEqual(back.description, "2 Belt", "reserved, and not used")

    def test_import_again_changes_nothing(self):
        """A second import writes nothing, and stock that was used stays used."""
        self.load()
        quants = self.env["stock.quant"].search(
            [("product_id.name", "=", "Belt"), ("location_id.usage", "=", "internal")]
        )
        self.env["stock.quant"]._update_available_quantity(
            quants.product_id, quants.location_id, -4
        )
        report = self.load()
        self.assertFalse(report["created"], report)
        self.assertFalse(report["updated"], report)
        self.assertEqual(quants.quantity, 3.5)

    def test_export_gives_the_same_pack(self):
        """What was imported comes out again."""
        self.load()
        exported = self.env["scrm.pack"].export_pack()
        for section in (
            "fields",
            "stores",
            "templates",
            "teams",
            "stages",
            "products",
            "repair_plans",
            "devices",
            "vans",
            "events",
            "webhooks",
        ):
            keys = {item["key"] for item in PACK[section]}
            found = [item for item in exported[section] if item["key"] in keys]
            expected = {item["key"]: item for item in PACK[section]}
            for item in found:
                self.assertEqual(
                    {**item}, self._as_dumped(section, expected[item["key"]])
                )
            self.assertEqual(len(found), len(keys), section)
        for section in ("product_parts", "keepers", "stock_minimums"):
            for item in PACK[section]:
                self.assertIn(item, exported[section])
        self.assertIn(
            {"product": "test_belt", "warehouse": "test_cellar", "quantity": "7.5"},
            exported["stock"]["quantities"],
        )
        flow = next(f for f in exported["flows"] if f["key"] == "test_repair")
        stages = [node.get("stage") for node in flow["nodes"]]
        self.assertEqual(stages, [None, "test_bench", None, "test_gone"])

    def _as_dumped(self, section, item):
        item = copy.deepcopy(item)
        if isinstance(item.get("name"), dict):
            item["name"] = item["name"]["en_US"]
        if section == "products":
            item.setdefault("price", "1")
        return item

    def test_faults_have_their_path(self):
        """Each fault names its place, and nothing of the pack is imported."""
        before = self.env["scrm.form.field"].search_count([])

        def faults(section, change):
            data = copy.deepcopy(PACK)
            change(data[section])
            with self.assertRaises(UserError) as caught:
                self.env["scrm.pack"].import_pack(data)
            return str(caught.exception)

        for section, change, path in (
            (
                "templates",
                lambda v: v[0].update(flow="nowhere"),
                "$.templates[0].flow",
            ),
            (
                "templates",
                lambda v: v[0]["fields"][1].update(field="nowhere"),
                "$.templates[0].fields[1].field",
            ),
            (
                "templates",
                lambda v: v[0]["parts"][0].update(product="test_hour"),
                "$.templates[0].parts[0].product",
            ),
            (
                "fields",
                lambda v: v[1].pop("options"),
                "$.fields[1].options",
            ),
            ("fields", lambda v: v[0].update(type="colour"), "$.fields[0].type"),
            ("stores", lambda v: v[0].update(colour="red"), "$.stores[0].colour"),
            (
                "stock",
                lambda v: v["quantities"][0].update(product="test_hour"),
                "$.stock.quantities[0].product",
            ),
            (
                "repair_plans",
                lambda v: v[0]["fault"].update(option="nowhere"),
                "$.repair_plans[0].fault.option",
            ),
            (
                "product_parts",
                lambda v: v[0]["needs"][0].update(product="test_hour"),
                "$.product_parts[0].needs[0].product",
            ),
            (
                "devices",
                lambda v: v[0].update(store="nowhere"),
                "$.devices[0].store",
            ),
            (
                "flows",
                lambda v: v[0]["nodes"][1].update(stage="nowhere"),
                "$.flows[0].nodes[1].stage",
            ),
        ):
            self.assertIn(f"{path}: ", faults(section, change))
        self.assertEqual(self.env["scrm.form.field"].search_count([]), before)
