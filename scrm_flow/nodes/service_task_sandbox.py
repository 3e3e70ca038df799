from odoo import api, models

from ..sandbox.cursor import sandbox_of


class ScrmFlowNodeTypeServiceTask(models.AbstractModel):
    """In a sandbox a service is only asked what it would do."""

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.node.type.service_task"

    @api.model
    def _act(self, record, step, node):
        sandbox = sandbox_of(self.env)
        if not sandbox:
            return super()._act(record, step, node)
        service = self.env["scrm.flow.service"]._kind(node.data["service_kind"])
        told = service.simulate(record, node.data["service_config"])
        sandbox.services.append(
            {"node": node.key, "service": service._kind_key(), "simulated": told}
        )
        values = told.get("values") if isinstance(told, dict) else None
        if values:  # what follows shall see them
            record.write(values)
