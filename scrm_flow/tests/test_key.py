from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestKey(TransactionCase):
    """Definitions are named by their keys, wherever they are."""

    def test_message_names_field_and_key(self):
        with self.assertRaises(ValidationError) as caught:
            self.env["scrm.flow.pause.reason"].create(
                {"name": "Snow", "key": "Snow Day", "holder": "us"}
            )
        self.assertEqual(
            str(caught.exception),
            "Flow Pause Reason “Snow”: the field “Key” is “Snow Day”, but it must "
            "start with a small letter, followed by small letters, digits and "
            "underscores.",
        )

    def test_malformed_keys(self):
        reason = self.env["scrm.flow.pause.reason"].create(
            {"name": "Snow", "key": "snow", "holder": "us"}
        )
        for key in ("Snow", "1snow", "_snow", "snow.day", "snow day", "雪", "snow\n"):
            with self.subTest(key=key), self.assertRaises(ValidationError):
                reason.key = key
        reason.key = "s2_now"

    def test_duplicates_get_free_keys(self):
        """One after the other, and two in one call; archived ones count."""
        first = self.env["scrm.flow.roster"].create({"name": "Night", "key": "night"})
        second = first.copy()
        self.assertEqual(second.key, "night_copy")
        second.active = False
        self.assertEqual(first.copy().key, "night_copy_2")
        twins = (first | second).copy()
        self.assertEqual(twins.mapped("key"), ["night_copy_3", "night_copy_copy"])
        self.assertEqual(first.copy({"key": "own"}).key, "own")

    def test_everybody_with_a_key(self):
        """Who has a key that users write joins the mixin, in every addon.

        ``scrm.start.line`` shows the keys of a pack that was checked when it was read.
        """
        without = [
            name
            for name, model in self.env.registry.items()
            if name.startswith("scrm.")
            and not model._abstract
            and (field := model._fields.get("key"))
            and field.required
            and not field.readonly
            and not issubclass(model, self.env.registry["scrm.key.mixin"])
        ]
        kept_by_code = {"scrm.start.line", "scrm.lead.key", "scrm.work.entry"}
        self.assertEqual(set(without) - kept_by_code, set())
