from functools import partial
from time import monotonic

from odoo import api, models

#: What a change of which shows on a map or board.
SHOWN = {"state", "node_key", "user_id", "deadline_at"}
#: Seconds in which one process sends one message about a flow. Who listens looks
#: twice, at once and after this time, and so misses nothing (flow_moves.js).
PAUSE = 1.0

_last_told: dict[tuple[str, int], float] = {}


class ScrmFlowStep(models.Model):
    """Tells maps and boards that something moved on a flow.

    The message says nothing but which flow: who is told asks anew, with their own
    rights. A transaction sends one message, or none when its process has just sent
    one, as Odoo sends its own: a row written as the transaction commits. So moving
    many records costs as much as moving one, and moving without pause nothing.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.step"

    # what is open has no end: both are found by it
    _flow_ended_idx = models.Index("(flow_id, ended_at)")

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        steps._tell_maps()
        return steps

    def write(self, vals):
        result = super().write(vals)
        if not SHOWN.isdisjoint(vals):
            self._tell_maps()
        return result

    def _tell_maps(self):
        """Let those who look at the flows of these steps know, at the commit."""
        self.mapped("flow_id")._tell_maps()


class ScrmFlow(models.Model):
    # who is told
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow"

    def _tell_maps(self):
        """Let those who look at these flows know that something changed."""
        precommit = self.env.cr.precommit
        moved = precommit.data.get("scrm_flow.moved")
        if moved is None:
            moved = precommit.data["scrm_flow.moved"] = set()
            precommit.add(partial(_tell, self.env, moved))
        moved.update(self._ids)


def _tell(env, flow_ids):
    now = monotonic()
    due = [
        flow_id
        for flow_id in sorted(flow_ids)
        if now - _last_told.get((env.cr.dbname, flow_id), -PAUSE) >= PAUSE
    ]
    for flow_id in due:
        env["scrm.flow"].browse(flow_id)._bus_send("scrm_flow/moved", flow_id)
    if due:
        # what is rolled back after all was not told
        env.cr.postcommit.add(
            lambda: _last_told.update({(env.cr.dbname, one): now for one in due})
        )


class ScrmFlowMixin(models.AbstractModel):
    # what becomes red without a move
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.mixin"

    def _scrm_step_overdue(self, step):
        step._tell_maps()
        return super()._scrm_step_overdue(step)
