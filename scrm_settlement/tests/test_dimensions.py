from decimal import Decimal

from odoo.fields import Command
from odoo.tests.common import tagged

from odoo.addons.scrm_flow.models.scrm_dimension import Dimension

from .common import SettlementCommon


def two_values(dimension: Dimension):
    """Two values that a dimension can have."""
    match dimension.type:
        case "number":
            return 10, 11
        case "boolean":
            return True, False
        case "date":
            return "2026-01-01", "2026-01-02"
    choices = [key for key, _label in dimension.choices()] if dimension.choices else []
    return (*choices, "one", "two")[:2]


@tagged("post_install", "-at_install")
class TestDimensions(SettlementCommon):
    """What a rule can ask of a ticket, and what its answers do to the fee."""

    def _ticket_dimensions(self):
        found = self.env["scrm.dimension"]._definitions("helpdesk.ticket")
        return {key: found[key] for key in sorted(found)}

    def _rules(self, *rules):
        self.component.rule_ids = [
            Command.clear(),
            *(
                Command.create(
                    {"key": f"rule_{rank}", "name": "R", "rank": rank} | rule
                )
                for rank, rule in enumerate(rules)
            ),
        ]

    def _paid(self, fact):
        records = self.env["scrm.settlement.record"].search(
            [("source_key", "=", fact.source_key)]
        )
        return round(sum(records.mapped("amount")), 2)

    def _fact(self, inputs):
        ticket = self.new_ticket(50)
        self.finish(ticket)
        facts = self.env["scrm.settlement.fact"].with_user(self.accountant)
        fact = facts._latest(f"helpdesk.ticket:{ticket.id}", "ticket_done")
        return fact.correct(inputs, "As the test says")

    def _change(self, fact, key, value):
        """What the plan owes when one frozen value is another one."""
        (component,) = self.plan._compile(self.version)
        inputs = {**fact.inputs, key: value}
        return self.plan._result(component, inputs, Decimal("0.01"))[0].amount

    def test_every_dimension_decides(self):
        """One rule with all conditions pays 100, the next one 7.

        There are 40 dimensions and more, and each of them alone, when it has another
        value, makes the rule not apply: 7 instead of 100.

        Covers: S02
        """
        dimensions = self._ticket_dimensions()
        self.assertGreaterEqual(len(dimensions), 40)
        values = {key: two_values(item) for key, item in dimensions.items()}
        self._rules(
            {
                "amount": 100,
                "condition_ids": [
                    Command.create(
                        {
                            "dimension": key,
                            "operator": "=",
                            "value": str(base).lower()
                            if isinstance(base, bool)
                            else str(base),
                        }
                    )
                    for key, (base, _other) in values.items()
                ],
            },
            {"amount": 7},
        )
        fact = self._fact({key: base for key, (base, _other) in values.items()})
        self.assertEqual(self._paid(fact), 100)
        for key, (_base, other) in values.items():
            with self.subTest(key):
                self.assertEqual(self._change(fact, key, other), 7)
        fact.correct({"region": values["region"][1]}, "Another region")
        self.assertEqual(self._paid(fact), 7)

    def test_every_number_counts(self):
        """Each number has its own coefficient: 11 instead of 10 pays so much more.

        With coefficients 1, 2, 3 ... every number changes the fee by another amount.
        """
        numbers = [
            key
            for key, item in self._ticket_dimensions().items()
            if item.type == "number"
        ]
        self.assertGreaterEqual(len(numbers), 18)
        self._rules(
            {
                "formula": "coefficient",
                "term_ids": [
                    Command.create({"dimension": key, "coefficient": place})
                    for place, key in enumerate(numbers, 1)
                ],
            }
        )
        fact = self._fact({**dict.fromkeys(numbers, 10), "price_currency": None})
        base = 10 * sum(range(1, len(numbers) + 1))
        self.assertEqual(self._paid(fact), base)
        for place, key in enumerate(numbers, 1):
            with self.subTest(key):
                self.assertEqual(self._change(fact, key, 11), base + place)

    def test_what_is_frozen(self):
        """A ticket's time, speed, way and parts are in its fact as they were.

        Opened on Tuesday 10 March at 00:00 UTC, visited at 04:00: answered after 4
        hours. A quarter of a degree of latitude is 27.8 km. Two filters at 40 cost 80.
        """
        self.company.partner_id.tz = "Asia/Shanghai"
        place = self.env["res.partner"].create(
            {"name": "Store", "partner_latitude": 31.25, "partner_longitude": 121.5}
        )
        self.customer.partner_id.write(
            {"partner_latitude": 31.0, "partner_longitude": 121.5, "city": "Shanghai"}
        )
        store = self.env["scrm.store"].create(
            {"key": "dim_store", "name": "Store", "partner_id": place.id}
        )
        part = self.env["product.product"].create(
            {"name": "Filter", "is_storable": True, "standard_price": 40}
        )
        with self.at("2026-03-10 00:00:00"):
            ticket = self.new_ticket(50, store_id=store.id)
        self.use_part(ticket, part, 2)
        for mark in (5, 4):
            self.env["rating.rating"].create(
                {
                    "res_model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                    "res_id": ticket.id,
                    "rating": mark,
                    "consumed": True,
                }
            )
        inputs = self.finish(ticket).fact_id.inputs
        for key, value in {
            "month": "03",
            "weekday": "2",
            "hour": 12,
            "response_hours": 4,
            "open_hours": 4,
            "work_hours": 4,
            "on_time": True,
            "reopened": 0,
            "rating": 4.5,
            "city": "Shanghai",
            "distance": 27.8,
            "parts_count": 2,
            "parts_cost": 80,
            "price_service": 399,
            "price_parts": 0,
            "cycle_maintenance": False,
            "cycle_delay": None,
        }.items():
            self.assertEqual(inputs[key], value, key)
        labels = self.env["scrm.dimension"]._definitions("helpdesk.ticket")
        months = dict(labels["month"].choices())
        self.assertEqual((months["03"], len(months)), ("March", 12))
        self.assertEqual(labels["weekday"].choices()[0], ("1", "Monday"))

    def test_cost_of_parts_by_valuation(self):
        """Parts cost what the stock valuation says, not what the product costs today.

        First in, first out: 2 came for 10, then 3 for 40. Three are used: 10 + 10 + 40
        = 60. One of them comes back, valued at a third of it: 40 remain.
        """
        kind = self.env["product.category"].create(
            {"name": "Fifo", "property_cost_method": "fifo"}
        )
        part = self.env["product.product"].create(
            {"name": "Valve", "is_storable": True, "categ_id": kind.id}
        )
        ticket = self.new_ticket(50)
        line = self.env["scrm.part.line"].create(
            {"ticket_id": ticket.id, "product_id": part.id, "quantity": 3}
        )
        for quantity, price in ((2, 10), (3, 40)):
            receipt = self.env["stock.move"].create(
                {
                    "product_id": part.id,
                    "product_uom_qty": quantity,
                    "location_id": self.env.ref("stock.stock_location_suppliers").id,
                    "location_dest_id": line.location_id.id,
                }
            )
            receipt._action_confirm()
            receipt.write({"quantity": quantity, "picked": True})
            receipt._action_done()
            receipt.value_manual = quantity * price
        line._scrm_consume()
        part.standard_price = 999

        def asked():
            keys = ["parts_cost", "parts_count"]
            return self.env["scrm.dimension"].values(ticket, keys)

        self.assertEqual(asked(), {"parts_cost": 60, "parts_count": 3})
        line._scrm_return(1)
        self.assertEqual(asked(), {"parts_cost": 40, "parts_count": 2})

    def test_products_ordered(self):
        """What a customer has ordered is among the products it has; a quotation is
        not.

        Covers: H16
        """
        ticket = self.new_ticket(50)
        customer = self.env["res.partner"].create({"name": "Buyer"})
        ticket.partner_id = customer
        product = self.env["product.product"].create(
            {"name": "Purifier", "default_code": "PU-1", "type": "service"}
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": customer.id,
                "order_line": [Command.create({"product_id": product.id})],
            }
        )

        def known():
            values = self.env["scrm.dimension"].values(ticket, ["customer_products"])
            return values["customer_products"]

        self.assertIsNone(known())
        order.action_confirm()
        self.assertEqual(known(), "PU-1, Purifier")
