from datetime import date
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.scrm_flow.models.scrm_dimension import Dimension
from odoo.addons.scrm_flow.tests.common import FlowCase

MONDAY = "2026-03-02 08:00:00"


@tagged("post_install", "-at_install")
class TestFlowSkill(FlowCase):
    """Bob: phone 50, boilers 100. Cid: phone 100, boilers 50. Eve: phone 20."""

    @classmethod
    @freeze_time(MONDAY)
    def setUpClass(cls):
        super().setUpClass()
        cls.add_dimensions()
        cls.type = cls.env["hr.skill.type"].create(
            {
                "name": "Service",
                "skill_ids": [
                    Command.create({"name": name}) for name in ("Phone", "Boilers")
                ],
                "skill_level_ids": [
                    Command.create({"name": f"{level}", "level_progress": level})
                    for level in (20, 50, 100)
                ],
            }
        )
        cls.phone, cls.boilers = cls.type.skill_ids.sorted("id")
        cls.employees = {}
        for user, skills in (
            (cls.bob, {cls.phone: 50, cls.boilers: 100}),
            (cls.cid, {cls.phone: 100, cls.boilers: 50}),
            (cls.eve, {cls.phone: 20}),
        ):
            employee = cls.env["hr.employee"].create(
                {"name": user.name, "user_id": user.id}
            )
            cls.employees[user] = employee
            for skill, level in skills.items():
                cls.learn(employee, skill, level)

    @classmethod
    def add_dimensions(cls):
        """Ask orders for their kind (a product line) and their note (a region)."""
        dimensions = type(cls.env["scrm.dimension"])
        original = dimensions._definitions

        def definitions(self, model_name):
            found = dict(original(self, model_name))
            if model_name == "scrm.test.order":
                found["kind"] = Dimension("kind", "Kind", "choice", lambda o: o.kind)
                found["note"] = Dimension("note", "Note", "text", lambda o: o.note)
            return found

        cls.startClassPatcher(patch.object(dimensions, "_definitions", definitions))

    @classmethod
    def learn(cls, employee, skill, progress, **values):
        level = cls.type.skill_level_ids.filtered(
            lambda level: level.level_progress == progress
        )
        return cls.env["hr.employee.skill"].create(
            {
                "employee_id": employee.id,
                "skill_id": skill.id,
                "skill_type_id": cls.type.id,
                "skill_level_id": level.id,
                "valid_from": date(2026, 1, 1),
                **values,
            }
        )

    def use(self, skills=(), **values):
        draft = self.flow.published_version_id._copy_as_draft()
        node = draft.node_ids.filtered(lambda n: n.key == "visit")
        rows = [
            Command.create({"skill_id": skill.id, "level": level})
            for skill, level in skills
        ]
        values = {"handler_group_id": False, **values}
        node.write({"skill_ids": [Command.clear(), *rows], **values})
        draft.action_publish()

    def visit(self, **values):
        with freeze_time(MONDAY):
            order = self.start(area=40, **values)
            order.with_user(self.ann).scrm_step_complete("accept")
        return order.scrm_step_ids.filtered(lambda step: step.node_key == "visit")

    def table(self, rules, key="by_region"):
        """A table: [({dimension: value}, result)]."""
        return self.env["scrm.decision.table"].create(
            {
                "key": key,
                "name": key,
                "model_id": self.model.id,
                "rule_ids": [
                    Command.create(
                        {
                            "name": f"Rule {number}",
                            "rank": number,
                            "result_model": result._name,
                            "result_id": result.id,
                            "condition_ids": [
                                Command.create(
                                    {
                                        "dimension": dimension,
                                        "operator": "=",
                                        "value": value,
                                    }
                                )
                                for dimension, value in when.items()
                            ],
                        }
                    )
                    for number, (when, result) in enumerate(rules)
                ],
            }
        )

    def test_who_has_the_skill_and_best(self):
        """Covers in part: H18"""
        self.use([(self.phone, 50)], handler_rule="skill")
        step = self.visit()
        self.assertEqual(step.user_id, self.cid)
        self.assertIn("Cid [Phone: 100], who is skilled best", step.assign_reason)
        self.assertIn("Bob [Phone: 50]", step.assign_reason)
        self.assertIn("Eve [Phone: 20] (lacks the skill Phone)", step.assign_reason)
        self.assertIn("skills needed: Phone 50 %", step.assign_reason)

    def test_each_skill_counts(self):
        self.use([(self.phone, 20), (self.boilers, 100)], handler_rule="skill")
        step = self.visit()
        self.assertEqual(step.user_id, self.bob)
        self.assertIn("lacks the skill Boilers", step.assign_reason)

    def test_the_same_level_goes_in_turn(self):
        self.use([(self.phone, 0)], handler_rule="skill", handler_choice="turn")
        names = [self.visit().user_id.name for _number in range(4)]
        self.assertEqual(names, ["Bob", "Cid", "Eve", "Bob"])

    def test_only_members_of_the_role(self):
        self.role.user_ids = self.eve | self.ann
        self.use([(self.phone, 0)], handler_rule="skill", handler_group_id=self.role.id)
        step = self.visit()
        self.assertEqual(step.user_id, self.eve)
        self.assertIn("Ann [Phone: 0] (lacks the skill Phone)", step.assign_reason)

    def test_the_best_of_a_role(self):
        self.use(
            [(self.boilers, 0)],
            handler_rule="role",
            handler_group_id=self.role.id,
            handler_choice="skill",
        )
        self.assertEqual(self.visit().user_id, self.bob)

    def test_a_certificate_runs_out(self):
        self.env["hr.employee.skill"].search(
            [("employee_id", "=", self.employees[self.cid].id)]
        ).write({"valid_to": date(2026, 2, 28)})
        self.use([(self.phone, 50)], handler_rule="skill")
        self.assertEqual(self.visit().user_id, self.bob)

    def test_nobody_is_good_enough(self):
        self.use([(self.boilers, 100), (self.phone, 100)], handler_rule="skill")
        step = self.visit()
        self.assertEqual(step.state, "incident")
        self.assertIn("Phone: 50] (lacks the skill Phone)", step.assign_reason)

    def test_skill_by_product_line(self):
        """The table names the skill that the work asks for.

        Covers in part: H18
        """
        table = self.table(
            [({"kind": "new"}, self.phone), ({"kind": "old"}, self.boilers)], "by_kind"
        )
        self.use(handler_rule="skill", skill_table_id=table.id, skill_table_level=100)
        self.assertEqual(self.visit(kind="new").user_id, self.cid)
        self.assertEqual(self.visit(kind="old").user_id, self.bob)
        step = self.visit()
        self.assertEqual(step.state, "incident")
        self.assertIn("no skill is named for this record", step.assign_reason)

    def test_skills_of_all_rules(self):
        """A table that collects asks for the skill of each rule that matches."""
        table = self.table(
            [({"kind": "new"}, self.phone), ({"note": "gas"}, self.boilers)]
        )
        self.use(handler_rule="skill", skill_table_id=table.id)
        first = self.visit(kind="new", note="gas").assign_reason
        self.assertIn("skills needed: Phone", first)
        self.assertNotIn("Boilers", first)
        table.hit_policy = "collect"
        step = self.visit(kind="new", note="gas")
        self.assertEqual(step.user_id, self.bob)
        self.assertIn("lacks the skill Boilers", step.assign_reason)

    def test_region_product_line_and_skill(self):
        """A table of region and product line names the group; the best of it gets it.

        Covers: H06
        """
        north, south = self.env["res.groups"].create(
            [
                {"name": "North", "user_ids": [Command.set((self.bob | self.cid).ids)]},
                {"name": "South", "user_ids": [Command.set((self.cid | self.eve).ids)]},
            ]
        )
        table = self.table(
            [
                ({"note": "north", "kind": "new"}, north),
                ({"note": "south", "kind": "new"}, south),
                ({"kind": "old"}, self.eve),
            ]
        )
        self.use(
            [(self.boilers, 0)],
            handler_rule="decision_table",
            handler_table_id=table.id,
            handler_choice="skill",
        )
        self.assertEqual(self.visit(note="north", kind="new").user_id, self.bob)
        self.assertEqual(self.visit(note="south", kind="new").user_id, self.cid)
        self.assertEqual(self.visit(note="south", kind="old").user_id, self.eve)

    def test_publishing_asks_for_a_skill(self):
        with self.assertRaisesRegex(UserError, "no skill is named"):
            self.use(handler_rule="skill")
        with self.assertRaisesRegex(UserError, "no skill is named"):
            self.use(
                handler_rule="role",
                handler_group_id=self.role.id,
                handler_choice="skill",
            )

    def test_a_published_node_keeps_its_skills(self):
        self.use([(self.phone, 50)], handler_rule="skill")
        node = self.flow.published_version_id.node_ids.filtered("skill_ids")
        with self.assertRaisesRegex(UserError, "was published and never changes"):
            node.skill_ids.level = 20
        draft = self.flow.published_version_id._copy_as_draft()
        copied = draft.node_ids.filtered("skill_ids").skill_ids
        self.assertEqual((copied.skill_id, copied.level), (self.phone, 50))

    def test_people_start_from_where_they_work(self):
        """Covers in part: H11"""
        address = self.env["res.partner"].create(
            {"name": "Depot", "partner_latitude": 31.2, "partner_longitude": 121.4}
        )
        self.employees[self.cid].address_id = address
        customer = address.copy({"name": "Customer"})
        customer.write({"partner_latitude": 31.3, "partner_longitude": 120.5})
        self.bob.partner_id.write({"partner_latitude": 39.9, "partner_longitude": 116})
        self.use(
            handler_rule="role",
            handler_group_id=self.role.id,
            handler_choice="nearest",
        )
        self.assertEqual(self.visit(partner_id=customer.id).user_id, self.cid)
