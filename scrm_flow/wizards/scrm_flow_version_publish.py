from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError


class ScrmFlowVersionPublish(models.TransientModel):
    """Asks, before a version is published, what becomes of running records."""

    _name = "scrm.flow.version.publish"
    _description = "Publish a Flow Version"

    version_id = fields.Many2one(
        "scrm.flow.version",
        required=True,
        readonly=True,
        ondelete="cascade",
        help="A draft, or an earlier version of which a copy is published.",
    )
    is_back = fields.Boolean(compute="_compute_is_back")
    model = fields.Char(related="version_id.model", string="Model Name")
    fault_text = fields.Text(related="version_id.fault_text")
    running = fields.Selection(
        [
            ("stay", "Finish on their version"),
            ("migrate", "Come to the new version, all that can"),
            ("selected", "Come to the new version, those I select"),
        ],
        string="Running Records",
        required=True,
        default="stay",
    )
    domain = fields.Char(string="Which Records", default="[]")
    all_or_nothing = fields.Boolean()
    running_count = fields.Integer(compute="_compute_counts", string="Running")
    can_count = fields.Integer(compute="_compute_counts", string="Can Be Migrated")
    cannot_count = fields.Integer(compute="_compute_counts", string="Would Stay")
    problem_text = fields.Text(compute="_compute_counts", string="Why They Would Stay")

    @api.depends("version_id")
    def _compute_is_back(self):
        for wizard in self:
            wizard.is_back = wizard.version_id.state == "retired"

    @api.depends("version_id", "running", "domain")
    def _compute_counts(self):
        for wizard in self:
            wizard.update(
                {
                    "running_count": 0,
                    "can_count": 0,
                    "cannot_count": 0,
                    "problem_text": False,
                }
            )
            if wizard.version_id and not wizard.fault_text:
                wizard._count()

    def _count(self):
        version = self.version_id
        plan = self._new_plan(version)
        # what still runs on a version that is brought back comes to its copy as well
        runs = version._live_runs(besides=None if self.is_back else version)
        self.running_count = len(runs)
        if self.running == "selected":
            runs = plan._select(runs)
        rows = self.env["scrm.flow.migration.run"]
        problems = Counter()
        # sudo: the runs were searched as the user
        for run in runs.sudo():
            refusals = version._migration_answer(run, {}).refusals
            labels = run.version_id._labels()["nodes"]
            texts = {
                rows._refusal_line(
                    {"code": r.code, "node": r.node, "target": r.target}, labels, {}
                )
                for r in refusals
            }
            if run.frozen_at:
                texts.add(rows._refusal_messages()["frozen"])
            problems.update(texts)
            self.cannot_count += bool(texts)
        self.can_count = len(runs) - self.cannot_count
        self.problem_text = (
            "\n".join(f"{count} × {text}" for text, count in problems.most_common())
            or False
        )

    def _new_plan(self, version):
        return self.env["scrm.flow.migration"].new(
            {
                "version_id": version.id,
                "scope": "selected" if self.running == "selected" else "all",
                "domain": self.domain,
            }
        )

    def action_publish(self):
        """Publish, and migrate what was chosen.

        :return: the migration, where there is one; else the version, or back to its
            drawing
        """
        self.ensure_one()
        if self.running != "stay":
            plan = self._plan()
            plan.action_start()
            return plan._open()
        version = self._version()
        version.action_publish()
        if self.env.context.get("scrm_drawing"):
            return {"type": "ir.actions.act_window_close"}
        return version.get_formview_action()

    def action_plan(self):
        """Show the plan and each record before anything happens."""
        self.ensure_one()
        if self.running == "stay":
            raise UserError(
                self.env._("Choose first that running records come to the new version.")
            )
        return self._plan()._open()

    def _version(self):
        """The draft to publish: a copy where an earlier version is brought back."""
        version = self.version_id
        return version._copy_as_draft() if self.is_back else version

    def _plan(self):
        plan = self.env["scrm.flow.migration"].create(
            {
                "version_id": self._version().id,
                "scope": "selected" if self.running == "selected" else "all",
                "domain": self.domain,
                "all_or_nothing": self.all_or_nothing,
            }
        )
        plan.action_preview()
        return plan
