import logging

from odoo import api, models

from ..engine import tokens
from .scrm_flow_run_move import RunMove
from .scrm_flow_step import LIVE

_logger = logging.getLogger(__name__)


class ScrmFlowEngine(models.AbstractModel):
    """What people do with open steps and runs besides completing them.

    As everywhere in the engine, the caller holds the lock of the run and has
    checked rights, reasons and choices.
    """

    _inherit = "scrm.flow.engine"

    @api.model
    def _change_step(self, step, event, values, detail=None):
        """Change an open step; the run stays where it is."""
        move = self._operation(step.run_id)
        step.write(values)
        move.note(event, step, step.node_key, detail)
        self._settle([move])
        move.record._scrm_step_changed(step, event)

    @api.model
    def _reject(self, step, target, reason):
        """Send the work back to an earlier node.

        :param target: the done step of that node; who did it gets it back
        """
        move = self._operation(step.run_id)
        token = move.token_of(step)
        step.write(
            {"state": "rejected", "ended_at": move.now, "done_by_id": self.env.uid}
        )
        detail = {"to": target.node_key, "reason": reason}
        move.note("reject", step, step.node_key, detail)
        split = move.split_of(target.split_id)
        dropped = [token]
        if token.split is not split:
            # the work leaves these splits: what they still do is in vain
            left = [one for one in token.split.chain() if one.outer is split]
            dropped = left[0].everything()
        move.walk.drop(dropped)
        dropped.remove(token)
        move.cancel(dropped, {"to": target.node_key})
        self._enter_again(move, step, target, target._worker())

    @api.model
    def _recall(self, step, following):
        """Open a done step once more for who completed it.

        :param following: the untouched steps which that had opened
        """
        move = self._operation(step.run_id)
        live = following.filtered(lambda other: other.state in LIVE)
        move.walk.drop([move.token_of(other) for other in live])
        live.write({"state": "cancelled", "ended_at": move.now})
        move.note("recall", step, step.node_key)
        self._enter_again(move, step, step, step.done_by_id)

    @api.model
    def _freeze(self, run, node_key, reason, step=None):
        """Let nothing happen to a run until it is released.

        :param step: the check that did it; only who may release that may do so
        """
        move = self._operation(run)
        run.write(
            {
                "frozen_at": move.now,
                "frozen_by_id": self.env.uid,
                "freeze_reason": reason,
                "frozen_step_id": step.id if step else False,
            }
        )
        move.note("freeze", node_key=node_key, detail={"reason": reason})
        self._settle([move])

    @api.model
    def _release(self, run, node_key, reason):
        """Let a frozen run go on."""
        move = self._operation(run)
        names = ("frozen_at", "frozen_by_id", "freeze_reason", "frozen_step_id")
        run.write(dict.fromkeys(names, False))
        move.note("release", node_key=node_key, detail={"reason": reason})
        self._settle([move])

    @api.model
    def _reopen(self, run, reason):
        """Start the flow of a finished run once more; the new run is linked."""
        return self._start(
            run._record(),
            run.flow_id,
            event="reopen",
            detail={"reason": reason},
            previous_run_id=run.id,
        )

    @api.model
    def _operation(self, run):
        return RunMove(run, run._record(), self.env["scrm.clock"].now())

    @api.model
    def _enter_again(self, move, cause, done, person):
        """Let a token arrive once more where a done step was."""
        move.cause = cause
        token = tokens.Token(done.node_key, person=person)
        if split := move.split_of(done.split_id):
            split.place(token)
        move.walk.enter(token)
        self._settle([move])

    @api.model
    def _advance(self, record, run):
        """Complete the open steps whose own condition holds by now.

        :param record: the business record, with the engine's rights
        """
        graph = run.version_id._frozen_graph()
        for step in run.step_ids.filtered(lambda step: step.state == "open"):
            node = graph.nodes[step.node_key]
            if node.condition is None or step.state != "open":
                continue
            move = RunMove(run, record, self.env["scrm.clock"].now())
            try:
                edge = tokens.next_edge(graph, node, move.holds)
            except tokens.ConditionError as error:
                # publishing checked it; a field may be gone since: the handler's turn
                _logger.warning("step %s cannot go on by itself: %s", step.id, error)
                continue
            if edge:
                self._lock(run)
                self._complete_alone(move, step, edge)

    @api.model
    def _complete_alone(self, move, step, edge):
        token = move.token_of(step)
        step.write({"state": "done", "ended_at": move.now, "transition_id": edge.id})
        move.note("auto", step, step.node_key, {"transition": edge.key})
        move.done = move.cause = step
        move.walk.leave(token, edge.key)
        self._settle([move])
