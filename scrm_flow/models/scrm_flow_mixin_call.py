from odoo import models


class ScrmFlowMixin(models.AbstractModel):
    """A record that waits for other ones, or is waited for."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.mixin"

    def _scrm_step_opened(self, step):
        result = super()._scrm_step_opened(step)
        node = step._compiled_node()
        if node.type == "call_activity":
            node_type = self.env["scrm.flow.node.type"]._kind(node.type)
            node_type._call(self, step, node)
        return result

    def _scrm_run_ended(self, run):
        result = super()._scrm_run_ended(run)
        self._scrm_tell_caller(run)
        return result

    def _scrm_run_cancelled(self, run):
        result = super()._scrm_run_cancelled(run)
        self._scrm_tell_caller(run)
        return result

    def _scrm_tell_caller(self, run):
        """Let the step that waits for this run see whether it can go on."""
        step = run.parent_step_id
        if step.state != "open":
            return
        # even frozen: the end of a called flow is no move of the caller
        self.env["scrm.flow.engine"]._lock(step.run_id, even_frozen=True)
        step._look_at_called()

    def _scrm_may_release(self, run):
        if run.is_frozen_with_parent and run.parent_step_id.run_id.frozen_at:
            return False  # released together with the one that waits for it
        return super()._scrm_may_release(run)

    def scrm_flow_release(self, reason):
        result = super().scrm_flow_release(reason)
        # sudo: what ended while the run was frozen
        for step in self.sudo().scrm_run_id.step_ids:
            if step.state == "open":
                step._look_at_called()
        return result

    # Showing -----------------------------------------------------------------

    def _scrm_progress_item(self, step, state):
        item = super()._scrm_progress_item(step, state)
        if step._compiled_node().type != "call_activity":
            return item
        item["called"] = []
        for run in step.called_run_ids.sorted("id"):
            record = run._record()
            leading = record._scrm_leading(record._scrm_live_steps(run))
            item["called"].append(
                {
                    "name": record.display_name,
                    "state": "frozen" if run.frozen_at else run.state,
                    "node": record._scrm_node_name(leading) if leading else "",
                    "handlers": leading._handlers().mapped("name"),
                    "reason": run.incident_reason or run.freeze_reason or "",
                }
            )
        return item

    def _scrm_mask_progress(self, items):
        for item in items:  # what else we have to do for it is our own matter
            item.pop("called", None)
        return super()._scrm_mask_progress(items)


class ScrmFlowStep(models.Model):
    # looked at from both sides
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.step"

    def _look_at_called(self):
        node = self._compiled_node()
        if node.type == "call_activity":
            node_type = self.env["scrm.flow.node.type"]._kind(node.type)
            node_type._look(self._record(), self, node)
