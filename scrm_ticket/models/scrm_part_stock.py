from dataclasses import dataclass
from typing import Any

from odoo import api, models


@dataclass(slots=True)
class Place:
    """Where parts lie: the shelf of a warehouse, or somebody's van."""

    location: Any
    name: str
    is_van: bool
    on_hand: float = 0.0
    reserved: float = 0.0

    @property
    def free(self):
        return max(self.on_hand - self.reserved, 0.0)


class ScrmPartStock(models.AbstractModel):
    """What of some products lies where, in a fixed number of queries.

    Asked with more rights than the reader has: figures and names of places, no
    records of the stock application.
    """

    _name = "scrm.part.stock"
    _description = "Stock of Parts"

    @api.model
    @api.private
    def _places(self, companies) -> dict[int, Place]:
        """Shelves of warehouses and vans by the id of their location.

        :param companies: ``res.company``
        """
        # sudo: names of places, see the class
        warehouses = self.env["stock.warehouse"].sudo()
        found = warehouses.search_fetch(
            [("company_id", "in", companies.ids)], ["name", "lot_stock_id"]
        )
        places = {
            warehouse.lot_stock_id.id: Place(
                warehouse.lot_stock_id, warehouse.name, False
            )
            for warehouse in found
        }
        # sudo: as above
        vans = self.env["stock.location"].sudo()
        for van in vans.search_fetch(
            [
                ("scrm_van_user_id", "!=", False),
                ("usage", "=", "internal"),
                ("company_id", "in", [False, *companies.ids]),
            ],
            ["name"],
        ):
            places[van.id] = Place(van, van.name, True)
        return places

    @api.model
    @api.private
    def _of(self, products, companies, empty=None) -> dict[int, list[Place]]:
        """Where each product lies: {product id: places that have any of it}.

        :param products: ``product.product``
        :param companies: ``res.company`` whose stock counts
        :param empty: the places, when they are known
        """
        empty = self._places(companies) if empty is None else empty
        found = {product.id: {} for product in products}
        # sudo: figures only, see the class
        quants = self.env["stock.quant"].sudo()
        rows = quants._read_group(
            [
                ("product_id", "in", products.ids),
                ("location_id.usage", "=", "internal"),
                ("company_id", "in", [False, *companies.ids]),
            ],
            ["product_id", "location_id"],
            ["quantity:sum", "reserved_quantity:sum"],
        )
        for product, location, quantity, reserved in rows:
            root = self._root(location, empty)
            if root is None:
                continue
            model = empty[root]
            place = found[product.id].setdefault(
                root, Place(model.location, model.name, model.is_van)
            )
            place.on_hand += quantity
            place.reserved += reserved
        return {key: list(places.values()) for key, places in found.items()}

    @api.model
    @api.private
    def _root(self, location, places):
        """Id of the place that a location belongs to, the nearest one; None: none."""
        for part in reversed((location.parent_path or "").strip("/").split("/")):
            if part and int(part) in places:
                return int(part)
        return None
