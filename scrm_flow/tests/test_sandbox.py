from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from ..sandbox.cursor import SandboxError, opened, sandbox_of
from .common import FlowCase


@tagged("post_install", "-at_install")
class TestSandbox(FlowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.draft = cls.version._copy_as_draft()
        cls.sandbox = cls.env["scrm.flow.sandbox"]
        visit = cls.draft.node_ids.filtered(lambda node: node.key == "visit")
        visit.write({"deadline_hours": 8, "reminder_hours": "-1"})

    def play(self, *script, user=None, **arguments):
        sandbox = self.sandbox.with_user(user or self.designer)
        return sandbox.play(self.draft.id, list(script), **arguments)

    def everything(self):
        """Number of rows and newest change of every table."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT relname FROM pg_class "
                "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            )
        )
        counts = {}
        for (table,) in rows:
            (counts[table],) = self.env.execute_query(
                SQL(
                    "SELECT COUNT(*), COALESCE(SUM(hashtext(rec::text)::bigint), 0) "
                    "FROM %s rec",
                    SQL.identifier(table),
                )
            )
        return counts

    def test_a_draft_from_start_to_end(self):
        course = self.play(
            {"do": "complete", "node": "triage", "transition": "accept"},
            {"do": "complete"},
            values={"area": 40},
        )
        self.assertEqual(
            [node["key"] for node in course["path"]],
            ["start", "triage", "large", "visit", "stamp", "end"],
        )
        self.assertEqual((course["state"], course["end"]), ("done", "end"))
        triage, visit, stamp = course["steps"]
        self.assertEqual(triage["handlers"], ["Ann"])
        self.assertIn("the only one who can", triage["reason"])
        self.assertEqual(visit["logins"], ["bob"])
        self.assertEqual(visit["transition"], "visited")
        self.assertEqual(
            course["services"],
            [
                {
                    "node": "stamp",
                    "name": "Stamp",
                    "service": "set_values",
                    "simulated": {"values": {"note": "done"}},
                    "run": False,
                }
            ],
        )
        self.assertEqual(
            course["conditions"],
            [
                {
                    "node": "large",
                    "key": "is_large",
                    "name": "Survey",
                    "condition": "[('area', '>', 90)]",
                    "holds": False,
                }
            ],
        )

    def test_nothing_remains(self):
        """It shows where a record would be stuck; and not one row of any table is
        new, gone or changed, nor any file.

        Covers: F16
        """
        order = self.start(area=40)
        (self.bob | self.cid).active = False  # whom the next node needs
        # what moves does besides: files, bus, jobs, webhooks, mails to the outside
        self.env["ir.config_parameter"].set_param("ir_attachment.location", "file")
        called = []

        def busy(record, step):
            env = record.env
            env["ir.attachment"].create({"name": "big.txt", "raw": b"x" * 10000})
            env.user.partner_id._bus_send("test", {"a": 1})
            env["res.partner"].with_delay().create({"name": "By a job"})
            env["mail.mail"].create(
                {"email_to": "out@example.com", "subject": "Hi", "body_html": "<b/>"}
            ).send()
            env["sms.sms"].create({"number": "+32470000000", "body": "Hi"}).send()
            env.cr.postcommit.add(lambda: called.append("postcommit"))
            env.cr.postrollback.add(lambda: called.append("postrollback"))

        files = self.filestore()
        before = self.everything()
        with patch.object(type(order), "_scrm_step_opened", busy):
            course = self.play(
                {"do": "set", "values": {"note": "changed"}},
                {"do": "complete", "transition": "accept"},
                {"do": "wait", "hours": 200},
                record_id=order.id,
            )
        self.assertEqual([o["message"] for o in course["outcomes"]], [False] * 3)
        self.assertEqual(
            [(one["node"], one["why"]) for one in course["stuck"]],
            [("visit", "“Visit” has nobody to handle it.")],
        )
        told = [(m["channel"], m["to"]) for m in course["messages"]]
        self.assertIn(("message", ["out@example.com"]), told)
        self.assertIn(("sms", ["+32470000000"]), told)
        after = self.everything()
        self.assertEqual(
            {table for table in after if before[table] != after[table]}, set()
        )
        self.assertEqual(self.filestore(), files)
        self.assertEqual(called, [])
        self.assertEqual(order.note, False)
        self.assertEqual(order.scrm_node_key, "triage")

    def filestore(self):
        root = Path(self.env["ir.attachment"]._filestore())
        return sorted(str(path) for path in root.rglob("*"))

    def test_nothing_is_committed(self):
        """Who commits in there reads why that is refused."""

        def commit(service, record, config):
            service.env.cr.commit()

        service = type(self.env["scrm.flow.service.set_values"])
        with patch.object(service, "simulate", commit):
            course = self.play(
                {"do": "complete", "transition": "accept"},
                {"do": "complete"},
                values={"area": 4},
            )
        (stuck,) = course["stuck"]
        self.assertEqual(stuck["node"], "stamp")
        self.assertIn("In the sandbox nothing is saved", stuck["why"])
        with opened(self.env, self.env["scrm.clock"].now()) as env:
            for forbidden in (env.cr.commit, env.cr.rollback):
                with self.assertRaises(SandboxError):
                    forbidden()
        with self.assertRaises(SandboxError):  # nobody goes on working in it
            env["res.partner"].search([], limit=1)

    def test_a_service_that_cannot_be_simulated(self):
        """It is not run, says so, and the token goes on."""
        service = type(self.env["scrm.flow.service.set_values"])

        def forbidden(service, record, step, config):
            raise AssertionError("a service must not run in a sandbox")

        with (
            patch.object(service, "run", forbidden),
            patch.object(service, "simulate", lambda service, record, config: None),
        ):
            course = self.play(
                {"do": "complete", "transition": "accept"}, {"do": "complete"}
            )
        self.assertEqual(course["state"], "done")
        (told,) = course["services"]
        self.assertEqual((told["node"], told["simulated"]), ("stamp", None))

    def test_time_is_its_own(self):
        """Deadlines, reminders and their messages come at their moment; the clock
        outside does not move."""
        now = self.env["scrm.clock"].now()
        course = self.play(
            {"do": "complete", "transition": "accept"},
            {"do": "wait"},
            at="2026-03-02 08:00:00",
        )
        self.assertEqual(course["now"], "2026-03-02 15:00:00")
        self.assertEqual(course["steps"][1]["deadline_at"], "2026-03-02 16:00:00")
        (message,) = course["messages"]
        self.assertEqual(message["to"], ["Bob"])
        self.assertEqual(message["at"], "2026-03-02 15:00:00")
        self.assertIn("“Visit” is due on", message["subject"])
        self.assertIn("“Visit” is due on", message["text"])
        self.assertEqual(
            [(t["kind"], t["state"], t["due_at"]) for t in course["timers"]],
            [
                ("reminder", "fired", "2026-03-02 15:00:00"),
                ("deadline", "due", "2026-03-02 16:00:00"),
            ],
        )
        self.assertLess(self.env["scrm.clock"].now() - now, timedelta(minutes=5))
        back = self.play(
            {"do": "wait", "until": "2026-03-02 07:00:00"}, at="2026-03-02 08:00:00"
        )
        self.assertIn("only goes forward", back["outcomes"][0]["message"])

    def test_choices_and_refused_ways(self):
        edge = self.draft.transition_ids.filtered(lambda edge: edge.key == "refuse")
        edge.condition = "[('area', '>', 100)]"
        course = self.play(values={"area": 40})
        (choice,) = course["choices"]
        self.assertEqual(choice["ways"], [{"key": "accept", "name": "Accept"}])
        (refused,) = choice["refused"]
        self.assertEqual(refused["key"], "refuse")
        self.assertEqual(refused["why"], "[('area', '>', 100)] (area = 40.0)")
        self.assertEqual(course["stuck"], [])

    def test_what_would_be_stuck(self):
        """Nobody to do it, nobody who sees it, no way to go on: each is named."""
        (self.bob | self.cid).active = False
        course = self.play({"do": "complete", "transition": "accept"})
        self.assertEqual(course["state"], "incident")
        self.assertEqual(
            course["stuck"],
            [
                {
                    "node": "visit",
                    "name": "Visit",
                    "why": "“Visit” has nobody to handle it.",
                }
            ],
        )
        triage = self.draft.node_ids.filtered(lambda node: node.key == "triage")
        triage.handler_user_ids = self.blind()
        course = self.play()
        self.assertEqual(course["stuck"][0]["why"], "Blind may not see the record")
        triage.handler_user_ids = self.ann
        for edge in triage.version_id.transition_ids:
            if edge.source_id == triage:
                edge.condition = "[('area', '>', 100)]"
        course = self.play()
        self.assertIn("no way to go on is open", course["stuck"][0]["why"])

    def blind(self):
        return new_test_user(
            self.env, login="blind", name="Blind", groups="base.group_public"
        )

    def test_who_acts(self):
        """Somebody else is refused as in real life, and the rest goes on."""
        course = self.play(
            {"do": "complete", "transition": "accept", "as": "eve"},
            {"do": "transfer", "user": "eve", "reason": "Holiday"},
            {"do": "complete", "transition": "accept", "as": "eve"},
            {"do": "set", "values": {"area": 1}},
            {"do": "complete", "node": "nowhere"},
        )
        refused, handed, done, _written, unknown = course["outcomes"]
        self.assertFalse(refused["ok"])
        self.assertIn("“Triage” is handled by Ann", refused["message"])
        self.assertTrue(handed["ok"])
        self.assertTrue(done["ok"])
        self.assertEqual(course["steps"][0]["done_by"], "Eve")
        self.assertIn("not come to the node “nowhere”", unknown["message"])

    def test_a_record_whose_flow_is_running(self):
        """It is tried as it is now, from the start, and stays where it is."""
        order = self.start(area=95)
        order.with_user(self.ann).scrm_step_complete("accept")
        course = self.play(
            {"do": "complete", "transition": "accept"}, record_id=order.id
        )
        self.assertEqual(course["path"][-1]["key"], "survey")
        self.assertEqual(order.scrm_run_id.state, "running")
        self.assertEqual(order.scrm_run_id.step_ids.mapped("state"), ["done", "open"])

    def test_rights(self):
        """Flow managers only, with records they may read."""
        order = self.start()
        for user in (self.ann, self.watcher, self.portal):
            with self.assertRaisesRegex(AccessError, "flow manager"):
                self.play(user=user, record_id=order.id)
        rule = self.env["ir.rule"].create(
            {
                "name": "not this one",
                "model_id": self.model.id,
                "domain_force": str([("id", "!=", order.id)]),
            }
        )
        with self.assertRaises(AccessError):
            self.play(record_id=order.id)
        rule.unlink()
        with self.assertRaisesRegex(UserError, "“secret” is no field"):
            self.play(values={"secret": "x"})
        course = self.play({"do": "expect", "values": {"secret": "x"}})
        self.assertIn("“secret” is no field", course["outcomes"][0]["message"])

    def test_bad_input(self):
        """Each is refused, naming the line or the field."""
        for script, message in (
            ("complete", "must be a list"),
            (["complete"], r"script\[0\]: “do” must be one of"),
            ([{"do": "fly"}], r"script\[0\]: “do” must be one of .* not “fly”"),
            ([{"do": "retry"}, {"do": "wait", "hours": "x"}], r"script\[1\]: “hours”"),
            ([{"do": "wait", "days": 1}], "“wait” does not take “days”"),
            ([{"do": "set", "values": []}], "must name fields"),
            ([{"do": "wait", "until": "noon"}], "must be a time like"),
            ([{"do": "complete", "node": 3}], "“node” must be a text"),
            ([{"do": "retry"}] * 201, "at most 200"),
        ):
            with (
                self.subTest(script=script),
                self.assertRaisesRegex(UserError, message),
            ):
                self.sandbox.with_user(self.designer).play(self.draft.id, script)
        for values, message in (
            ({"nothing": 1}, "“nothing” is no field"),
            ({"id": 1}, "“id” is no field"),
            ({"kind": "x"}, "“kind” cannot be x: it is one of new, old"),
            ({"owner_id": "Nobody at all"}, "there is no such User"),
            ({"day": "soon"}, "“day” cannot be soon"),
            ([], "must name fields"),
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(UserError, message),
            ):
                self.play(values=values)
        for arguments, message in (
            ({"at": "soon"}, "must be a time like"),
            ({"at": "1926-01-01 00:00:00"}, "within ten years"),
            ({"record_id": 0x7FFFFFF}, "no such record"),
        ):
            with (
                self.subTest(arguments=arguments),
                self.assertRaisesRegex(UserError, message),
            ):
                self.play(**arguments)
        with self.assertRaisesRegex(UserError, "no such version"):
            self.sandbox.with_user(self.designer).play(0x7FFFFFF)

    def test_an_unfinished_draft(self):
        """What is no graph yet says so; weaker faults are only listed."""
        edge = self.draft.transition_ids.filtered(lambda edge: edge.key == "is_small")
        edge.write({"is_default": False, "condition": "[('area', '<', 9)]"})
        course = self.play(
            {"do": "complete", "transition": "accept"}, values={"area": 50}
        )
        self.assertIn("Large (large): the gateway has neither", course["faults"][0])
        self.assertIn("no condition holds", course["stuck"][0]["why"])
        start = self.draft.node_ids.filtered(lambda node: node.type == "start")
        start.unlink()
        with self.assertRaisesRegex(UserError, "the flow has no start node"):
            self.play()

    def test_a_changed_draft_is_tried_as_it_is(self):
        """Nothing of an earlier try is remembered, in no cache."""
        self.assertEqual(self.play()["path"][-1]["name"], "Triage")
        triage = self.draft.node_ids.filtered(lambda node: node.key == "triage")
        triage.write({"name": "Look", "handler_user_ids": [(6, 0, self.eve.ids)]})
        course = self.play()
        self.assertEqual(course["path"][-1]["name"], "Look")
        self.assertEqual(course["steps"][0]["handlers"], ["Eve"])

    def test_caches_are_clean_afterwards(self):
        """What somebody looks up in there is not what others find later."""
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("scrm_test.value", "outside")
        self.registry.cache_invalidated.clear()
        with opened(self.env, self.env["scrm.clock"].now()) as env:
            inside = env["ir.config_parameter"].sudo()
            inside.set_param("scrm_test.value", "inside")
            self.assertEqual(inside.get_param("scrm_test.value"), "inside")
        self.assertEqual(parameters.get_param("scrm_test.value"), "outside")
        self.assertFalse(self.registry.cache_invalidated, "nobody has to be told")
        self.assertFalse(sandbox_of(self.env))

    def test_required_values_are_made_up(self):
        course = self.play()
        self.assertEqual(course["record"], "Test flow (sandbox)")
        course = self.play(values={"name": "Mine", "owner_id": "Ann"})
        self.assertEqual(course["record"], "Mine")
