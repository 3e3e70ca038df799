from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

from ..engine import migration

_lt = LazyTranslate(__name__)


class ScrmFlowTimerKind(models.AbstractModel):
    """What happens to a step by time. Addons add ``scrm.flow.timer.kind.<key>``."""

    _name = "scrm.flow.timer.kind"
    _inherit = "scrm.flow.kind"
    _description = "Timer Kind"

    #: Does it still happen when its moment had passed before it was planned?
    _happens_late = True
    #: Does it happen once more when its moment is put off after it happened?
    _happens_again = True

    @api.model
    def _counterparts(self, old_node, node) -> dict[int, int] | None:
        """Which number of this kind at a node was which at its earlier version.

        :return: number at ``node`` -> number at ``old_node``; None: the same
        """
        return None

    #: Whether it waits while the clock of its step stands still.
    _pauses = True

    @api.model
    def _plan(self, step, node) -> list:
        """When it is to happen to a step that has just opened.

        :param step: ``scrm.flow.step``
        :param node: its compiled node
        :return: [(number of the timer among its kind, moment in naive UTC)]
        :raise UserError: that cannot be told; the step is stuck with this reason
        """
        return []

    @api.model
    def _fire(self, timer) -> None:
        """Let it happen.

        :param timer: ``scrm.flow.timer`` with the engine's rights; its run is locked
        :raise UserError: it cannot happen; the timer keeps the reason
        """
        raise NotImplementedError

    @api.model
    def _fire_all(self, timers) -> None:
        """Let it happen to timers of different runs.

        For kinds that can do it for many at less cost than for each.

        :param timers: due ``scrm.flow.timer`` of this kind, one a run
        :raise UserError: as for :meth:`_fire`; then each is fired for itself
        """
        for timer in timers:
            timer._fire()


class ScrmFlowTimerKindDeadline(models.AbstractModel):
    """The deadline of a step has passed."""

    _name = "scrm.flow.timer.kind.deadline"
    _inherit = "scrm.flow.timer.kind"
    _description = "Timer Kind Deadline"

    _label = _lt("Deadline")
    _kind_rank = 10

    @api.model
    def _plan(self, step, node):
        return [(0, step.deadline_at)] if node.data["deadline"] else []

    @api.model
    def _fire(self, timer):
        timer.step_id._note("deadline")
        timer._record()._scrm_step_overdue(timer.step_id)


class ScrmFlowTimerKindReminder(models.AbstractModel):
    """The handlers of a step are told when it is due."""

    _name = "scrm.flow.timer.kind.reminder"
    _inherit = "scrm.flow.timer.kind"
    _description = "Timer Kind Reminder"

    _label = _lt("Reminder")
    _kind_rank = 20
    _happens_late = False

    @api.model
    def _counterparts(self, old_node, node):
        return migration.counterparts(
            old_node.data["reminders"], node.data["reminders"], float
        )

    @api.model
    def _plan(self, step, node):
        if not node.data["deadline"]:
            return []
        moments = [
            (number, step._shift(step.deadline_at, hours))
            for number, hours in enumerate(node.data["reminders"])
        ]
        # nobody is reminded of what was not there yet
        return [(number, at) for number, at in moments if at >= step.opened_at]

    @api.model
    def _fire(self, timer):
        step = timer.step_id
        people = step._handlers()
        step._tell(people)
        step._note("reminder", {"reason": ", ".join(people.mapped("name"))})


class ScrmFlowTimerKindRung(models.AbstractModel):
    """A rung of the escalation ladder is reached."""

    _name = "scrm.flow.timer.kind.rung"
    _inherit = "scrm.flow.timer.kind"
    _description = "Timer Kind Escalation"

    _label = _lt("Escalation")
    _kind_rank = 30
    _happens_again = False

    @api.model
    def _counterparts(self, old_node, node):
        return migration.counterparts(
            old_node.data["rungs"],
            node.data["rungs"],
            lambda rung: rung,
            lambda rung: (rung["anchor"], rung["hours"], rung["action"]),
        )

    @api.model
    def _plan(self, step, node):
        starts = {"opening": step.opened_at, "deadline": step.deadline_at}
        return [
            (number, step._shift(starts[rung["anchor"]], rung["hours"]))
            for number, rung in enumerate(node.data["rungs"])
        ]

    @api.model
    def _fire(self, timer):
        step = timer.step_id
        rung = step._compiled_node().data["rungs"][timer.number]
        action = self.env["scrm.flow.escalation"]._kind(rung["action"])
        action._run(timer._record(), step, rung)


class ScrmFlowTimerKindNode(models.AbstractModel):
    """The wait of a timer node is over."""

    _name = "scrm.flow.timer.kind.node"
    _inherit = "scrm.flow.timer.kind"
    _description = "Timer Kind Wait"

    _label = _lt("Wait")
    _kind_rank = 40
    _pauses = False

    @api.model
    def _plan(self, step, node):
        if node.type != "timer":
            return []
        node_type = self.env["scrm.flow.node.type"]._kind(node.type)
        return [(0, node_type._until(step, node))]

    @api.model
    def _fire(self, timer):
        step = timer.step_id
        graph = step.run_id.version_id._frozen_graph()
        (edge,) = graph.outgoing(step.node_key)
        self.env["scrm.flow.engine"]._complete(timer._record(), step, edge.key)

    @api.model
    def _fire_all(self, timers):
        timers._mark_fired()
        leaving = []
        for model_name, group in timers.grouped("res_model").items():
            records = self.env[model_name].browse(group.mapped("res_id"))
            if records.exists() != records:
                raise UserError(timers._gone_message())
            for timer, record in zip(group, records, strict=True):
                step = timer.step_id
                graph = step.run_id.version_id._frozen_graph()
                (edge,) = graph.outgoing(step.node_key)
                leaving.append((record, step, edge.key))
        self.env["scrm.flow.engine"]._complete_all(leaving)
