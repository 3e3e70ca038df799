from odoo.tests import tagged

from odoo.addons.scrm_flow.tests.reachable_common import ReachableCase


@tagged("post_install", "-at_install")
class TestReachable(ReachableCase):
    def test_every_setting_has_a_screen(self):
        """What a manager may change is on a form or list, nothing needs a developer.

        Covers: C09
        """
        self.assertReachable()
