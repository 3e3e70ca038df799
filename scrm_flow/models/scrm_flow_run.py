from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL


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
    move_count = fields.Integer(
        readonly=True,
        help="Counted up by everything that moves the run; this also locks it.",
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

    def _count_move(self):
        """Count one move more, which locks the run, and read it as it is by now."""
        columns = [field for field in self._fields.values() if field.column_type]
        columns = [field for field in columns if field.store]
        self.env["scrm.flow.timer"].flush_model(["run_id", "state"])
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE scrm_flow_run
                   SET move_count = move_count + 1
                 WHERE id = %s
                RETURNING %s, %s
                """,
                self.id,
                self._has_timers_sql(),
                SQL(", ").join(SQL.identifier(field.name) for field in columns),
            )
        )
        self.invalidate_recordset(["move_count"], flush=False)
        for has_timers, *values in rows:
            self._fields["has_timers"]._insert_cache(self, [has_timers])
            for field, value in zip(columns, values, strict=True):
                field._insert_cache(self, [value])

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
