"""Pages and submissions over HTTP: ours beside Odoo's own and plain helpdesk_mgmt."""

import json
import re
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from http.cookiejar import CookieJar

from scripts import server

from .measure import pairs
from .ticket_forms import values

CLIENTS = 4
SUBMISSIONS = 80
PASSWORD = "bench_portal"


def measure_page(name, forms, report):
    """The portal's form of 60 fields beside Odoo's own page ``/my``."""

    def add(env):
        partner = env["res.partner"].browse(forms.ours_is.customers[0])
        env["res.users"].with_context(no_reset_password=True).create(
            {
                "login": PASSWORD,
                "password": PASSWORD,
                "partner_id": partner.id,
                "group_ids": [(6, 0, [env.ref("base.group_portal").id])],
            }
        )
        env["helpdesk.ticket.team"].browse(forms.ours_is.team).show_in_portal = True

    forms.ours.get(add)
    with server.Server(name) as running:
        opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar())
        )
        login = opener.open(f"{running.url}/web/login").read().decode()
        token = re.search(r'name="csrf_token" value="([^"]+)"', login).group(1)
        data = f"login={PASSWORD}&password={PASSWORD}&csrf_token={token}"
        opener.open(f"{running.url}/web/login", data.encode()).read()

        def page(path, mark):
            def get():
                start = time.perf_counter()
                text = opener.open(f"{running.url}{path}").read().decode()
                seconds = time.perf_counter() - start
                if mark not in text:
                    raise RuntimeError(f"{path} is not the page we know")
                return seconds, 0

            return get

        form = page("/my/scrm/new/bench_form", "bench_text_0")
        theirs, seconds, _queries, ratio = pairs(
            page("/my", "o_portal"), form, repeat=7, warm=3
        )
    report.say(f"/my {theirs * 1000:.1f} ms, form page {seconds * 1000:.1f} ms")
    report.figure("ticket_portal_form", ratio, 1.5, 0)


def measure_submissions(names, forms, report):
    """Submissions of four clients on two workers beside a bare create."""
    doors = {"plain": forms.plain, "ours": forms.ours}
    keys = {}
    for label, door in doors.items():
        clerk = getattr(forms, f"{label}_is").clerk
        keys[label] = door.as_user(clerk).get(
            lambda env: env["res.users.apikeys"]
            .sudo()
            ._generate(None, "bench", datetime.now() + timedelta(days=1))
        )
    options = ("--workers=2", "--max-cron-threads=0")
    with (
        server.Server(names["plain"], options=options) as plain,
        server.Server(names["ours"], options=options) as ours,
    ):
        body = {
            "vals_list": [
                {
                    "name": "Broken",
                    "description": "<p>Help</p>",
                    "team_id": forms.plain_is.team,
                    "partner_id": forms.plain_is.customers[0],
                }
            ]
        }
        peer = _burst(
            plain.url, names["plain"], keys["plain"], "create", lambda n: body
        )

        def submission(number):
            return {
                "template": "bench_form",
                "values": values(),
                "partner": forms.ours_is.customers[0],
                "idempotency_key": f"{time.time_ns()}-{number}",
            }

        mine = _burst(ours.url, names["ours"], keys["ours"], "scrm_submit", submission)
        theirs, seconds, _queries, ratio = pairs(peer, mine)
    report.say(
        f"bare create {SUBMISSIONS / theirs:.0f}/s, "
        f"submissions of 60 fields {SUBMISSIONS / seconds:.0f}/s"
    )
    report.figure("ticket_submissions", ratio, 1.43, 0)


def _burst(url, database, key, method, body):
    """A function: so many calls by four clients; (seconds, 0)."""

    def call(number):
        request = urllib.request.Request(
            f"{url}/json/2/helpdesk.ticket/{method}",
            json.dumps(body(number)).encode(),
            {
                "Authorization": f"Bearer {key}",
                "X-Odoo-Database": database,
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request) as answer:
            return answer.read()

    def run():
        start = time.perf_counter()
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(call, range(SUBMISSIONS)))
        return time.perf_counter() - start, 0

    return run
