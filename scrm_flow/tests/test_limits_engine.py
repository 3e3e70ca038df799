import doctest

from odoo.tests import BaseCase, tagged

from odoo.addons.scrm_flow.engine import limits


@tagged("post_install", "-at_install")
class TestLimitsEngine(BaseCase):
    def test_doctests(self):
        result = doctest.testmod(limits)
        self.assertGreater(result.attempted, 0)
        self.assertEqual(result.failed, 0)
