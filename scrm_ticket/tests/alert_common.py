from datetime import datetime, timedelta

from odoo import Command
from odoo.tests import freeze_time

from odoo.addons.scrm_flow.tests.cron_common import CronFixture

from .common import TicketCase

MONDAY = datetime(2026, 3, 2, 8)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


class AlertCase(CronFixture, TicketCase):
    """Small flows with a template, rules, and the crons."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.inbox = cls.env.ref("scrm_flow.notice_channel_inbox")
        cls.model = cls.env["ir.model"]._get("helpdesk.ticket")

    def field(self, name):
        return self.env["ir.model.fields"]._get("helpdesk.ticket", name).id

    def rule(self, **values):
        return self.env["scrm.notice.rule"].create(
            {
                "name": "Rule",
                "model_id": self.model.id,
                "event": "reached",
                "skip_actor": False,
                "channel_ids": [Command.set(self.inbox.ids)],
                **values,
            }
        )

    @classmethod
    def make_course(cls, key, nodes, ways):
        """Publish a flow and a template with its key.

        :param nodes: key -> values
        :param ways: (source, target, values)
        """
        flow = cls.env["scrm.flow"].create(
            {"key": key, "name": key, "model_id": cls.model.id}
        )
        version = cls.env["scrm.flow.version"].create({"flow_id": flow.id})
        made = {
            name: cls.env["scrm.flow.node"].create(
                {"version_id": version.id, "key": name, "name": name, "rank": n, **vals}
            )
            for n, (name, vals) in enumerate(nodes.items())
        }
        for number, (source, target, vals) in enumerate(ways):
            cls.env["scrm.flow.transition"].create(
                {
                    "version_id": version.id,
                    "key": f"way{number}",
                    "source_id": made[source].id,
                    "target_id": made[target].id,
                    **vals,
                }
            )
        version.action_publish()
        return cls.env["scrm.ticket.template"].create(
            {"key": key, "name": key, "flow_id": flow.id}
        )

    def by(self, *people, **values):
        ids = [person.id for person in people]
        return {
            "handler_rule": "people",
            "handler_user_ids": [Command.set(ids)],
            **values,
        }

    def ticket(self, template, at=MONDAY, **values):
        with freeze_time(at):
            return self.env["helpdesk.ticket"].create(
                {
                    "name": template.key,
                    "template_id": template.id,
                    "partner_id": self.customer.id,
                    **values,
                }
            )

    def run_crons(self, at):
        self.run_at(
            at,
            ("scrm.flow.timer", "_fire_due"),
            ("scrm.notice.delivery", "_run_all"),
        )

    def sent(self, *tickets):
        """[(recipient, subject)] of what went out, in order."""
        ids = [ticket.id for ticket in tickets]
        domain = [("res_model", "=", self.model.model), ("state", "=", "sent")]
        domain += [("res_id", "in", ids)] if ids else [("rule_id", "!=", False)]
        found = self.env["scrm.notice.delivery"].search(domain, order="id")
        return [(one.partner_id.name, one.subject) for one in found]
