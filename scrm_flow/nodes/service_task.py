from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowNodeTypeServiceTask(models.AbstractModel):
    """Work for the machine: runs a service, then moves on by itself."""

    _name = "scrm.flow.node.type.service_task"
    _inherit = "scrm.flow.node.type"
    _description = "Node Type Service Task"

    _label = _lt("Service Task")
    _kind_rank = 40
    _behaviour = "act"

    @api.model
    def _compile(self, node):
        return {
            "service_kind": node.service_kind,
            "service_config": node.service_config or {},
        }

    @api.model
    def _check(self, node):
        if not node.service_kind:
            return [self.env._("no service is chosen")]
        service = self.env["scrm.flow.service"]._kind(node.service_kind)
        return service._check_config(node.version_id.model, node.service_config or {})

    @api.model
    def _act(self, record, step, node):
        service = self.env["scrm.flow.service"]._kind(node.data["service_kind"])
        service.run(record, step, node.data["service_config"])
