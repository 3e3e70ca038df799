from base64 import b64encode

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError

from .common import TicketCase

SECRET = "test_note"


class TestFormRights(TicketCase):
    """Who reads and edits which field at which node, and that nobody infers more.

    At "check" everybody but managers, who read it, does not see the note; Dora, who
    handles the step, must fill it in. At "visit" the area can only be read, and the
    note is free. Customers never see the mounting at "visit".
    """

    @classmethod
    def make_flow(cls, key="test_ticket_flow"):
        flow = super().make_flow(key)
        draft = flow.published_version_id._copy_as_draft()
        rights = cls.env["scrm.form.right"]
        manager = cls.env.ref("scrm_ticket.group_manager")
        for node, field, audience, group, level in (
            ("check", cls.note, "everybody", None, "hidden"),
            ("check", cls.note, "handlers", None, "required"),
            ("check", cls.note, "role", manager.id, "read"),
            ("visit", cls.area, "everybody", None, "read"),
            ("visit", cls.mounting, "customers", None, "hidden"),
        ):
            found = draft.node_ids.filtered(lambda n, node=node: n.key == node)
            rights.create(
                {
                    "node_id": found.id,
                    "field_id": field.id,
                    "audience": audience,
                    "group_id": group,
                    "level": level,
                }
            )
        draft.action_publish()
        return flow

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls.submit(values={**cls.good_values, SECRET: "a secret"})

    def seen(self, user, ticket=None):
        """Keys that a user reads of a ticket's form."""
        ticket = (ticket or self.ticket).with_user(user)
        ticket.invalidate_recordset()
        read = ticket.read(["scrm_values"])[0]["scrm_values"]
        return {part["name"] for part in read}

    def to_visit(self):
        self.ticket.with_user(self.dora).scrm_step_complete()

    def test_read(self):
        """A handler reads the fields of the own node; others what is left for them.

        Covers: R02
        """
        self.assertEqual(
            self.seen(self.desk), {"test_area", "test_mounting"}, "hidden at check"
        )
        self.assertIn(SECRET, self.seen(self.dora))
        self.assertIn(SECRET, self.seen(self.manager))
        self.assertNotIn(SECRET, self.seen(self.pia))
        words = self.ticket.with_user(self.pia).sudo()._scrm_values_for_display()
        self.assertNotIn(SECRET, [row["key"] for row in words], "on the portal's page")
        self.to_visit()
        self.assertIn(SECRET, self.seen(self.desk))
        self.assertNotIn("test_mounting", self.seen(self.pia))
        self.assertIn("test_mounting", self.seen(self.egon))

    def test_bound_to_the_nodes_handler(self):
        """Each field is of one node: its handler reads and edits it while the ticket
        is there, and nothing of the other's; who had the step before has none left.

        Covers: R02
        """
        draft = self.flow.published_version_id._copy_as_draft()
        draft.node_ids.form_right_ids.unlink()
        nodes = {node.key: node for node in draft.node_ids}
        for own, other in (("check", "visit"), ("visit", "check")):
            field = self.note if own == "check" else self.area
            for node, audience, level in (
                (own, "everybody", "hidden"),
                (own, "handlers", "edit"),
                (other, "everybody", "hidden"),
            ):
                self.env["scrm.form.right"].create(
                    {
                        "node_id": nodes[node].id,
                        "field_id": field.id,
                        "audience": audience,
                        "level": level,
                    }
                )
        draft.action_publish()
        self.ticket = self.submit(values={**self.good_values, SECRET: "a secret"})

        def has(user, key, other):
            mine = self.ticket.with_user(user)
            self.assertEqual(self.seen(user), {key, "test_mounting"})
            value = 61 if key == "test_area" else "seen"
            mine.scrm_values = {key: value}
            self.assertEqual(self.ticket._scrm_value(key), value)
            with self.assertRaisesRegex(ValidationError, f"no field “{other}”"):
                mine.scrm_values = {other: "x"}

        has(self.dora, SECRET, "test_area")
        self.to_visit()
        has(self.ticket.user_id, "test_area", SECRET)
        self.assertEqual(self.seen(self.dora), {"test_mounting"})

    def test_no_way_to_read(self):
        """Every way to read a record leaves the hidden value out."""
        ticket = self.ticket.with_user(self.desk)
        ticket.invalidate_recordset()
        spec = {"scrm_values": {}}
        domain = [("id", "=", ticket.id)]
        self.desk.group_ids += self.env.ref("base.group_allow_export")
        self.manager.group_ids += self.env.ref("base.group_allow_export")
        new = ticket.copy()
        for name, answer in (
            ("read", ticket.read(["scrm_values"])),
            ("web_read", ticket.web_read(spec)),
            ("search_read", ticket.search_read(domain, ["scrm_values"])),
            ("web_search_read", ticket.web_search_read(domain, spec)),
            ("web_save", ticket.web_save({"priority": "1"}, spec)),
            ("export", ticket.export_data(["scrm_values"])),
            (
                "onchange",
                ticket.onchange(
                    {"priority": "3"}, ["priority"], {**spec, "priority": {}}
                ),
            ),
            ("state", ticket.read(["scrm_form_state"])),
            ("copy_data", ticket.copy_data()[0]["scrm_values"]._values),
            ("copy", new.sudo().read(["scrm_values"])),
            ("messages", ticket.message_ids.read(["body"])),
            ("tracking", ticket.sudo().message_ids.tracking_value_ids.read()),
        ):
            self.assertNotIn("a secret", str(answer), name)
        with self.assertRaises(KeyError):
            ticket.scrm_values[SECRET]
        for user, is_there in ((self.desk, False), (self.manager, True)):
            rows = self.ticket.with_user(user).export_data([f"scrm_values.{SECRET}"])
            self.assertEqual("a secret" in str(rows), is_there)

    def test_no_inference(self):
        """Who may not read a field everywhere cannot search, sort or group by it.

        Covers in part: R01
        """
        path = f"scrm_values.{SECRET}"
        self.env["scrm.part.line"].search([])
        for user in (self.desk, self.dora, self.pia):
            tickets = self.env["helpdesk.ticket"].with_user(user)
            parts = self.env["scrm.part.line"].with_user(user)
            asks = {
                "=": lambda t=tickets: t.search([(path, "=", "a secret")]),
                "ilike": lambda t=tickets: t.search([(path, "ilike", "a s")]),
                "not": lambda t=tickets: t.search_count(["!", (path, "=", "x")]),
                "set": lambda t=tickets: t.search([(path, "!=", False)]),
                "or": lambda t=tickets: t.search(
                    ["|", ("id", "=", 0), (path, "in", ["a secret", "b"])]
                ),
                "order": lambda t=tickets: t.search([], order=f"{path} desc"),
                "raw order": lambda t=tickets: t.search([], order="scrm_values"),
                "group": lambda t=tickets: t.formatted_read_group(
                    [], [path], ["__count"]
                ),
                "raw group": lambda t=tickets: t.formatted_read_group(
                    [], ["scrm_values"], ["__count"]
                ),
                "aggregate": lambda t=tickets: t.formatted_read_group(
                    [], ["team_id"], ["scrm_values:array_agg"]
                ),
                "having": lambda t=tickets: t._read_group(
                    [], ["team_id"], [], having=[("scrm_values:count", ">", 0)]
                ),
                "web group": lambda t=tickets: t.web_read_group([], [path]),
                "definition": lambda t=tickets: t.get_property_definition(path),
                "progress bar": lambda t=tickets: t.read_progress_bar(
                    [(path, "=", "a secret")],
                    "team_id",
                    {"field": "priority", "colors": {}},
                ),
                "name search": lambda t=tickets: t.name_search(
                    "", [(path, "=", "a secret")]
                ),
                "search read": lambda t=tickets: t.search_read(
                    [(path, "=", "a secret")], ["id"]
                ),
            }
            if user != self.pia:
                asks["relation"] = lambda p=parts: p.search(
                    [(f"ticket_id.{path}", "=", "a secret")]
                )
                asks["any"] = lambda p=parts: p.search(
                    [("ticket_id", "any", [(path, "=", "a secret")])]
                )
            for name, ask in asks.items():
                with self.subTest(user=user.login, way=name):
                    with self.assertRaises(AccessError):
                        ask()
        found = self.env["helpdesk.ticket"].with_user(self.manager)
        self.assertEqual(found.search([(path, "=", "a secret")]), self.ticket)
        area = self.env["helpdesk.ticket"].with_user(self.desk)
        self.assertIn(self.ticket, area.search([("scrm_values.test_area", "=", 60)]))

    def test_write(self):
        """Hidden fields are unknown, fields to read are refused; nothing is lost.

        Covers in part: R03
        """
        ticket = self.ticket.with_user(self.desk)
        for value in ({SECRET: "x"}, [{"name": SECRET, "value": "x"}]):
            with self.assertRaisesRegex(ValidationError, "has no field “test_note”"):
                ticket.scrm_values = value
        with self.assertRaisesRegex(ValidationError, "cannot be filled in here"):
            self.ticket.with_user(self.manager).scrm_values = {SECRET: "x"}
        ticket.scrm_values = {"test_area": 61}
        self.assertEqual(self.ticket._scrm_value(SECRET), "a secret")
        self.to_visit()
        with self.assertRaisesRegex(ValidationError, "“Floor area” cannot be filled"):
            self.ticket.with_user(self.egon).scrm_values = {"test_area": 99}
        sent = self.ticket.with_user(self.egon).read(["scrm_values"])[0]["scrm_values"]
        self.assertTrue(sent[0]["scrm_readonly"])
        sent[0]["value"] = 99
        sent[1]["value"] = "ceiling"
        self.ticket.with_user(self.egon).write({"scrm_values": sent})
        self.assertEqual(self.ticket._scrm_value("test_area"), 61)
        self.assertEqual(self.ticket._scrm_value("test_mounting"), "ceiling")

    def test_required_at_a_node(self):
        """What a node demands is asked for when its step is completed, of its handler.

        Covers: T03
        """
        ticket = self.submit()
        ticket.with_user(self.dora).scrm_values = {"test_area": 62}
        with self.assertRaisesRegex(ValidationError, "“Note” is required"):
            with self.cr.savepoint():
                ticket.with_user(self.dora).scrm_step_complete()
        ticket.with_user(self.dora).scrm_values = {SECRET: "seen"}
        ticket.with_user(self.dora).scrm_step_complete()
        self.assertEqual(ticket.scrm_node_key, "visit")

    def test_files(self):
        """The files of a hidden field cannot be opened, found or removed."""
        photo = self.env["scrm.form.field"].create(
            {"key": "test_photo", "name": "Photo", "type": "file"}
        )
        self.template.line_ids = [Command.create({"field_id": photo.id})]
        draft = self.flow.published_version_id._copy_as_draft()
        for level, audience in (("hidden", "everybody"), ("read", "handlers")):
            self.env["scrm.form.right"].create(
                {
                    "node_id": draft.node_ids.filtered(lambda n: n.key == "check").id,
                    "field_id": photo.id,
                    "audience": audience,
                    "level": level,
                }
            )
        draft.action_publish()
        data = b64encode(b"GIF89a").decode()
        ticket = self.submit(
            values={**self.good_values, "test_photo": [{"name": "a.gif", "data": data}]}
        )
        file = self.env["ir.attachment"].browse(ticket._scrm_value("test_photo"))
        file.invalidate_recordset()
        for user in (self.desk, self.pia):
            with self.assertRaises(AccessError):
                file.with_user(user).read(["raw"])
        self.assertFalse(
            self.env["ir.attachment"]
            .with_user(self.desk)
            .search([("res_model", "=", ticket._name), ("res_id", "=", ticket.id)])
        )
        file.with_user(self.dora).read(["raw"])
        with self.assertRaises(AccessError):
            file.with_user(self.dora).unlink()

    def test_rights_belong_to_the_version(self):
        """Published rights never change; a new version has its own."""
        version = self.flow.published_version_id
        rows = version.node_ids.form_right_ids
        self.assertEqual(len(rows), 5)
        with self.assertRaisesRegex(UserError, "never changes"):
            rows[0].level = "edit"
        with self.assertRaisesRegex(UserError, "never changes"):
            rows[0].unlink()
        draft = version._copy_as_draft()
        self.assertEqual(len(draft.node_ids.form_right_ids), 5)
        draft.node_ids.form_right_ids.unlink()
        draft.action_publish()
        self.assertNotIn(SECRET, self.seen(self.desk), "its version has not changed")
        new = self.submit(values={**self.good_values, SECRET: "another"})
        self.assertIn(SECRET, self.seen(self.desk, new))
        with self.assertRaises(AccessError):
            new.with_user(self.desk).search([(f"scrm_values.{SECRET}", "=", "a")])

    def test_no_queries_without_rights(self):
        """Where no flow has such rights, nothing is asked."""
        ticket = self.ticket
        rights = self.env["scrm.form.right"]
        self.cr.execute("DELETE FROM scrm_form_right")
        self.env.registry.clear_cache()
        rights._scrm_versions()
        with self.assertQueryCount(0):
            self.assertEqual(ticket._scrm_form_rights(self.desk), {})
