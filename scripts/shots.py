"""``make shots``: the pictures of the README, made from the running product.

A fresh database gets the first pack; its scenario is played to the posted bill and
the demonstration's tickets are added. Then a browser logs in as the people of the
pack, looks at the pages below and saves them in ``docs/images/``. What is drawn from
nothing is seen in the browser tests: their pictures are taken over.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import database, machine, paths, postgres, scenario, server
from . import setup as setup_steps
from .progress import Fault, say, timed

IMAGES = paths.ROOT / "docs" / "images"
PACK = scenario.DEFAULT_PACK
#: Picture -> the one that the browser test of drawing takes.
SERIES = {
    "series_1_form": "form_designer_2_built",
    "series_2_preview": "form_designer_3_preview_phone",
    "series_3_drawn": "designer_3_sound",
    "series_4_tried_out": "designer_3_tried_out",
    "series_5_published": "designer_4_published",
    "series_6_done": "designer_5_ticket_done",
}
SERIES_TESTS = (
    "tests/test_form_designer.py::test_a_form_built_by_hand_in_five_minutes",
    "tests/test_designer.py::test_a_flow_drawn_with_the_mouse_runs",
)
DESKTOP = (1400, 1000)
PHONE = (390, 844)
_DATABASE = f"scrm_shots_{os.getpid()}"
_CLUSTER = postgres.TEST
_TICKET_ACTION = "helpdesk_mgmt.helpdesk_ticket_action"
_QUIET = """
    .o_notification_manager, .o-mail-ChatHub { display: none !important; }
    * { caret-color: transparent !important; animation: none !important; }
"""


#: What tells that a page of the backend is there.
_SHOWN = (
    ".o_form_view .o_form_sheet, .o_form_view .o_content, .o_list_renderer,"
    " .o_kanban_renderer, .o_pivot, .o_graph_renderer, .o_scrm_diagram,"
    " .o_scrm_fd_palette"
)


@dataclass(frozen=True)
class Shot:
    """One picture.

    :param name: file name without ending
    :param user: key of a user of the pack, ``admin``, or empty for the public
    :param path: address of the page, or a function that finds it
    :param prepare: what to do on the page first
    """

    name: str
    user: str
    path: str | Callable[[], str]
    size: tuple[int, int] = DESKTOP
    prepare: Callable | None = None


# --------------------------------------------------------------- finding pages


def _sql(statement: str) -> str:
    found = _CLUSTER.sql(statement, _DATABASE)
    if not found:
        raise Fault(f"nothing to take a picture of: {' '.join(statement.split())}")
    return found.splitlines()[0]


def _ticket(condition: str) -> str:
    return _sql(
        "SELECT t.id FROM helpdesk_ticket t JOIN res_partner p ON p.id = t.partner_id"
        f" WHERE {condition} ORDER BY t.id DESC LIMIT 1"
    )


def _ticket_form(condition: str) -> Callable[[], str]:
    return lambda: f"/odoo/action-{_TICKET_ACTION}/{_ticket(condition)}"


def _ticket_page(condition: str) -> Callable[[], str]:
    return lambda: f"/my/ticket/{_ticket(condition)}"


def _newest(model: str, action: str, condition: str = "true") -> Callable[[], str]:
    def find() -> str:
        table = model.replace(".", "_")
        row = _sql(f"SELECT id FROM {table} WHERE {condition} ORDER BY id DESC LIMIT 1")
        return f"/odoo/action-{action}/{row}"

    return find


def _flow_version() -> str:
    flow, version = _sql(
        "SELECT id, published_version_id FROM scrm_flow"
        " WHERE published_version_id IS NOT NULL ORDER BY id LIMIT 1"
    ).split("|")
    action = "action-scrm_flow.scrm_flow_action"
    return f"/odoo/{action}/{flow}/m-scrm.flow.version/{version}"


def _designer() -> str:
    return "/odoo/scrm-designer/" + _sql(
        "SELECT published_version_id FROM scrm_flow"
        " WHERE published_version_id IS NOT NULL ORDER BY id LIMIT 1"
    )


def _form_designer() -> str:
    template = _sql("SELECT id FROM scrm_ticket_template ORDER BY id LIMIT 1")
    return f"/odoo/scrm-form-designer/{template}"


def _linked_lead() -> str:
    lead = _sql(
        "SELECT lead_id FROM scrm_match WHERE state = 'linked' GROUP BY lead_id"
        " ORDER BY count(*) DESC, lead_id LIMIT 1"
    )
    return f"/odoo/crm/{lead}"


# ------------------------------------------------------------- on the page first


def _fill_in(page) -> None:
    page.fill("[name='field.floor_area']", "82")
    page.select_option("[name='field.device_model']", "floor_standing")
    page.fill("[name='field.address']", "Fahua Road 3")
    page.fill("[name='field.notes']", "Lift on the left; at home from 2 p.m.")


def _click(*selectors: str) -> Callable:
    def prepare(page) -> None:
        for selector in selectors:
            page.locator(selector).first.click()

    return prepare


def _page(name: str) -> Callable:
    """Open a page of the form, and bring it into sight."""

    def prepare(page) -> None:
        tab = page.locator(f".o_notebook .nav-link[name={name}]").first
        tab.click()
        tab.evaluate("tab => tab.scrollIntoView()")

    return prepare


def _at_both_widths(name: str, user: str, path, prepare=None) -> tuple[Shot, ...]:
    return (
        Shot(name, user, path, prepare=prepare),
        Shot(f"{name}_phone", user, path, PHONE, prepare),
    )


def _open_tab(*names: str) -> Callable:
    pattern = re.compile("|".join(f"^{name}$" for name in names))

    def prepare(page) -> None:
        page.locator(".o_notebook .nav-link").filter(has_text=pattern).first.click()

    return prepare


SHOTS = (
    Shot("portal_form", "bamboo_login", "/my/scrm/new/installation", prepare=_fill_in),
    Shot(
        "portal_ticket_phone",
        "bamboo_login",
        _ticket_page("p.name LIKE '%Bamboo%' AND t.scrm_node_key IS NOT NULL"),
        PHONE,
    ),
    Shot(
        "portal_ticket_phone_zh",
        "lotus_login",
        _ticket_page("p.name LIKE '%Lotus%' AND t.scrm_node_key IS NOT NULL"),
        PHONE,
    ),
    Shot(
        "ticket",
        "chen",
        _ticket_form("p.name LIKE '%Bamboo%' AND t.scrm_node_key IS NOT NULL"),
    ),
    Shot("ticket_zh", "wang", _ticket_form("t.scrm_node_key = 'visit'")),
    Shot(
        "flow",
        "admin",
        _flow_version,
    ),
    Shot(
        "statement",
        "zhao",
        _newest(
            "scrm.settlement.statement",
            "scrm_settlement.scrm_settlement_statement_action",
        ),
    ),
    Shot(
        "vendor_bill",
        "sun",
        _newest(
            "account.move",
            "account.action_move_in_invoice_type",
            "move_type = 'in_invoice'",
        ),
    ),
    Shot("opportunity", "he", _linked_lead, prepare=_open_tab("Tickets", "工单")),
    *_at_both_widths("steps", "chen", "/odoo/action-scrm_flow.scrm_flow_step_action"),
    *_at_both_widths("service_map", "chen", "/odoo/scrm-map"),
    *_at_both_widths(
        "bottleneck",
        "admin",
        "/odoo/scrm-map",
        _click(".o_scrm_map_times"),
    ),
    *_at_both_widths("progress_board", "chen", "/odoo/scrm-progress"),
    *_at_both_widths("three_colours", "chen", "/odoo/scrm-board"),
    *_at_both_widths("conversion", "admin", "/odoo/scrm-conversion"),
    *_at_both_widths(
        "travelled",
        "chen",
        _ticket_form("t.scrm_node_key = 'visit'"),
        _click(".o_scrm_flow_bar_open"),
    ),
    *_at_both_widths(
        "designer", "admin", _designer, _click(".o_scrm_node[data-node-key=visit]")
    ),
    *_at_both_widths(
        "form_designer", "admin", _form_designer, _click(".o_scrm_fd_line")
    ),
    *_at_both_widths(
        "form_preview", "admin", _form_designer, _click("[data-tab=preview]")
    ),
    *_at_both_widths(
        "start",
        "admin",
        "/odoo/action-scrm_ticket.scrm_start_action",
        _click(".modal .o_field_radio input"),
    ),
    Shot(
        "matches",
        "he",
        _ticket_form("t.id IN (SELECT ticket_id FROM scrm_match)"),
        prepare=_page("opportunities"),
    ),
    *_at_both_widths(
        "time_line",
        "chen",
        _ticket_form("p.name LIKE '%Bamboo%' AND t.scrm_node_key IS NOT NULL"),
        _page("scrm_portrait"),
    ),
    *_at_both_widths(
        "quotation",
        "admin",
        _ticket_form("p.name LIKE '%Bamboo%' AND t.scrm_node_key IS NOT NULL"),
        _page("prices"),
    ),
    *_at_both_widths(
        "statement_portal",
        "zhang",
        lambda: "/my/settlements/"
        + _sql("SELECT id FROM scrm_settlement_statement ORDER BY id LIMIT 1"),
    ),
    *_at_both_widths("work", "wang", "/scrm/work"),
    *_at_both_widths("public_form", "", "/scrm/new/installation"),
)


# ------------------------------------------------- what the pack does not bring along


def _open_to_the_public(url: str, keys: Path) -> None:
    """Let everybody see the form, through the API as the administrator."""
    template = int(_sql("SELECT id FROM scrm_ticket_template ORDER BY id LIMIT 1"))
    key = json.loads(keys.read_text())["users"]["base.user_admin"]["key"]
    request = urllib.request.Request(
        f"{url}/json/2/scrm.ticket.template/write",
        json.dumps({"ids": [template], "vals": {"public_published": True}}).encode(),
        {
            "Authorization": f"Bearer {key}",
            "X-Odoo-Database": _DATABASE,
            "Content-Type": "application/json",
        },
    )
    urllib.request.urlopen(request).close()


# ------------------------------------------------------------------- the command


def run(rest: list[str]) -> int:
    """The command ``shots [NAME...]``: all pictures, or only those named."""
    setup_steps.prepare(tests=True)
    # the browser's library is in the environment that set-up has made
    return subprocess.call([paths.PYTHON, "-m", "scripts.shots", *rest], cwd=paths.ROOT)


def _main(names: list[str]) -> int:
    shots = [shot for shot in SHOTS if not names or shot.name in names]
    series = [name for name in SERIES if not names or name in names]
    if unknown := set(names) - {shot.name for shot in shots} - set(series):
        raise Fault(f"no such picture: {', '.join(sorted(unknown))}")
    failed = []
    if shots:
        with _business() as url, _browser() as browser:
            for shot in shots:
                try:
                    with timed(f"      {shot.name}.png"):
                        _take(browser, url, shot)
                except Exception as error:  # the other pictures are still wanted
                    failed.append(shot.name)
                    say(f"      {str(error).splitlines()[0]}")
    if series:
        _take_series(series)
    if failed:
        raise Fault(f"no picture of {', '.join(failed)}: see {paths.SCREENSHOTS}")
    say(f"{len(shots) + len(series)} pictures in {IMAGES.relative_to(paths.ROOT)}/")
    return 0


def _take_series(names: list[str]) -> None:
    """From nothing to a finished ticket: what the browser tests see on the way."""
    command = [paths.PYTHON, "-m", "pytest", "-p", "no:odoo", "-q", *SERIES_TESTS]
    with timed("      from nothing to a finished ticket"):
        if subprocess.call(command, cwd=paths.ROOT):
            raise Fault("the browser tests of drawing fail: no pictures of them")
    for name in names:
        target = IMAGES / f"{name}.png"
        shutil.copy(paths.SCREENSHOTS / "tests" / f"{SERIES[name]}.png", target)
        _shrink(target)


@contextmanager
def _business() -> Iterator[str]:
    database.copy_template(database.ALL, _DATABASE)
    clock = {"SCRM_TEST_CLOCK": "1"}
    try:
        with tempfile.TemporaryDirectory() as folder:
            keys = Path(folder) / "keys.json"
            scenario.prepare(_CLUSTER, _DATABASE, PACK, keys)
            with server.Server(_DATABASE, env=clock) as running:
                for options in (("--only", "booking_to_bill"), ("--demo",)):
                    if scenario.play(_CLUSTER, running.url, PACK, keys, *options):
                        raise Fault(f"{PACK.name} does not play: no pictures")
                _open_to_the_public(running.url, keys)
                yield running.url
    finally:
        database.drop_copy(_DATABASE)


def _logins() -> dict[str, tuple[str, str, str]]:
    """User key -> (login, password, language)."""
    users = {
        user["key"]: (user["login"], user["password"], user.get("lang", "en_US"))
        for user in json.loads(PACK.read_text())["users"]
    }
    return {**users, "admin": ("admin", "admin", "en_US"), "": ("", "", "en_US")}


@contextmanager
def _browser() -> Iterator:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=machine.chromium(), args=["--no-sandbox"]
        )
        yield browser
        browser.close()


def _take(browser, url: str, shot: Shot) -> None:
    login, password, lang = _logins()[shot.user]
    width, height = shot.size
    page = browser.new_page(
        base_url=url,
        viewport={"width": width, "height": height},
        locale=lang.replace("_", "-"),
    )
    page.set_default_timeout(30_000)
    try:
        _look(page, shot, login, password)
    except Exception:
        paths.SCREENSHOTS.mkdir(exist_ok=True)
        page.screenshot(path=paths.SCREENSHOTS / f"shots_{shot.name}.png")
        raise
    finally:
        page.close()


def _look(page, shot: Shot, login: str, password: str) -> None:
    if login:
        page.goto("/web/login")
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", password)
        page.click("form.oe_login_form button[type=submit]")
        page.wait_for_url(lambda address: "/web/login" not in address)
    path = shot.path() if callable(shot.path) else shot.path
    page.goto(path)
    if path.startswith("/odoo"):
        page.wait_for_selector(_SHOWN)
    page.wait_for_load_state("load")
    if shot.prepare:
        shot.prepare(page)
    page.add_style_tag(content=_QUIET)
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(1500)
    IMAGES.mkdir(parents=True, exist_ok=True)
    target: Path = IMAGES / f"{shot.name}.png"
    page.screenshot(path=target, full_page=not path.startswith("/odoo"))
    _shrink(target)


def _shrink(path: Path) -> None:
    """Fewer colours: a third of the size, and nobody sees it."""
    from PIL import Image

    with Image.open(path) as image:
        small = image.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    small.save(path, optimize=True)


if __name__ == "__main__":
    try:
        sys.exit(_main(sys.argv[1:]))
    except Fault as fault:
        sys.exit(f"error: {fault}")
