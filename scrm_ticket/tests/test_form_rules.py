from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form

from .common import TicketCase


class TestFormRules(TicketCase):
    """Fields that are shown, required and filled in by rules of the form.

    The installation form gets a height, which is shown for ceilings only and required
    then, and the note is required for urgent tickets.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.height = cls.env["scrm.form.field"].create(
            {"key": "test_height", "name": "Height", "type": "number", "minimum": "2"}
        )
        cls.template.line_ids = [
            Command.create(
                {
                    "field_id": cls.height.id,
                    "required": True,
                    "shown_when": "[('scrm_values.test_mounting', '=', 'ceiling')]",
                }
            )
        ]
        cls.note_line = cls.template.line_ids.filtered(
            lambda line: line.field_id == cls.note
        )
        cls.note_line.required_when = "[('priority', '=', '3')]"
        cls.ceiling = {"test_area": 60, "test_mounting": "ceiling"}

    def test_shown_when(self):
        """A field that is not shown is neither demanded nor stored, and this is said.

        Covers: T06
        """
        with self.assertRaisesRegex(ValidationError, "“Height” is required"):
            self.submit(values=self.ceiling)
        ticket = self.submit(values={**self.ceiling, "test_height": 3})
        self.assertEqual(ticket._scrm_value("test_height"), 3)
        answer = (
            self.env["helpdesk.ticket"]
            .with_user(self.desk)
            .scrm_submit("test_installation", {**self.good_values, "test_height": "x"})
        )
        self.assertNotIn("ignored", answer, "what cannot be read is not even looked at")
        answer = (
            self.env["helpdesk.ticket"]
            .with_user(self.desk)
            .scrm_submit("test_installation", {**self.good_values, "test_height": 3})
        )
        self.assertEqual(answer["ignored"], ["test_height"])
        plain = self.env["helpdesk.ticket"].browse(answer["id"])
        self.assertIsNone(plain._scrm_value("test_height"))

    def test_hidden_by_a_change(self):
        """The value goes with its field, when an answer hides it; not otherwise."""
        ticket = self.submit(values={**self.ceiling, "test_height": 3})
        ticket = ticket.with_user(self.desk)
        ticket.scrm_values = {"test_area": 61}
        self.assertEqual(ticket._scrm_value("test_height"), 3)
        ticket.scrm_values = {"test_mounting": "wall"}
        self.assertIsNone(ticket._scrm_value("test_height"))
        with self.assertRaisesRegex(ValidationError, "at least 2, not “1”"):
            ticket.scrm_values = {"test_mounting": "ceiling", "test_height": 1}

    def test_required_when(self):
        """A condition on the ticket makes a field required.

        Covers: T03
        """
        self.submit()
        self.template.priority = "3"
        with self.assertRaisesRegex(ValidationError, "“Note” is required"):
            self.submit()
        ticket = self.submit(values={**self.good_values, "test_note": "soon"})
        self.assertEqual(ticket.priority, "3")

    def test_complete_follows_the_rules(self):
        """A step is not completed while a field that is shown now is missing."""
        ticket = self.env["helpdesk.ticket"].create(
            {"template_id": self.template.id, "scrm_values": self.ceiling}
        )
        with self.assertRaisesRegex(ValidationError, "“Height” is required"):
            with self.cr.savepoint():
                ticket.with_user(self.dora).scrm_step_complete()
        ticket.with_user(self.dora).scrm_values = {"test_height": 3}
        ticket.with_user(self.dora).scrm_step_complete()
        self.assertEqual(ticket.scrm_node_key, "visit")

    def test_backend_form_follows(self):
        """The form in the backend says what is shown and required now."""
        view = "scrm_ticket.helpdesk_ticket_view_form_quick"
        with Form(self.env["helpdesk.ticket"].with_user(self.desk), view) as form:
            form.template_id = self.template
            self.assertEqual(form.scrm_form_state["hidden"], ["test_height"])
            form.scrm_values = [
                {**item, "value": {**self.ceiling, "test_height": 3}.get(item["name"])}
                for item in form.scrm_values
            ]
            self.assertEqual(form.scrm_form_state["hidden"], [])
            self.assertIn("test_height", form.scrm_form_state["required"])
        self.assertEqual(form.record._scrm_value("test_height"), 3)

    def test_defaults(self):
        """Defaults fill what was left out; what was emptied stays empty."""
        self.pia.partner_id.phone = "+86 21 5555 0101"
        phone = self.env["scrm.form.field"].create(
            {"key": "test_phone", "name": "Phone", "type": "text", "format": "phone"}
        )
        day = self.env["scrm.form.field"].create(
            {"key": "test_day", "name": "Day", "type": "date"}
        )
        self.template.line_ids = [
            Command.create({"field_id": phone.id, "default_kind": "partner_phone"}),
            Command.create({"field_id": day.id, "default_kind": "today"}),
        ]
        self.note_line.write({"default_kind": "constant", "default_value": "none"})
        ticket = self.submit()
        self.assertEqual(ticket._scrm_value("test_phone"), "+86 21 5555 0101")
        self.assertEqual(ticket._scrm_value("test_note"), "none")
        today = self.env["scrm.clock"].now().date().isoformat()
        self.assertEqual(ticket._scrm_value("test_day"), today)
        ticket = self.submit(values={**self.good_values, "test_note": ""})
        self.assertIsNone(ticket._scrm_value("test_note"))
        self.pia.partner_id.phone = "ask reception"
        self.assertIsNone(self.submit()._scrm_value("test_phone"), "no phone number")
        line = self.template.line_ids.filtered(lambda line: line.field_id == day)
        with self.assertRaisesRegex(ValidationError, "“Day” must be a date"):
            line.write({"default_kind": "constant", "default_value": "soon"})

    def test_formats(self):
        """A text that breaks its format is refused with a readable message.

        Covers: T04
        """
        for name, good, bad in (
            ("phone", "+86 138-1234-5678", "12"),
            ("email", "anna@example.com", "anna@example"),
            ("plate", "沪A12345", "12345"),
            ("cn_id", "11010519491231002X", "110105194912310021"),
            ("cn_business", "91110000600037341L", "91110000600037341X"),
        ):
            self.note.write({"format": name, "mask": False})
            self.submit(values={**self.good_values, "test_note": good})
            with self.assertRaisesRegex(ValidationError, f"“Note”: “{bad}” is no"):
                self.submit(values={**self.good_values, "test_note": bad})
        self.note.write({"format": False, "mask": "AA-9999"})
        self.submit(values={**self.good_values, "test_note": "SH-2047"})
        with self.assertRaisesRegex(ValidationError, "must look like AA-9999"):
            self.submit(values={**self.good_values, "test_note": "SH2047"})
        self.note.write({"mask": False, "max_length": 3})
        with self.assertRaisesRegex(ValidationError, "at most 3 characters"):
            self.submit(values={**self.good_values, "test_note": "four"})

    def test_bad_rules(self):
        """A rule that cannot be asked is refused when it is written."""
        line = self.template.line_ids.filtered(
            lambda line: line.field_id == self.height
        )
        for text, words in (
            ("[('scrm_values.nothing', '=', 1)]", "depends on “nothing”"),
            ("[('nothing', '=', 1)]", "cannot be asked"),
            ("[('priority', 'child_of', 1)]", "cannot be asked"),
            ("['|', ('priority', '=', '3')]", "cannot be asked"),
            ("nonsense(", "cannot be asked"),
            ("[('scrm_values.test_height', '>', 1)]", "depends on itself"),
        ):
            with self.assertRaisesRegex(ValidationError, words):
                line.shown_when = text
        mounting = self.template.line_ids.filtered(
            lambda line: line.field_id == self.mounting
        )
        with self.assertRaisesRegex(ValidationError, "depends on itself"):
            mounting.shown_when = "[('scrm_values.test_height', '>', 1)]"
