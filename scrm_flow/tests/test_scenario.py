import json
import os
from contextlib import redirect_stdout
from io import StringIO
from unittest.mock import patch

import requests

from odoo.tests import HttpCase, tagged

from ..scenario import doors, prepare
from ..scenario.errors import ScenarioError
from ..scenario.play import play
from ..scenario.player import Access, Player
from ..scenario.verbs import clock_advance
from .pack_common import PackCase

ADMIN = {"login": "admin", "password": "", "key": "", "lang": "en_US"}


@tagged("post_install", "-at_install")
class TestScenario(PackCase, HttpCase):
    """Scenarios are played over HTTP: real sessions, real API keys."""

    def _play(self, **options):
        """Import the pack and play it; returns the exit code and the lines."""
        access = prepare.prepare(self.env, json.dumps(self.pack))
        out = StringIO()
        with self.allow_requests(), redirect_stdout(out):
            key = self.http_request_key

            class Session(requests.Session):
                """A session that the test server answers."""

                def __init__(self):
                    super().__init__()
                    self.cookies.set("test_request_key", key)

            with (
                patch.object(doors.requests, "Session", Session),
                patch.dict(os.environ, SCRM_TEST_CLOCK="1"),
            ):
                code = play(self.pack, access, self.base_url(), **options)
        return code, out.getvalue().splitlines()

    def _steps(self, *steps):
        self.pack["scenarios"][0]["steps"] = list(steps)

    def test_all_as_expected(self):
        code, lines = self._play()
        self.assertEqual((code, lines[-1]), (0, "1 steps as expected"))
        self.assertIn("lotus@example.com", "\n".join(lines))

    def test_changed_figure_names_the_step(self):
        step = self.pack["scenarios"][0]["steps"][0]
        self._steps(
            {
                "as": "small_portal",
                "door": "portal",
                "do": "open",
                "with": {"path": "/my"},
            },
            step,
        )
        step["expect"][0]["fields"]["email"] = "rose@example.com"
        code, lines = self._play()
        self.assertEqual(code, 1)
        self.assertEqual(
            lines[-1],
            "step 2: expected res.partner email rose@example.com,"
            " saw lotus@example.com",
        )

    def test_portal_session(self):
        self._steps(
            {
                "as": "small_portal",
                "door": "portal",
                "do": "open",
                "with": {"path": "/my"},
                "expect": [{"that": "page", "shows": ["Lotus"], "lacks": ["Li Eng"]}],
            },
            {
                "title": "a visitor is sent to the login",
                "door": "portal",
                "do": "open",
                "with": {"path": "/my"},
                "expect": [{"that": "page", "shows": ["Password"]}],
            },
            {
                "title": "a form with its token",
                "as": "small_portal",
                "door": "portal",
                "do": "submit_form",
                "with": {
                    "path": "/my/account",
                    "form": "//form[.//input[@name='phone']]",
                    "values": {"phone": "+86 21 5555 0101"},
                },
            },
            {
                "title": "a post without one",
                "as": "small_portal",
                "door": "portal",
                "do": "post",
                "with": {"path": "/my/security", "values": {"op": "password"}},
                "expect": [{"that": "refused", "status": [400], "text": "token"}],
            },
        )
        with self.assertLogs("odoo.http", "WARNING"):  # the missing token
            code, lines = self._play()
        self.assertEqual((code, lines[-1]), (0, "4 steps as expected"), lines)

    def test_refusal_must_be_the_expected_one(self):
        step = {
            "as": "small_li",
            "door": "json2",
            "do": "call",
            "with": {
                "model": "scrm.pack",
                "method": "export_pack",
            },
            "expect": [
                {"that": "refused", "status": [403], "text": "manager of flows"}
            ],
        }
        self._steps(step)
        code, lines = self._play()
        self.assertEqual((code, lines[-1]), (0, "1 steps as expected"), lines)
        step["expect"][0]["text"] = "something else"
        code, lines = self._play()
        self.assertEqual(code, 1)
        self.assertIn("step 1: expected", lines[-1])

    def test_step_that_is_refused_without_being_expected(self):
        self._steps(
            {
                "as": "small_li",
                "door": "json2",
                "do": "call",
                "with": {"model": "scrm.pack", "method": "export_pack"},
            }
        )
        code, lines = self._play()
        self.assertEqual(code, 1)
        self.assertIn("step 1: expected call done, saw refused 403", lines[-1])

    def test_clock(self):
        self._steps(
            {
                "door": "clock",
                "do": "set",
                "with": {"to": "2026-03-02 02:00:00"},
            },
            {"door": "clock", "do": "advance", "with": {"minutes": 90}},
        )
        code, lines = self._play()
        self.assertEqual((code, lines[-1]), (0, "2 steps as expected"), lines)
        with patch.dict(os.environ, SCRM_TEST_CLOCK="1"):
            now = self.env["scrm.clock"].now()
        self.assertEqual(str(now)[:16], "2026-03-02 03:30")

    def test_demo_and_only(self):
        code, lines = self._play(demo=True)
        self.assertEqual(code, 1)
        self.assertIn("no such scenario", lines[-1])
        code, lines = self._play(only="small_scenario")
        self.assertEqual((code, lines[-1]), (0, "1 steps as expected"))

    def test_one_that_builds_on_another(self):
        """Played alone, it says what it misses and what comes before it; the whole
        pack is as expected."""
        partner = {"that": "record", "model": "res.partner", "id": "${partner}"}
        find = {
            "as": "small_li",
            "door": "json2",
            "do": "call",
            "with": {
                "model": "res.partner",
                "method": "search",
                "arguments": {"domain": [["name", "=", "Rose"]]},
            },
            "save": {"partner": "answer.0"},
            "expect": [partner],
        }
        make = {
            "door": "json2",
            "do": "call",
            "with": {
                "model": "res.partner",
                "method": "create",
                "arguments": {"vals_list": [{"name": "Rose"}]},
            },
        }
        self._steps(make)
        later = {"key": "later", "name": "Later", "steps": [find]}
        self.pack["scenarios"].append(later)
        code, lines = self._play()
        self.assertEqual((code, lines[-1]), (0, "2 steps as expected"), lines)
        self.env["res.partner"].search([("name", "=", "Rose")]).unlink()
        code, lines = self._play(only="later")
        self.assertEqual(code, 1)
        self.assertEqual(
            lines[-2:],
            [
                "later was played alone. Before it the pack plays: small_scenario. "
                "If it builds on them, play the whole pack.",
                "step 1: expected an answer, saw the answer has no answer.0",
            ],
        )
        code, lines = self._play(only="small_scenario")
        self.assertEqual((code, lines[-1]), (0, "1 steps as expected"))

    def test_what_was_saved_empty(self):
        """A step that needs what an earlier one did not find says so."""
        player = Player(self.pack, Access("", "", {"base.user_admin": ADMIN}))
        player.saved = {"statement": None, "ticket": 7}
        self.assertEqual(player.resolve("${ticket}"), 7)
        with self.assertRaisesRegex(ScenarioError, "statement is empty"):
            player.resolve({"id": "${statement}"})
        with self.assertRaisesRegex(ScenarioError, "nothing has set the clock"):
            clock_advance(None, {"minutes": 5}, player)
