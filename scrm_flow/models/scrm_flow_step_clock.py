import logging

from odoo import api, fields, models

from ..engine.inside import is_marked

_logger = logging.getLogger(__name__)


class ScrmFlowStep(models.Model):
    """The clock of a step: whose time it is, and whether its deadline stands still.

    Frozen, paused by hand or by a condition, in this order, give the reason in
    force. When that changes, the interval that ends goes into the ledger, and what
    was to happen by time moves on by as much as the pause took.
    """

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.step"

    pause_reason_id = fields.Many2one(
        "scrm.flow.pause.reason",
        string="Paused by Hand for",
        readonly=True,
        ondelete="restrict",
    )
    clock_reason_id = fields.Many2one(
        "scrm.flow.pause.reason",
        string="Paused for",
        readonly=True,
        ondelete="restrict",
        help="Why the clock stands still now.",
    )
    clock_since = fields.Datetime(
        readonly=True, help="Since when the clock is as it is, if it ever changed."
    )
    clock_stopped = fields.Boolean(readonly=True)
    held_deadline_at = fields.Datetime(
        string="Deadline before the Pause",
        readonly=True,
        help="Moves on by as much as the pause takes.",
    )
    counted_seconds = fields.Integer(
        readonly=True, help="Working time of a step whose node counts that."
    )
    clock_ids = fields.One2many("scrm.flow.clock.report", "step_id", readonly=True)

    _paused_idx = models.Index("(clock_reason_id) WHERE clock_reason_id IS NOT NULL")

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        steps.filtered(lambda step: step.state == "open")._sync_clocks()
        return steps

    def write(self, vals):
        ended_at = vals.get("ended_at")
        if vals.get("state", "open") != "open":
            for step in self.filtered("clock_since"):
                step._turn_clock(step.clock_reason_id.browse(), ended_at)
        ending = self.browse()
        if ended_at:
            ending = self.filtered(lambda step: not step.ended_at)
        result = super().write(vals)
        for step in ending:
            calendar, resource = step._working_hours()
            if calendar and not step.clock_since:
                step.counted_seconds = step._counted(
                    step.opened_at, ended_at, calendar, resource
                )
        if is_marked(self.env.context, "scrm_flow_times_kept"):
            return result  # see scrm_flow_step_migration.py
        if "pause_reason_id" in vals or vals.get("state") == "open":
            self.filtered(lambda step: step.state == "open")._sync_clocks()
        return result

    def _sync_clocks(self):
        """Let the clocks of open steps stand or go as they should by now.

        :return: the steps whose clock changed
        """
        changed = self.browse()
        for step in self:
            reason = step._reason_now()
            if reason != step.clock_reason_id:
                step._turn_clock(reason)
                changed += step
        return changed

    def _reason_now(self):
        """Why the clock of an open step should stand still, if it should."""
        reason = self.pause_reason_id
        if self.run_id.frozen_at:
            frozen = self.env.ref(
                "scrm_flow.pause_reason_frozen", raise_if_not_found=False
            )
            return frozen or reason
        if reason:
            return reason
        rule = self._compiled_node().data["clock"]
        if rule["condition"] is None:
            return reason
        try:
            holds = self._record().filtered_domain(rule["condition"])
        except (KeyError, ValueError, TypeError) as error:
            # publishing checked it; a field may be gone since: the clock goes on
            _logger.warning("step %s cannot be paused: %s", self.id, error)
            return reason
        return reason.browse(rule["reason"] if holds else ())

    def _turn_clock(self, reason, at=None):
        """Book the time so far, and let the clock stand or go from now on.

        :param reason: ``scrm.flow.pause.reason``, empty when it goes
        :param at: moment in naive UTC, now when left out
        """
        at = at or self.env["scrm.clock"].now()
        calendar, resource = self._working_hours()
        since = self.clock_since or self.opened_at
        if at > since:
            self.env["scrm.flow.clock"].create(
                {
                    "run_id": self.run_id.id,
                    "step_id": self.id,
                    "flow_id": self.flow_id.id,
                    "node_id": self.node_id.id,
                    "node_key": self.node_key,
                    "user_id": self.user_id.id,
                    "res_model": self.res_model,
                    "res_id": self.res_id,
                    "holder": self.clock_reason_id.holder
                    or self._compiled_node().data["clock"]["holder"],
                    "reason_id": self.clock_reason_id.id,
                    "stopped": self.clock_stopped,
                    "started_at": since,
                    "ended_at": at,
                    "seconds": self._counted(since, at),
                    "counted_seconds": self._counted(since, at, calendar, resource),
                }
            )
        if self.clock_stopped:
            self._restart_times(at)
        self.write(
            {
                "clock_reason_id": reason.id,
                "clock_since": at,
                "clock_stopped": reason.stops_deadline,
            }
        )
        if reason.stops_deadline:
            self._stop_times(at)

    def _counted(self, start, end, calendar=None, resource=None) -> int:
        times = self.env["scrm.working.time"]
        worked = times._between(start, end, calendar, resource)
        return int(worked.total_seconds())

    def _stop_times(self, at):
        """Nothing that lies ahead happens by time until the clock goes on."""
        kinds = self.env["scrm.flow.timer.kind"]._kinds()
        # sudo: timers are the engine's, whoever stops the clock
        timers = (
            self.env["scrm.flow.timer"]
            .sudo()
            .search(
                [
                    ("step_id", "=", self.id),
                    ("state", "=", "due"),
                    ("due_at", ">", at),
                    (
                        "kind",
                        "in",
                        [kind._kind_key() for kind in kinds if kind._pauses],
                    ),
                ]
            )
        )
        timers.write({"state": "paused"})
        if self.deadline_at and self.deadline_at > at:
            self.write({"held_deadline_at": self.deadline_at, "deadline_at": False})

    def _restart_times(self, at):
        """What lies ahead comes later by as much as counted in the pause."""
        times = self.env["scrm.working.time"]
        calendar, resource = self._working_hours()
        pause = times._between(self.clock_since, at, calendar, resource)
        # sudo: timers are the engine's, whoever lets the clock go on
        timers = (
            self.env["scrm.flow.timer"]
            .sudo()
            .search([("step_id", "=", self.id), ("state", "=", "paused")])
        )
        for timer in timers:
            due_at = times._postpone(timer.due_at, pause, calendar, resource)
            timer.write({"state": "due", "due_at": due_at})
        timers._wake(timers.mapped("due_at"))
        if self.held_deadline_at:
            later = times._postpone(self.held_deadline_at, pause, calendar, resource)
            self.write({"deadline_at": later, "held_deadline_at": False})


class ScrmFlowRun(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.run"

    clock_ids = fields.One2many("scrm.flow.clock.report", "run_id", readonly=True)

    def write(self, vals):
        result = super().write(vals)
        if "frozen_at" in vals:
            self.step_ids.filtered(lambda step: step.state == "open")._sync_clocks()
        return result
