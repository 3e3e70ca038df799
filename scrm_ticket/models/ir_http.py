from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        # what scripts say on the forms of customers and to engineers on the road
        return [*super()._get_translation_frontend_modules_name(), "scrm_ticket"]
