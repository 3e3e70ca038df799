from odoo.fields import Command
from odoo.tests import tagged

from .test_flow_clock import ClockCase


@tagged("post_install", "-at_install")
class TestBpmnTimes(ClockCase):
    """What nodes know of time survives a BPMN file."""

    FIELDS = (
        "time_kind",
        "time_calendar",
        "deadline_hours",
        "reminder_hours",
        "timer_hours",
        "timer_field",
        "clock_holder",
        "hand_pause_ids",
        "pause_condition",
        "pause_reason_id",
    )

    def there_and_back(self, version):
        files = self.env["scrm.flow.bpmn"].with_user(self.designer)
        xml = files.export_bpmn(version.id)
        answer = files.import_bpmn(xml, flow_key=version.flow_id.key)
        return xml, answer["todos"], version.browse(answer["version_id"])

    def assertSameTimes(self, one, other):
        self.assertEqual(one.mapped("key"), other.mapped("key"))
        for node, copy in zip(one, other, strict=True):
            for name in self.FIELDS:
                with self.subTest(node=node.key, field=name):
                    self.assertEqual(node[name], copy[name])
            rungs = [rung._compile() for rung in node.rung_ids]
            self.assertEqual(rungs, [rung._compile() for rung in copy.rung_ids])

    def test_deadlines_ladders_and_clocks(self):
        version = self.make_due(
            deadline_hours=4.5,
            reminder_hours="-1, 0.25",
            time_kind="working",
            time_calendar="handler",
            clock_holder="supplier",
            hand_pause_ids=[Command.set((self.customer | self.parts).ids)],
            pause_condition="[('note', '=', '<&\"等')]",
            pause_reason_id=self.parts.id,
            rungs=[
                {"hours": 1, "user_ids": [Command.set(self.eve.ids)]},
                {"hours": 0.5, "anchor": "opening", "action": "priority"},
                {"hours": 2, "action": "reassign", "group_id": self.role.id},
                {"hours": 3, "action": "transition", "transition_key": "too_late"},
                {"hours": 4, "group_id": self.role.id, "is_activity": True},
            ],
        ).published_version_id
        _xml, todos, draft = self.there_and_back(version)
        self.assertFalse(todos)
        self.assertSameTimes(version.node_ids, draft.node_ids)
        draft.with_user(self.designer).action_publish()

    def test_timer_nodes(self):
        for key, wait in {
            "plain": {"timer_hours": 36.5},
            "working": {"timer_hours": 2, "time_kind": "working"},
            "dated": {"timer_field": "day", "timer_hours": -12},
        }.items():
            version = self.make_waiting(key, **wait).published_version_id
            xml, todos, draft = self.there_and_back(version)
            self.assertIn("timerEventDefinition", xml)
            self.assertFalse(todos)
            self.assertSameTimes(version.node_ids, draft.node_ids)
            draft.with_user(self.designer).action_publish()
