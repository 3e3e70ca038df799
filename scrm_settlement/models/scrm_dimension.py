from odoo import api, models

from odoo.addons.scrm_flow.models.scrm_dimension import Dimension

from ..engine import limits, period


class ScrmDimension(models.AbstractModel):
    _inherit = "scrm.dimension"

    @api.model
    def _definitions(self, model_name):
        """Let settlement ask for a ticket's price."""
        if model_name == "scrm.settlement.fact":
            return self._settlement_definitions()
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

    @api.model
    def _settlement_definitions(self):
        """What a settlement rule may ask: of a ticket, and of a whole period.

        The values come from frozen facts, so nothing here has a getter.
        """
        dimensions = dict(self._definitions("helpdesk.ticket"))
        averages = {
            f"{period.AVERAGE}{key}": self.env._("Average: %(name)s", name=item.label)
            for key, item in dimensions.items()
            if item.type == "number"
        }
        for key, label in {
            period.COUNT: self.env._("Number in the Period"),
            limits.PAID: self.env._("Earned in the Period"),
            **averages,
        }.items():
            dimensions[key] = Dimension(key, label, "number", lambda fact: None)
        return dimensions
