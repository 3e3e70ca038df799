from datetime import datetime, time

import pytz

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

from ..engine import clock

_lt = LazyTranslate(__name__)


class ScrmFlowNodeTypeTimer(models.AbstractModel):
    """Waits for a time, or for a date of the record, then goes on by itself.

    The step has no handler; a flow manager may cut the wait short.
    """

    _name = "scrm.flow.node.type.timer"
    _inherit = "scrm.flow.node.type"
    _description = "Node Type Timer"

    _label = _lt("Timer")
    _kind_rank = 45
    _behaviour = "wait"
    _in_bar = True

    @api.model
    def _compile(self, node):
        return {"wait": {"hours": node.timer_hours, "field": node.timer_field or None}}

    @api.model
    def _check(self, node):
        problems = []
        if not node.timer_field and clock.length(node.timer_hours).total_seconds() <= 0:
            problems.append(self.env._("it is not said how long it waits"))
        ways = node._ways()
        if len(ways) > 1 or any(way._domain() is not None for way in ways):
            problems.append(
                self.env._("a timer is left by one transition without condition")
            )
        return problems

    @api.model
    def _until(self, step, node) -> datetime:
        """When the wait of a step ends, naive UTC.

        :raise UserError: the record's date is not set
        """
        wait = node.data["wait"]
        start = step.opened_at
        if wait["field"]:
            start = self._date(step, wait["field"])
        return step._shift(start, wait["hours"])

    @api.model
    def _date(self, step, name):
        record = step._record()
        value = record[name]
        if not value:
            label = record._fields[name].get_description(self.env, ["string"])["string"]
            raise UserError(self.env._("“%s” is not set on the record", label))
        if isinstance(value, datetime):
            return value
        # a day begins where the company works
        company = step._company()
        zone = company.resource_calendar_id.tz or company.partner_id.tz or "UTC"
        midnight = pytz.timezone(zone).localize(datetime.combine(value, time.min))
        return midnight.astimezone(pytz.utc).replace(tzinfo=None)
