"""Parts as service tasks: reserve at one node, consume at a later one."""

from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowServiceParts(models.AbstractModel):
    """What both services share; without a label it is no service itself."""

    _name = "scrm.flow.service.parts"
    _inherit = "scrm.flow.service"
    _description = "Service Parts"

    @api.model
    def _check_config(self, model_name, config):
        if model_name != "helpdesk.ticket":
            return [self.env._("only tickets have parts")]
        return super()._check_config(model_name, config)

    @api.model
    def simulate(self, record, config):
        return {
            "parts": [
                {"product": line.product_id.display_name, "quantity": line.quantity}
                for line in record.part_line_ids
                if line.state in ("draft", "reserved")
            ]
        }


class ScrmFlowServicePartsReserve(models.AbstractModel):
    """Hold every part of the ticket in the warehouse, or report what is short."""

    _name = "scrm.flow.service.parts_reserve"
    _inherit = "scrm.flow.service.parts"
    _description = "Service Reserve Parts"

    _label = _lt("Reserve Parts")
    _kind_rank = 50

    @api.model
    def run(self, record, step, config):
        record.part_line_ids._scrm_reserve()


class ScrmFlowServicePartsConsume(models.AbstractModel):
    """Take the used parts of the ticket out of stock; the rest is free again."""

    _name = "scrm.flow.service.parts_consume"
    _inherit = "scrm.flow.service.parts"
    _description = "Service Consume Parts"

    _label = _lt("Consume Parts")
    _kind_rank = 51

    @api.model
    def run(self, record, step, config):
        record.part_line_ids._scrm_consume()
