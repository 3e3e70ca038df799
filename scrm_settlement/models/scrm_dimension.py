from odoo import api, models

from odoo.addons.scrm_flow.models.scrm_dimension import Dimension


class ScrmDimension(models.AbstractModel):
    _inherit = "scrm.dimension"

    @api.model
    def _definitions(self, model_name):
        """Let settlement ask for a ticket's price."""
        dimensions = super()._definitions(model_name)
        if model_name == "helpdesk.ticket":
            dimensions["price_total"] = Dimension(
                "price_total",
                self.env._("Price"),
                "number",
                lambda ticket: ticket.scrm_price_total
                if ticket.scrm_price_line_ids
                else None,
            )
            dimensions["price_currency"] = Dimension(
                "price_currency",
                self.env._("Currency of the Price"),
                "text",
                lambda ticket: ticket.scrm_price_currency_id.name
                if ticket.scrm_price_line_ids
                else None,
            )
        return dimensions
