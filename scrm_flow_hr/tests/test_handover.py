from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.scrm_flow.tests.common import FlowCase


@tagged("post_install", "-at_install")
class TestHandoverHr(FlowCase):
    """Bob works for Ann, in the department that Eve heads."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = new_test_user(
            cls.env, login="officer", groups="hr.group_hr_manager"
        )
        cls.ann_hr, cls.bob_hr, cls.eve_hr = cls.env["hr.employee"].create(
            [
                {"name": user.name, "user_id": user.id}
                for user in (cls.ann, cls.bob, cls.eve)
            ]
        )
        cls.bob_hr.write(
            {
                "parent_id": cls.ann_hr.id,
                "department_id": cls.env["hr.department"]
                .create({"name": "Repair", "manager_id": cls.eve_hr.id})
                .id,
            }
        )
        # a department's head becomes the superior by itself
        cls.bob_hr.parent_id = cls.ann_hr
        cls.customer = cls.env["res.partner"].create(
            {"name": "Lotus", "user_id": cls.bob.id}
        )

    def test_an_archived_employee_is_an_archived_user(self):
        """HR ends the employment; access ends, and the superior takes over.

        Covers: R14
        """
        self.bob_hr.with_user(self.officer).write({"active": False})
        self.assertFalse(self.bob.active)
        self.assertEqual(self.customer.user_id, self.ann)
        handover = self.env["scrm.handover"].search([("user_id", "=", self.bob.id)])
        self.assertEqual(handover.done_by_id, self.officer)
        self.assertEqual(handover.line_ids.by, "superior")

    def test_without_a_superior_the_head_of_the_department(self):
        """Covers: R14"""
        self.ann.action_archive()
        self.bob.action_archive()
        self.assertEqual(self.customer.user_id, self.eve)

    def test_another_employment_goes_on(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.bob.company_ids |= company
        self.env["hr.employee"].create(
            {"name": "Bob", "user_id": self.bob.id, "company_id": company.id}
        )
        self.bob_hr.with_user(self.officer).write({"active": False})
        self.assertTrue(self.bob.active)
        self.assertEqual(self.customer.user_id, self.bob)

    def test_hr_does_not_archive_administrators(self):
        """Nor oneself; nothing is half done."""
        self.bob.group_ids += self.env.ref("base.group_system")
        with self.assertRaisesRegex(UserError, "administrator"), self.cr.savepoint():
            self.bob_hr.with_user(self.officer).write({"active": False})
        self.bob_hr.invalidate_recordset()
        self.assertTrue(self.bob_hr.active)
        self.assertTrue(self.bob.active)
