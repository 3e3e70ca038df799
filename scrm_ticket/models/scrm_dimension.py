from odoo import api, models

from odoo.addons.scrm_flow.models.scrm_dimension import Dimension

#: Type of a form field -> type of the dimension that asks for it.
FIELD_TYPES = {"text": "text", "choice": "choice", "number": "number"}


class ScrmDimension(models.AbstractModel):
    _inherit = "scrm.dimension"

    @api.model
    def _definitions(self, model_name):
        dimensions = super()._definitions(model_name)
        if model_name != "helpdesk.ticket":
            return dimensions
        found = [
            Dimension(
                "template",
                self.env._("Template"),
                "choice",
                lambda ticket: ticket.template_id.key or None,
            ),
            Dimension(
                "team",
                self.env._("Team"),
                "text",
                lambda ticket: ticket.team_id.name or None,
            ),
            Dimension(
                "store",
                self.env._("Store"),
                "choice",
                lambda ticket: ticket.store_id.key or None,
            ),
            Dimension(
                "region",
                self.env._("Region"),
                "text",
                lambda ticket: ticket.store_id.region or None,
            ),
            Dimension(
                "store_class",
                self.env._("Store Class"),
                "text",
                lambda ticket: ticket.store_id.store_class or None,
            ),
            Dimension(
                "customer",
                self.env._("Customer"),
                "text",
                lambda ticket: ticket.commercial_partner_id.name or None,
            ),
            Dimension(
                "priority",
                self.env._("Priority"),
                "choice",
                lambda ticket: ticket.priority or None,
            ),
            Dimension(
                "door",
                self.env._("Entry"),
                "choice",
                lambda ticket: ticket.scrm_door or None,
            ),
        ]
        found += [
            Dimension(
                f"field.{field.key}",
                field.name,
                FIELD_TYPES[field.type],
                lambda ticket, key=field.key: ticket._scrm_value(key),
            )
            # The catalogue is no secret: labels and types of what forms may ask.
            for field in self.env["scrm.form.field"].sudo().search([])
        ]
        return {
            **dimensions,
            **{dimension.key: dimension for dimension in found},
        }
