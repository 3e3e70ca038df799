from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..packs import schema
from ..packs.pack import Pack
from .pack_common import PackCase


@tagged("post_install", "-at_install")
class TestPackReader(PackCase):
    """What is wrong with a pack is said with its JSON path, before anything moves."""

    def test_nothing_is_wrong(self):
        self.assertEqual(self.faults(), {})

    def test_unknown_keys(self):
        self.pack["colour"] = "red"
        self.pack["flows"][0]["nodes"][1]["colour"] = "red"
        self.assertEqual(
            self.faults(),
            {
                "$.colour": "unknown key",
                "$.flows[0].nodes[1].colour": "unknown key",
            },
        )

    def test_missing_and_mistyped(self):
        del self.pack["users"][0]["login"]
        self.pack["users"][1]["name"] = 7
        self.pack["users"][1]["portal"] = "yes"
        self.pack["roles"] = {}
        found = self.faults()
        self.assertEqual(found["$.users[0].login"], "is missing")
        self.assertEqual(found["$.users[1].name"], "must be a text in quotes, not 7")
        self.assertIn("true or false", found["$.users[1].portal"])
        self.assertIn("a list", found["$.roles"])

    def test_form_of_keys(self):
        self.pack["partners"][1]["key"] = "Small Office"
        self.assertIn("$.partners[1].key", self.faults())

    def test_wrong_format(self):
        self.pack["format"] = "scrm-pack/9"
        self.assertEqual(
            self.faults(), {"$.format": "must be “scrm-pack/1”, not “scrm-pack/9”"}
        )

    def test_duplicate_keys(self):
        self.pack["partners"].append({"key": "small_office", "name": "Again"})
        self.pack["flows"][0]["nodes"][2]["key"] = "visit"
        found = self.faults()
        self.assertIn("twice", found["$.partners[2].key"])
        self.assertIn("twice", found["$.flows[0].nodes[2].key"])

    def test_a_json_key_written_twice(self):
        text = '{"format": "scrm-pack/1", "roles": [{"key": "a", "key": "b"}]}'
        self.assertEqual(
            self.packs.check_pack(text),
            [{"path": "$.roles[0].key", "message": "this key is written twice"}],
        )

    def test_not_json(self):
        (fault,) = self.packs.check_pack(b'{"format": ')
        self.assertEqual(fault["path"], "$")
        self.assertIn("line 1", fault["message"])
        (fault,) = self.packs.check_pack(b"\xff\xfe\x00")
        self.assertIn("UTF-8", fault["message"])
        (fault,) = self.packs.check_pack("[]")
        self.assertIn("object", fault["message"])

    def test_dangling_references(self):
        self.pack["flows"][0]["nodes"][1]["handler"]["role"] = "nobody"
        self.pack["users"][0]["roles"] = ["small_engineer", "no.such_group"]
        self.pack["partners"][1]["parent"] = "nobody"
        self.pack["decision_tables"][0]["rules"][0]["result"]["key"] = "nobody"
        found = self.faults()
        self.assertEqual(
            found["$.flows[0].nodes[1].handler.role"], "there is no role “nobody”"
        )
        self.assertIn("$.users[0].roles[1]", found)
        self.assertIn("$.partners[1].parent", found)

    def test_dangling_result_of_a_decision(self):
        self.pack["decision_tables"][0]["rules"][0]["result"]["key"] = "nobody"
        self.assertEqual(
            self.faults(),
            {
                "$.decision_tables[0].rules[0].result.key": "there is no partner"
                " “nobody”"
            },
        )

    def test_references_to_what_is_there(self):
        """A pack may refer to an earlier pack's records and to Odoo's own."""
        self.packs.import_pack(self.pack)
        later = {
            "format": "scrm-pack/1",
            "key": "later",
            "name": "Later",
            "partners": [
                {"key": "branch", "name": "Branch", "parent": "small_customer"},
                {"key": "unit", "name": "Unit", "parent": "base.main_partner"},
            ],
        }
        self.packs.import_pack(later)
        branch = self.env.ref("__scrm_pack__.partner__branch")
        self.assertEqual(branch.parent_id.name, "Lotus")

    def test_flow_without_end(self):
        flow = self.pack["flows"][0]
        flow["nodes"].pop()
        flow["transitions"].pop()
        found = self.faults()
        self.assertEqual(found["$.flows[0]"], "the flow has no end node")
        self.assertIn("no transition leaves", found["$.flows[0].nodes[2]"])

    def test_transitions_that_lead_nowhere(self):
        flow = self.pack["flows"][0]
        flow["transitions"][1]["target"] = "attic"
        flow["transitions"][1]["condition"] = "[('no_field', '=', 1)]"
        found = self.faults()
        self.assertIn("$.flows[0].transitions[1]", found)
        self.assertIn("$.flows[0].transitions[1].condition", found)

    def test_unknown_kinds_of_nodes(self):
        nodes = self.pack["flows"][0]["nodes"]
        nodes[1]["type"] = "dance"
        nodes[2]["service"] = {"kind": "sing"}
        found = self.faults()
        self.assertIn("$.flows[0].nodes[1].type", found)
        self.assertIn("$.flows[0].nodes[2].service.kind", found)

    def test_time_zone(self):
        self.pack["users"][0]["tz"] = "Moon/Crater"
        self.assertIn("Moon/Crater", self.faults()["$.users[0].tz"])

    def test_handler_is_one_rule(self):
        nodes = self.pack["flows"][0]["nodes"]
        nodes[1]["handler"] = {"role": "small_engineer", "people": ["small_li"]}
        nodes[2]["handler"] = {}
        found = self.faults()
        self.assertIn("$.flows[0].nodes[1].handler", found)
        self.assertIn("$.flows[0].nodes[2].handler", found)

    def test_scenario_steps(self):
        steps = self.pack["scenarios"][0]["steps"]
        steps[0]["with"]["colour"] = "red"
        steps[0]["expect"][0]["model"] = 7
        steps[0]["expect"][0]["id"] = []
        steps.append({"door": "moon", "do": "fly"})
        steps.append({"as": "nobody", "door": "portal", "do": "open"})
        found = self.faults()
        base = "$.scenarios[0].steps"
        self.assertEqual(found[f"{base}[0].with.colour"], "unknown key")
        self.assertIn(f"{base}[0].expect[0].model", found)
        self.assertEqual(
            found[f"{base}[0].expect[0].id"],
            "must be a text in quotes / a whole number, not []",
        )
        self.assertIn(f"{base}[1].door", found)
        self.assertIn(f"{base}[2].as", found)
        self.assertEqual(found[f"{base}[2].with"], "is missing")

    def test_scenario_words(self):
        steps = self.pack["scenarios"][0]["steps"]
        steps.append(
            {"door": "portal", "do": "open", "with": {"path": "/my/${ticket}"}}
        )
        steps.append({"door": "clock", "do": "fly"})
        found = self.faults()
        base = "$.scenarios[0].steps"
        self.assertEqual(
            found[f"{base}[1].with.path"], "no earlier step saves “ticket”"
        )
        self.assertIn("fly", found[f"{base}[2].do"])

    def test_addon_that_is_missing(self):
        """A known section is refused by the name of the addon that reads it."""
        self.pack["requires"] = ["scrm_flow", "scrm_ticket"]
        self.pack["stores"] = []
        self.pack["flows"][0]["nodes"][1]["stage"] = "any"
        installed = Pack.is_installed

        def without_ticket(pack, addon):
            return addon != "scrm_ticket" and installed(pack, addon)

        with patch.object(Pack, "is_installed", without_ticket):
            found = self.faults()
        message = "the addon scrm_ticket is not installed"
        self.assertEqual(
            found,
            {
                "$.requires[1]": message,
                "$.stores": message,
                "$.flows[0].nodes[1].stage": message,
            },
        )

    def test_everything_at_once_in_the_users_language(self):
        self.pack["colour"] = "red"
        del self.pack["users"][0]["login"]
        self.pack["partners"][1]["parent"] = "nobody"
        for lang, unknown, missing in (
            ("en_US", "unknown key", "is missing"),
            ("zh_CN", "未知的键", "缺失"),
        ):
            packs = self.packs.with_context(lang=lang)
            with self.subTest(lang), self.assertRaises(UserError) as caught:
                packs.import_pack(self.pack)
            lines = str(caught.exception).splitlines()[1:]
            self.assertEqual(len(lines), 3)
            self.assertIn(f"$.colour: {unknown}", lines)
            self.assertIn(f"$.users[0].login: {missing}", lines)
            self.assertTrue(any("$.partners[1].parent: " in line for line in lines))

    def test_who_may(self):
        packs = self.env["scrm.pack"].with_user(self.plain_user)
        for method, arguments in (
            ("import_pack", [self.pack]),
            ("check_pack", [self.pack]),
            ("export_pack", []),
        ):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(packs, method)(*arguments)

    def test_published_schema_is_up_to_date(self):
        """The committed schema is what the sections of today make."""
        is_installed = Pack(self.env).is_installed
        current = schema.compose(is_installed)["properties"]
        published = schema.published()["properties"]
        self.assertLessEqual(set(current), set(published))
        self.maxDiff = None
        for key in set(current) - {"scenarios"}:
            with self.subTest(key):
                pruned = self._without(published[key], is_installed)
                self.assertEqual(current[key], pruned, "run: odoo scrm_pack schema -o")

    def _without(self, value, is_installed):
        """The schema without what addons that are not installed here add to it."""
        if isinstance(value, list):
            return [self._without(part, is_installed) for part in value]
        if not isinstance(value, dict):
            return value
        return {
            key: self._without(part, is_installed)
            for key, part in value.items()
            if not isinstance(part, dict)
            or is_installed(part.get("x-scrm-addon", "scrm_flow"))
        }
