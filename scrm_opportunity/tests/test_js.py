from odoo.tests import HttpCase, tagged

from odoo.addons.scrm_flow.tests.test_js import hoot_id


@tagged("post_install", "-at_install")
class TestJs(HttpCase):
    def test_rates(self):
        """Rates of something that has not happened yet, in a browser.

        Runs: static/tests
        """
        self.browser_js(
            "/web/tests?headless&loglevel=2&preset=desktop&timeout=15000"
            f"&id={hoot_id('@scrm_opportunity')}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
        )
