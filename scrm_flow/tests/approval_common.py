"""A flow with an approval in it."""

from .common import FlowCase


class ApprovalCase(FlowCase):
    """Ann asks for a refund, then others approve it::

    start -> ask (Ann) -> review --approved--> pay (Eve) -> end
              ^             |
              +--rejected---+
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.flow = cls.make_approval()

    @classmethod
    def make_approval(cls, key="refund", **values):
        def people(*users):
            return {
                "handler_rule": "people",
                "handler_user_ids": [(6, 0, [user.id for user in users])],
            }

        version = cls.make_draft(
            [
                {"key": "start", "type": "start"},
                {"key": "ask", "type": "user_task", **people(cls.ann)},
                {
                    "key": "review",
                    "type": "approval",
                    **people(cls.bob, cls.cid, cls.designer),
                    **values,
                },
                {"key": "pay", "type": "user_task", **people(cls.eve)},
                {"key": "end", "type": "end"},
            ],
            [
                ("begin", "start", "ask", {}),
                ("asked", "ask", "review", {}),
                ("agreed", "review", "pay", {"outcome": "approved"}),
                ("refused", "review", "ask", {"outcome": "rejected"}),
                ("paid", "pay", "end", {}),
            ],
            key=key,
        )
        version.action_publish()
        return version.flow_id

    @classmethod
    def change_review(cls, **values):
        draft = cls.flow.published_version_id._copy_as_draft()
        draft.node_ids.filtered(lambda node: node.key == "review").write(values)
        draft.action_publish()

    @classmethod
    def in_order(cls, *users):
        lines = [
            (0, 0, {"rank": rank, "user_id": user.id})
            for rank, user in enumerate(users)
        ]
        return {"handler_rule": "in_order", "handler_line_ids": [(5,), *lines]}

    def at_review(self):
        order = self.start()
        order.with_user(self.ann).scrm_step_complete()
        return order

    def vote(self, order, user, decision="approved", reason=None):
        return order.with_user(user).scrm_step_vote(decision, reason)

    def step(self, order):
        return order.scrm_step_ids.filtered(lambda step: step.state == "open")

    def votes(self, order, key="review"):
        step = order.scrm_step_ids.filtered(lambda step: step.node_key == key)[-1:]
        return [(vote.user_id.name, vote.state) for vote in step.vote_ids]
