from odoo import Command, api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowServiceUsualItem(models.AbstractModel):
    """Put aside what the customer orders most often: for a birthday, say.

    The item becomes a part of the ticket and is held; it is free again when the flow
    ends without using it.
    """

    _name = "scrm.flow.service.usual_item"
    _inherit = "scrm.flow.service"
    _description = "Service Put the Usual Item Aside"

    _label = _lt("Put the Usual Item Aside")
    _kind_rank = 58
    _config_schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "quantity": {
                "type": "number",
                "exclusiveMinimum": 0,
                "description": "how many; 1 if left out",
            },
            "months": {
                "type": "integer",
                "minimum": 1,
                "description": "how far back orders count; 12 if left out",
            },
        },
    }

    @api.model
    def _check_config(self, model_name, config):
        if model_name != "helpdesk.ticket":
            return [self.env._("only tickets have parts")]
        return super()._check_config(model_name, config)

    @api.model
    def run(self, record, step, config):
        product = record._scrm_usual_product(config.get("months", 12))
        if not product:
            record.message_post(
                body=self.env._("The customer has not ordered anything yet."),
                subtype_xmlid="mail.mt_note",
            )
            return
        if product not in record.part_line_ids.product_id:
            record.part_line_ids = [
                Command.create(
                    {
                        "product_id": product.id,
                        "quantity": config.get("quantity", 1),
                    }
                )
            ]
        record.part_line_ids._scrm_reserve(wait=True)

    @api.model
    def simulate(self, record, config):
        product = record._scrm_usual_product(config.get("months", 12))
        return {"parts": [{"product": product.display_name}] if product else []}
