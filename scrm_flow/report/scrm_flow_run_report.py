from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: As of steps, but what is urgent is red before it is late.
BOARD_COLOURS = [
    ("red", "Overdue, Stuck or Urgent"),
    ("yellow", "Waiting"),
    ("green", "Done Today"),
]


class ScrmFlowRunReport(models.Model):
    """Every run with one colour: where it stands now, who has it, how late it is.

    Of several open steps the one leads that is stuck or most overdue; where boards
    are cut by post, of those that are the reader's.
    """

    _name = "scrm.flow.run.report"
    _inherit = "scrm.flow.report.mixin"
    _description = "Board of Runs"
    _auto = False
    _report_subject = "run"
    _order = "late_hours desc nulls last, opened_at, id"
    _depends = {
        "scrm.flow": ["published_version_id"],
        "scrm.flow.node": ["key", "version_id"],
        "scrm.flow.run": [
            "end_key",
            "ended_at",
            "flow_id",
            "frozen_at",
            "res_id",
            "res_model",
            "started_at",
            "state",
            "version_id",
        ],
        "scrm.flow.step": [
            "deadline_at",
            "ended_at",
            "node_id",
            "node_key",
            "opened_at",
            "run_id",
            "state",
            "user_id",
        ],
    }

    node_id = fields.Many2one(
        group_expand="_group_expand_node_id",
        help="Where it stands, or the end that it reached.",
    )
    colour = fields.Selection(
        BOARD_COLOURS,
        group_expand=True,
        help="Red: the deadline has passed, the flow has stopped, or it is urgent. "
        "Yellow: it waits for somebody. Green: done today.",
    )
    state = fields.Selection(
        selection=lambda self: self.env["scrm.flow.run"]
        ._fields["state"]
        ._description_selection(self.env),
        readonly=True,
    )
    is_overdue = fields.Boolean(string="Overdue", readonly=True)
    step_id = fields.Many2one("scrm.flow.step", readonly=True)
    started_at = fields.Datetime(string="Started", readonly=True)
    opened_at = fields.Datetime(string="Since", readonly=True)
    frozen_at = fields.Datetime(string="Frozen since", readonly=True)
    end_key = fields.Char(readonly=True)
    incident_reason = fields.Text(related="run_id.incident_reason")
    hours = fields.Float(
        string="Duration",
        readonly=True,
        aggregator="avg",
        help="All hours from the start of the flow to its end.",
    )

    @api.depends("res_model", "res_id")
    def _compute_display_name(self):
        for run in self:
            run.display_name = run.res_name or ""

    @api.model
    def _group_expand_node_id(self, nodes, domain):
        """All columns of the flows that a board is about, empty ones too."""
        versions = nodes.version_id
        for condition in Domain(domain).iter_conditions():
            if condition.field_expr == "flow_id" and condition.operator in ("=", "in"):
                value = condition.value
                ids = value if condition.operator == "in" else [value]
                flows = self.env["scrm.flow"].browse(
                    one for one in ids if isinstance(one, int)
                )
                versions |= flows.published_version_id
        found = nodes
        for version in versions:
            found |= self._board_nodes(version)
        return found.sorted(lambda node: (node.version_id.id, node.rank, node.id))

    @api.model
    def _board_nodes(self, version):
        """Where records stand for somebody to do something, and where they end."""
        graph = version._frozen_graph()
        flow = version.flow_id
        only = None
        if flow.id in flow._segmented_ids():
            only = flow._post_keys()
        return version.node_ids.filtered(
            lambda node: (
                graph.nodes[node.key].behaviour in ("wait", "end")
                if only is None
                else node.key in only
            )
        )

    @api.model
    def _post_domain(self):
        segmented = self.env["scrm.flow"]._segmented_ids()
        if not segmented:
            return Domain.TRUE
        return Domain("flow_id", "not in", segmented) | Domain("step_id", "!=", False)

    @api.model
    def _report_columns(self):
        now = self.env["scrm.clock"].now()
        today, _tomorrow = self._day_bounds()
        own = (
            *("flow_id", "version_id", "state", "started_at", "ended_at"),
            *("frozen_at", "end_key", "res_model", "res_id"),
        )
        overdue = SQL("(step.state = 'open' AND step.deadline_at <= %s)", now)
        return {
            **super()._report_columns(),
            **{name: SQL.identifier("run", name) for name in ("id", *own)},
            "run_id": SQL("run.id"),
            "step_id": SQL("step.id"),
            "node_id": SQL("COALESCE(newest.id, step.node_id, reached.id)"),
            "node_key": SQL("step.node_key"),
            "user_id": SQL("step.user_id"),
            "opened_at": SQL("step.opened_at"),
            "deadline_at": SQL("step.deadline_at"),
            "is_overdue": SQL("COALESCE(%s, FALSE)", overdue),
            "colour": SQL(
                """
                CASE WHEN run.ended_at IS NULL AND (%s)
                     THEN 'red'
                     WHEN run.ended_at IS NULL
                     THEN 'yellow'
                     WHEN run.state = 'done' AND run.ended_at >= %s
                     THEN 'green'
                 END
                """,
                SQL(" OR ").join(self._red_conditions(overdue)),
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
            "hours": SQL("EXTRACT(EPOCH FROM run.ended_at - run.started_at) / 3600.0"),
        }

    @api.model
    def _red_conditions(self, overdue) -> list[SQL]:
        """What makes a run that is going on red; one is enough."""
        return [SQL("run.state = 'incident'"), overdue]

    @api.model
    def _report_joins(self):
        return [
            SQL(
                """
                scrm_flow_run run
                JOIN scrm_flow flow ON flow.id = run.flow_id
                LEFT JOIN LATERAL (
                     SELECT live.*
                       FROM scrm_flow_step live
                      WHERE live.run_id = run.id
                        AND live.ended_at IS NULL
                        AND run.ended_at IS NULL
                        AND %s
                      ORDER BY live.state = 'incident' DESC,
                               live.state = 'waiting',
                               live.deadline_at,
                               live.id
                      LIMIT 1
                     ) step ON TRUE
                LEFT JOIN scrm_flow_node newest
                  ON newest.version_id = flow.published_version_id
                 AND newest.key = step.node_key
                LEFT JOIN scrm_flow_node reached
                  ON reached.version_id = flow.published_version_id
                 AND reached.key = run.end_key
                """,
                self.env["scrm.flow"]._post_step_sql(SQL("live")),
            ),
            *super()._report_joins(),
        ]
