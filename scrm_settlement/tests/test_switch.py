from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.scrm_flow.tests.switch_common import SwitchChecks


@tagged("post_install", "-at_install")
class TestSettlementSwitch(SwitchChecks, HttpCase):
    def test_each_alone(self):
        """Covers: C11"""
        self.check_is_complete()
        self.check_each_alone()

    def test_the_portal(self):
        """Covers: C11"""
        new_test_user(self.env, "switch_payee", "base.group_portal")
        self.authenticate("switch_payee", "switch_payee")
        self.assertEqual(self.url_open("/my/settlements").status_code, 200)
        self.assertIn("/my/settlements", self.url_open("/my").text)
        self.set(settlement=False)
        page = self.url_open("/my/settlements", headers={"Accept": "text/html"})
        self.assertEqual(page.status_code, 404)
        self.assertIn("“Settlement” is switched off", page.text)
        self.assertNotIn("/my/settlements", self.url_open("/my").text)
        self.set(settlement=True)
        self.assertEqual(self.url_open("/my/settlements").status_code, 200)
