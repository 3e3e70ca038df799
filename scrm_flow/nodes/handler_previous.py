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
        graph = node.version_id._graph()  # also what is inside of its calls
        if key not in graph.nodes:
            return [self.env._("there is no node “%s”", key)]
        if graph.nodes[key].behaviour != "wait":
            return [self.env._("nobody handles the node “%s”", key)]
        if not self._leads_to(graph, key, node.key):
            return [
                self.env._("“%s” is not before it: no way leads from there to it", key)
            ]
        return []

    @api.model
    def _leads_to(self, graph, source, target) -> bool:
        """Is there a way from one node to another, not counting the node itself?"""
        reached, todo = set(), [source] if source != target else []
        while todo:
            for edge in graph.outgoing(todo.pop()):
                if edge.target not in reached:
                    reached.add(edge.target)
                    todo.append(edge.target)
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
