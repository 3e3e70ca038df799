from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .scrm_flow_pause_reason import HOLDERS


class ScrmFlowClock(models.Model):
    """Who held a step from when to when; written once, when that is over.

    A step whose clock never changed hands has no rows: all of its time is its
    node's holder's. ``scrm.flow.clock.report`` shows both alike. The intervals of a
    step lie end to end, so they add up to its time to the second.
    """

    _name = "scrm.flow.clock"
    _inherit = "scrm.flow.trace.mixin"
    _description = "Flow Clock"
    _order = "step_id, id"
    _log_access = False

    run_id = fields.Many2one(
        "scrm.flow.run", required=True, readonly=True, ondelete="cascade"
    )
    step_id = fields.Many2one(
        "scrm.flow.step", required=True, readonly=True, index=True, ondelete="cascade"
    )
    flow_id = fields.Many2one(
        "scrm.flow", required=True, readonly=True, ondelete="cascade"
    )
    node_id = fields.Many2one("scrm.flow.node", readonly=True, ondelete="set null")
    node_key = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Handler", readonly=True, ondelete="restrict"
    )
    holder = fields.Selection(HOLDERS, string="Time of", required=True, readonly=True)
    reason_id = fields.Many2one(
        "scrm.flow.pause.reason", readonly=True, ondelete="restrict"
    )
    stopped = fields.Boolean(
        string="Clock Stopped", readonly=True, help="The deadline moved on meanwhile."
    )
    started_at = fields.Datetime(string="From", required=True, readonly=True)
    ended_at = fields.Datetime(string="To", required=True, readonly=True)
    seconds = fields.Integer(required=True, readonly=True)
    counted_seconds = fields.Integer(required=True, readonly=True)

    _run_idx = models.Index("(run_id)")

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("The clock of a flow cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(self.env._("The clock of a flow cannot be deleted."))


class ScrmFlowClockReport(models.Model):
    """All time of all steps by whose it was: the ledger and what needs none."""

    _name = "scrm.flow.clock.report"
    _inherit = "scrm.flow.trace.mixin"
    _description = "Time of Steps"
    _auto = False
    _order = "started_at, id"
    _rec_name = "node_key"
    _depends = {
        "scrm.flow.clock": ["step_id"],
        "scrm.flow.step": ["state", "ended_at", "clock_since", "counted_seconds"],
        "scrm.flow.node": ["clock_holder"],
    }

    run_id = fields.Many2one("scrm.flow.run", readonly=True)
    step_id = fields.Many2one("scrm.flow.step", readonly=True)
    flow_id = fields.Many2one("scrm.flow", readonly=True)
    node_id = fields.Many2one("scrm.flow.node", readonly=True)
    node_key = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", string="Handler", readonly=True)
    holder = fields.Selection(HOLDERS, string="Time of", readonly=True)
    reason_id = fields.Many2one("scrm.flow.pause.reason", readonly=True)
    started_at = fields.Datetime(string="From", readonly=True)
    ended_at = fields.Datetime(string="To", readonly=True)
    seconds = fields.Integer(readonly=True)
    counted_seconds = fields.Integer(
        readonly=True, help="Working time where the node counts that, else all time."
    )
    hours = fields.Float(readonly=True)
    counted_hours = fields.Float(
        readonly=True, help="Working time where the node counts that, else all time."
    )

    @property
    def _table_query(self):
        return SQL(
            """
            WITH clock AS (
                SELECT id, run_id, step_id, flow_id, node_id, node_key, user_id,
                       holder, reason_id, started_at, ended_at, seconds,
                       counted_seconds, res_model, res_id
                  FROM scrm_flow_clock
             UNION ALL
                SELECT -step.id, step.run_id, step.id, step.flow_id, step.node_id,
                       step.node_key, step.user_id, node.clock_holder, NULL,
                       step.opened_at, step.ended_at, elapsed.seconds,
                       COALESCE(step.counted_seconds, elapsed.seconds),
                       step.res_model, step.res_id
                  FROM scrm_flow_step step
                  JOIN scrm_flow_node node ON node.id = step.node_id
                 CROSS JOIN LATERAL (
                       SELECT EXTRACT(EPOCH FROM step.ended_at - step.opened_at)::int
                       ) elapsed(seconds)
                 WHERE step.ended_at IS NOT NULL
                   AND step.clock_since IS NULL
            )
            SELECT clock.*,
                   seconds / 3600.0 AS hours,
                   counted_seconds / 3600.0 AS counted_hours
              FROM clock
            """
        )
