"""What the tests of version changes share: a flow and a changed draft of it.

Version 1::

    start -> triage (Ann, 8 h) -> visit (Bob, Cid in turn) -> end

Version 2 renames triage to ``look`` (Ann and Eve, 24 h), which a plan must say.
"""

from datetime import datetime

from odoo.addons.scrm_flow.models.scrm_clock import ScrmClock

from .common import FlowCase

NINE = datetime(2026, 3, 2, 9)


class MigrationCase(FlowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.make_first()
        cls.migrating = cls.first.flow_id

    @classmethod
    def make_first(cls, key="migrating"):
        version = cls.make_draft(
            [
                {"key": "start", "type": "start"},
                {
                    "key": "triage",
                    "type": "user_task",
                    "handler_rule": "people",
                    "handler_user_ids": [(6, 0, cls.ann.ids)],
                    "deadline_hours": 8,
                    "reminder_hours": "-2",
                    "rung_ids": [
                        (
                            0,
                            0,
                            {
                                "hours": 1,
                                "anchor": "opening",
                                "action": "notify",
                                "user_ids": [(6, 0, cls.eve.ids)],
                            },
                        )
                    ],
                },
                {
                    "key": "visit",
                    "type": "user_task",
                    "handler_rule": "role",
                    "handler_group_id": cls.role.id,
                },
                {"key": "end", "type": "end"},
            ],
            [
                ("begin", "start", "triage", {}),
                ("go", "triage", "visit", {}),
                ("visited", "visit", "end", {}),
            ],
            key=key,
        )
        version.action_publish()
        return version

    def at(self, moment):
        """Let the product's clock show this time."""
        self.patch(ScrmClock, "now", lambda _clock, at=moment: at)

    def renamed_draft(self):
        draft = self.first.with_user(self.designer)._copy_as_draft()
        node = self.node(draft, "triage")
        node.write({"key": "look", "name": "First look"})
        return draft

    def node(self, version, key):
        return version.node_ids.filtered(lambda node: node.key == key)

    def begin(self, count=1, flow=None):
        orders = self.Order.create([{"name": f"Order {n}"} for n in range(count)])
        orders.scrm_flow_start(flow or self.migrating)
        return orders

    def plan(self, version, mapping=None, **values):
        """A migration with its lines set: node key -> node key, or with ``how``."""
        plan = (
            self.env["scrm.flow.migration"]
            .with_user(self.designer)
            .create({"version_id": version.id, **values})
        )
        for key, target in (mapping or {}).items():
            how = None
            if isinstance(target, tuple):
                target, how = target
            line = plan.line_ids.filtered(lambda row, key=key: row.node_id.key == key)
            line.target_id = self.node(version, target) if target else False
            if how:
                line.how = how
        plan.action_preview()
        return plan

    def timers(self, step):
        rows = self.env["scrm.flow.timer"].search(
            [("step_id", "=", step.id), ("state", "!=", "cancelled")]
        )
        return sorted((t.kind, t.number, t.state, t.due_at) for t in rows)
