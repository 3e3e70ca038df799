from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, users

from ..models.scrm_ticket_template_design import StaleForm
from .common import TicketCase


class TestFormDesign(TicketCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.designer = new_test_user(
            cls.env,
            login="test_designer",
            groups="scrm_ticket.group_manager,scrm_flow.group_manager",
        )
        new_test_user(cls.env, login="test_onlooker", groups="base.group_user")

    def _load(self):
        template = self.template.with_env(self.env)
        return template, template.design_form_load()

    @staticmethod
    def _new(key, kind="text", **more):
        field = {"id": False, "key": key, "type": kind, "name": key.title()}
        return {"id": False, "field": {**field, **more.pop("field", {})}, **more}

    def _keys(self):
        return self.template.line_ids.sorted().mapped("field_key")

    @users("test_designer")
    def test_a_form_is_saved_as_it_was_designed(self):
        """Order, sections, new fields with options, conditions that ask for them.

        Covers in part: C01, C09
        """
        template, loaded = self._load()
        area, mounting, note = loaded["lines"]
        options = [
            {"id": False, "key": "yes", "name": "Yes"},
            {"id": False, "key": "no", "name": "No"},
        ]
        asks = "[('scrm_values.test_lift', '=', 'yes')]"
        lines = [
            {**mounting, "required": False},
            {**self._new("test_when", "date"), "section": "Visit", "shown_when": asks},
            {**area, "section": "Visit"},
            {
                **self._new("test_lift", "choice", field={"options": options}),
                "section": "Visit",
                "default_kind": "constant",
                "default_value": "no",
            },
        ]
        saved = template.design_form_save(loaded["edition"], lines)
        self.assertEqual(
            self._keys(), ["test_mounting", "test_when", "test_area", "test_lift"]
        )
        self.assertEqual(
            [line["section"] for line in saved["lines"]],
            [False, "Visit", "Visit", "Visit"],
        )
        self.assertEqual(template.line_ids.sorted()[1].shown_when, asks)
        self.assertFalse(template.line_ids.sorted()[0].required)
        lift = template.line_ids.field_id.filtered(lambda f: f.key == "test_lift")
        self.assertEqual(lift.option_ids.mapped("key"), ["yes", "no"])
        self.assertIn("test_note", [f["key"] for f in saved["catalogue"]])
        # what was there is kept, in one earlier form
        template.action_restore_form()
        self.assertEqual(self._keys(), ["test_area", "test_mounting", "test_note"])

    @users("test_designer")
    def test_nothing_or_all(self):
        """What cannot be is refused by name, and nothing of the rest is saved.

        Covers in part: C01
        """
        template, loaded = self._load()
        lines = [
            *loaded["lines"][:1],
            {**self._new("test_new"), "shown_when": "[('scrm_values.nope', '=', 1)]"},
        ]
        with self.assertRaises(ValidationError) as caught:
            template.design_form_save(loaded["edition"], lines)
        self.assertRegex(str(caught.exception), "Test_New.*nope")
        self.assertFalse(self.env["scrm.form.field"].search([("key", "=", "test_new")]))
        self.assertEqual(self._keys(), ["test_area", "test_mounting", "test_note"])
        gone = [{**loaded["lines"][0], "field": {"id": 10**8, "name": "Lost"}}]
        with self.assertRaisesRegex(UserError, "“Lost”"):
            template.design_form_save(loaded["edition"], gone)

    @users("test_designer")
    def test_an_older_form_is_refused(self):
        """Covers in part: C01"""
        template, loaded = self._load()
        template.line_ids.sorted()[2].required = True
        with self.assertRaisesRegex(StaleForm, "changed meanwhile"):
            template.design_form_save(loaded["edition"], [])
        self.assertEqual(len(template.line_ids), 3)

    @users("test_designer")
    def test_the_same_form_changes_nothing(self):
        """Saving what was loaded gives the same edition and keeps no earlier form.

        Covers in part: C01
        """
        template, loaded = self._load()
        template.design_form_save(loaded["edition"], loaded["lines"])
        saved = template.design_form_save(
            template.design_form_load()["edition"],
            template.design_form_load()["lines"],
        )
        self.assertEqual(
            [line["field"] for line in saved["lines"]],
            [line["field"] for line in loaded["lines"]],
        )
        before = len(template.revision_ids)
        again = template.design_form_save(saved["edition"], saved["lines"])
        self.assertEqual(again["edition"], saved["edition"])
        self.assertEqual(len(template.revision_ids), before)

    @users("test_onlooker")
    def test_onlookers_change_nothing(self):
        """Covers in part: C01"""
        template, loaded = self._load()
        self.assertFalse(loaded["editable"])
        with self.assertRaises(AccessError):
            template.design_form_save(loaded["edition"], [])
        with self.assertRaises(AccessError):
            template.design_form_preview(loaded["lines"])
        node = self.flow.version_ids.node_ids[0]
        with self.assertRaises(AccessError):
            template.design_rights_set(node.id, "test_area", "everybody", False, "read")

    @users("test_designer")
    def test_preview_of_what_is_not_saved(self):
        """The form in memory answers as the saved one will; nothing is written.

        Covers in part: C01
        """
        template, loaded = self._load()
        asks = "[('scrm_values.test_mounting', '=', 'wall')]"
        lines = [
            *loaded["lines"],
            {**self._new("test_hook"), "shown_when": asks, "required": True},
        ]
        seen = template.design_form_preview(lines)
        self.assertEqual(seen["state"]["hidden"], ["test_hook"])
        self.assertEqual(seen["definition"][-1]["name"], "test_hook")
        seen = template.design_form_preview(lines, {"test_mounting": "wall"})
        self.assertFalse(seen["state"]["hidden"])
        self.assertIn("test_hook", seen["state"]["required"])
        self.assertEqual(self._keys(), ["test_area", "test_mounting", "test_note"])
        self.assertFalse(
            self.env["scrm.form.field"].search([("key", "=", "test_hook")])
        )

    @users("test_designer")
    def test_headings_keep_their_translations(self):
        """A field that joins a section takes its heading in every language.

        Covers in part: C01
        """
        self.env["res.lang"].sudo()._activate_lang("zh_CN")
        template, loaded = self._load()
        area, mounting, note = loaded["lines"]
        saved = template.design_form_save(
            loaded["edition"], [{**area, "section": "Visit"}, mounting, note]
        )
        template.line_ids.sorted()[0].with_context(lang="zh_CN").section = "上门"
        area, mounting, note = saved["lines"]
        edition = template.design_form_load()["edition"]
        template.design_form_save(
            edition, [area, {**mounting, "section": "Visit"}, note]
        )
        words = template.with_context(lang="zh_CN").line_ids.sorted().mapped("section")
        self.assertEqual(words, ["上门", "上门", False])

    @users("test_designer")
    def test_a_field_of_some_regions(self):
        """Covers in part: C01"""
        variant = self.env["scrm.ticket.template.variant"].create(
            {"template_id": self.template.id, "regions": "North"}
        )
        template, loaded = self._load()
        self.assertEqual(
            loaded["variants"], [{"id": variant.id, "name": "North", "usual": False}]
        )
        area, mounting, note = loaded["lines"]
        for wanted in (variant.id, False):
            loaded = template.design_form_save(
                loaded["edition"], [area, mounting, {**note, "variant_id": wanted}]
            )
            self.assertEqual(loaded["lines"][2]["variant_id"], wanted)
            seen = template.design_form_preview(loaded["lines"])
            hidden = "test_note" in seen["state"]["hidden"]
            self.assertEqual(hidden, bool(wanted))
            seen = template.design_form_preview(loaded["lines"], None, variant.id)
            self.assertNotIn("test_note", seen["state"]["hidden"])

    @users("test_designer")
    def test_a_variant_within_another(self):
        """A region of two variants has the fields of both.

        Covers in part: C01
        """
        wide, narrow = self.env["scrm.ticket.template.variant"].create(
            [
                {"template_id": self.template.id, "regions": regions}
                for regions in ("North, East", "North")
            ]
        )
        self.store.sudo().region = "North"
        self.template.sudo().store_id = self.store
        template, loaded = self._load()
        usual = [one["id"] for one in loaded["variants"] if one["usual"]]
        self.assertEqual(sorted(usual), sorted([wide.id, narrow.id]))
        area, mounting, note = loaded["lines"]
        asks = "[('scrm_values.test_area', '=', 3)]"
        lines = [
            {**area, "variant_id": wide.id},
            {**mounting, "variant_id": narrow.id},
            {**note, "shown_when": asks},
        ]
        for variant, hidden in (
            (narrow.id, ["test_note"]),
            (wide.id, ["test_mounting", "test_note"]),
            (False, ["test_area", "test_mounting", "test_note"]),
            (10**8, ["test_area", "test_mounting", "test_note"]),
        ):
            seen = template.design_form_preview(lines, None, variant)
            self.assertEqual(sorted(seen["state"]["hidden"]), hidden)

    @users("test_designer")
    def test_rights_as_a_table(self):
        """Set in a draft, never in a version that is in use.

        Covers in part: C01
        """
        template = self.template.with_env(self.env)
        table = template.design_rights_load()
        self.assertFalse(table["editable"])
        with self.assertRaises(UserError):
            template.design_rights_set(
                table["nodes"][1]["id"], "test_area", "everybody", False, "read"
            )
        table = template.design_rights_draft()
        self.assertTrue(table["editable"])
        node = next(one for one in table["nodes"] if one["key"] == "visit")
        for level in ("read", "hidden", False):
            table = template.design_rights_set(
                node["id"], "test_area", "customers", False, level
            )
            found = [cell["level"] for cell in table["cells"]]
            self.assertEqual(found, [level] if level else [])
        with self.assertRaisesRegex(UserError, "Load it again"):
            template.design_rights_set(
                node["id"], "test_nope", "customers", False, "read"
            )
