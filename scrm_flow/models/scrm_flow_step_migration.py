from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError

from .scrm_flow_step import LIVE


class ScrmFlowStep(models.Model):
    """The times of a step that goes on in another version of its flow.

    What is left of a wait is left afterwards; what the new version counts otherwise
    is counted so from the opening of the step. What has happened does not happen
    once more, what is new is planned.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.step"

    def _live(self):
        """Those at which a token stands."""
        return self.filtered(lambda step: step.state in LIVE)

    def _splits_around(self):
        """The steps of the splits that this one is inside of, outermost first."""
        self.ensure_one()
        splits = self.browse()
        split = self.split_id
        while split:
            splits = split + splits
            split = split.split_id
        return splits

    def _open(self):
        """Those at which somebody or something is waited for."""
        return self.filtered(lambda step: step.state == "open")

    def _planned_times(self) -> dict:
        """When everything of a step is to happen, as its node says.

        :return: {"deadline_at": moment or None, key of the kind: {number: moment}}
        """
        self.ensure_one()
        node = self._compiled_node()
        times = {"deadline_at": self._planned_deadline(node)}
        for kind in self.env["scrm.flow.timer.kind"]._kinds():
            times[kind._kind_key()] = self._planned(kind, node)
        return times

    def _release_clocks(self):
        """Let clocks go, so that it is known what is left of each wait."""
        for step in self._open():
            if step.clock_reason_id:
                step._turn_clock(step.clock_reason_id.browse())

    def _put_off(self, since):
        """Put what lies ahead off by the pauses since a moment in naive UTC."""
        self.ensure_one()
        pauses = self.env["scrm.flow.clock"].search(
            [
                ("step_id", "=", self.id),
                ("stopped", "=", True),
                ("started_at", ">=", since),
            ]
        )
        if not pauses:
            return
        pause = timedelta(seconds=sum(pauses.mapped("counted_seconds")))
        times = self.env["scrm.working.time"]
        hours = self._working_hours()
        kinds = self.env["scrm.flow.timer.kind"]._kinds()
        # sudo: timers are the engine's, whoever moves the run
        timers = self.env["scrm.flow.timer"].sudo()
        for timer in timers.search(
            [
                ("step_id", "=", self.id),
                ("state", "=", "due"),
                ("due_at", ">", since),
                ("kind", "in", [kind._kind_key() for kind in kinds if kind._pauses]),
            ]
        ):
            timer.due_at = times._postpone(timer.due_at, pause, *hours)
        if self.deadline_at and self.deadline_at > since:
            self.deadline_at = times._postpone(self.deadline_at, pause, *hours)

    def _planned(self, kind, node) -> dict:
        if self.state != "open":
            return {}
        try:
            return dict(kind._plan(self, node))
        except UserError:  # a date of the record is gone since the step opened
            return {}

    def _replan_times(self, before, old_node):
        """Plan anew what the node of the new version says of time.

        :param before: :meth:`_planned_times` as they were in the old version
        :param old_node: the compiled node of the old version
        :raise UserError: a time of the new node cannot be told
        """
        self.ensure_one()
        node = self._compiled_node()
        # sudo: timers are the engine's, whoever moves the run
        timers = self.env["scrm.flow.timer"].sudo()
        present = timers.search(
            [("step_id", "=", self.id), ("state", "in", ("due", "error", "fired"))]
        )
        if self.state != "open":  # nobody could be found for it
            timers._cancel_of(self)
            return
        self._replan_deadline(before["deadline_at"], node)
        rows = []
        for kind in self.env["scrm.flow.timer.kind"]._kinds():
            key = kind._kind_key()
            mine = present.filtered(lambda timer, key=key: timer.kind == key)
            rows += self._replan_kind(kind, mine, before, old_node, node)
        timers.flush_model()  # what is cancelled makes room for what is planned
        timers._schedule(rows)

    def _replan_deadline(self, planned, node):
        deadline = self._planned_deadline(node)
        if deadline and planned and self.deadline_at:
            deadline += self.deadline_at - planned  # what it was put off stays
        self.deadline_at = deadline or False

    def _replan_kind(self, kind, present, before, old_node, node) -> list[dict]:
        """Sort the timers of one kind out; values of those to schedule."""
        now = self.env["scrm.clock"].now()
        key = kind._kind_key()
        old_numbers = kind._counterparts(old_node, node)
        by_number = {timer.number: timer for timer in present if timer.number >= 0}
        rows = []
        kept = nothing = present.browse()
        for number, at in dict(kind._plan(self, node)).items():
            old = number if old_numbers is None else old_numbers.get(number)
            timer = by_number.get(old, nothing)
            planned = before[key].get(old)
            if timer and planned and timer.state != "fired":
                at += timer.due_at - planned
            if timer.state == "fired":
                kept += timer
                timer.number = number
                if not kind._happens_again or at <= now or at == planned:
                    continue
            elif timer and timer.number == number and timer.due_at == at:
                kept += timer
                continue
            elif not timer and at <= now and not kind._happens_late:
                continue
            rows.append(
                {
                    "run_id": self.run_id.id,
                    "step_id": self.id,
                    "res_model": self.res_model,
                    "res_id": self.res_id,
                    "kind": key,
                    "number": number,
                    "due_at": at,
                }
            )
        gone = present - kept
        gone.filtered(lambda timer: timer.state == "fired").number = -1
        gone.filtered(lambda timer: timer.state != "fired").state = "cancelled"
        return rows
