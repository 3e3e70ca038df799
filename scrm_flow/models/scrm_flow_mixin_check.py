from odoo import models

from ..engine.inside import is_marked


class ScrmFlowMixin(models.AbstractModel):
    """Freezes a record as soon as a value breaks the limits of its open check.

    Without a version that has such checks a write costs no query more.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.mixin"

    def write(self, vals):
        if is_marked(self.env.context, "scrm_flow_moving", "scrm_flow_acting"):
            return super().write(vals)
        watched = [
            (record, step, node_type, {check["key"] for check in failing})
            for record, step, node_type, failing in self._scrm_freezing_checks()
        ]
        result = super().write(vals)
        for record, step, node_type, before in watched:
            if step.run_id.frozen_at:
                continue
            failing = self._scrm_failing(record, step, node_type)
            if any(
                check["key"] not in before
                or any(path.partition(".")[0] in vals for path in check["paths"])
                for check in failing
            ):
                self.env["scrm.flow.engine"]._lock(step.run_id)
                node_type._freeze(record, step, failing)
        return result

    def _scrm_freezing_checks(self):
        """The open steps of these records whose checks freeze, with what fails."""
        versions = self.env["scrm.flow.version"]._freezing_ids(self._name)
        if not versions:
            return
        # sudo: whoever changes the record need not handle the step
        for record in self.sudo():
            run = record.scrm_run_id
            if run.version_id.id not in versions or run.frozen_at:
                continue
            for step in run.step_ids:
                node = step._compiled_node()
                if step.state == "open" and node.type == "check":
                    node_type = self.env["scrm.flow.node.type"]._kind(node.type)
                    failing = self._scrm_failing(record, step, node_type)
                    yield record, step, node_type, failing

    def _scrm_failing(self, record, step, node_type):
        """The checks because of which a record must be frozen."""
        failing = node_type._failing(record, step._compiled_node(), step)
        return [check for check in failing if node_type._freezes(record, check)]

    # Releasing ---------------------------------------------------------------

    def scrm_flow_release(self, reason):
        # sudo: the run of the record; whether the user may, is asked next
        step = self.sudo().scrm_run_id.frozen_step_id
        result = super().scrm_flow_release(reason)
        if step.state == "open":
            record = self.sudo()
            node = step._compiled_node()
            node_type = self.env["scrm.flow.node.type"]._kind(node.type)
            step.released_checks = {
                check["key"]: node_type._values(record, check)
                for check in self._scrm_failing(record, step, node_type)
            }
        return result

    def _scrm_may_release(self, run):
        steps = run.frozen_step_id or self._scrm_live_steps(run)
        nodes = [step._compiled_node() for step in steps]
        exclusive = [node for node in nodes if node.data.get("release_exclusive")]
        if not (exclusive or run.frozen_step_id):
            return super()._scrm_may_release(run)
        if not exclusive and self._scrm_is_manager():
            return True
        # sudo: the user's own groups
        groups = set(self.env.user.sudo().all_group_ids.ids)
        return all(
            node.data.get("release_group_id") in groups for node in exclusive or nodes
        )
