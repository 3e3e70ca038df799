"""People who stand by: a Monday, and the crons at any moment."""

from datetime import datetime, timedelta

from odoo.tests import freeze_time

from .common import FlowCase
from .cron_common import CronFixture

MONDAY = datetime(2026, 3, 2, 8)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class StandbyCase(CronFixture, FlowCase):
    def use(self, flow=None, **values):
        """Publish the flow with other values on the visit."""
        flow = flow or self.flow
        draft = flow.published_version_id._copy_as_draft()
        draft.node_ids.filtered(lambda node: node.key == "visit").write(values)
        draft.action_publish()

    def visit(self, at=MONDAY, **values):
        """A step of the visit that opens at a moment."""
        with freeze_time(at):
            order = self.start(area=40, **values)
            order.with_user(self.ann).scrm_step_complete("accept")
        return order.scrm_step_ids.filtered(lambda step: step.node_key == "visit")

    def fire(self, at):
        """Let the crons run at a moment; how many timers they took."""
        count = self.run_at(
            at,
            ("scrm.flow.timer", "_fire_due"),
        )
        failed = self.env["scrm.flow.timer"].search([("state", "=", "error")])
        self.assertFalse(failed.mapped("error"))
        return count

    def order_of(self, step):
        return self.Order.browse(step.res_id)

    def last(self, step, event):
        """The last line of the log about this kind of event."""
        lines = step.run_id.log_ids.sorted("sequence")
        return lines.filtered(lambda line: line.event == event)[-1:]
