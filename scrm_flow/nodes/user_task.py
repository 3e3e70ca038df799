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
        values = {
            "must_accept": node.must_accept,
            "release_group_id": node.release_group_id.id,
        }
        if not node.handler_rule:
            return values
        handler = self.env["scrm.flow.handler"]._kind(node.handler_rule)
        return {
            **values,
            "handler_rule": node.handler_rule,
            "handler": handler._compile(node),
        }

    @api.model
    def _check(self, node):
        if not node.handler_rule:
            return [self.env._("nobody is named to handle it")]
        handler = self.env["scrm.flow.handler"]._kind(node.handler_rule)
        return handler._check(node)
