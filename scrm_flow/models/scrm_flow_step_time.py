from odoo import api, models
from odoo.exceptions import UserError


class ScrmFlowStep(models.Model):
    """What happens to a step by time: set when it opens, gone when it ends."""

    _inherit = "scrm.flow.step"

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        steps.filtered(lambda step: step.state == "open")._start_times()
        return steps

    def write(self, vals):
        opening = self.browse()
        if vals.get("state") == "open":
            opening = self.filtered(lambda step: step.state != "open")
        result = super().write(vals)
        if opening:
            opening._start_times()
        elif vals.get("state", "open") != "open":
            self.env["scrm.flow.timer"]._cancel_of(self)
        return result

    def _start_times(self):
        """Set the timers of steps that have just opened.

        A step whose times cannot be told is stuck, with the reason.
        """
        kinds = self.env["scrm.flow.timer.kind"]._kinds()
        rows = []
        for step in self:
            node = step._compiled_node()
            try:
                rows += [
                    {
                        "run_id": step.run_id.id,
                        "step_id": step.id,
                        "res_model": step.res_model,
                        "res_id": step.res_id,
                        "kind": kind._kind_key(),
                        "number": number,
                        "due_at": due_at,
                    }
                    for kind in kinds
                    for number, due_at in kind._plan(step, node)
                ]
            except UserError as error:
                step.write(
                    {
                        "state": "incident",
                        "incident_code": "no_time",
                        "incident_reason": self.env._(
                            "“%(node)s”: %(reason)s",
                            node=step.run_id.version_id._labels()["nodes"][node.key],
                            reason=error,
                        ),
                    }
                )
        self.env["scrm.flow.timer"]._schedule(rows)

    def _compiled_node(self):
        """The node as the published version compiled it."""
        return self.run_id.version_id._frozen_graph().nodes[self.node_key]

    def _company(self):
        """The company whose hours count for this step."""
        record = self._record()
        company = record.company_id if "company_id" in record._fields else None
        return company or self.flow_id.company_id or self.env.company

    def _shift(self, moment, hours):
        """The moment so many hours later or earlier, as the step's node counts."""
        count = self._compiled_node().data["count"]
        calendar = resource = None
        times = self.env["scrm.working.time"]
        if count["kind"] == "working":
            user = self.user_id if count["calendar"] == "handler" else None
            calendar, resource = times._calendar_of(self._company(), user)
        return times._shift(moment, hours, calendar, resource)
