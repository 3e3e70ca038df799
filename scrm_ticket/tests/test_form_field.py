from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from .common import TicketCase


class TestFormField(TicketCase):
    """The catalogue, and templates built from it without code."""

    def test_manager_builds_a_template(self):
        """A manager builds a form in the template's screen; a ticket shows it.

        Covers in part: T01
        """
        env = self.env(user=self.manager)
        with Form(env["scrm.ticket.template"]) as form:
            form.key = "test_built"
            form.name = "Built"
            form.flow_id = self.flow
            for field in (self.note, self.area):
                with form.line_ids.new() as line:
                    line.field_id = field
        template = form.record
        self.assertEqual(
            [(item["name"], item["type"]) for item in template.values_definition],
            [("test_note", "char"), ("test_area", "float")],
        )
        ticket = self.env["helpdesk.ticket"].create({"template_id": template.id})
        shown = ticket.read(["scrm_values"])[0]["scrm_values"]
        self.assertEqual([item["name"] for item in shown], ["test_note", "test_area"])
        self.assertEqual(ticket.scrm_node_key, "check")

    def test_changed_form_shows_at_once(self):
        """A line added to a template is on the next form anybody opens.

        Covers: T14
        """
        ticket = self.submit()
        extra = self.env["scrm.form.field"].create(
            {"key": "test_floor", "name": "Which floor", "type": "number"}
        )
        self.template.line_ids = [Command.create({"field_id": extra.id})]
        for user in (self.dora, self.desk, self.manager):
            shown = ticket.with_user(user).read(["scrm_values"])[0]["scrm_values"]
            self.assertIn("test_floor", [item["name"] for item in shown], user.login)

    def test_labels_speak_the_readers_language(self):
        """Labels and options come in the reader's language."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.area.with_context(lang="zh_CN").name = "户型面积"
        wall = self.mounting.option_ids[0]
        wall.with_context(lang="zh_CN").name = "墙上"
        ticket = self.submit()
        for lang, label, option in (
            ("en_US", "Floor area", "On the wall"),
            ("zh_CN", "户型面积", "墙上"),
        ):
            shown = ticket.with_context(lang=lang).read(["scrm_values"])[0]
            area, mounting, _note = shown["scrm_values"]
            self.assertEqual(area["string"], label)
            self.assertEqual(mounting["selection"][0], ["wall", option])
            with self.assertRaisesRegex(ValidationError, label):
                ticket.with_context(lang=lang).scrm_values = {"test_area": "abc"}

    def test_key_and_type_are_fixed(self):
        """A used field keeps key and type; its label may change."""
        self.area.name = "Area in square metres"
        for vals in ({"key": "test_other"}, {"type": "text"}):
            with self.assertRaisesRegex(UserError, "Area in square metres"):
                self.area.write(vals)
        with self.assertRaises(UserError):
            self.template.values_definition = []

    @mute_logger("odoo.sql_db")
    def test_bad_definitions_are_refused(self):
        """Bad keys, choices without options and repetitions are refused."""
        fields = self.env["scrm.form.field"]
        for key in ("Area", "1st", "a-b", "a b", "text_html", "a\n", ""):
            with self.assertRaises(ValidationError, msg=key):
                fields.create({"key": key, "name": "Bad"})
                fields.flush_model()
        with self.assertRaisesRegex(ValidationError, "No options"):
            fields.create({"key": "test_c", "name": "No options", "type": "choice"})
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            fields.create({"key": "test_area", "name": "Again"})
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self.template.line_ids = [Command.create({"field_id": self.area.id})]

    def test_only_managers_change_templates(self):
        """Ticket users read templates and stores, managers change them."""
        for record in (self.template, self.area, self.store):
            record.with_user(self.dora).read(["name"])
            with self.assertRaises(AccessError):
                record.with_user(self.dora).name = "Mine"
            record.with_user(self.manager).name = "Ours"
        for user in (self.pia, self.clerk):
            with self.assertRaises(AccessError):
                self.template.with_user(user).name = "Mine"

    def test_copied_template_gets_its_own_key(self):
        """A copy has the same form under another key."""
        copy = self.template.copy()
        self.assertEqual(copy.key, "test_installation_2")
        self.assertEqual(copy.values_definition, self.template.values_definition)
        self.assertEqual(copy.part_ids.product_id, self.bracket)

    def test_restore_the_earlier_form(self):
        """A field is added for a campaign; one click brings the earlier form back, what
        was filled in meanwhile stays on the tickets.

        Covers: T13
        """
        template = self.template.with_user(self.manager)
        with self.assertRaisesRegex(UserError, "never changed"):
            template.action_restore_form()
        before = template._scrm_snapshot()
        gift = self.env["scrm.form.field"].create(
            {
                "key": "test_gift",
                "name": "Gift",
                "type": "stock",
                "record_public": True,
            }
        )
        with Form(template) as form:
            with form.line_ids.new() as line:
                line.field_id = gift
            form.line_ids.remove(2)
        ticket = self.submit(values={**self.good_values, "test_gift": self.bracket.id})
        template.action_restore_form()
        self.assertEqual(template._scrm_snapshot(), before)
        self.assertEqual(ticket._scrm_value("test_gift"), self.bracket.id)
        words = [row["label"] for row in ticket._scrm_values_for_display()]
        self.assertNotIn("Gift", words)
        ticket.with_user(self.desk).scrm_values = {"test_area": 99}
        template.action_restore_form()  # the campaign's form again
        self.assertIn("test_gift", template.line_ids.mapped("field_key"))
        self.assertEqual(ticket._scrm_value("test_gift"), self.bracket.id)
        self.assertEqual(ticket._scrm_value("test_area"), 99)
        with self.assertRaises(AccessError):
            template.with_user(self.desk).action_restore_form()
