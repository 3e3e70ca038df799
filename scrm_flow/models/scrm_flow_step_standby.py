from odoo import api, fields, models
from odoo.tools import format_datetime


class ScrmFlowStep(models.Model):
    """How an open step changes hands by itself."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.step"

    roster_id = fields.Many2one(
        "scrm.flow.roster",
        readonly=True,
        ondelete="set null",
        help="The roster whose next shift this step is passed on to.",
    )

    _roster_idx = models.Index(
        "(roster_id) WHERE state = 'open' AND roster_id IS NOT NULL"
    )

    @api.model_create_multi
    def create(self, vals_list):
        runs = self.env["scrm.flow.run"]
        for vals in vals_list:
            if vals.get("user_id"):
                run = runs.browse(vals["run_id"])
                node = run.version_id._frozen_graph().nodes[vals["node_key"]]
                vals["roster_id"] = self._roster_of(node)
        return super().create(vals_list)

    @api.model
    def _roster_of(self, node):
        """The roster whose shifts a step of this node is passed on to, if any."""
        handler = node.data.get("handler") or {}
        return handler.get("roster_id", False) if handler.get("pass_on") else False

    def _is_reassigned_on_leave(self):
        data = self._compiled_node().data
        return bool(data.get("handler_rule")) and bool(data["reassign_on_leave"])


class ScrmFlowAssignment(models.AbstractModel):
    _inherit = "scrm.flow.assignment"

    @api.model
    def _describe_cause(self, cause) -> str:
        """Why a step was taken from somebody, in one sentence."""
        if cause["why"] == "shift":
            return self.env._(
                "Change of shift on “%(roster)s”: %(users)s not on duty any more.",
                roster=cause["roster"],
                users=", ".join(cause["users"]),
            )
        if cause["why"] == "left":
            return self.env._("%s has left.", ", ".join(cause["users"]))

        def moment(name):
            value = fields.Datetime.to_datetime(cause[name])
            return format_datetime(self.env, value, dt_format="short")

        return self.env._(
            "%(users)s on leave from %(start)s to %(end)s.",
            users=", ".join(cause["users"]),
            start=moment("from"),
            end=moment("to"),
        )

    @api.model
    def _describe(self, trace):
        text = super()._describe(trace)
        cause = (trace or {}).get("cause")
        return f"{self._describe_cause(cause)}\n{text}" if cause else text

    @api.model
    def _brief(self, person):
        figures = person.get("figures") or {}
        if "km" in figures and figures["km"] is None:
            figures = {self.env._("no location"): "–"}
            person = {**person, "figures": figures}
        return super()._brief(person)


class ScrmFlowLog(models.Model):
    # what only this file is about
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.log"

    event = fields.Selection(
        selection_add=[
            ("reassign", "Reassigned"),
            ("stay", "Nobody could take over"),
        ],
        ondelete={"reassign": "cascade", "stay": "cascade"},
    )

    def _describe(self):
        detail = self.detail or {}
        if self.event == "stay" and detail.get("cause"):
            return self.env["scrm.flow.assignment"]._describe_cause(detail["cause"])
        return super()._describe()


class ScrmFlowMixin(models.AbstractModel):
    # what somebody decided about a step counts more than its roster
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.mixin"

    def _scrm_step_changed(self, step, event):
        if event == "transfer" and step.roster_id:
            step.roster_id = False
        return super()._scrm_step_changed(step, event)
