"""Steps that change hands at a moment that concerns many of them at once.

Nothing is planned when a step opens: the leave, or the roster, sets a timer for
each step that is open when its moment has come.
"""

from odoo import api, fields, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowTimerKindLeave(models.AbstractModel):
    """A leave of the handler begins; the timer's number is the leave's id."""

    _name = "scrm.flow.timer.kind.leave"
    _inherit = "scrm.flow.timer.kind"
    _description = "Timer Kind Leave"

    _label = _lt("Leave of the handler")
    _kind_rank = 50

    @api.model
    def _fire(self, timer):
        step = timer.step_id
        leave = self.env["resource.calendar.leaves"].browse(timer.number).exists()
        user = leave.resource_id.user_id
        now = self.env["scrm.clock"].now()
        if not leave or not leave._scrm_is_on(now) or not step._is_held_by(user):
            return  # cancelled, over, or the step has changed hands
        cause = {
            "why": "leave",
            "users": [user.name],
            "from": fields.Datetime.to_string(leave.date_from),
            "to": fields.Datetime.to_string(leave.date_to),
        }
        self.env["scrm.flow.engine"]._reassign(step, cause, {user.id: "on_leave"})


class ScrmFlowTimerKindRoster(models.AbstractModel):
    """The shift of the handler is over."""

    _name = "scrm.flow.timer.kind.roster"
    _inherit = "scrm.flow.timer.kind"
    _description = "Timer Kind Change of Shift"

    _label = _lt("Change of shift")
    _kind_rank = 60

    @api.model
    def _fire(self, timer):
        step = timer.step_id
        roster = step.roster_id
        on_duty = roster.on_duty().get(roster.id)
        handlers = step._handlers()
        if not on_duty or handlers & on_duty:
            return  # nobody to pass it on to, or it has changed hands
        cause = {
            "why": "shift",
            "users": handlers.mapped("name"),
            "roster": roster.name,
        }
        self.env["scrm.flow.engine"]._reassign(step, cause)
