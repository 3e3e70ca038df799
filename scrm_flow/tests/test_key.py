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

    def test_a_key_is_proposed_from_the_name(self):
        """Who names something new gets a free key; a key once given stays."""
        rosters = self.env["scrm.flow.roster"]
        rosters.create({"name": "Night", "key": "night_shift"})
        kept = rosters.new({"name": "Night", "key": "own"})
        kept._onchange_name_proposes_key()
        self.assertEqual(kept.key, "own")
        for name, key in (
            ("Night Shift", "night_shift_2"),
            ("  1st Équipe! ", "st_equipe"),
            ("夜班", "roster_1"),
        ):
            with self.subTest(name=name):
                new = rosters.new({"name": name})
                new._onchange_name_proposes_key()
                self.assertEqual(new.key, key)
        rosters.create({"name": "夜班", "key": "roster_1"})
        new = rosters.new({"name": "早班"})
        new._onchange_name_proposes_key()
        self.assertEqual(new.key, "roster_2")

    def test_every_key_is_proposed(self):
        """Whatever is shown in a form proposes its key: its name calls for it."""
        for name, model in self.env.registry.items():
            if model._abstract or not issubclass(
                model, self.env.registry["scrm.key.mixin"]
            ):
                continue
            with self.subTest(model=name):
                methods = self.env[name]._onchange_methods
                label = "message" if name == "scrm.flow.node.check" else "name"
                self.assertIn(
                    "_onchange_name_proposes_key",
                    [method.__name__ for method in methods[label]],
                )

    def test_everybody_with_a_key(self):
        """Who has a key that users write joins the mixin, in every addon.

        ``scrm.start.line`` shows the keys of a pack that was checked when it was read;
        the keys of ``scrm.chat.message`` are given by the chat's platform.
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
        kept_by_code = {
            "scrm.chat.message",
            "scrm.lead.key",
            "scrm.start.line",
            "scrm.work.entry",
        }
        self.assertEqual(set(without) - kept_by_code, set())
