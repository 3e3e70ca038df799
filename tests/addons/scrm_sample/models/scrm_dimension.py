from odoo import api, models

from odoo.addons.scrm_flow.models.scrm_dimension import Dimension


class ScrmDimension(models.AbstractModel):
    _inherit = "scrm.dimension"

    @api.model
    def _definitions(self, model_name):
        dimensions = super()._definitions(model_name)
        if model_name == "scrm.sample.loan":
            dimensions["days"] = Dimension(
                "days", self.env._("Days"), "number", lambda loan: loan.days
            )
        return dimensions
