from odoo.fields import Command

from .price_common import PriceCommon


class GoodsCommon(PriceCommon):
    @classmethod
    def order(cls, product, quantity, day, partner=None):
        """A confirmed order of the customer."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": (partner or cls.customer.partner_id).id,
                "company_id": cls.company.id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_uom_qty": quantity}
                    )
                ],
            }
        )
        order.action_confirm()
        order.date_order = f"{day} 06:00:00"
        return order

    @classmethod
    def goods(cls, name, quantity=10):
        product = cls.env["product.product"].create(
            {"name": name, "type": "consu", "is_storable": True, "taxes_id": False}
        )
        cls.stock(quantity, product)
        return product
