import base64
import copy
import json
from contextlib import closing

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .pack_common import PackCase

MODELS = (
    "res.groups",
    "res.users",
    "res.partner",
    "scrm.flow",
    "scrm.flow.version",
    "scrm.flow.node",
    "scrm.flow.transition",
    "scrm.decision.table",
    "scrm.decision.rule",
    "scrm.decision.condition",
    "scrm.pack",
    "scrm.pack.scenario",
    "ir.model.data",
)


@tagged("post_install", "-at_install")
class TestPackImport(PackCase):
    """Packs go in whole, twice without a trace, and come out as they went in."""

    def _snapshot(self):
        """{model: {id: xmin}}: what is there, and which transaction wrote it."""
        self.env.flush_all()
        found = {}
        for model in MODELS:
            records = self.env[model].sudo().with_context(active_test=False)
            rows = records.search_read([], ["write_date"], order="id")
            found[model] = {row["id"]: row["write_date"] for row in rows}
        return found

    def _counts(self):
        return {model: len(rows) for model, rows in self._snapshot().items()}

    def _ref(self, kind, key):
        return self.env.ref(f"__scrm_pack__.{kind}__{key}")

    def test_import(self):
        report = self.packs.import_pack(self.pack)
        self.assertEqual(report["key"], "small")
        self.assertGreater(report["created"], 10)
        role = self.env["res.groups"].search([("scrm_key", "=", "small_engineer")])
        self.assertEqual(role.name, "Small Engineer")
        self.assertEqual(role.with_context(lang="zh_CN").name, "小工程师")
        li = self._ref("user", "small_li")
        self.assertTrue(li.has_group("scrm_flow.group_user"))
        self.assertIn(role, li.group_ids)
        self.assertEqual(li.tz, "Asia/Shanghai")
        customer = self._ref("user", "small_portal")
        self.assertTrue(customer.share)
        self.assertEqual(customer.partner_id, self._ref("partner", "small_customer"))
        flow = self.env["scrm.flow"].search([("key", "=", "small_flow")])
        self.assertEqual(flow.published_version_id.state, "published")
        visit = flow.published_version_id.node_ids.filtered(lambda n: n.key == "visit")
        self.assertEqual(visit.handler_group_id, role)
        self.assertEqual(visit.with_context(lang="zh_CN").name, "上门")
        table = self.env["scrm.decision.table"].search([("key", "=", "small_table")])
        record = customer.partner_id
        self.assertEqual(table.decide(record).rule.result_id, record.id)

    def test_import_twice_changes_nothing(self):
        self.packs.import_pack(self.pack)
        before = self._snapshot()
        report = self.packs.import_pack(self.pack)
        self.assertEqual((report["created"], report["updated"]), (0, 0))
        self.assertEqual(self._snapshot(), before)

    def test_change_is_the_only_change(self):
        self.packs.import_pack(self.pack)
        before = self._counts()
        self.pack["partners"][1]["name"] = "Lotus Branch"
        report = self.packs.import_pack(self.pack)
        self.assertEqual((report["created"], report["updated"]), (0, 1))
        self.assertEqual(self._ref("partner", "small_office").name, "Lotus Branch")
        self.assertEqual(self._counts(), before)

    def test_changed_flow_becomes_a_new_version(self):
        self.packs.import_pack(self.pack)
        flow = self.env["scrm.flow"].search([("key", "=", "small_flow")])
        first = flow.published_version_id
        self.pack["flows"][0]["transitions"][1]["name"]["zh_CN"] = "上门完成"
        self.packs.import_pack(self.pack)
        self.assertEqual(flow.published_version_id.number, 2)
        self.assertEqual(first.state, "retired")
        self.assertEqual(len(first.node_ids), 4)

    def test_gateway_without_default(self):
        """Its conditions must leave no gap; else the pack is refused by the node."""
        flow = self.pack["flows"][0]
        flow["nodes"].insert(
            1, {"key": "which", "name": "Which", "type": "exclusive_gateway"}
        )
        flow["transitions"][0]["target"] = "which"
        low, high = (
            {"key": key, "source": "which", "target": key, "condition": condition}
            for key, condition in (
                ("visit", "[('color', '<', 5)]"),
                ("check", "[('color', '>', 5)]"),
            )
        )
        flow["transitions"] += [low, high]
        with self.assertRaises(UserError) as caught:
            self.packs.import_pack(self.pack)
        self.assertIn(
            "$.flows[0].nodes[1]: the gateway has neither a default nor conditions",
            str(caught.exception),
        )
        high["condition"] = "[('color', '>=', 5)]"
        self.packs.import_pack(self.pack)
        flow = self.env["scrm.flow"].search([("key", "=", "small_flow")])
        ways = flow.published_version_id.transition_ids
        self.assertIn(high["condition"], ways.mapped("condition"))

    def test_shorter_table(self):
        self.packs.import_pack(self.pack)
        rules = self.pack["decision_tables"][0]["rules"]
        rules[0] = {**rules.pop(), "when": []}
        self.packs.import_pack(self.pack)
        table = self.env["scrm.decision.table"].search([("key", "=", "small_table")])
        self.assertEqual(table.rule_ids.mapped("name"), ["Others"])
        self.assertFalse(table.rule_ids.condition_ids)

    def test_nothing_is_imported_when_one_thing_is_wrong(self):
        """The fault shows only while writing: what was written before is undone."""
        before = self._snapshot()
        self.pack["users"][1]["login"] = self.plain_user.login
        with (
            self.assertRaises(UserError) as caught,
            self.cr.savepoint(),
            self.assertLogs("odoo.sql_db", "ERROR"),
        ):
            self.packs.import_pack(self.pack)
        text = str(caught.exception)
        self.assertIn("$.users[1]: ", text)
        self.assertIn("same login", text)
        self.assertEqual(self._snapshot(), before)

    def test_rights_are_the_users_own(self):
        """A manager of flows who may not make users cannot do it by a pack."""
        rights = self.env.ref("base.group_erp_manager")
        rights |= self.env.ref("base.group_partner_manager")
        self.manager.group_ids -= rights
        before = self._counts()
        with self.assertRaises(UserError) as caught:
            self.packs.import_pack(self.pack)
        self.assertIn("$.roles[0]", str(caught.exception))
        self.assertEqual(self._counts(), before)

    def test_export_and_import_elsewhere(self):
        with closing(self.cr.savepoint()):
            self.packs.import_pack(self.pack)
            first = json.loads(json.dumps(self.packs.export_pack("small")))
            self.env.invalidate_all(flush=False)
        self.env.registry.clear_cache()  # ids of what is gone again
        self.assertFalse(self.env["scrm.flow"].search([("key", "=", "small_flow")]))
        self.packs.import_pack(copy.deepcopy(first))
        second = self.packs.export_pack("small")
        self.assertEqual(second, first)
        users = {item["key"]: item for item in first["users"]}
        self.assertEqual(users["small_li"]["roles"], ["small_engineer"])
        self.assertNotIn("password", users["small_li"])
        self.assertEqual(
            first["scenarios"][0]["steps"], self.pack["scenarios"][0]["steps"]
        )
        self.assertEqual(first["name"], self.pack["name"])

    def test_language_that_is_not_active(self):
        self.pack["roles"][0]["name"]["fr_FR"] = "Technicien"
        if "fr_FR" in dict(self.env["res.lang"].get_installed()):
            self.skipTest("French is active here")
        report = self.packs.import_pack(self.pack)
        self.assertEqual(report["skipped_languages"], ["fr_FR"])

    def test_people_of_a_language_that_is_not_active(self):
        """They read the database's own; a language that nobody has is a fault."""
        if "fr_FR" in dict(self.env["res.lang"].get_installed()):
            self.skipTest("French is active here")
        self.pack["users"][0]["lang"] = "fr_FR"
        self.pack["partners"][0]["lang"] = "fr_FR"
        for _again in range(2):
            report = self.packs.import_pack(self.pack)
            self.assertEqual(report["skipped_languages"], ["fr_FR"])
        user = self.env.ref("__scrm_pack__.user__small_li")
        self.assertEqual(user.lang, self.env["res.users"].default_get(["lang"])["lang"])
        self.pack["users"][0]["lang"] = "xx_YY"
        with self.assertRaisesRegex(UserError, "users.0..lang: there is no language"):
            self.packs.import_pack(self.pack)

    def test_wizards(self):
        content = json.dumps(self.pack).encode()
        wizard = self.env["scrm.pack.import"].with_user(self.manager)
        with Form(wizard) as form:
            form.file = base64.b64encode(content)
        wizard = form.record
        wizard.action_check()
        self.assertFalse(wizard.faults)
        wizard.action_import()
        self.assertIn("created", wizard.report)
        pack = self.env["scrm.pack"].search([("key", "=", "small")])
        self.assertEqual(pack.imported_by_id, self.manager)
        export = self.env["scrm.pack.export"].with_user(self.manager).create({})
        export.pack_id = pack
        export.action_export()
        self.assertEqual(export.filename, "small.json")
        data = json.loads(base64.b64decode(export.file))
        self.assertEqual(data["key"], "small")

    def test_wizard_lists_the_faults(self):
        self.pack["colour"] = "red"
        wizard = (
            self.env["scrm.pack.import"]
            .with_user(self.manager)
            .create({"file": base64.b64encode(json.dumps(self.pack).encode())})
        )
        wizard.action_check()
        self.assertEqual(wizard.faults, "$.colour: unknown key")
        self.assertFalse(wizard.report)
