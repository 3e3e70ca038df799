from odoo import api, fields, models
from odoo.tools import SQL


class ScrmFlowStepReport(models.Model):
    """Every step with its colour, its time and how late it is.

    The time of a step that has ended is working time where its node counts that,
    else all time; while its clock was stopped is left out.
    """

    _name = "scrm.flow.step.report"
    _inherit = "scrm.flow.report.mixin"
    _description = "Report on Steps"
    _auto = False
    _report_subject = "step"
    _order = "late_hours desc nulls last, opened_at, id"
    _rec_name = "node_id"
    _depends = {
        "scrm.flow": ["published_version_id"],
        "scrm.flow.clock": ["step_id"],
        "scrm.flow.node": ["key", "type", "version_id"],
        "scrm.flow.run": ["version_id"],
        "scrm.flow.step": [
            "accepted_at",
            "clock_since",
            "counted_seconds",
            "deadline_at",
            "done_by_id",
            "ended_at",
            "flow_id",
            "node_id",
            "node_key",
            "opened_at",
            "res_id",
            "res_model",
            "run_id",
            "state",
            "transition_id",
            "user_id",
        ],
        "scrm.flow.transition": ["outcome"],
    }

    step_id = fields.Many2one("scrm.flow.step", readonly=True)
    node_type = fields.Char(readonly=True)
    is_on_drawing = fields.Boolean(
        readonly=True, help="The newest version still has a node of this key."
    )
    state = fields.Selection(
        selection=lambda self: self.env["scrm.flow.step"]
        ._fields["state"]
        ._description_selection(self.env),
        readonly=True,
    )
    is_overdue = fields.Boolean(string="Overdue", readonly=True)
    candidate_ids = fields.Many2many(
        related="step_id.candidate_ids", string="Shared by"
    )
    responsible_ids = fields.Many2many(
        "res.users",
        compute="_compute_responsible_ids",
        string="Responsible",
        help="Who has the step or shares it; of what has stopped for want of anybody, "
        "whom the flow tells of incidents, or else its owner.",
    )
    done_by_id = fields.Many2one("res.users", string="Done by", readonly=True)
    incident_reason = fields.Text(related="step_id.incident_reason")
    opened_at = fields.Datetime(string="Since", readonly=True)
    waiting_hours = fields.Float(
        string="Waiting for",
        readonly=True,
        aggregator="avg",
        help="Hours since it opened, of a step that is still open.",
    )
    response_hours = fields.Float(
        string="Response Time",
        readonly=True,
        aggregator="avg",
        help="Hours from opening until somebody accepted it, or else completed it.",
    )
    conversion = fields.Float(
        string="Conversion Rate",
        readonly=True,
        aggregator="avg",
        help="Of the steps that ended, the part that went on: neither sent back nor "
        "rejected, and not cancelled.",
    )
    hours = fields.Float(
        string="Average Time",
        readonly=True,
        aggregator="avg",
        help="Hours of working time where the node counts that, else of all time; "
        "without pauses.",
    )
    total_hours = fields.Float(string="Total Time", readonly=True)

    @api.depends("user_id", "step_id.candidate_ids", "flow_id")
    def _compute_responsible_ids(self):
        for report in self:
            # sudo: names of colleagues, about a record the user may read
            step, flow = report.step_id.sudo(), report.flow_id.sudo()
            report.responsible_ids = (
                step._handlers() or flow.incident_user_ids or flow.owner_id
            )

    @api.model
    def _post_domain(self):
        return self.env["scrm.flow"]._post_step_domain()

    @api.model
    def _report_columns(self):
        now = self.env["scrm.clock"].now()
        today, _tomorrow = self._day_bounds()
        own = (
            *("run_id", "flow_id", "node_key", "user_id", "done_by_id", "state"),
            *("opened_at", "ended_at", "deadline_at", "res_model", "res_id"),
        )
        overdue = SQL("(step.state = 'open' AND step.deadline_at <= %s)", now)
        spent = SQL(
            """
            CASE WHEN step.ended_at IS NULL
                 THEN NULL
                 WHEN step.clock_since IS NULL
                 THEN COALESCE(
                          step.counted_seconds,
                          EXTRACT(EPOCH FROM step.ended_at - step.opened_at)
                      )
                 ELSE (
                      SELECT COALESCE(SUM(clock.counted_seconds), 0)
                        FROM scrm_flow_clock clock
                       WHERE clock.step_id = step.id
                         AND NOT clock.stopped
                      )
             END / 3600.0
            """
        )
        return {
            **super()._report_columns(),
            **{name: SQL.identifier("step", name) for name in ("id", *own)},
            "step_id": SQL("step.id"),
            "version_id": SQL("run.version_id"),
            "node_id": SQL("COALESCE(newest.id, step.node_id)"),
            "node_type": SQL("node.type"),
            "is_on_drawing": SQL("newest.id IS NOT NULL"),
            "is_overdue": SQL("COALESCE(%s, FALSE)", overdue),
            "colour": SQL(
                """
                CASE WHEN step.state = 'incident' OR %s
                     THEN 'red'
                     WHEN step.ended_at IS NULL
                     THEN 'yellow'
                     WHEN step.state = 'done' AND step.ended_at >= %s
                     THEN 'green'
                 END
                """,
                overdue,
                today,
            ),
            "late_hours": SQL(
                """
                CASE WHEN %s
                     THEN EXTRACT(EPOCH FROM %s - step.deadline_at) / 3600.0
                 END
                """,
                overdue,
                now,
            ),
            "waiting_hours": SQL(
                """
                CASE WHEN step.ended_at IS NULL
                     THEN EXTRACT(EPOCH FROM %s - step.opened_at) / 3600.0
                 END
                """,
                now,
            ),
            "response_hours": SQL(
                """
                EXTRACT(
                    EPOCH FROM
                    COALESCE(step.accepted_at, step.ended_at) - step.opened_at
                ) / 3600.0
                """
            ),
            "conversion": SQL(
                """
                CASE WHEN step.ended_at IS NULL
                     THEN NULL
                     WHEN step.state = 'done' AND way.outcome = 'rejected'
                     THEN 0.0
                     WHEN step.state = 'done'
                     THEN 1.0
                     ELSE 0.0
                 END
                """
            ),
            "hours": spent,
            "total_hours": spent,
        }

    @api.model
    def _report_joins(self):
        return [
            SQL(
                """
                scrm_flow_step step
                JOIN scrm_flow_run run ON run.id = step.run_id
                JOIN scrm_flow flow ON flow.id = step.flow_id
                JOIN scrm_flow_node node ON node.id = step.node_id
                LEFT JOIN scrm_flow_transition way ON way.id = step.transition_id
                LEFT JOIN scrm_flow_node newest
                  ON newest.version_id = flow.published_version_id
                 AND newest.key = step.node_key
                """
            ),
            *super()._report_joins(),
        ]
