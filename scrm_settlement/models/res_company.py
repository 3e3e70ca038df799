from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    scrm_seal_certificate_id = fields.Many2one(
        "certificate.certificate",
        "Seal on Statements",
        groups="base.group_system",
        domain="[('company_id', '=', id), ('private_key_id', '!=', False)]",
        help="Certificate with private key that seals signed settlement statements.",
    )
