from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from .switch_common import SwitchChecks


@tagged("post_install", "-at_install")
class TestSwitch(SwitchChecks, TransactionCase):
    def test_each_alone(self):
        """Covers in part: C11"""
        self.check_is_complete()
        self.check_each_alone()

    def test_who_may(self):
        """An administrator does, nobody else; what is off is off for everybody."""
        manager = new_test_user(
            self.env, "switch_manager", "scrm_flow.group_manager,base.group_user"
        )
        settings = self.env["res.config.settings"].with_user(manager)
        with self.assertRaises(AccessError):
            settings.create({"scrm_switch_board": False}).execute()
        self.assertTrue(self.env["scrm.switch"].is_on("board"))
        seen = self.env["ir.ui.menu"].with_user(manager).load_menus(False)
        self.set(board=False)
        now = self.env["ir.ui.menu"].with_user(manager).load_menus(False)
        boards = self.env.ref("scrm_flow.menu_boards")
        self.assertIn(boards.id, seen)
        self.assertNotIn(boards.id, now)
        below = boards.search([("id", "child_of", boards.id)])
        self.assertFalse(set(below.ids) & set(now))
        action = self.env.ref("scrm_flow.menu_progress").action
        with self.assertRaisesRegex(UserError, "“Boards of flows” is switched off"):
            action.with_user(manager)._get_action_dict()

    def test_what_is_not_installed_is_off(self):
        self.assertFalse(self.env["scrm.switch"].is_on("no_such_thing"))
