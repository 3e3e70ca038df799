from odoo import api, models


class ScrmFlowEngine(models.AbstractModel):
    """What becomes of called runs when the one that waits for them migrates.

    They are processes of their own records: they go on. Where the new version does
    not wait for them any more the log says so; a call that begins anew waits for
    them, and an undone migration waits again for those it had waited for.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.engine"

    @api.model
    def _migrate(self, run, version, answer, handlers="allowed"):
        # sudo: the engine's own rows
        calling = run.sudo().step_ids._live().filtered("called_run_ids")
        if not calling:
            return super()._migrate(run, version, answer, handlers)
        called = {
            str(child.id): (step.id, child.is_adopted)
            for step in calling
            for child in step.called_run_ids
        }
        snapshot = super()._migrate(run, version, answer, handlers)
        for step in calling:
            left = step.called_run_ids._live_and_own()
            if left and not (step.state == "open" and step._waits_for_called()):
                step._note_left(left)
        return {**snapshot, "called": called, "log_until": run.log_count}

    @api.model
    def _migrate_back(self, run, snapshot):
        # sudo: as in _migrate
        runs = self.env["scrm.flow.run"].sudo()
        new_steps = run.sudo().step_ids.browse(snapshot["new_steps"])
        new_runs = new_steps.called_run_ids
        result = super()._migrate_back(run, snapshot)
        called = snapshot.get("called", {})
        for run_id, (step_id, is_adopted) in called.items():
            child = runs.browse(int(run_id))
            if child.parent_step_id.run_id == run:  # nobody else waits for it
                child.write({"parent_step_id": step_id, "is_adopted": is_adopted})
        started = new_runs._live_and_own().filtered(
            lambda child: str(child.id) not in called
        )
        for step, children in started.grouped("parent_step_id").items():
            step._note_left(children)
        # sudo: the engine goes on with the run, whoever takes the migration back
        for step in run.sudo().step_ids._open():
            if step.state == "open" and step._waits_for_called():
                step._look_at_called()
        return result


class ScrmFlowStep(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.step"

    def _waits_for_called(self):
        return self._compiled_node().type == "call_activity"
