from datetime import timedelta
from decimal import Decimal

from odoo.fields import Command

from ..models.scrm_pricing import Request
from .common import SettlementCommon


class PriceCommon(SettlementCommon):
    """The installation business with one tier, 400 for a service without taxes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service.taxes_id = False
        cls.tier = cls.pricelists[0]
        cls.tier.item_ids.fixed_price = 400
        cls.price_table.rule_ids[1:].unlink()
        cls.price_table.rule_ids.condition_ids.unlink()
        cls.part = cls.env["product.product"].create(
            {
                "name": "Lamp",
                "type": "consu",
                "is_storable": True,
                "list_price": 100.0,
                "standard_price": 60.0,
                "default_code": "LAMP",
                "taxes_id": False,
                "categ_id": cls.env["product.category"].create({"name": "Lamps"}).id,
            }
        )

    @classmethod
    def adjustment(cls, kind, conditions=(), **values):
        adjustments = cls.env["scrm.price.adjustment"]
        return adjustments.create(
            {
                "key": f"adjustment_{adjustments.search_count([])}",
                "name": kind.capitalize(),
                "kind": kind,
                "condition_ids": cls._conditions(conditions),
                **values,
            }
        )

    def add_service_level(self):
        """The form asks for the service level."""
        level = self.env["scrm.form.field"].create(
            {
                "key": "settle_level",
                "name": "Service Level",
                "type": "choice",
                "option_ids": [
                    Command.create({"key": key, "name": key.capitalize()})
                    for key in ("basic", "standard", "vip")
                ],
            }
        )
        self.template.line_ids = [Command.create({"field_id": level.id})]

    @classmethod
    def item(cls, conditions=(), product=None, **values):
        return cls.env["product.pricelist.item"].create(
            {
                "pricelist_id": cls.tier.id,
                "applied_on": "0_product_variant" if product else "3_global",
                "product_id": product and product.id,
                "product_tmpl_id": product and product.product_tmpl_id.id,
                "compute_price": "fixed",
                "scrm_condition_ids": cls._conditions(conditions),
                **values,
            }
        )

    @staticmethod
    def _conditions(conditions):
        return [
            Command.create({"dimension": key, "operator": operator, "value": value})
            for key, operator, value in conditions
        ]

    def unit(self, product=None, quantity=1, values=None, **request):
        """The price of one in the tier, outside of any ticket."""
        (answer,) = self.env["scrm.pricing"].price(
            [
                Request(
                    product or self.part,
                    self.tier,
                    Decimal(str(quantity)),
                    values or {},
                    **request,
                )
            ]
        )
        return answer.price.unit

    @classmethod
    def stock(cls, quantity, product=None, lot=None, days=0):
        """Put goods on the shelf so many days ago."""
        quants = cls.env["stock.quant"].sudo()
        warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        quants._update_available_quantity(
            product or cls.part,
            warehouse.lot_stock_id,
            quantity,
            lot_id=lot,
            in_date=cls.env["scrm.clock"].now() - timedelta(days=days),
        )
