from odoo import api, fields, models
from odoo.tools import SQL

#: Records claimed and committed together.
CHUNK = 20


class ScrmFlowDueMixin(models.AbstractModel):
    """A record whose moment concerns many steps at once, such as a leave.

    When it comes, each of those steps gets a timer of its own that is due at once:
    one claim hands the work out, and the timers do it exactly once each, in as many
    processes as there are, with their own errors and retries.

    A model that inherits it has a partial index on ``scrm_due_at``.
    """

    _name = "scrm.flow.due.mixin"
    _description = "Moment for Many Steps"

    scrm_due_at = fields.Datetime(string="Next Look at Steps", copy=False)

    def _scrm_wake(self):
        """Have somebody awake at the moments of these records."""
        moments = [record.scrm_due_at for record in self if record.scrm_due_at]
        if moments:
            self.env["scrm.flow.timer"]._wake(moments)

    def _scrm_begin(self, now) -> list[dict]:
        """The moment has come; set the next one, if there is any.

        :param now: the moment at which it is noticed, naive UTC
        :return: values of the timers that the steps concerned get
        """
        raise NotImplementedError(self._name)

    @api.model
    def _scrm_begin_due(self) -> int:
        """Begin whatever is due; commits after each chunk.

        :return: how many moments were dealt with
        """
        now = self.env["scrm.clock"].now()

        def work(_total):
            records = self._scrm_claim(now)
            rows = [row for record in records for row in record._scrm_begin(now)]
            self.env["scrm.flow.timer"]._schedule(rows)
            records._scrm_wake()
            return len(records)

        return self.env["scrm.flow.work"]._in_chunks(work, CHUNK)

    @api.model
    def _scrm_claim(self, now):
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id
                  FROM %s
                 WHERE scrm_due_at <= %s
                 ORDER BY scrm_due_at, id
                 LIMIT %s
                   FOR NO KEY UPDATE SKIP LOCKED
                """,
                SQL.identifier(self._table),
                now,
                CHUNK,
            )
        )
        return self.browse(record_id for (record_id,) in rows)

    @api.model
    def _scrm_timer_rows(self, steps, kind, number=0) -> list[dict]:
        """A timer of this kind for each step that does not wait for one already."""
        waiting = self.env["scrm.flow.timer"].search(
            [
                ("step_id", "in", steps.ids),
                ("kind", "=", kind),
                ("number", "=", number),
                ("state", "=", "due"),
            ]
        )
        now = self.env["scrm.clock"].now()
        return [
            {
                "run_id": step.run_id.id,
                "step_id": step.id,
                "res_model": step.res_model,
                "res_id": step.res_id,
                "kind": kind,
                "number": number,
                "due_at": now,
            }
            for step in steps - waiting.step_id
        ]


class ScrmFlowTimer(models.Model):
    _inherit = "scrm.flow.timer"

    @api.model
    def _due_models(self) -> list[str]:
        """Models with moments that concern many steps."""
        return ["scrm.flow.roster", "resource.calendar.leaves"]

    @api.model
    def _fire_due(self):
        for name in self._due_models():
            self.env[name]._scrm_begin_due()
        return super()._fire_due()
