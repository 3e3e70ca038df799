from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowNodeTypeUserTask(models.AbstractModel):
    """Work for a person: waits until a handler completes it."""

    _name = "scrm.flow.node.type.user_task"
    _inherit = "scrm.flow.node.type"
    _description = "Node Type User Task"

    _label = _lt("User Task")
    _kind_rank = 20
    _behaviour = "wait"
    _in_bar = True

    @api.model
    def _compile(self, node):
        return {
            "must_accept": node.must_accept,
            "release_group_id": node.release_group_id.id,
            **node._compile_people(),
        }

    @api.model
    def _check(self, node):
        return node._people_problems()
