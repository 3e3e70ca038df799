from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .scrm_flow_step import LIVE


class ScrmFlowRun(models.Model):
    """One process on one record, from its start to its end.

    ``running``: at least one step is open;
    ``incident``: something keeps it from going on, see the reason; retry it after
    the cause is repaired;
    ``done``: it reached an end;
    ``cancelled``: somebody stopped it, with a reason in the log.
    """

    _name = "scrm.flow.run"
    _inherit = "scrm.flow.trace.mixin"
    _description = "Flow Run"
    _order = "id desc"

    flow_id = fields.Many2one(
        "scrm.flow", required=True, readonly=True, index=True, ondelete="cascade"
    )
    version_id = fields.Many2one(
        "scrm.flow.version",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    state = fields.Selection(
        [
            ("running", "Running"),
            ("incident", "Incident"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="running",
        readonly=True,
    )
    started_at = fields.Datetime(required=True, readonly=True)
    ended_at = fields.Datetime(readonly=True)
    step_ids = fields.One2many("scrm.flow.step", "run_id", readonly=True)
    log_ids = fields.One2many("scrm.flow.log", "run_id", readonly=True)
    incident_reason = fields.Text(readonly=True)
    previous_run_id = fields.Many2one(
        "scrm.flow.run",
        string="Reopened from",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="The finished run that this one continues.",
    )
    frozen_at = fields.Datetime(string="Frozen since", readonly=True)
    frozen_by_id = fields.Many2one("res.users", string="Frozen by", readonly=True)
    freeze_reason = fields.Text(readonly=True)
    end_key = fields.Char(
        string="End", readonly=True, help="Key of the end node that was reached."
    )
    log_count = fields.Integer(readonly=True)
    log_digest = fields.Char(readonly=True)

    _record_idx = models.Index("(res_model, res_id)")
    _one_live = models.UniqueIndex(
        "(res_model, res_id) WHERE state IN ('running', 'incident')",
        "A flow is already running on this record.",
    )
    _incident_idx = models.Index("(id) WHERE state = 'incident'")

    @api.depends("flow_id.name", "res_model", "res_id")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._(
                "%(flow)s: %(record)s", flow=run.flow_id.name, record=run.res_name or ""
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(self.env._("The history of a flow cannot be deleted."))

    def _lock_and_read(self):
        """Hold the run until the transaction ends, and read it as it is by now.

        Whatever moves it writes into its log, and so into its row: who waits here
        meanwhile sees that as a serialization failure.

        :return: its live steps, ``scrm.flow.step``, oldest first
        """
        steps = self.env["scrm.flow.step"]
        self.flush_recordset()
        steps.flush_model(["run_id", "state"])
        self.env["scrm.flow.timer"].flush_model(["run_id", "state"])
        query = SQL(
            """
            SELECT %s, %s, %s
              FROM scrm_flow_run
              LEFT JOIN scrm_flow_step
                ON scrm_flow_step.run_id = scrm_flow_run.id
               AND scrm_flow_step.state IN %s
             WHERE scrm_flow_run.id = %s
             ORDER BY scrm_flow_step.id
               FOR NO KEY UPDATE OF scrm_flow_run
            """,
            self._has_timers_sql(),
            self._columns_sql(),
            steps._columns_sql(),
            LIVE,
            self.id,
        )
        self.env.flush_query(query)
        # to come second is no fault that the log should show
        self.env.cr.execute(query, log_exceptions=False)
        rows = self.env.cr.fetchall()
        if not rows:
            return steps
        self._fields["has_timers"]._insert_cache(self, [rows[0][0]])
        width = 1 + len(self._column_names())
        self._remember([rows[0][1:width]])
        return steps._remember([row[width:] for row in rows if row[width]])

    def _frozen_message(self) -> str:
        """Why nothing moves, and who can change that."""
        self.ensure_one()
        return self.env._(
            "“%(record)s” was frozen by %(user)s: %(reason)s. Nothing can be done "
            "with it until it is released.",
            record=self.res_name or self.display_name,
            user=self.frozen_by_id.name,
            reason=self.freeze_reason,
        )

    def action_retry(self):
        """Let each of these incidents go on from where it got stuck.

        :raise AccessError: the caller is no flow manager
        :raise UserError: the run is no incident
        """
        if not self.env.user.has_group("scrm_flow.group_manager"):
            raise AccessError(
                self.env._("Only a flow manager may retry what got stuck.")
            )
        self.check_access("read")
        for run in self:
            # sudo: a manager who may read the record; moving is the engine's work
            self.env["scrm.flow.engine"]._retry(run.sudo())
        return True

    def action_verify(self):
        """Check that nobody changed the log of this run behind its back."""
        self.ensure_one()
        problem = self.env["scrm.flow.log"].verify(self)
        message = problem or self.env._("All %s entries are intact.", self.log_count)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "danger" if problem else "success",
                "sticky": bool(problem),
            },
        }
