from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

from ..engine.graph import Node
from ..models.scrm_flow_assigner import Assigner, Case
from ..models.scrm_flow_run_move import RunMove
from ..models.scrm_flow_step import LIVE

_lt = LazyTranslate(__name__)


class ScrmFlowEscalationReassign(models.AbstractModel):
    """Give the step to other people, or to the next member of a role."""

    _name = "scrm.flow.escalation.reassign"
    _inherit = "scrm.flow.escalation"
    _description = "Escalation Reassign"

    _label = _lt("Reassign")
    _kind_rank = 20

    @api.model
    def _check(self, rung):
        return self._check_people(rung)

    @api.model
    def _run(self, record, step, rung):
        rule, data = self._rule(rung)
        graph = step.run_id.version_id._frozen_graph()
        data = {
            "handler_rule": rule._kind_key(),
            "handler": data,
            "availability": graph.nodes[step.node_key].data.get("availability"),
        }
        node = Node(step.node_key, "user_task", "wait", data=data)
        case = Case(step.run_id, record, node)
        [outcome] = Assigner(self.env).assign([case])
        if outcome.handler is None:
            raise UserError(self.env._("Nobody can take the step over."))
        shared = [person.id for person in outcome.candidates]
        # sudo: the people whom the rung names
        users = self.env["res.users"].sudo().browse(shared)
        values = step._reassign_vals(users)
        # as after a transfer by hand, the next shift does not take it away again
        values["roster_id"] = False
        step.write({"assign_trace": outcome.as_trace(), **values})
        run = step.run_id
        move = RunMove(run, record, self.env["scrm.clock"].now())
        move.note("escalate", step, step.node_key, {"assignment": step.assign_trace})
        live = run.step_ids.filtered(lambda s: s.state in LIVE)
        self.env["scrm.flow.engine"]._store([move], {run: live})
        step._tell(step._handlers())
