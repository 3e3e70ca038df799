"""``make shots``: the pictures of the README, made from the running product.

A fresh database gets a pack, and its scenarios are played. Then a browser logs in as
the people of the pack, looks at the `screens` and saves them in ``docs/images/``.
What is drawn from nothing is seen in the browser tests: their pictures are taken
over. At the end ``docs/screens.md`` lists all of them.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

from . import machine, paths
from . import setup as setup_steps
from .progress import Fault, say, timed
from .screens import SCREENS, SERIES, SERIES_TESTS, Screen
from .shot_business import business, file_of, sql

IMAGES = paths.ROOT / "docs" / "images"
PAGE = paths.ROOT / "docs" / "screens.md"
#: How long a page may take on a busy machine, in milliseconds.
_PATIENCE = 60_000
_QUIET = """
    .o_notification_manager, .o-mail-ChatHub { display: none !important; }
    * { caret-color: transparent !important; animation: none !important; }
"""
#: What tells that a page of the backend is there.
_SHOWN = (
    ".o_form_view .o_form_sheet, .o_form_view .o_content, .o_list_renderer,"
    " .o_kanban_renderer, .o_pivot, .o_graph_renderer, .o_scrm_diagram,"
    " .o_scrm_fd_palette, .o_calendar_renderer"
)


def run(rest: list[str]) -> int:
    """The command ``shots [NAME...]``: all pictures, or only those named."""
    setup_steps.prepare(tests=True)
    # the browser's library is in the environment that set-up has made
    return subprocess.call([paths.PYTHON, "-m", "scripts.shots", *rest], cwd=paths.ROOT)


def _main(names: list[str]) -> int:
    wanted = [screen for screen in SCREENS if not names or screen.name in names]
    series = [name for name in SERIES if not names or name in names]
    if unknown := set(names) - {screen.name for screen in wanted} - set(series):
        raise Fault(f"no such picture: {', '.join(sorted(unknown))}")
    IMAGES.mkdir(parents=True, exist_ok=True)
    failed = []
    for pack, here in groupby(wanted, key=lambda screen: screen.pack):
        with business(pack) as url, _browser() as browser:
            camera = Camera(browser, url, pack)
            for screen in here:
                failed += camera.take(screen)
    if series:
        _take_series(series)
    PAGE.write_text(page())
    if failed:
        raise Fault(f"no picture of {', '.join(failed)}: see {paths.SCREENSHOTS}")
    count = len(series) + sum(len(screen.pictures) for screen in wanted)
    say(f"{count} pictures in {IMAGES.relative_to(paths.ROOT)}/")
    return 0


def _take_series(names: list[str]) -> None:
    """From nothing to a finished ticket: what the browser tests see on the way."""
    command = [paths.PYTHON, "-m", "pytest", "-p", "no:odoo", "-q", *SERIES_TESTS]
    with timed("      from nothing to a finished ticket"):
        if subprocess.call(command, cwd=paths.ROOT):
            raise Fault("the browser tests of drawing fail: no pictures of them")
    for name in names:
        source, _title = SERIES[name]
        target = IMAGES / f"{name}.png"
        shutil.copy(paths.SCREENSHOTS / "tests" / f"{source}.png", target)
        _shrink(target)


# ------------------------------------------------------------------- the camera


@contextmanager
def _browser() -> Iterator:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=machine.chromium(), args=["--no-sandbox"]
        )
        yield browser
        browser.close()


class Camera:
    """Takes pictures of one business; each of its people logs in once."""

    def __init__(self, browser, url: str, pack: str) -> None:
        users = {
            user["key"]: (user["login"], user["password"], user.get("lang", "en_US"))
            for user in json.loads(file_of(pack).read_text())["users"]
        }
        self._browser = browser
        self._url = url
        self._users = {**users, "admin": ("admin", "admin", "en_US")}
        self._sessions: dict[str, dict] = {}
        self._menu = sql(
            "SELECT res_id FROM ir_model_data"
            " WHERE module = 'scrm_flow' AND name = 'menu_root'"
        )

    def take(self, screen: Screen) -> list[str]:
        """Save the pictures of a screen; the names of those that failed."""
        failed = []
        for name, (width, height) in screen.pictures.items():
            page = self._page(screen.user, {"width": width, "height": height})
            try:
                with timed(f"      {name}.png"):
                    self._look(page, screen, IMAGES / f"{name}.png")
            except Exception as error:  # the other pictures are still wanted
                paths.SCREENSHOTS.mkdir(exist_ok=True)
                page.screenshot(path=paths.SCREENSHOTS / f"shots_{name}.png")
                failed.append(name)
                say(f"      {str(error).splitlines()[0]}")
            finally:
                page.context.close()
        return failed

    def _page(self, user: str, viewport: dict[str, int]):
        """A window of this user, who has been at our menu before."""
        options = {"base_url": self._url}
        if user:
            login, password, lang = self._users[user]
            options["locale"] = lang.replace("_", "-")
            if user not in self._sessions:
                self._sessions[user] = self._log_in(login, password, options)
            options["storage_state"] = self._sessions[user]
        context = self._browser.new_context(viewport=viewport, **options)
        context.set_default_timeout(_PATIENCE)
        context.add_init_script(f"sessionStorage.setItem('menu_id', {self._menu})")
        return context.new_page()

    def _log_in(self, login: str, password: str, options: dict) -> dict:
        context = self._browser.new_context(**options)
        context.set_default_timeout(_PATIENCE)
        page = context.new_page()
        page.goto("/web/login")
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", password)
        page.click("form.oe_login_form button[type=submit]")
        page.wait_for_url(
            lambda address: "/web/login" not in address, wait_until="commit"
        )
        state = context.storage_state()
        context.close()
        return state

    def _look(self, page, screen: Screen, target: Path) -> None:
        path = screen.path() if callable(screen.path) else screen.path
        page.goto(path)
        is_backend = path.startswith("/odoo")
        if is_backend:
            page.wait_for_selector(_SHOWN)
        page.wait_for_load_state("load")
        if screen.prepare:
            screen.prepare(page)
        page.add_style_tag(content=_QUIET)
        page.evaluate("document.fonts.ready")
        page.wait_for_timeout(1500)
        page.screenshot(path=target, full_page=not is_backend)
        _shrink(target)


def _shrink(path: Path) -> None:
    """Fewer colours: a third of the size, and nobody sees it."""
    from PIL import Image

    with Image.open(path) as image:
        small = image.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    small.save(path, optimize=True)


# --------------------------------------------------------------- the list of them


def page() -> str:
    """``docs/screens.md``: all pictures that there are, with what they show."""
    cells = [
        f"{title}<br>{_picture(name, title)}"
        for name, (_, title) in SERIES.items()
        if (IMAGES / f"{name}.png").is_file()
    ]
    lines = [
        "# Screens",
        "",
        "Made by `make shots` from the running product, at 1400 and 390 pixels.",
        "",
        "## From nothing to a finished ticket",
        "",
        *_table(("", ""), [cells[i : i + 2] for i in range(0, len(cells), 2)]),
    ]
    for screen in SCREENS:
        there = [name for name in screen.pictures if (IMAGES / f"{name}.png").is_file()]
        if not there:
            continue
        pictures = [_picture(name, screen.title) for name in there]
        lines += ["", f"## {screen.title}", ""]
        if len(pictures) == 1:
            lines += pictures
        else:
            lines += _table(("desktop", "phone"), [pictures])
    return "\n".join(lines) + "\n"


def _picture(name: str, title: str) -> str:
    return f"![{title}](images/{name}.png)"


def _table(heads: tuple[str, str], rows: list[list[str]]) -> list[str]:
    return [
        f"| {' | '.join((*row, '')[:2])} |".replace("  ", " ")
        for row in (heads, ["---", "---"], *rows)
    ]


if __name__ == "__main__":
    try:
        sys.exit(_main(sys.argv[1:]))
    except Fault as fault:
        sys.exit(f"error: {fault}")
