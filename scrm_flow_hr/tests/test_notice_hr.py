from odoo import Command
from odoo.tests import tagged

from odoo.addons.scrm_flow.tests.notice_common import HOUR, MONDAY, SECOND, NoticeCase


@tagged("post_install", "-at_install")
class TestNoticeHr(NoticeCase):
    """The technical department: Bob, whose head is Cid; Ann has the deputies' role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        employees = cls.env["hr.employee"].create(
            [{"name": user.name, "user_id": user.id} for user in (cls.bob, cls.cid)]
        )
        employees[0].parent_id = employees[1]
        cls.technical = cls.env["hr.department"].create(
            {"name": "Technical", "manager_id": employees[1].id}
        )
        employees[0].department_id = cls.technical
        cls.deputies = cls.env["res.groups"].create(
            {"name": "Deputies", "user_ids": [Command.set(cls.ann.ids)]}
        )
        draft = cls.flow.published_version_id._copy_as_draft()
        draft.node_ids.filtered(lambda node: node.key == "triage").write(
            {
                "handler_rule": "department",
                "handler_department_id": cls.technical.id,
                "deadline_hours": 4,
                "rung_ids": [
                    Command.create(
                        {
                            "hours": 0,
                            "action": "reassign",
                            "group_id": cls.deputies.id,
                        }
                    )
                ],
            }
        )
        draft.action_publish()

    def run_all(self, at):
        self.run_at(
            at,
            ("scrm.flow.timer", "_fire_due"),
            ("scrm.notice.delivery", "_run_all"),
        )

    def test_an_overdue_department_escalates_and_its_head_is_copied(self):
        """A second before the limit nothing; at it the deputies have the step, and the
        supervisor gets one copy that says of which step and who has it now.

        Covers: N12
        """
        self.make_rule(
            event="escalated",
            to_handlers=False,
            user_ids=[Command.set(self.technical.manager_id.user_id.ids)],
            channel_ids=[Command.set(self.email.ids)],
            subject="Copy: {{ record }} is overdue",
            body="{{ node }} went to {{ handlers }}.",
        )
        order = self.begin(name="Cold store")
        self.assertEqual(order.scrm_handler_ids, self.bob)
        due = MONDAY + 4 * HOUR
        self.run_all(due - SECOND)
        self.assertFalse(self.deliveries(order))
        self.assertEqual(order.scrm_handler_ids, self.bob)
        self.run_all(due)
        self.assertEqual(order.scrm_handler_ids, self.ann)
        self.assertEqual(self.told(order), {("Cid", "email", "queued")})
        copy = self.deliveries(order)
        self.assertEqual(copy.subject, "Copy: Cold store is overdue")
        self.assertEqual(copy.body, "Triage went to Ann.")
        self.run_all(due + 9 * HOUR)
        self.assertEqual(len(self.deliveries(order)), 1)
