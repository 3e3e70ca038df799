from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

#: Opportunities whose owners are reminded before the work is committed.
CHUNK = 200


class CrmLead(models.Model):
    """Opportunities with which nothing happens remind their owners."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "crm.lead"

    scrm_reminded_at = fields.Datetime(string="Reminded on", readonly=True, copy=False)

    @api.model
    def _cron_remind_idle(self):
        while True:
            rows = self._scrm_idle(CHUNK)
            for lead, days in rows:
                lead._scrm_remind_idle(days)
            self.env["ir.cron"]._commit_progress(len(rows))
            if len(rows) < CHUNK:
                break

    @api.model
    def _scrm_idle(self, limit):
        """Those idle longer than the "days to rot" of their stage, not yet reminded of.

        What counts: a change of stage, something said or mailed, an activity done.
        An activity that is planned for later is reminder enough.

        :return: list of (opportunity, whole days without anything)
        """
        now = self.env["scrm.clock"].now()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH touched AS (
                    SELECT lead.id, stage.rotting_threshold_days AS days,
                           lead.scrm_reminded_at AS reminded_at,
                           GREATEST(lead.create_date, lead.date_last_stage_update, (
                               SELECT max(message.date)
                                 FROM mail_message message
                                WHERE message.model = 'crm.lead'
                                  AND message.res_id = lead.id
                                  AND (message.message_type IN
                                       ('comment', 'email', 'email_outgoing', 'sms')
                                       OR message.mail_activity_type_id IS NOT NULL)
                           )) AS at
                      FROM crm_lead lead
                      JOIN crm_stage stage ON stage.id = lead.stage_id
                     WHERE stage.rotting_threshold_days > 0
                       AND lead.type = 'opportunity'
                       AND lead.active
                       AND lead.won_status = 'pending'
                       AND lead.user_id IS NOT NULL
                       AND NOT EXISTS (
                           SELECT FROM mail_activity activity
                            WHERE activity.res_model = 'crm.lead'
                              AND activity.res_id = lead.id
                              AND activity.active
                              AND activity.date_deadline >= %(today)s
                           )
                )
                SELECT id, at
                  FROM touched
                 WHERE at <= %(now)s - days * interval '1 day'
                   AND (reminded_at IS NULL OR reminded_at < at)
                 ORDER BY at
                 LIMIT %(limit)s
                """,
                now=now,
                today=now.date(),
                limit=limit,
            )
        )
        return [(self.browse(lead), (now - at) // timedelta(days=1))
                for lead, at in rows]  # fmt: skip

    def _scrm_remind_idle(self, days):
        """Give the salesperson a to-do."""
        self.ensure_one()
        words = self.with_context(lang=self.user_id.lang).env
        now = self.env["scrm.clock"].now()
        summary = words._("Nothing has happened for a day")
        if days > 1:
            summary = words._("Nothing has happened for %(days)s days", days=days)
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=now.date(),
            user_id=self.user_id.id,
            summary=summary,
            note=words._("Call the customer, or say why this can wait."),
        )
        self.scrm_reminded_at = now
