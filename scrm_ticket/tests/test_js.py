from odoo.tests import HttpCase, tagged

from odoo.addons.scrm_flow.tests.test_js import hoot_id


@tagged("post_install", "-at_install")
class TestJs(HttpCase):
    def test_form_designer(self):
        """The unit tests of the form designer, in a browser.

        Runs: static/tests
        """
        self.browser_js(
            "/web/tests?headless&loglevel=2&preset=desktop&timeout=15000"
            f"&id={hoot_id('@scrm_ticket')}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
        )
