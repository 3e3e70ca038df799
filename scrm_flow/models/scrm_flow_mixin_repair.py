from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.scrm_flow_run_move import NO_INCIDENT


class ScrmFlowMixin(models.AbstractModel):
    """What a flow manager decides by hand where the flow cannot.

    Both take a reason, which stays in the log, and return like
    ``scrm_step_complete``.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.mixin"

    def scrm_step_assign(self, user_id, reason, step_id=None):
        """Give a step that has nobody to handle it to somebody.

        :param user_id: id of the ``res.users`` who gets it
        :param reason: why, kept in the log
        :param step_id: which step; needed when several are stuck
        :raise AccessError: the caller is no flow manager
        :raise UserError: no reason, no step without handler, or the user cannot
            work on the record
        """
        reason = self._scrm_reason(reason)
        step = self._scrm_stuck_step(step_id, ("no_handler",))
        user = self._scrm_new_handler(step, user_id)
        with self.env.cr.savepoint():
            self.env["scrm.flow.engine"]._assign_by_hand(step, user, reason)
            # asked afterwards: handling a record can be what opens it to somebody
            if not self.with_user(user).has_access("read"):
                raise UserError(
                    self.env._(
                        "%(user)s cannot handle it: %(why)s.",
                        user=user.name,
                        why=self.env._("may not see the record"),
                    )
                )
        return self._scrm_answer(step.run_id)

    def scrm_step_route(self, transition_key, reason, step_id=None):
        """Let a step that found no way to go on take one all the same.

        :param transition_key: which transition of its node to take
        :param reason: why, kept in the log
        :param step_id: which step; needed when several are stuck
        :raise AccessError: the caller is no flow manager
        :raise UserError: no reason, no such step, or no such transition
        """
        reason = self._scrm_reason(reason)
        step = self._scrm_stuck_step(step_id, ("no_transition", "condition_failed"))
        graph = step.run_id.version_id._frozen_graph()
        keys = [edge.key for edge in graph.outgoing(step.node_key)]
        if transition_key not in keys:
            raise UserError(
                self.env._(
                    "“%(way)s” does not lead on from “%(node)s” now.",
                    way=transition_key,
                    node=self._scrm_node_name(step),
                )
            )
        self.env["scrm.flow.engine"]._route_by_hand(step, transition_key, reason)
        return self._scrm_answer(step.run_id)

    def _scrm_stuck_step(self, step_id, codes):
        """The stuck step that is meant, locked; a flow manager decides about it."""
        self.ensure_one()
        if not self._scrm_is_manager():
            raise AccessError(
                self.env._("Only a flow manager may decide what got stuck.")
            )
        run = self._scrm_lock_run()
        steps = run.step_ids.filtered(
            lambda step: step.state == "incident" and step.incident_code in codes
        )
        if step_id:
            steps = steps.filtered(lambda step: step.id == step_id)
        if not steps:
            raise UserError(
                self.env._(
                    "Nothing of “%s” waits for this decision (any more).",
                    self.display_name,
                )
            )
        if len(steps) > 1:
            raise UserError(
                self.env._(
                    "Say which step is meant: %s.",
                    ", ".join(self._scrm_node_name(step) for step in steps),
                )
            )
        return steps


class ScrmFlowEngine(models.AbstractModel):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.engine"

    @api.model
    def _assign_by_hand(self, step, user, reason):
        """Open a step that had nobody, for this user."""
        move = self._operation(step.run_id)
        person = {"id": user.id, "name": user.name}
        step.write(
            {
                **NO_INCIDENT,
                "state": "open",
                "ended_at": False,
                "user_id": user.id,
                "candidate_ids": [(5,)],
                "assign_trace": {
                    **(step.assign_trace or {}),
                    "rule": "by_hand",
                    "chosen": person,
                    "by": self.env.user.name,
                    "reason": reason,
                },
            }
        )
        move.note("assign", step, step.node_key, {"user": person, "reason": reason})
        move.steps.append(step)
        self._settle([move])

    @api.model
    def _route_by_hand(self, step, edge_key, reason):
        """Let a stuck token leave its node along an edge, whatever holds."""
        move = self._operation(step.run_id)
        edge = move.graph.edges[edge_key]
        token = move.token_of(step)
        step.write(move.done_values(transition_id=edge.id, done_by_id=self.env.uid))
        detail = {"transition": edge_key, "reason": reason}
        move.note("override", step, step.node_key, detail)
        move.walk.leave(token, edge_key)
        self._settle([move])


class ScrmFlowAssignment(models.AbstractModel):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.assignment"

    @api.model
    def _describe(self, trace):
        if trace and trace["rule"] == "by_hand":
            return self.env._(
                "%(user)s, by decision of %(manager)s: %(reason)s",
                user=trace["chosen"]["name"],
                manager=trace["by"],
                reason=trace["reason"],
            )
        return super()._describe(trace)


class ScrmFlowLog(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.log"

    event = fields.Selection(
        selection_add=[
            ("assign", "Assigned by hand"),
            ("override", "Way chosen by hand"),
        ],
        ondelete={"assign": "cascade", "override": "cascade"},
    )

    def _describe(self):
        text = super()._describe()
        detail = self.detail or {}
        if self.event == "override" and detail.get("reason"):
            return f"{text}: {detail['reason']}"
        return text
