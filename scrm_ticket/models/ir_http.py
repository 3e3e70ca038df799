from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        # what scripts say on the forms of customers and to engineers on the road; the
        # conversation below a customer's ticket is the mail app's
        return [
            *super()._get_translation_frontend_modules_name(),
            "mail",
            "scrm_ticket",
        ]
