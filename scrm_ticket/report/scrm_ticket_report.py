from odoo import api, fields, models
from odoo.tools import SQL

#: An evaluation that counts as satisfied, as Odoo's ratings say: 4 and 5 of 5.
SATISFIED = 4
#: The number of an ISO weekday and its name.
WEEKDAYS = [
    ("1", "Monday"),
    ("2", "Tuesday"),
    ("3", "Wednesday"),
    ("4", "Thursday"),
    ("5", "Friday"),
    ("6", "Saturday"),
    ("7", "Sunday"),
]


class ScrmTicketReport(models.Model):
    """Every ticket with when it came, from where, how long it took, how it was rated.

    Who may read a ticket may read its row. Weekday and hour are those of the reader's
    timezone. The times are those of the ticket's flow, where it has one.
    """

    _name = "scrm.ticket.report"
    _inherit = ["scrm.report.mixin", "scrm.ticket.row.mixin"]
    _description = "Ticket Analysis"
    _auto = False
    _rec_name = "ticket_id"
    _order = "opened_at desc, id desc"
    _depends = {
        "helpdesk.ticket": [
            "active",
            "channel_id",
            "closed_date",
            "company_id",
            "scrm_door",
            "scrm_run_id",
            "store_id",
            "team_id",
            "template_id",
            "user_id",
        ],
        "rating.rating": ["consumed", "rating", "res_id", "res_model"],
        "scrm.flow.run": ["ended_at", "flow_id", "started_at"],
        "scrm.store": ["region"],
    }

    ticket_id = fields.Many2one("helpdesk.ticket", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    template_id = fields.Many2one("scrm.ticket.template", readonly=True)
    flow_id = fields.Many2one("scrm.flow", readonly=True)
    team_id = fields.Many2one("helpdesk.ticket.team", string="Team", readonly=True)
    user_id = fields.Many2one("res.users", string="Assigned to", readonly=True)
    store_id = fields.Many2one("scrm.store", readonly=True)
    region = fields.Char(readonly=True)
    channel_id = fields.Many2one(
        "helpdesk.ticket.channel", string="Channel", readonly=True
    )
    scrm_door = fields.Selection(
        selection=lambda self: self.env["helpdesk.ticket"]
        ._fields["scrm_door"]
        ._description_selection(self.env),
        string="Entry",
        readonly=True,
    )
    opened_at = fields.Datetime(string="Opened", readonly=True)
    closed_at = fields.Datetime(string="Closed", readonly=True)
    weekday = fields.Selection(WEEKDAYS, readonly=True)
    hour = fields.Selection(
        [(f"{hour:02}", f"{hour:02}:00") for hour in range(24)], readonly=True
    )
    close_hours = fields.Float(
        string="Hours until Closed", readonly=True, aggregator="avg"
    )
    share = fields.Float(
        string="Share (%)",
        readonly=True,
        aggregator="sum",
        help="Of all tickets that are shown.",
    )
    rating = fields.Float(readonly=True, aggregator="avg")
    rating_count = fields.Integer(string="Evaluations", readonly=True)
    satisfied_count = fields.Integer(
        string="Satisfied", readonly=True, help="Evaluations of 4 and 5 of 5."
    )
    satisfaction = fields.Float(
        string="Satisfaction (%)",
        readonly=True,
        aggregator="avg",
        help="Satisfied evaluations among all that customers gave.",
    )

    @api.model
    def _report_columns(self) -> dict[str, SQL]:
        own = (
            *("id", "company_id", "template_id", "team_id", "user_id", "store_id"),
            *("channel_id", "scrm_door"),
        )
        opened = SQL("COALESCE(run.started_at, ticket.create_date)")
        closed = SQL(
            "CASE WHEN run.id IS NULL THEN ticket.closed_date ELSE run.ended_at END"
        )
        local = SQL(
            "timezone(%s, timezone('UTC', %s))", self.env.user.tz or "UTC", opened
        )
        return {
            **{name: SQL.identifier("ticket", name) for name in own},
            "ticket_id": SQL("ticket.id"),
            "flow_id": SQL("run.flow_id"),
            "region": SQL("store.region"),
            "opened_at": opened,
            "closed_at": closed,
            "weekday": SQL("to_char(%s, 'ID')", local),
            "hour": SQL("to_char(%s, 'HH24')", local),
            "close_hours": SQL(
                "EXTRACT(EPOCH FROM (%s) - %s)::float / 3600", closed, opened
            ),
            "share": SQL("NULL::float"),
            "rating": SQL("rated.rating"),
            "rating_count": SQL("COALESCE(rated.number, 0)"),
            "satisfied_count": SQL("COALESCE(rated.satisfied, 0)"),
            "satisfaction": SQL("rated.satisfied * 100.0 / rated.number"),
        }

    @api.model
    def _report_joins(self) -> list[SQL]:
        return [
            SQL(
                """
                helpdesk_ticket ticket
                LEFT JOIN scrm_flow_run run ON run.id = ticket.scrm_run_id
                LEFT JOIN scrm_store store ON store.id = ticket.store_id
                LEFT JOIN (
                     SELECT res_id, AVG(rating) AS rating, COUNT(*) AS number,
                            COUNT(*) FILTER (WHERE rating >= %s) AS satisfied
                       FROM rating_rating
                      WHERE res_model = 'helpdesk.ticket' AND consumed AND rating > 0
                      GROUP BY res_id
                     ) rated ON rated.res_id = ticket.id
                """,
                SATISFIED,
            )
        ]

    @api.model
    def _report_where(self) -> SQL:
        return SQL("ticket.active")

    # Percentages of what is shown, not averages of those of single tickets

    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec == "share:sum":
            count = SQL("COUNT(*)")
            return SQL("%s * 100.0 / NULLIF(SUM(%s) OVER (), 0)", count, count)
        if aggregate_spec == "satisfaction:avg":
            satisfied, given = (
                self._field_to_sql(self._table, name, query)
                for name in ("satisfied_count", "rating_count")
            )
            return SQL("SUM(%s) * 100.0 / NULLIF(SUM(%s), 0)", satisfied, given)
        return super()._read_group_select(aggregate_spec, query)

    @api.model
    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        """One query for each set where a share is asked: each set is its own whole."""
        if "share:sum" not in aggregates or len(grouping_sets) == 1:
            return super()._read_grouping_sets(
                domain, grouping_sets, aggregates, order=order
            )
        return [
            self._read_group(domain, groupby, aggregates) for groupby in grouping_sets
        ]
