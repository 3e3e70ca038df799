from functools import partial
from time import monotonic

from odoo import api, models

#: What a change of which shows on a map or board.
SHOWN = {"state", "node_key", "user_id", "deadline_at"}
#: Seconds in which one process sends one message about a flow. Who listens looks
#: twice, at once and after this time, and so misses nothing (flow_moves.js).
PAUSE = 1.0

#: (database, model, id of the listener) -> when.
_last_told: dict[tuple[str, str, int], float] = {}


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
        self._at_commit("scrm_flow.moved", self).update(self._ids)

    @api.model
    def _tell_role(self, group):
        """Let those of a role who look at all flows know that something changed which
        is on none: a conversation without a process."""
        self._at_commit("scrm_flow.moved_role", group).add(group.id)

    def _at_commit(self, key, listeners):
        """The ids of those who are told at the commit, to add to."""
        precommit = self.env.cr.precommit
        if key not in precommit.data:
            precommit.data[key] = set()
            precommit.add(partial(_tell, listeners, precommit.data[key]))
        return precommit.data[key]


def _tell(model, ids):
    """Send one message a listener.

    :param model: ``scrm.flow`` or ``res.groups``, of which `ids` are told
    """
    now = monotonic()
    due = {
        (model.env.cr.dbname, model._name, one): one
        for one in sorted(ids)
        if now - _last_told.get((model.env.cr.dbname, model._name, one), -PAUSE)
        >= PAUSE
    }
    is_flow = model._name == "scrm.flow"
    for one in due.values():
        model.browse(one)._bus_send("scrm_flow/moved", one if is_flow else False)
    if due:
        # what is rolled back after all was not told
        model.env.cr.postcommit.add(lambda: _last_told.update(dict.fromkeys(due, now)))


class ScrmFlowMixin(models.AbstractModel):
    # what becomes red without a move
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.mixin"

    def _scrm_step_overdue(self, step):
        step._tell_maps()
        return super()._scrm_step_overdue(step)
