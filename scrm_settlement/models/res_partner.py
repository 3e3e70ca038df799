from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    scrm_level = fields.Char(
        "Customer Level",
        help="Such as gold or VIP; price tables ask for it.",
    )
    scrm_contract = fields.Char(
        "Service Contract",
        help="Kind of the contract in force; price tables ask for it.",
    )
    scrm_supplier_tier = fields.Char(
        "Supplier Tier",
        help="Such as bronze, silver or diamond: purchase prices agreed for this "
        "tier apply.",
    )
