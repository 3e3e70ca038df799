from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowServiceThank(models.AbstractModel):
    """Leaves a note on the record."""

    _name = "scrm.flow.service.thank"
    _inherit = "scrm.flow.service"
    _description = "Service Thank"

    _label = _lt("Say Thank You")
    _config_schema = {
        "type": "object",
        "properties": {"text": {"type": "string", "minLength": 1}},
        "required": ["text"],
        "additionalProperties": False,
    }

    @api.model
    @api.private
    def run(self, record, step, config):
        record.message_post(body=config["text"])

    @api.model
    @api.private
    def simulate(self, record, config):
        return {"note": config["text"]}
