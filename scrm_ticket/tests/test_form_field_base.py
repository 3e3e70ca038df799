from odoo import Command
from odoo.exceptions import UserError, ValidationError

from .common import TicketCase


class TestFormFieldBase(TicketCase):
    """Customer name, contact and kind of issue: on every form, required."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        fields = cls.env["scrm.form.field"].with_user(cls.manager)
        cls.name = fields.create(
            {"key": "test_name", "name": "Name", "type": "text", "masking": "name"}
        )
        cls.contact = fields.create(
            {"key": "test_contact", "name": "Contact", "type": "text"}
        )
        cls.issue = cls.mounting.with_user(cls.manager)
        cls.base = cls.name | cls.contact | cls.issue
        cls.mine = cls.template.with_user(cls.manager)

    def asked(self, template):
        """Keys of the fields that the form always asks for, in its order."""
        return [line.field_key for line in template.line_ids.sorted() if line.required]

    def test_no_template_drops_them(self):
        """On all templates, old and new, and refused to go, by any way.

        Covers: T05
        """
        template = self.mine
        template.line_ids.filtered(
            lambda line: line.field_id == self.issue
        ).shown_when = "[('scrm_values.test_area', '>', 5)]"
        self.base.is_base = True
        keys = {"test_name", "test_contact", "test_mounting"}
        self.assertLessEqual(keys, set(self.asked(template)))
        new = template.create({"key": "test_new", "name": "New"})
        self.assertEqual(set(self.asked(new)), keys)
        self.assertEqual(set(self.asked(new.copy({"key": "test_copy"}))), keys)
        with self.assertRaisesRegex(ValidationError, "Contact"):
            self.submit(values={"test_area": 1, "test_mounting": "wall"})
        values = {"test_area": 1, "test_mounting": "wall", "test_contact": "me"}
        ticket = self.submit(values=values)
        self.assertEqual(ticket._scrm_value("test_name"), "Pia", "known already")
        for line in template.line_ids.filtered("field_id.is_base"):
            with self.subTest(field=line.field_key):
                for way in (
                    line.unlink,
                    lambda line=line: template.write(
                        {"line_ids": [Command.delete(line.id)]}
                    ),
                    lambda line=line: line.write({"field_id": self.note.id}),
                ):
                    with self.assertRaisesRegex(UserError, line.field_id.name):
                        way()
                for vals in (
                    {"required": False},
                    {"shown_when": "[('scrm_values.test_area', '>', 5)]"},
                ):
                    with self.assertRaises(ValidationError), self.cr.savepoint():
                        line.write(vals)
        self.assertLessEqual(keys, set(self.asked(template)))
        new.unlink()  # a template as a whole goes

    def test_earlier_forms(self):
        """An earlier form comes back without losing what is asked for since."""
        template = self.mine
        template.line_ids = [
            Command.delete(
                template.line_ids.filtered(lambda ln: ln.field_id == self.note).id
            )
        ]
        self.base.is_base = True
        template.revision_ids.sorted("id")[:1].action_restore()
        self.assertIn(self.note, template.line_ids.field_id)
        self.assertLessEqual(
            {"test_name", "test_contact", "test_mounting"}, set(self.asked(template))
        )

    def test_who_says_so(self):
        """The catalogue's managers; a field that nobody fills in cannot be one."""
        formula = self.env["scrm.form.field"].create(
            {
                "key": "test_sum",
                "name": "Sum",
                "type": "formula",
                "formula": "test_area + 1",
            }
        )
        with self.assertRaisesRegex(ValidationError, "nobody fills it in"):
            formula.is_base = True
        self.contact.is_base = True
        self.contact.is_base = False
        line = self.mine.line_ids.filtered(lambda ln: ln.field_id == self.contact)
        line.unlink()
        self.assertNotIn(self.contact, self.mine.line_ids.field_id)
