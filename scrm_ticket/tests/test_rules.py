import doctest

from odoo.tests import BaseCase

from odoo.addons.scrm_ticket.forms import (
    conditions,
    file_names,
    formats,
    formula,
    readers,
    rules,
)
from odoo.addons.scrm_ticket.forms.rules import FieldRule, check


class TestRules(BaseCase):
    """The evaluator without a database."""

    def faults(self, value, complete=True, **rule):
        form = [FieldRule("a", **{"type": "text", **rule})]
        return [fault.code for fault in check(form, {"a": value}, complete).faults]

    def test_examples(self):
        for module in (conditions, file_names, formats, formula, readers, rules):
            result = doctest.testmod(module)
            self.assertGreater(result.attempted, 1, module)
            self.assertFalse(result.failed, module)

    def test_text(self):
        """A text of bounded length; nothing that the database cannot store.

        Covers in part: T02
        """
        self.assertFalse(self.faults("x" * readers.TEXT_LIMIT))
        self.assertEqual(self.faults("x" * (readers.TEXT_LIMIT + 1)), ["too_long"])
        self.assertEqual(self.faults("a\x00b"), ["text"])
        self.assertEqual(self.faults(7), ["text"])
        self.assertEqual(self.faults(["a"]), ["text"])

    def test_number(self):
        """A number is finite and really one.

        Covers in part: T02
        """
        for good in (0, -3, 2.5, "60", " 60.5 ", "1e3"):
            self.assertFalse(self.faults(good, type="number"), good)
        for bad in ("abc", "1_000", "1,5", "nan", True, [1], {"x": 1}):
            self.assertEqual(self.faults(bad, type="number"), ["number"], bad)
        for large in (1e16, -1e16, "inf", 10**400, "1" * 400):
            codes = self.faults(large, type="number")
            self.assertIn(codes, (["out_of_range"], ["number"]), large)

    def test_choice(self):
        """A choice is one of the field's options.

        Covers in part: T02
        """
        options = {"type": "choice", "options": ("wall", "ceiling")}
        self.assertFalse(self.faults("wall", **options))
        for bad in ("floor", "Wall", 1, ["wall"]):
            self.assertEqual(self.faults(bad, **options), ["choice"], bad)

    def test_required(self):
        """Required means a value; zero is one. A draft may still miss it.

        Covers: T03
        """
        for empty in (None, False, "", "   "):
            self.assertEqual(self.faults(empty, required=True), ["required"])
            self.assertFalse(self.faults(empty, required=True, complete=False))
        self.assertFalse(self.faults(0, required=True, type="number"))
        form = [FieldRule("a", "text", required=True)]
        self.assertEqual([f.code for f in check(form, {}).faults], ["required"])

    def test_unknown_and_untouched(self):
        """Unknown keys are faults; a key left out is not touched, an emptied one is."""
        form = [FieldRule("a", "text"), FieldRule("b", "text")]
        clean, faults, _dropped = check(form, {"a": "", "zzz": 1})
        self.assertEqual(clean, {"a": False})
        self.assertEqual([fault.code for fault in faults], ["unknown"])
        for nonsense in (None, [], "a", {1: 2}):
            with self.assertRaises(TypeError):
                check(form, nonsense)
