from odoo import api, fields, models


class ScrmFlowRun(models.Model):
    """A run that another one waits for."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.run"

    parent_step_id = fields.Many2one(
        "scrm.flow.step",
        string="Called by",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The step of another run that waits for the end of this one.",
    )
    is_adopted = fields.Boolean(
        string="Started before the Call",
        readonly=True,
        help="The caller waits for it, but did not start it.",
    )
    is_frozen_with_parent = fields.Boolean(readonly=True)

    def _started_runs(self):
        """The live runs which these started themselves, from whichever version."""
        # sudo: they stop and rest with those that started them
        runs = self.sudo().search([("parent_step_id.run_id", "in", self.ids)])
        return runs._live_and_own()

    def _live_and_own(self):
        """Those which are not over and which their callers started themselves."""
        return self.filtered(
            lambda run: run.state in ("running", "incident") and not run.is_adopted
        )


class ScrmFlowStep(models.Model):
    # the other end of the call
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.step"

    called_run_ids = fields.One2many(
        "scrm.flow.run", "parent_step_id", string="Called Flows", readonly=True
    )

    def _callers(self):
        """The run of this step, and all that wait for it."""
        runs = self.env["scrm.flow.run"]
        step = self
        while step and step.run_id not in runs:
            runs |= step.run_id
            step = step.run_id.parent_step_id
        return runs

    def _note_left(self, runs):
        """Write down that called runs go on, though nobody waits for them."""
        names = ", ".join(run._record().display_name for run in runs)
        reason = self.env._("%s: goes on, but is not waited for any more", names)
        self._note("call", {"reason": reason})

    def _call_depth(self):
        return len(self._callers())


class ScrmFlowLog(models.Model):
    # the event of a call
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.log"

    event = fields.Selection(
        selection_add=[("call", "Flows called")], ondelete={"call": "cascade"}
    )


class ScrmFlowEngine(models.AbstractModel):
    # what happens to a caller happens to those it called
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.engine"

    @api.model
    def _get_stuck(self, step, code, reason):
        """Let a step that cannot go on be an incident, which can be retried."""
        move = self._operation(step.run_id)
        reason = self.env._(
            "“%(node)s”: %(reason)s",
            node=move.version._labels()["nodes"][step.node_key],
            reason=reason,
        )
        step.write(
            {"state": "incident", "incident_code": code, "incident_reason": reason}
        )
        move.note("incident", step, step.node_key, {"code": code, "reason": reason})
        self._settle([move])

    @api.model
    def _settle(self, moves):
        result = super()._settle(moves)
        for move in moves:
            while move.dropped:
                self._cancel_called(move.dropped.pop())
        return result

    @api.model
    def _cancel_called(self, steps):
        """Cancel what steps have started that are not done any more.

        What somebody froze stays as it is: that is for who froze it to decide.
        """
        for step in steps:
            if step._compiled_node().type != "call_activity":
                continue
            reason = self.env._(
                "“%(record)s” does not wait for “%(node)s” any more.",
                record=step._record().display_name,
                node=step.run_id.version_id._labels()["nodes"][step.node_key],
            )
            for run in step.called_run_ids._live_and_own():
                if not run.frozen_at:
                    self._cancel(run, reason)

    @api.model
    def _cancel(self, run, reason):
        children = run._started_runs()
        result = super()._cancel(run, reason)
        frozen = children.filtered("frozen_at")
        for child in children - frozen:
            self._cancel(child, reason)
        for step, runs in frozen.grouped("parent_step_id").items():
            step._note_left(runs)
        return result

    @api.model
    def _freeze(self, run, node_key, reason, step=None):
        result = super()._freeze(run, node_key, reason, step=step)
        for child in run._started_runs().filtered(lambda run: not run.frozen_at):
            self._lock(child)
            record = child._record()
            leading = record._scrm_leading(record._scrm_live_steps(child))
            self._freeze(child, leading.node_key, reason)
            child.is_frozen_with_parent = True
        return result

    @api.model
    def _release(self, run, node_key, reason):
        result = super()._release(run, node_key, reason)
        run.is_frozen_with_parent = False
        for child in run._started_runs().filtered("is_frozen_with_parent"):
            self._lock(child, even_frozen=True)
            record = child._record()
            leading = record._scrm_leading(record._scrm_live_steps(child))
            self._release(child, leading.node_key, reason)
        return result
