from odoo import fields, models
from odoo.exceptions import UserError

from ..engine import migration


class ScrmFlowVersion(models.Model):
    """What becomes of running records when another version is published."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.version"

    copied_from_id = fields.Many2one(
        "scrm.flow.version",
        string="Copy of",
        readonly=True,
        copy=False,
        ondelete="set null",
    )
    live_run_count = fields.Integer(
        compute="_compute_live_run_count", string="Running Records"
    )

    def _compute_live_run_count(self):
        groups = self.env["scrm.flow.run"]._read_group(
            [
                ("version_id", "in", self.ids),
                ("state", "in", ("running", "incident")),
            ],
            ["version_id"],
            ["__count"],
        )
        counts = {version.id: count for version, count in groups}
        for version in self:
            version.live_run_count = counts.get(version.id, 0)

    def _copy_as_draft(self, flow=None):
        draft = super()._copy_as_draft(flow)
        if draft.flow_id == self.flow_id:
            draft.copied_from_id = self
        return draft

    def _live_runs(self, besides=None):
        """Live runs of the flow, of records the user may read.

        :param besides: a version whose runs are not meant
        """
        self.ensure_one()
        domain = [
            ("flow_id", "=", self.flow_id.id),
            ("state", "in", ("running", "incident")),
        ]
        if besides:
            domain.append(("version_id", "!=", besides.id))
        return self.env["scrm.flow.run"].search(domain, order="id")

    def _migration_answer(self, run, plan, left=()) -> migration.Answer:
        """Where each token of a run would go in this version, or why it stays.

        :param plan: node key -> ``engine.migration.Line``, None to stay
        :param left: keys of nodes whose open work goes on before it migrates
        """
        tokens = [
            migration.Token(
                step.id,
                step.node_key,
                "leaving"
                if step.state == "open" and step.node_key in left
                else step.state,
                tuple((split.id, split.node_key) for split in step._splits_around()),
            )
            # sudo: where a run of a readable record is
            for step in run.sudo().step_ids._live()
        ]
        return migration.answer(self._graph(), tokens, plan)

    # Buttons -----------------------------------------------------------------

    def action_publish_dialog(self):
        """Ask what becomes of running records, then publish."""
        self.ensure_one()
        self._check_is_draft()
        return self._open_publish_dialog(self.env._("Publish"))

    def action_bring_back(self):
        """Bring an earlier version back, as a copy with a number of its own."""
        self.ensure_one()
        if self.state != "retired":
            raise UserError(
                self.env._(
                    "Only a version that was replaced can be brought back: "
                    "“%s” was not.",
                    self.display_name,
                )
            )
        return self._open_publish_dialog(self.env._("Bring This Version Back"))

    def _open_publish_dialog(self, title):
        self.check_access("write")
        context = {"default_version_id": self.id}
        if self.env.context.get("scrm_drawing"):  # who draws stays at the drawing
            context["scrm_drawing"] = True
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "scrm.flow.version.publish",
            "view_mode": "form",
            "target": "new",
            "context": context,
        }

    def action_migrate(self):
        """Plan how running records of other versions come to this one."""
        self.ensure_one()
        plan = self.env["scrm.flow.migration"].create({"version_id": self.id})
        plan.action_preview()
        return plan._open()

    def action_open_live_runs(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Running Records"),
            "res_model": "scrm.flow.run",
            "view_mode": "list,form",
            "domain": [
                ("version_id", "=", self.id),
                ("state", "in", ("running", "incident")),
            ],
        }
