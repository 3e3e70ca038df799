"""Flows that call others on the same record."""

from .common import FlowCase


class CallCase(FlowCase):
    """An order is tested, by a flow that other flows call too::

    order:   start -> take (Ann) -> test: call "testing" -> send (Ann) -> end
    testing: begin -> weigh (Bob) -> heavy? --area > 90--> cut (Cid) --> done
                                       +--default--> rejected
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.testing = cls.draft_testing()
        cls.testing.action_publish()
        cls.order = cls.draft_order("order")
        cls.order.action_publish()
        cls.flow = cls.order.flow_id

    @classmethod
    def task(cls, key, *users, **values):
        people = [(6, 0, [user.id for user in users])]
        values = {"handler_rule": "people", "handler_user_ids": people, **values}
        return {"key": key, "type": "user_task", **values}

    @classmethod
    def call(cls, key, flow, **values):
        values = {"call_target": "record", "call_flow_key": flow, **values}
        return {"key": key, "type": "call_activity", **values}

    @classmethod
    def draft_testing(cls, key="testing"):
        return cls.make_draft(
            [
                {"key": "begin", "type": "start"},
                cls.task("weigh", cls.bob, deadline_hours=8),
                {"key": "heavy", "type": "exclusive_gateway"},
                cls.task("cut", cls.cid),
                {"key": "done", "type": "end"},
                {"key": "rejected", "type": "end"},
            ],
            [
                ("started", "begin", "weigh", {}),
                ("weighed", "weigh", "heavy", {"name": "Weighed"}),
                ("is_heavy", "heavy", "cut", {"condition": "[('area', '>', 90)]"}),
                ("is_light", "heavy", "rejected", {"is_default": True}),
                ("is_cut", "cut", "done", {}),
            ],
            key=key,
        )

    @classmethod
    def draft_order(cls, key, called="testing", **values):
        return cls.make_draft(
            [
                {"key": "start", "type": "start"},
                cls.task("take", cls.ann),
                cls.call("test", called, name="Test", **values),
                cls.task("send", cls.ann),
                {"key": "end", "type": "end"},
            ],
            [
                ("begin", "start", "take", {}),
                ("taken", "take", "test", {}),
                ("tested", "test", "send", {}),
                ("sent", "send", "end", {}),
            ],
            key=key,
        )

    def newer_testing(self):
        draft = self.testing._copy_as_draft()
        node = draft.node_ids.filtered(lambda node: node.key == "cut")
        node.write({"name": "Saw", "handler_user_ids": [(6, 0, self.eve.ids)]})
        draft.action_publish()
        return draft

    def done(self, order, *keys, **values):
        """Let the handlers complete the leading steps, which have these keys."""
        for key in keys:
            self.assertEqual(order.scrm_node_key, key)
            user = order.scrm_run_id.step_ids.filtered(
                lambda step, key=key: step.node_key == key and step.state == "open"
            )._handlers()[0]
            order.with_user(user).scrm_step_complete(**values)
