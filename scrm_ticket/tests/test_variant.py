from odoo import Command
from odoo.exceptions import AccessError, ValidationError

from .test_visibility import VisibilityCase


class TestVariant(VisibilityCase):
    """One template: the East asks for the cold chain, the Northwest for weather."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chain, cls.weather, cls.more = cls.env["scrm.form.field"].create(
            [
                {"key": "test_chain", "name": "Cold chain", "type": "text"},
                {"key": "test_weather", "name": "Weather plan", "type": "text"},
                {"key": "test_more", "name": "More", "type": "text"},
            ]
        )
        cls.regina = cls.env["res.users"].browse(
            cls.person(cls, "regina", "group_region_manager").id
        )
        cls.east, cls.northwest = cls.env["scrm.ticket.template.variant"].create(
            [
                {
                    "template_id": cls.template.id,
                    "regions": "East, Northeast",
                    "line_ids": [
                        Command.create({"field_id": cls.chain.id, "required": True})
                    ],
                },
                {
                    "template_id": cls.template.id,
                    "regions": "Northwest",
                    "user_ids": [Command.set(cls.regina.ids)],
                    "line_ids": [Command.create({"field_id": cls.weather.id})],
                },
            ]
        )

    def test_each_region_has_its_fields(self):
        """Stores of different regions open the same template with other fields.

        Covers: T12
        """
        with self.assertRaisesRegex(ValidationError, "“Cold chain” is required"):
            self.submit()
        east = self.submit(values={**self.good_values, "test_chain": "at 4 °C"})
        self.assertEqual(east._scrm_value("test_chain"), "at 4 °C")
        west = self.submit(
            values={**self.good_values, "test_weather": "tent", "test_chain": "x"},
            store="test_west",
        )
        self.assertEqual(west._scrm_value("test_weather"), "tent")
        self.assertIsNone(west._scrm_value("test_chain"))
        self.assertIn("test_chain", west.scrm_form_state["hidden"])
        self.assertNotIn("test_weather", west.scrm_form_state["hidden"])
        west.store_id = self.store
        self.assertNotIn("test_chain", west.scrm_form_state["hidden"])

    def test_three_levels(self):
        """Head office changes templates, a region manager the own region, others none:
        an agent fills in what there is.

        Covers: R10
        """
        mine = self.northwest.with_user(self.regina)
        mine.line_ids = [Command.create({"field_id": self.more.id, "required": True})]
        self.assertEqual(mine.line_ids.template_id, self.template)
        with self.assertRaisesRegex(ValidationError, "“More” is required"):
            self.submit(store="test_west")
        mine.line_ids.filtered(lambda line: line.field_id == self.more).unlink()
        weather = mine.line_ids
        lines = self.template.line_ids.with_user(self.regina)
        whole = lines.filtered(lambda line: not line.variant_id)
        for refused in (
            lambda: whole[0].write({"required": False}),
            lambda: whole[0].unlink(),
            lambda: self.east.with_user(self.regina).write({"line_ids": []}),
            lambda: self.east.line_ids.with_user(self.regina).write(
                {"required": False}
            ),
            lambda: weather.write({"variant_id": False}),
            lambda: weather.write({"variant_id": self.east.id}),
            lambda: lines.create(
                {"template_id": self.template.id, "field_id": self.more.id}
            ),
            lambda: mine.write({"regions": "East"}),
            lambda: mine.write({"user_ids": [Command.clear()]}),
            lambda: self.template.with_user(self.regina).write({"name": "Mine"}),
            lambda: self.note.with_user(self.regina).write({"name": "Mine"}),
            lambda: self.northwest.with_user(self.dora).write({"line_ids": []}),
            lambda: weather.with_user(self.dora).write({"required": True}),
        ):
            with self.assertRaises(AccessError):
                refused()
        filled = self.submit(
            self.dora,
            {**self.good_values, "test_weather": "tent"},
            store="test_west",
            partner=self.customer.id,
        )
        self.assertEqual(filled._scrm_value("test_weather"), "tent")
        self.template.with_user(self.manager).name = "Everywhere"
        whole[0].with_user(self.manager).required = False

    def test_the_earlier_form_comes_back_with_its_regions(self):
        """What a region manager changed can be taken back."""
        self.northwest.with_user(self.regina).line_ids = [
            Command.create({"field_id": self.more.id})
        ]
        self.template.action_restore_form()
        self.assertEqual(self.northwest.line_ids.field_id, self.weather)
        self.assertEqual(self.east.line_ids.field_id, self.chain)
