import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..models.scrm_flow_version import read_domain
from ..sandbox.replay import Replay

#: Records of one replay.
MAX_RECORDS = 2000
#: Seconds of one batch; then the user goes on, or looks at what is there.
BATCH = 20


class ScrmFlowReplay(models.TransientModel):
    """A version of a flow over past records: what would have been different.

    Each record is run through the version in a sandbox, with the decisions that
    were made then, where they are still possible. Fields and people are those of
    today: nothing else is known of the past. Nothing changes but this result.
    """

    _name = "scrm.flow.replay"
    _description = "Flow Replay"
    _rec_name = "version_id"

    version_id = fields.Many2one(
        "scrm.flow.version", required=True, readonly=True, ondelete="cascade"
    )
    model = fields.Char(related="version_id.flow_id.model", string="Model Name")
    date_from = fields.Datetime(
        string="Started from", required=True, default=lambda self: self._month_ago()
    )
    date_to = fields.Datetime(
        string="Started until",
        required=True,
        default=lambda self: self.env["scrm.clock"].now(),
    )
    domain = fields.Char(string="Records", default="[]")
    limit = fields.Integer(
        string="At Most", default=200, help="The newest records are taken."
    )
    pending = fields.Json(readonly=True)
    total = fields.Integer(string="Records in All", readonly=True)
    progress = fields.Float(compute="_compute_progress")
    line_ids = fields.One2many(
        "scrm.flow.replay.line", "replay_id", string="Result", readonly=True
    )
    summary = fields.Char(compute="_compute_summary")

    @api.model
    def _month_ago(self):
        return self.env["scrm.clock"].now() - timedelta(days=30)

    @api.depends("pending", "total")
    def _compute_progress(self):
        for replay in self:
            done = replay.total - len(replay.pending or ())
            replay.progress = 100.0 * done / replay.total if replay.total else 0.0

    @api.depends("line_ids", "pending", "total")
    def _compute_summary(self):
        for replay in self:
            lines = replay.line_ids
            replay.summary = self.env._(
                "%(done)s of %(total)s records replayed: another path %(path)s, "
                "handler %(handler)s, deadline %(deadline)s, stuck %(stuck)s.",
                done=replay.total - len(replay.pending or ()),
                total=replay.total,
                path=len(lines.filtered("path_changed")),
                handler=len(lines.filtered("handler_changed")),
                deadline=len(lines.filtered("deadline_changed")),
                stuck=len(lines.filtered("stuck")),
            )

    def action_start(self):
        """Take the records of the period, and replay the first of them."""
        self.ensure_one()
        self._check_manager()
        if not 1 <= self.limit <= MAX_RECORDS:
            raise UserError(
                self.env._("A replay takes from 1 to %s records.", MAX_RECORDS)
            )
        self.line_ids.unlink()
        runs = self._past_runs()
        self.write({"pending": runs.ids, "total": len(runs)})
        return self.action_go_on()

    def _past_runs(self):
        """The newest runs of the period whose records the user may read."""
        domain = (
            Domain("flow_id", "=", self.version_id.flow_id.id)
            & Domain("started_at", ">=", self.date_from)
            & Domain("started_at", "<=", self.date_to)
            & Domain("state", "!=", "cancelled")
        )
        try:
            wanted = read_domain(self.domain)
            if wanted != Domain.TRUE:
                records = self.env[self.model].with_context(active_test=False)
                domain &= Domain("res_id", "in", records._search(wanted))
        except (ValueError, TypeError, KeyError) as error:
            raise UserError(
                self.env._("The records cannot be asked for: %s", error)
            ) from error
        return self.env["scrm.flow.run"].search(
            domain, order="started_at desc, id desc", limit=self.limit
        )

    def action_go_on(self):
        """Replay more of the records, for about twenty seconds."""
        self.ensure_one()
        self._check_manager()
        until = time.monotonic() + BATCH
        pending = list(self.pending or ())
        rows = []
        while pending and time.monotonic() < until:
            run = self.env["scrm.flow.run"].browse(pending.pop(0)).exists()
            if run:
                rows.append(dict(self._replay(run), replay_id=self.id))
        self.env["scrm.flow.replay.line"].create(rows)
        self.pending = pending
        return True

    def _replay(self, run):
        """Values of the line of one past run."""
        values = {
            "run_id": run.id,
            "res_model": run.res_model,
            "res_id": run.res_id,
            "record_name": run.res_name,
        }
        # sudo: its steps and log; the record is read as the user
        replay = Replay(run.sudo())
        try:
            self.env["scrm.flow.sandbox"]._try_out(
                self.version_id, replay.drive, run.started_at, seconds=10
            )
        except (UserError, AccessError) as error:
            return {**values, "problem": str(error)}
        return {**values, **replay.values}

    def _check_manager(self):
        if not self.env.user.has_group("scrm_flow.group_manager"):
            raise AccessError(self.env._("Only a flow manager may try a flow out."))

    def action_open_lines(self):
        """The result as a list with filters."""
        self.ensure_one()
        lines = Domain("replay_id", "=", self.id)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Replay"),
            "res_model": "scrm.flow.replay.line",
            "view_mode": "list",
            "domain": list(lines),
            "context": {"search_default_different": 1},
        }


class ScrmFlowReplayLine(models.TransientModel):
    """One past record, and what would have been different."""

    _name = "scrm.flow.replay.line"
    _description = "Replayed Record"
    _rec_name = "record_name"

    replay_id = fields.Many2one(
        "scrm.flow.replay", required=True, index=True, ondelete="cascade"
    )
    run_id = fields.Many2one("scrm.flow.run", readonly=True, ondelete="cascade")
    started_at = fields.Datetime(related="run_id.started_at")
    res_model = fields.Char(string="Model Name", readonly=True)
    res_id = fields.Many2oneReference(
        string="Record ID", model_field="res_model", readonly=True
    )
    record_name = fields.Char(string="Record", readonly=True)
    path_changed = fields.Boolean(string="Another Path", readonly=True)
    handler_changed = fields.Boolean(string="Another Handler", readonly=True)
    deadline_changed = fields.Boolean(string="Another Deadline", readonly=True)
    stuck = fields.Boolean(string="Would Be Stuck", readonly=True)
    path_before = fields.Text(string="Path Then", readonly=True)
    path_after = fields.Text(string="Path Now", readonly=True)
    why = fields.Text(string="What Differs and Why", readonly=True)
    problem = fields.Text(string="Not Replayed Because", readonly=True)

    def action_open_record(self):
        """Open the record."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }


class ScrmFlowVersion(models.Model):
    """Versions can be replayed over past records."""

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.version"

    def action_replay(self):
        """Open a replay of this version."""
        self.ensure_one()
        replay = self.env["scrm.flow.replay"].create({"version_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Replay"),
            "res_model": replay._name,
            "res_id": replay.id,
            "view_mode": "form",
        }
