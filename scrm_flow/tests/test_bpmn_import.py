"""BPMN files in and out of the database, as the people who do it."""

import base64
from pathlib import Path

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from ..engine import bpmn
from .common import FlowCase

FILE = Path(__file__).parent / "bpmn" / "bpmn_io.bpmn"


class BpmnCase(FlowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.files = cls.env["scrm.flow.bpmn"].with_user(cls.designer)

    def wizard(self, content, **values):
        if isinstance(content, str):
            content = content.encode()
        wizards = self.env["scrm.flow.bpmn.import"].with_user(self.designer)
        return wizards.create({"file": base64.b64encode(content), **values})

    def refused(self, content, *lines, **values):
        """The file is refused with these lines, and nothing is left behind."""
        before = self.env["scrm.flow.version"].search_count([])
        with self.assertRaises(UserError) as caught:
            self.wizard(content, **values).action_import()
        text = str(caught.exception)
        for line in lines:
            self.assertIn(line, text)
        self.assertEqual(self.env["scrm.flow.version"].search_count([]), before)
        wizard = self.wizard(content, **values)
        wizard.action_check()
        self.assertFalse(wizard.is_right)
        for line in lines:
            self.assertIn(line, wizard.faults)


@tagged("post_install", "-at_install")
class TestBpmnImport(BpmnCase):
    def test_draft_of_an_exported_file(self):
        """What was exported comes back as a draft that says the same.

        Covers: F39
        """
        nodes = self.version.node_ids
        visit = nodes.filtered(lambda node: node.key == "visit")
        self.env.cr.execute(  # a published version refuses; this one was born so
            "UPDATE scrm_flow_node SET pos_x = id, pos_y = 2.5 WHERE id IN %s",
            [tuple(nodes.ids)],
        )
        nodes.invalidate_recordset()
        xml = self.files.export_bpmn(self.version.id)
        self.assertIn("Our visit", xml)
        wizard = self.wizard(xml, flow_id=self.flow.id)
        wizard.action_check()
        self.assertTrue(wizard.is_right)
        self.assertFalse(wizard.todos)
        wizard.action_import()
        draft = wizard.version_id
        self.assertEqual((draft.flow_id, draft.state), (self.flow, "draft"))
        self.assertEqual(draft.create_uid, self.designer)
        self.assertEqual(self.flow.published_version_id, self.version)
        copy = draft.node_ids.filtered(lambda node: node.key == "visit")
        self.assertEqual(copy.handler_group_id, self.role)
        self.assertEqual((copy.pos_x, copy.pos_y), (visit.pos_x, 2.5))
        triage = draft.node_ids.filtered(lambda node: node.key == "triage")
        self.assertEqual(triage.handler_user_ids, self.ann)
        self.assertEqual(
            self.files._definition(draft), self.files._definition(self.version)
        )
        self.assertEqual(wizard.action_open()["res_id"], draft.id)
        draft.with_user(self.designer).action_publish()
        self.assertEqual(self.flow.published_version_id, draft)

    def test_new_flow_with_translations(self):
        flow = self.make_draft(
            [
                {"key": "start", "type": "start"},
                {
                    "key": "visit",
                    "type": "user_task",
                    "handler_rule": "role",
                    "handler_group_id": self.role.id,
                },
                {"key": "end", "type": "end"},
            ],
            [("go", "start", "visit", {}), ("done", "visit", "end", {"name": "Done"})],
            key="first",
        ).flow_id
        flow.update_field_translations("name", {"zh_CN": "测试流程"})
        visit = flow.version_ids.node_ids.filtered(lambda node: node.key == "visit")
        visit.update_field_translations("name", {"zh_CN": "上门"})
        xml = self.files.export_bpmn(flow.version_ids.id)
        xml = xml.replace('key="first"', 'key="second"')
        outcome = self.files.import_bpmn(xml)
        version = self.env["scrm.flow.version"].browse(outcome["version_id"])
        chinese = version.with_context(lang="zh_CN")
        self.assertEqual((version.flow_id.key, version.number), ("second", 1))
        self.assertEqual(chinese.flow_id.name, "测试流程")
        self.assertIn("上门", chinese.node_ids.mapped("name"))
        self.assertEqual(version.flow_id.model, "scrm.test.order")

    def test_keys_not_ids(self):
        """Nothing in the file is an id: it means the same in another database."""
        xml = self.files.export_bpmn(self.version.id)
        self.assertIn('{"role": "test_engineer"}', xml)
        self.assertIn('{"people": ["login:ann"]}', xml)
        self.env["ir.model.data"].create(
            {
                "module": "__scrm_pack__",
                "name": "user__ann_key",
                "model": "res.users",
                "res_id": self.ann.id,
            }
        )
        xml = self.files.export_bpmn(self.version.id)
        self.assertIn('{"people": ["ann_key"]}', xml)
        self.role.scrm_key = False
        with self.assertRaisesRegex(UserError, "Engineers.*key first"):
            self.files.export_bpmn(self.version.id)

    def test_file_of_another_tool(self):
        """It becomes a draft, with a list of what must still be set."""
        self.refused(FILE.read_bytes(), "say which records run through the flow")
        wizard = self.wizard(FILE.read_bytes(), model="scrm.test.order")
        wizard.action_import()
        draft = wizard.version_id
        self.assertEqual(draft.flow_id.name, "Repair")
        self.assertEqual(draft.flow_id.key, "process_1x9r2vn")
        self.assertEqual(len(draft.node_ids), 6)
        for line in (
            "Line 17, “Look at the request”: say who handles it; it is drawn in the"
            " lane “Front desk”",
            "“Send a quotation”: choose the service and its settings",
            "“large”: write the condition anew; until then it never holds:"
            " ${area > 90}",
        ):
            self.assertIn(line, wizard.todos)
        with self.assertRaisesRegex(UserError, "nobody is named to handle it"):
            draft.action_publish()
        self.refused(FILE.read_bytes(), "choose it", model="scrm.test.order")

    def test_condition_that_was_not_set_never_holds(self):
        outcome = self.files.import_bpmn(FILE.read_bytes(), None, "scrm.test.order")
        version = self.env["scrm.flow.version"].browse(outcome["version_id"])
        large = version.transition_ids.filtered(lambda one: one.name == "large")
        self.assertTrue(large._domain().is_false())
        self.assertEqual(large._condition_problems(), [])

    def test_everything_wrong_at_once(self):
        """Every fault with its line, and nothing imported."""
        xml = self.files.export_bpmn(self.version.id)
        wrong = (
            xml.replace("test_engineer", "nobody")
            .replace("login:ann", "login:none")
            .replace('"set_values"', '"sing"')
            .replace("'area'", "'no_field'")
            .replace('name="is_private"', 'name="colour"')
        )
        wrong = wrong.replace(
            '<scrm:property name="private">', '<scrm:property name="colour">'
        )
        self.refused(
            wrong,
            "there is no role “nobody”",
            "there is no user “login:none”",
            "colour: unknown key",
            flow_id=self.flow.id,
        )
        lines = self.files.check_bpmn(wrong, "test_flow")["faults"]
        for line in lines:
            self.assertRegex(line, r"^Line \d+, “")
        wrong = xml.replace('"set_values"', '"sing"').replace("'area'", "'no_field'")
        self.refused(
            wrong,
            "service.kind: there is no service “sing”",
            "condition: is no domain",
            flow_id=self.flow.id,
        )

    def test_faults_of_the_file_itself(self):
        xml = self.files.export_bpmn(self.version.id)
        wrong = xml.replace("userTask", "subProcess")
        self.refused(
            wrong,
            "“Triage”: the element “subProcess” is not supported",
            "“Survey”: the element “subProcess” is not supported",
            flow_id=self.flow.id,
        )
        self.refused("<a>", "no well-formed XML", flow_id=self.flow.id)
        self.refused("<!DOCTYPE a><a/>", "document type", flow_id=self.flow.id)

    def test_type_that_no_addon_brings(self):
        xml = self.files.export_bpmn(self.version.id)
        wrong = xml.replace('type="service_task"', 'type="gone"').replace(
            "serviceTask", "task"
        )
        self.refused(wrong, "there is no node type “gone”", flow_id=self.flow.id)

    def test_key_that_another_file_made_badly(self):
        xml = self.files.export_bpmn(self.version.id)
        wrong = xml.replace('key="visit"', 'key="Our Visit"')
        self.refused(wrong, "key: “Our Visit” is not written", flow_id=self.flow.id)

    def test_in_the_users_language(self):
        files = self.files.with_context(lang="zh_CN")
        (fault,) = files.check_bpmn("<!DOCTYPE a><a/>")["faults"]
        self.assertEqual(fault, "第 1 行：不允许使用文档类型声明（DOCTYPE）")

    def test_words_for_every_remark(self):
        words = self.files._words("x")
        self.assertEqual(set(words), {*bpmn.FAULTS, *bpmn.TODOS})

    def test_who_may(self):
        """Only managers of flows: a file names people, roles and rules."""
        for user in (self.watcher, self.ann, self.portal):
            files = self.env["scrm.flow.bpmn"].with_user(user)
            for method, arguments in (
                ("export_bpmn", [self.version.id]),
                ("check_bpmn", ["<a/>"]),
                ("import_bpmn", ["<a/>"]),
            ):
                with self.subTest(f"{user.login} {method}"):
                    with self.assertRaises(AccessError):
                        getattr(files, method)(*arguments)
            with self.assertRaises(AccessError):
                self.env["scrm.flow.bpmn.import"].with_user(user).create(
                    {"file": "YQ=="}
                )


@tagged("post_install", "-at_install")
class TestBpmnDownload(BpmnCase, HttpCase):
    def test_download(self):
        action = self.env.ref("scrm_flow.scrm_flow_bpmn_export_action")
        answer = (
            action.with_user(self.designer)
            .with_context(active_model="scrm.flow.version", active_id=self.version.id)
            .run()
        )
        self.designer.password = "designer designer"
        self.authenticate("designer", "designer designer")
        response = self.url_open(answer["url"])
        self.assertEqual(response.status_code, 200)
        self.assertIn("test_flow_1.bpmn", response.headers["Content-Disposition"])
        reading = bpmn.read(response.content)
        self.assertEqual((reading.faults, reading.todos), ([], []))
        self.assertEqual(reading.definition["key"], "test_flow")

    def test_who_may_download(self):
        url = f"/scrm/flow/{self.version.id}/bpmn"
        self.ann.password = "ann ann ann"
        self.authenticate("ann", "ann ann ann")
        # the first pages of all: their bundles are made now
        self.assertEqual(self.url_open(url, timeout=60).status_code, 403)
        self.assertEqual(self.url_open("/scrm/flow/999999999/bpmn").status_code, 404)
        self.authenticate(None, None)
        self.assertIn("/web/login", self.url_open(url, timeout=60).url)
