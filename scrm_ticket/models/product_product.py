from odoo import api, fields, models


class ProductProduct(models.Model):
    """What of a part lies where, for people without rights in the stock app."""

    _inherit = "product.product"

    scrm_free_qty = fields.Float(
        string="Free to Use",
        compute="_compute_scrm_stock",
        digits="Product Unit",
        help="On hand in warehouses and vans, less what is reserved.",
    )
    scrm_stock_words = fields.Char(
        string="Where",
        compute="_compute_scrm_stock",
        help="Warehouses and vans that have some of it free.",
    )

    @api.depends_context("allowed_company_ids")
    def _compute_scrm_stock(self):
        stock = self.env["scrm.part.stock"]._of(self._origin, self.env.companies)
        for product in self:
            places = [p for p in stock.get(product._origin.id, ()) if p.free > 0]
            product.scrm_free_qty = sum(place.free for place in places)
            product.scrm_stock_words = ", ".join(
                f"{place.name} {place.free:g}"
                for place in sorted(places, key=lambda place: -place.free)
            )
