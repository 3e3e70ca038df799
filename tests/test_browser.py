"""In a real browser: the customer submits, a colleague clicks, the customer sees it."""

import re

import pytest
from playwright.sync_api import expect, sync_playwright
from portal import submission

from scripts import machine

DESKTOP = {"width": 1400, "height": 900}
PHONE = {"width": 390, "height": 844}
# what a browser says of pages that work: a favicon, a blocked third party
HARMLESS = re.compile(r"favicon|Permissions-Policy", re.IGNORECASE)


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=machine.chromium(), args=["--no-sandbox"]
        )
        yield launched
        launched.close()


class Person:
    """Somebody at a browser window; `faults` is what the console complained of."""

    def __init__(self, browser, url, viewport, lang, screenshots):
        self.page = browser.new_page(
            base_url=url,
            viewport=viewport,
            locale=lang.replace("_", "-"),
            has_touch=viewport is PHONE,
        )
        self.page.set_default_timeout(60_000)
        self.faults = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self._shots = screenshots

    def _heard(self, message):
        if message.type == "error" and not HARMLESS.search(message.text):
            self.faults.append(message.text)

    def log_in(self, user):
        self.page.goto("/web/login")
        self.page.fill("input[name=login]", user["login"])
        self.page.fill("input[name=password]", user["password"])
        self.page.click("form.oe_login_form button[type=submit]")
        self.page.wait_for_url(lambda url: "/web/login" not in url)

    def shoot(self, name):
        self.page.screenshot(path=self._shots / f"{name}.png", full_page=True)

    def fits(self):
        """Nothing has to be scrolled sideways."""
        return self.page.evaluate(
            "document.documentElement.scrollWidth <= window.innerWidth + 1"
        )


@pytest.fixture
def person(browser, running, screenshots):
    """Open a window; at the end no window may have complained."""
    people = []

    def arrive(viewport=DESKTOP, lang="en_US"):
        people.append(Person(browser, running.url, viewport, lang, screenshots))
        return people[-1]

    yield arrive
    faults = [fault for one in people for fault in one.faults]
    for one in people:
        one.page.close()
    assert not faults


def fill_in(page, template, values):
    """Choose a form and type values into it."""
    page.goto("/my/scrm/new")
    page.click(f"a[href*='/my/scrm/new/{template}']")
    for key, value in values.items():
        field = page.locator(f"[name='field.{key}']")
        if field.evaluate("element => element.tagName") == "SELECT":
            field.select_option(str(value))
        else:
            field.fill(str(value))


def stages(page):
    """What the customer's page calls done, now and next, in its order."""
    found = page.locator(".o_scrm_progress_item").all()
    state = re.compile(r"o_scrm_progress_(done|now|next)")
    return [
        (
            item.locator(".o_scrm_progress_name").inner_text(),
            state.search(item.get_attribute("class"))[1],
        )
        for item in found
    ]


@pytest.mark.parametrize(
    ("viewport", "lang", "label"),
    [(DESKTOP, "en_US", "desktop"), (PHONE, "zh_CN", "phone")],
)
def test_from_the_portal_to_the_next_stage(running, person, viewport, lang, label):
    """Submitted on the portal, completed by a button, seen on the portal.

    Covers: E01, E32
    """
    user, template, values = submission(running.pack, lang)
    customer = person(viewport, lang)
    customer.log_in(user)
    fill_in(customer.page, template, values)
    customer.shoot(f"{label}_1_form")
    assert customer.fits()
    customer.page.click("form.o_scrm_form button[type=submit]")
    customer.page.wait_for_url(re.compile(r"/my/ticket/\d+"))
    ticket = int(re.search(r"/my/ticket/(\d+)", customer.page.url)[1])
    number, node = running.sql(
        f"SELECT number, scrm_node_key FROM helpdesk_ticket WHERE id = {ticket}"
    ).split("|")
    expect(customer.page.locator("main")).to_contain_text(number)
    customer.shoot(f"{label}_2_submitted")
    assert customer.fits()
    before = stages(customer.page)

    colleague = person()
    colleague.log_in(handler(running, ticket))
    path = f"/odoo/action-helpdesk_mgmt.helpdesk_ticket_action/{ticket}"
    colleague.page.goto(path)
    button = colleague.page.locator(".o_scrm_flow_buttons button:visible").first
    button.wait_for()
    colleague.shoot(f"{label}_3_backend_before")
    button.click()
    item = colleague.page.locator(f".o_scrm_flow_bar_item[data-key='{node}']")
    expect(item).to_have_class(re.compile("o_scrm_flow_bar_done"))
    colleague.shoot(f"{label}_4_backend_after")

    customer.page.goto(f"/my/ticket/{ticket}")
    customer.shoot(f"{label}_5_customer_after")
    assert customer.fits()
    after = stages(customer.page)
    now = [name for name, state in before if state == "now"]
    assert len(now) == 1
    assert (now[0], "done") in after
    assert [name for name, state in after if state == "now"] not in ([], now)


def handler(running, ticket):
    """The pack's user who has the ticket's open step."""
    login = running.sql(
        "SELECT login FROM res_users JOIN helpdesk_ticket_scrm_handler_rel"
        f" ON res_users_id = id WHERE helpdesk_ticket_id = {ticket} LIMIT 1"
    )
    return next(user for user in running.pack["users"] if user["login"] == login)
