from odoo.tests import HttpCase, tagged


def hoot_id(name):
    """The id by which the test runner in the browser knows a suite."""
    number = 0
    for char in name:
        number = ((number << 5) - number + ord(char)) & 0xFFFFFFFF
    return f"{number:08x}"


@tagged("post_install", "-at_install")
class TestJs(HttpCase):
    def test_widgets(self):
        """The unit tests of the progress bar and the buttons, in a browser.

        Runs: static/tests
        """
        self.browser_js(
            "/web/tests?headless&loglevel=2&preset=desktop&timeout=15000"
            f"&id={hoot_id('@scrm_flow')}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
        )
