from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .standby_common import StandbyCase


@tagged("post_install", "-at_install")
class TestFlowPartner(StandbyCase):
    """A supplier with two logins, Sam and Sue; another one with Tim."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supplier, cls.other = cls.env["res.partner"].create(
            [
                {"name": "Supplier", "is_company": True},
                {"name": "Other", "is_company": True},
            ]
        )
        cls.sam, cls.sue, cls.tim = (
            new_test_user(
                cls.env,
                login=f"partner_{name}",
                name=name.capitalize(),
                groups="base.group_portal",
            )
            for name in ("sam", "sue", "tim")
        )
        (cls.sam | cls.sue).partner_id.parent_id = cls.supplier
        cls.tim.partner_id.parent_id = cls.other

    def test_the_contact_of_the_record(self):
        """Covers in part: H20"""
        self.use(handler_rule="partner", partner_path="partner_id")
        step = self.visit(partner_id=self.sam.partner_id.id)
        self.assertEqual(step.user_id, self.sam)
        self.assertFalse(step.candidate_ids)
        self.assertIn("Sam, by the field partner_id", step.assign_reason)
        order = self.order_of(step)
        with self.assertRaises(AccessError):
            order.with_user(self.tim).scrm_step_complete(step_id=step.id)
        order.with_user(self.sam).scrm_step_complete(step_id=step.id)
        self.assertEqual(step.run_id.state, "done")
        self.assertEqual(step.done_by_id, self.sam)

    def test_everybody_of_their_company(self):
        self.use(
            handler_rule="partner", partner_path="partner_id", is_partner_company=True
        )
        step = self.visit(partner_id=self.supplier.id)
        self.assertEqual(step._handlers(), self.sam | self.sue)

    def test_a_contact_without_login_is_stuck_with_the_reason(self):
        self.use(handler_rule="partner", partner_path="partner_id")
        step = self.visit(partner_id=self.supplier.id)
        self.assertEqual(step.state, "incident")
        self.assertIn("Supplier, by the field partner_id", step.assign_reason)
        step = self.visit()
        self.assertEqual(step.state, "incident")
        self.assertIn("partner_id of the record is empty", step.assign_reason)

    def test_publishing_asks_for_the_path(self):
        with self.assertRaisesRegex(UserError, "no contact is chosen"):
            self.use(handler_rule="partner")
        with self.assertRaisesRegex(UserError, "does not lead to a contact"):
            self.use(handler_rule="partner", partner_path="name")
