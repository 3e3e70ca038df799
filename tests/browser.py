"""Somebody at a browser window; the fixtures `browser` and `person` open one."""

import re
from contextlib import contextmanager

from lxml import html
from playwright.sync_api import expect, sync_playwright

from scripts import machine

DESKTOP = {"width": 1400, "height": 900}
PHONE = {"width": 390, "height": 844}
#: Milliseconds until a page that does not come is a fault: a busy machine is none.
PATIENCE = 60_000
#: What playwright itself expects within, unless told otherwise.
IMPATIENCE = 5_000
# what a browser says of pages that work: a favicon, a blocked third party
HARMLESS = re.compile(r"favicon|Permissions-Policy", re.IGNORECASE)


@contextmanager
def launched():
    """A Chromium; while it runs, `expect` is as patient as its windows."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=machine.chromium(), args=["--no-sandbox"]
        )
        expect.set_options(timeout=PATIENCE)
        yield chromium
        expect.set_options(timeout=IMPATIENCE)
        chromium.close()


class Person:
    """Somebody at a browser window; `faults` is what the console complained of."""

    def __init__(self, browser, url, viewport, lang, screenshots):
        self.page = browser.new_page(
            base_url=url,
            viewport=viewport,
            locale=lang.replace("_", "-"),
            has_touch=viewport is PHONE,
        )
        self.page.set_default_timeout(PATIENCE)
        self.faults = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self._lang = lang.replace("_", "-")
        self._shots = screenshots

    def _heard(self, message):
        if message.type == "error" and not HARMLESS.search(message.text):
            self.faults.append(message.text)

    def log_in(self, user):
        """The window has the session; neither the form nor what follows is loaded."""
        door = self.page.request
        speaks = {"Accept-Language": self._lang}
        page = html.fromstring(door.get("/web/login", headers=speaks).text())
        values = {
            "csrf_token": page.xpath("//input[@name='csrf_token']/@value")[0],
            "login": user["login"],
            "password": user["password"],
        }
        answer = door.post("/web/login", form=values, max_redirects=0)
        assert answer.status == 303, f"{user['login']} could not log in"

    def shoot(self, name):
        self.page.screenshot(path=self._shots / f"{name}.png", full_page=True)

    def fits(self):
        """Nothing has to be scrolled sideways."""
        return self.page.evaluate(
            "document.documentElement.scrollWidth <= window.innerWidth + 1"
        )
