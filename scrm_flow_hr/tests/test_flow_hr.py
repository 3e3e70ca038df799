from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.scrm_flow.tests.common import FlowCase


@tagged("post_install", "-at_install")
class TestFlowHr(FlowCase):
    """The departments: Service (head Ann) above Repair (no head: Bob, Cid)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        employees = cls.env["hr.employee"].create(
            [
                {"name": user.name, "user_id": user.id}
                for user in (cls.ann, cls.bob, cls.cid)
            ]
        )
        departments = cls.env["hr.department"]
        cls.service = departments.create(
            {"name": "Service", "manager_id": employees[0].id}
        )
        cls.repair = departments.create({"name": "Repair", "parent_id": cls.service.id})
        employees[0].department_id = cls.service
        employees[1:].department_id = cls.repair

    def use(self, **values):
        draft = self.flow.published_version_id._copy_as_draft()
        draft.node_ids.filtered(lambda n: n.key == "visit").write(values)
        draft.action_publish()

    def visit(self):
        order = self.start(area=40)
        order.with_user(self.ann).scrm_step_complete("accept")
        return order.scrm_step_ids.filtered(lambda step: step.node_key == "visit")

    def test_department_members_in_turn(self):
        """Covers: H03, H04"""
        self.use(handler_rule="department", handler_department_id=self.repair.id)
        steps = [self.visit() for _number in range(3)]
        self.assertEqual([s.user_id.name for s in steps], ["Bob", "Cid", "Bob"])
        self.assertIn(
            "Department: Bob, whose last turn was the longest ago",
            steps[0].assign_reason,
        )

    def test_departments_below_count(self):
        """Covers: H03"""
        self.use(handler_rule="department", handler_department_id=self.service.id)
        names = [self.visit().user_id.name for _number in range(3)]
        self.assertEqual(names, ["Ann", "Bob", "Cid"])

    def test_department_head(self):
        self.use(handler_rule="manager", handler_department_id=self.service.id)
        self.assertEqual(self.visit().user_id, self.ann)

    def test_head_of_the_department_above(self):
        self.use(handler_rule="manager", handler_department_id=self.repair.id)
        self.assertEqual(self.visit().user_id, self.ann)

    def test_a_department_without_people_is_an_incident(self):
        empty = self.env["hr.department"].create({"name": "Empty"})
        self.use(handler_rule="department", handler_department_id=empty.id)
        self.assertEqual(self.visit().run_id.state, "incident")

    def test_publishing_asks_for_the_department(self):
        with self.assertRaisesRegex(UserError, "no department is chosen"):
            self.use(handler_rule="department")

    def test_who_is_working_now_by_the_hours_of_employees(self):
        """Covers in part: H13"""
        hours = self.env["resource.calendar"].create(
            {
                "name": "All week",
                "tz": "UTC",
                "attendance_ids": [
                    (0, 0, {**line, "dayofweek": str(day), "name": "Day"})
                    for day in range(7)
                    for line in (
                        {"hour_from": 0, "hour_to": 12, "day_period": "morning"},
                        {"hour_from": 12, "hour_to": 24, "day_period": "afternoon"},
                    )
                ],
            }
        )
        never = self.env["resource.calendar"].create(
            {"name": "Never", "tz": "UTC", "attendance_ids": []}
        )
        self.bob.employee_ids.resource_calendar_id = hours
        self.cid.employee_ids.resource_calendar_id = never
        self.use(
            handler_rule="department",
            handler_department_id=self.repair.id,
            handler_availability="working_now",
        )
        names = [self.visit().user_id.name for _number in range(2)]
        self.assertEqual(names, ["Bob", "Bob"])
