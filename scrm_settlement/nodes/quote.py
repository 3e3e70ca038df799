"""The quotation as a service task: made from the prices, and sent."""

from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowServiceQuoteSend(models.AbstractModel):
    """Quote what the ticket charges, and send it to the customer.

    A later node waits for the answer: its own condition asks the ticket's quotation
    state, which follows the order whichever way it was confirmed.
    """

    _name = "scrm.flow.service.quote_send"
    _inherit = "scrm.flow.service"
    _description = "Service Send Quotation"

    _label = _lt("Send Quotation")
    _kind_rank = 60

    @api.model
    def _check_config(self, model_name, config):
        if model_name != "helpdesk.ticket":
            return [self.env._("only tickets are quoted")]
        return super()._check_config(model_name, config)

    @api.model
    def run(self, record, step, config):
        record._scrm_quote_send(record._scrm_quote())

    @api.model
    def simulate(self, record, config):
        return {
            "quotation": [
                {"product": line.product_id.display_name, "amount": line.amount}
                for line in record.scrm_price_line_ids
            ],
            "values": {"scrm_quote_state": "sent"},
        }
