from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowHandlerPrevious(models.AbstractModel):
    """Who handled an earlier node of the same run."""

    _name = "scrm.flow.handler.previous"
    _inherit = "scrm.flow.handler"
    _description = "Handler Rule Earlier Node"

    _label = _lt("Handler of an earlier node")
    _kind_rank = 27
    _default_choice = "pool"
    _is_part = True

    @api.model
    def _compile(self, node):
        return {"node": (node.handler_node_key or "").strip()}

    @api.model
    def _check(self, node):
        key = (node.handler_node_key or "").strip()
        if not key:
            return [self.env._("no earlier node is chosen")]
        version = node.version_id
        if key not in version.node_ids.mapped("key"):
            return [self.env._("there is no node “%s”", key)]
        types = self.env["scrm.flow.node.type"]
        earlier = version.node_ids.filtered(lambda other: other.key == key)
        if types._kind(earlier.type)._behaviour != "wait":
            return [self.env._("nobody handles the node “%s”", key)]
        if not self._leads_to(version, key, node.key):
            return [
                self.env._("“%s” is not before it: no way leads from there to it", key)
            ]
        return []

    @api.model
    def _leads_to(self, version, source, target) -> bool:
        """Is there a way from one node to another, not counting the node itself?"""
        targets = {}
        for transition in version.transition_ids:
            keys = targets.setdefault(transition.source_id.key, set())
            keys.add(transition.target_id.key)
        reached, todo = set(), [source] if source != target else []
        while todo:
            for key in targets.get(todo.pop(), ()):
                if key not in reached:
                    reached.add(key)
                    todo.append(key)
        return target in reached

    @api.model
    def _people(self, case, data):
        case.because["node"] = data["node"]
        done = case.run.step_ids.filtered(
            lambda step: step.node_key == data["node"] and step.state == "done"
        )
        step = done.sorted("id")[-1:]
        return step._worker() if step else self.env["res.users"]

    @api.model
    def _words(self, because):
        return self.env._("who handled “%s” in this run", because["node"])
