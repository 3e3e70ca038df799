from odoo import fields, models


class ProductSupplierinfo(models.Model):
    """Purchase prices that hold while the supplier has a tier."""

    _inherit = "product.supplierinfo"

    scrm_supplier_tier = fields.Char(
        "Supplier Tier",
        help="The price applies while the supplier has this tier. Empty: always.",
    )

    def _get_filtered_supplier(self, company_id, product_id, params=False):
        """What was agreed for the supplier's tier goes before what holds always."""
        sellers = super()._get_filtered_supplier(company_id, product_id, params)
        agreed = sellers.filtered(
            lambda seller: seller.scrm_supplier_tier
            and seller.scrm_supplier_tier
            == seller.partner_id.commercial_partner_id.scrm_supplier_tier
        )
        always = sellers.filtered(
            lambda seller: not seller.scrm_supplier_tier
            and seller.partner_id not in agreed.partner_id
        )
        return agreed | always
