from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

#: Days over which the response time of complaints is measured.
DAYS = 30
#: Groups whose members see every store.
HEAD_OFFICE = ("scrm_ticket.group_analyst", "scrm_ticket.group_manager")


class ScrmStoreBoard(models.Model):
    """Every store with what goes on in it now, and how soon it answers complaints.

    Head office sees all stores, others those they manage or work in; of a store the
    tickets count that the reader may read. One statement for all stores.

    A complaint is a ticket of a template that says so. It is answered when somebody
    of ours first writes to the customer or first completes a step of its flow,
    whichever comes first.
    """

    _name = "scrm.store.board"
    _inherit = "scrm.report.mixin"
    _description = "Board of Stores"
    _auto = False
    _rec_name = "store_id"
    _order = "waiting_hours desc nulls last, overdue_count desc, open_count desc, id"
    _depends = {
        "helpdesk.ticket": [
            "active",
            "closed_date",
            "scrm_run_id",
            "store_id",
            "template_id",
        ],
        "mail.message": [
            "author_id",
            "date",
            "is_internal",
            "message_type",
            "model",
            "res_id",
            "subtype_id",
        ],
        "scrm.flow.run": ["ended_at", "started_at", "state"],
        "scrm.flow.step": ["deadline_at", "done_by_id", "ended_at", "run_id", "state"],
        "scrm.store": ["active", "company_id", "manager_id", "region", "user_ids"],
        "scrm.ticket.template": ["is_complaint"],
    }

    store_id = fields.Many2one("scrm.store", readonly=True)
    region = fields.Char(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    manager_id = fields.Many2one("res.users", readonly=True)
    open_count = fields.Integer(string="In Progress", readonly=True)
    overdue_count = fields.Integer(
        string="Overdue or Stuck",
        readonly=True,
        help="A deadline has passed, or the flow has stopped.",
    )
    today_count = fields.Integer(string="Done Today", readonly=True)
    complaint_count = fields.Integer(string="Open Complaints", readonly=True)
    waiting_count = fields.Integer(
        string="Complaints without an Answer", readonly=True, help="Open ones."
    )
    waiting_hours = fields.Float(
        string="Longest Wait",
        readonly=True,
        aggregator="max",
        help="How long the oldest open complaint has been waiting for an answer.",
    )
    answered_count = fields.Integer(
        string="Answered Complaints", readonly=True, help="Of the last 30 days."
    )
    answer_hours = fields.Float(
        string="Complaints Answered After",
        readonly=True,
        aggregator="avg",
        help="On average, over the complaints of the last 30 days.",
    )
    colour = fields.Selection(
        [
            ("red", "Something Is Late"),
            ("yellow", "At Work"),
            ("green", "Nothing Open"),
        ],
        readonly=True,
    )

    @api.model
    def _report_columns(self):
        numbers = (
            *("open_count", "overdue_count", "today_count", "complaint_count"),
            *("waiting_count", "answered_count"),
        )
        return {
            "id": SQL("store.id"),
            "store_id": SQL("store.id"),
            "region": SQL("store.region"),
            "company_id": SQL("store.company_id"),
            "manager_id": SQL("store.manager_id"),
            **{
                name: SQL("COALESCE(%s, 0)", SQL.identifier("told", name))
                for name in numbers
            },
            "waiting_hours": SQL("told.waiting_hours"),
            "answer_hours": SQL("told.answer_hours"),
            "colour": SQL(
                """
                CASE WHEN told.overdue_count > 0 THEN 'red'
                     WHEN told.open_count > 0 THEN 'yellow'
                     ELSE 'green'
                END
                """
            ),
        }

    @api.model
    def _report_joins(self):
        return [
            SQL("scrm_store store"),
            SQL(
                """
                LEFT JOIN (
                     SELECT store_id,
                            COUNT(*) FILTER (WHERE is_open) AS open_count,
                            COUNT(*) FILTER (WHERE is_open AND is_late)
                                AS overdue_count,
                            COUNT(*) FILTER (WHERE is_done AND ended_at >= %(today)s)
                                AS today_count,
                            COUNT(*) FILTER (WHERE is_open AND is_complaint)
                                AS complaint_count,
                            COUNT(*) FILTER (WHERE is_unanswered) AS waiting_count,
                            EXTRACT(EPOCH FROM %(now)s -
                                MIN(opened_at) FILTER (WHERE is_unanswered)
                            )::float / 3600 AS waiting_hours,
                            COUNT(hours) AS answered_count,
                            AVG(hours) AS answer_hours
                       FROM (%(tickets)s) one
                      GROUP BY store_id
                     ) told ON told.store_id = store.id
                """,
                today=self.env["scrm.flow.report.mixin"]._day_bounds()[0],
                now=self.env["scrm.clock"].now(),
                tickets=self._tickets(),
            ),
        ]

    @api.model
    def _tickets(self):
        """The reader's tickets that are open or of the last days, each with its
        figures."""
        now = self.env["scrm.clock"].now()
        since = now - timedelta(days=DAYS)
        return SQL(
            """
            SELECT ticket.store_id, ticket.opened_at, ticket.ended_at, ticket.is_open,
                   ticket.is_done, ticket.is_complaint,
                   ticket.state = 'incident' OR COALESCE(step.is_late, FALSE)
                       AS is_late,
                   ticket.is_open AND ticket.is_complaint AND answer.at IS NULL
                       AS is_unanswered,
                   CASE WHEN ticket.opened_at >= %(since)s
                        THEN EXTRACT(EPOCH FROM answer.at - ticket.opened_at)::float
                             / 3600
                   END AS hours
              FROM (
                SELECT ticket.id, ticket.store_id, ticket.partner_id,
                       run.id AS run_id, run.state,
                       COALESCE(template.is_complaint, FALSE) AS is_complaint,
                       COALESCE(run.started_at, ticket.create_date) AS opened_at,
                       CASE WHEN run.id IS NULL THEN ticket.closed_date
                            ELSE run.ended_at
                       END AS ended_at,
                       CASE WHEN run.id IS NULL THEN ticket.closed_date IS NULL
                            ELSE run.ended_at IS NULL
                       END AS is_open,
                       COALESCE(run.state, 'done') = 'done' AS is_done
                  FROM helpdesk_ticket ticket
                  LEFT JOIN scrm_flow_run run ON run.id = ticket.scrm_run_id
                  LEFT JOIN scrm_ticket_template template
                    ON template.id = ticket.template_id
                 WHERE ticket.store_id IS NOT NULL
                   AND ticket.active
                   AND ticket.id IN %(readable)s
                   ) ticket
              LEFT JOIN LATERAL (
                SELECT BOOL_OR(step.deadline_at <= %(now)s) AS is_late
                  FROM scrm_flow_step step
                 WHERE ticket.is_open
                   AND step.run_id = ticket.run_id
                   AND step.state = 'open'
                   ) step ON TRUE
              LEFT JOIN LATERAL (
                SELECT LEAST(
                       (SELECT MIN(done.ended_at)
                          FROM scrm_flow_step done
                          JOIN res_users who ON who.id = done.done_by_id
                         WHERE done.run_id = ticket.run_id
                           AND done.state = 'done'
                           AND who.share IS NOT TRUE),
                       (SELECT MIN(said.date)
                          FROM mail_message said
                          JOIN mail_message_subtype kind
                            ON kind.id = said.subtype_id AND kind.internal IS NOT TRUE
                          JOIN res_users who
                            ON who.partner_id = said.author_id AND who.share IS NOT TRUE
                         WHERE said.model = 'helpdesk.ticket'
                           AND said.res_id = ticket.id
                           AND said.message_type IN ('comment', 'email_outgoing')
                           AND said.is_internal IS NOT TRUE)
                       ) AS at
                 WHERE ticket.is_complaint
                   ) answer ON TRUE
             WHERE ticket.is_open OR ticket.ended_at >= %(since)s
            """,
            now=now,
            since=since,
            readable=self.env["helpdesk.ticket"]._search([]).subselect(),
        )

    @api.model
    def _report_where(self):
        where = SQL(
            "store.active AND store.company_id = ANY(%s)", self.env.companies.ids
        )
        if self._sees_all():
            return where
        return SQL(
            """
            %s AND (store.manager_id = %s OR EXISTS (
                SELECT FROM res_users_scrm_store_rel staff
                 WHERE staff.scrm_store_id = store.id AND staff.res_users_id = %s))
            """,
            where,
            self.env.uid,
            self.env.uid,
        )

    @api.model
    def _sees_all(self):
        user = self.env.user
        return self.env.su or any(user.has_group(group) for group in HEAD_OFFICE)

    def _read_group_select(self, aggregate_spec, query):
        """An average over complaints, not over the averages of stores."""
        if aggregate_spec == "answer_hours:avg":
            hours, count = (
                self._field_to_sql(self._table, name, query)
                for name in ("answer_hours", "answered_count")
            )
            return SQL("SUM(%s * %s) / NULLIF(SUM(%s), 0)", hours, count, count)
        return super()._read_group_select(aggregate_spec, query)

    def action_open_tickets(self):
        """Open what is going on in the store."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "scrm_ticket.helpdesk_ticket_action"
        )
        action["display_name"] = self.store_id.name
        action["domain"] = [("store_id", "=", self.store_id.id)]
        action["context"] = {"search_default_open": 1}
        return action
