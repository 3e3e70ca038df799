from odoo import Command
from odoo.tests import tagged

from .common import TicketCase


@tagged("post_install", "-at_install")
class TestStoreStock(TicketCase):
    """Shoes in two sizes, in three stores::

                 38   39
    Mall 1        5    0
    Mall 3        2    1   <- where Pia was twice
    Outlet        0    0
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        size = cls.env["product.attribute"].create(
            {
                "name": "Size",
                "value_ids": [
                    Command.create({"name": "38"}),
                    Command.create({"name": "39"}),
                ],
            }
        )
        cls.shoe = cls.env["product.template"].create(
            {
                "name": "Boot",
                "is_storable": True,
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": size.id,
                            "value_ids": [Command.set(size.value_ids.ids)],
                        }
                    )
                ],
            }
        )
        cls.s38, cls.s39 = cls.shoe.product_variant_ids
        cls.mall_1 = cls.make_store("mall_1", "Mall 1", {cls.s38: 5})
        cls.mall_3 = cls.make_store("mall_3", "Mall 3", {cls.s38: 2, cls.s39: 1})
        cls.outlet = cls.make_store("outlet", "Outlet", {})
        field = cls.env["scrm.form.field"].create(
            {
                "key": "test_shoe",
                "name": "Shoe",
                "type": "stock",
                "record_public": True,
            }
        )
        cls.template.line_ids = [Command.create({"field_id": field.id})]
        cls.template.flow_id = False

    @classmethod
    def make_store(cls, key, name, goods):
        warehouse = cls.env["stock.warehouse"].create(
            {"name": name, "code": name.replace(" ", "")[:5]}
        )
        for product, quantity in goods.items():
            cls.env["stock.quant"]._update_available_quantity(
                product, warehouse.lot_stock_id, quantity
            )
        return cls.env["scrm.store"].create(
            {"key": f"test_{key}", "name": name, "warehouse_id": warehouse.id}
        )

    def visit(self, store, times):
        for _number in range(times):
            self.submit().store_id = store

    def answer(self, ticket, user=None):
        return ticket.with_user(user or self.dora).scrm_store_stock()

    def test_usual_store_first(self):
        """What each store has of each size, the customer's usual store first.

        Covers: P28
        """
        self.visit(self.mall_3, 2)
        self.visit(self.mall_1, 1)
        ticket = self.submit(values={**self.good_values, "test_shoe": self.s38.id})
        ticket.user_id = self.dora
        rows = self.answer(ticket)
        self.assertEqual([row["store"] for row in rows], ["Mall 3", "Mall 1"])
        self.assertEqual([row["usual"] for row in rows], [True, False])
        self.assertEqual(
            [(one["name"], one["free"]) for one in rows[0]["variants"]],
            [("38", 2), ("39", 1)],
        )
        self.assertEqual(rows[0]["text"], "Mall 3 (your usual store): 2 × 38, 1 × 39")
        page = ticket.with_user(self.dora).scrm_store_stock_html
        self.assertLess(page.index("Mall 3"), page.index("Mall 1"))
        by_id = ticket.with_user(self.dora).scrm_store_stock(self.s39.id)
        self.assertEqual(by_id, rows, "any size of the same shoe")

    def test_usual_store_has_none(self):
        """That the usual store has none is an answer; other empty ones are not."""
        self.visit(self.outlet, 1)
        ticket = self.submit(values={**self.good_values, "test_shoe": self.s38.id})
        ticket.user_id = self.dora
        texts = [row["text"] for row in self.answer(ticket)]
        self.assertEqual(texts[0], "Outlet (your usual store): none")
        self.assertEqual(texts[1:], ["Mall 1: 5 × 38", "Mall 3: 2 × 38, 1 × 39"])

    def test_who_asks(self):
        """Customers are not told; without a product there is nothing to say."""
        ticket = self.submit(values={**self.good_values, "test_shoe": self.s38.id})
        self.assertEqual(self.answer(ticket, self.pia), [])
        other = self.submit()
        other.user_id = self.dora
        self.assertEqual(self.answer(other), [])
        self.assertFalse(other.with_user(self.dora).scrm_store_stock_html)
