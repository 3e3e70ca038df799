import logging
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .scrm_flow_work import INTERRUPTIONS

_logger = logging.getLogger(__name__)

#: Timers claimed, fired and committed together.
CHUNK = 100


class ScrmFlowTimer(models.Model):
    """Something that is to happen to a step at a moment, exactly once.

    ``due``: waits for its moment;
    ``paused``: the clock of its step stands still; it goes on later, by as much;
    ``fired``: happened;
    ``cancelled``: its step ended before;
    ``error``: what should have happened failed, see the reason; it can be retried.

    Any number of processes may fire timers at the same time: each claims rows that
    nobody else holds, together with their runs, so that whoever moves a run and
    whoever fires its timers never wait for each other crosswise.
    """

    _name = "scrm.flow.timer"
    _inherit = "scrm.flow.trace.mixin"
    _description = "Flow Timer"
    _order = "due_at, id"
    _rec_name = "kind"

    run_id = fields.Many2one(
        "scrm.flow.run", required=True, readonly=True, index=True, ondelete="cascade"
    )
    step_id = fields.Many2one(
        "scrm.flow.step", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(
        selection=lambda self: self.env["scrm.flow.timer.kind"]._selection(),
        required=True,
        readonly=True,
    )
    number = fields.Integer(
        readonly=True, help="Which one of its kind at this step, counted from 0."
    )
    due_at = fields.Datetime(required=True, readonly=True)
    state = fields.Selection(
        [
            ("due", "Waiting"),
            ("paused", "Paused"),
            ("fired", "Fired"),
            ("cancelled", "Cancelled"),
            ("error", "Failed"),
        ],
        required=True,
        default="due",
        readonly=True,
    )
    fired_at = fields.Datetime(readonly=True)
    error = fields.Text(string="What Went Wrong", readonly=True)

    _due_idx = models.Index("(due_at, id) WHERE state = 'due'")
    _step_idx = models.Index("(step_id)")
    _error_idx = models.Index("(id) WHERE state = 'error'")
    _once = models.UniqueIndex(
        "(step_id, kind, number) WHERE state = 'due'",
        "This timer of the step is already waiting.",
    )

    # Setting and cancelling --------------------------------------------------

    @api.model
    def _schedule(self, vals_list):
        """Let timers wait for their moments, and somebody wake up then."""
        if not vals_list:
            return self
        # sudo: timers are set by the engine, whoever moves the run
        timers = self.sudo().create(vals_list)
        self._wake(timers.mapped("due_at"))
        return timers

    @api.model
    def _wake(self, moments):
        """Have the first cron run at these moments of the product's clock."""
        cron = self.env.ref("scrm_flow.ir_cron_timer_1", raise_if_not_found=False)
        if not cron:
            return
        server = fields.Datetime.now()
        ahead = self.env["scrm.clock"].now() - server
        wanted = {self._full_minute(max(at - ahead, server)) for at in moments}
        # sudo: the addon's own cron, which has nothing to do with the user
        triggers = self.env["ir.cron.trigger"].sudo()
        present = triggers.search(
            [("cron_id", "=", cron.id), ("call_at", "in", list(wanted))]
        )
        wanted -= set(present.mapped("call_at"))
        if wanted:
            # sudo: as above
            cron.sudo()._trigger(sorted(wanted))

    @api.model
    def _full_minute(self, at):
        """The full minute at or after a moment: triggers are no finer than that."""
        rest = timedelta(seconds=at.second, microseconds=at.microsecond)
        return at + (timedelta(minutes=1) - rest) if rest else at

    @api.model
    def _cancel_of(self, steps):
        """Nothing more happens to these steps by time."""
        # sudo: whether there is anything to cancel, whoever moves the runs
        steps = steps.sudo().filtered("run_id.has_timers")
        if not steps:
            return
        self.flush_model(["step_id", "state"])
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE scrm_flow_timer
                   SET state = 'cancelled'
                 WHERE step_id = ANY(%s)
                   AND state IN ('due', 'paused', 'error')
                RETURNING id
                """,
                steps.ids,
            )
        )
        cancelled = self.browse(timer_id for (timer_id,) in rows)
        cancelled.invalidate_recordset(["state"], flush=False)

    def action_retry(self):
        """Let failed timers try again as soon as possible.

        :raise AccessError: the caller is no flow manager
        """
        if not self.env.user.has_group("scrm_flow.group_manager"):
            raise AccessError(
                self.env._("Only a flow manager may retry what got stuck.")
            )
        self.check_access("read")
        # sudo: a manager who may read the records; firing is the engine's work
        failed = self.sudo().filtered(lambda timer: timer.state == "error")
        failed.write({"state": "due", "error": False})
        if failed:
            self._wake([self.env["scrm.clock"].now()])
        return True

    # Firing ------------------------------------------------------------------

    @api.model
    def run_due(self) -> int:
        """Fire what is due by the test clock, at once.

        For the runner of scenarios: where the clock jumps no cron can keep up.

        :return: how many timers were fired or failed
        :raise AccessError: the caller is no administrator
        :raise UserError: this is no scenario database on a test server
        """
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(
                self.env._("Only an administrator may fire timers by hand.")
            )
        if not self.env["scrm.clock"]._can_be_set():
            raise UserError(
                self.env._(
                    "Timers can only be fired by hand in a database made by the "
                    "scenario runner, on a server started with SCRM_TEST_CLOCK=1."
                )
            )
        return self.with_user(SUPERUSER_ID)._fire_due()

    @api.model
    def _cron_fire(self):
        self._fire_due()

    @api.model
    def _fire_due(self) -> int:
        """Fire all timers that are due now; commits after each chunk."""
        now = self.env["scrm.clock"].now()

        def work(total):
            count = self._fire_chunk(now)
            if count == CHUNK and not total:
                self._call_for_help()
            return count

        return self.env["scrm.flow.work"]._in_chunks(work, CHUNK)

    @api.model
    def _call_for_help(self):
        """Wake all other crons of this kind: there is more than one can do."""
        model_id = self.env["ir.model"]._get_id(self._name)
        others = self.env["ir.cron"].search(
            [
                ("model_id", "=", model_id),
                ("id", "!=", self.env.context.get("cron_id", 0)),
            ]
        )
        for cron in others:
            cron._trigger()

    @api.model
    def _fire_chunk(self, now) -> int:
        timers = self._claim(now)
        if len(timers) > 1:
            try:
                with self.env.cr.savepoint():
                    timers._fire_together()
                return len(timers)
            except INTERRUPTIONS:
                raise  # not the timers' fault: the whole chunk is repeated
            except Exception as error:
                # the savepoint undid all of it: now each for itself, so that the one
                # that fails harms no other and keeps its own reason
                _logger.info("due timers are fired one by one: %s", error)
        for timer in timers:
            timer._fire_alone()
        return len(timers)

    def _fire_together(self):
        """Let happen what these timers are for, in as few queries as they allow.

        Different runs have nothing to do with each other. Timers of one run happen
        one after the other, in their order: each may end what the next is for.
        """
        per_run = self.grouped("run_id")
        single = self.browse(
            [timers.id for timers in per_run.values() if len(timers) == 1]
        )
        kinds = self.env["scrm.flow.timer.kind"]
        for kind, timers in single.grouped("kind").items():
            kinds._kind(kind)._fire_all(timers)
        for timer in self - single:
            timer._fire()

    def _fire_alone(self):
        try:
            with self.env.cr.savepoint():
                self._fire()
        except INTERRUPTIONS:
            raise  # not this timer's fault: the whole chunk is repeated
        except Exception as error:
            # the savepoint undid what was done; the timer keeps the reason
            if isinstance(error, UserError):
                reason = str(error)
            else:
                _logger.exception("timer %s failed", self.id)
                reason = f"{type(error).__name__}: {error}"
            self.write({"state": "error", "error": reason})

    @api.model
    def _claim(self, now):
        """Due timers that no other process holds, and that no one else may take."""
        self.flush_model()
        self.env["scrm.flow.run"].flush_model(["frozen_at"])
        # where another process was faster the caller tries again: no error to log
        self.env.cr.execute(self._claim_query(now), log_exceptions=False)
        return self.browse(timer_id for (timer_id,) in self.env.cr.fetchall())

    @api.model
    def _claim_query(self, now) -> SQL:
        """Their runs are claimed with them: a run that somebody moves right now is
        left for later, and its timers may be gone by then. Nothing happens to a
        frozen run; what came due meanwhile happens when it is released.
        """
        return SQL(
            """
            SELECT timer.id
              FROM scrm_flow_timer timer
              JOIN scrm_flow_run run ON run.id = timer.run_id
             WHERE timer.state = 'due'
               AND timer.due_at <= %s
               AND run.frozen_at IS NULL
             ORDER BY timer.due_at, timer.id
             LIMIT %s
               FOR NO KEY UPDATE SKIP LOCKED
            """,
            now,
            CHUNK,
        )

    def _fire(self):
        """Let happen what this timer is for.

        :raise UserError: it cannot happen, for this reason
        """
        self.ensure_one()
        if self.state != "due":  # an earlier one of this run ended the step
            return
        if not self._record():
            raise UserError(self._gone_message())
        # first: what happens now may end the step, which cancels what still waits
        self._mark_fired()
        self.env["scrm.flow.timer.kind"]._kind(self.kind)._fire(self)

    def _mark_fired(self):
        self.write({"state": "fired", "fired_at": self.env["scrm.clock"].now()})

    def _gone_message(self) -> str:
        return self.env._("The record of this step is gone.")


class ScrmFlowRun(models.Model):
    # what the timers of a run tell about it
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.run"

    timer_ids = fields.One2many("scrm.flow.timer", "run_id", readonly=True)
    has_timers = fields.Boolean(
        string="Waits for a Time",
        compute="_compute_has_timers",
        help="Something is still to happen by time, or should have happened.",
    )

    @api.depends("timer_ids.state")
    def _compute_has_timers(self):
        self.env["scrm.flow.timer"].flush_model(["run_id", "state"])
        found = dict(
            self.env.execute_query(
                SQL(
                    "SELECT id, %s FROM scrm_flow_run WHERE id = ANY(%s)",
                    self._has_timers_sql(),
                    self._origin.ids,
                )
            )
        )
        for run in self:
            run.has_timers = found.get(run._origin.id, False)

    @api.model
    def _has_timers_sql(self) -> SQL:
        """Whether a row of ``scrm_flow_run`` has timers that can be cancelled."""
        return SQL(
            """
            EXISTS (SELECT FROM scrm_flow_timer timer
                     WHERE timer.run_id = scrm_flow_run.id
                       AND timer.state IN ('due', 'paused', 'error'))
            """
        )
