import json
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import Form, TransactionCase, new_test_user

from ..wizards.scrm_start import ScrmStart

PACK = {
    "format": "scrm-pack/1",
    "key": "test_salon",
    "name": {"en_US": "Beauty salon", "zh_CN": "美容院"},
    "description": {"en_US": "Revisits", "zh_CN": "回访"},
    "requires": ["scrm_ticket"],
    "company": {"name": "Example Salon"},
    "roles": [{"key": "test_beautician", "name": "Beautician"}],
    "users": [
        {
            "key": "test_mei",
            "login": "test_mei",
            "name": "Mei",
            "password": "secret",
            "roles": ["test_beautician"],
        }
    ],
    "teams": [{"key": "test_salon_team", "name": "Salon", "members": ["test_mei"]}],
    "fields": [{"key": "test_skin", "name": "Skin", "type": "text"}],
    "flows": [
        {
            "key": "test_revisit",
            "name": "Revisit",
            "model": "helpdesk.ticket",
            "nodes": [
                {"key": "start", "name": "Booked", "type": "start"},
                {
                    "key": "visit",
                    "name": "Visit",
                    "type": "user_task",
                    "handler": {"role": "test_beautician"},
                },
                {"key": "end", "name": "Done", "type": "end"},
            ],
            "transitions": [
                {"key": "booked", "source": "start", "target": "visit"},
                {"key": "visited", "source": "visit", "target": "end"},
            ],
        }
    ],
    "templates": [
        {
            "key": f"test_{key}",
            "name": name,
            "flow": "test_revisit",
            "team": "test_salon_team",
            "fields": [{"field": "test_skin"}],
        }
        for key, name in (("revisit", "Revisit"), ("birthday", "Birthday Care"))
    ],
}


class TestStart(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.file = Path(folder.name) / "test_salon.json"
        cls.file.write_text(json.dumps(PACK))
        files = patch.object(
            ScrmStart, "_scrm_preset_files", lambda self: {"test_salon": cls.file}
        )
        files.start()
        cls.addClassCleanup(files.stop)
        cls.ann = new_test_user(cls.env, login="test_ann", groups="base.group_user")

    def _answered(self, **answers):
        return self.env["scrm.start"].create(
            {
                "preset": "test_salon",
                "company_name": "Lily Salon",
                "user_ids": self.ann.ids,
                **answers,
            }
        )

    def test_five_answers_and_a_business_runs(self):
        """A ticket of the chosen service reaches who was named; the rest can wait.

        Covers in part: C05, C08, C10
        """
        start = self._answered()
        self.assertEqual(
            start.line_ids.mapped("key"), ["test_revisit", "test_birthday"]
        )
        start.line_ids[1].chosen = False
        start.action_start()
        self.assertEqual(start.state, "done")
        self.assertEqual(self.env.company.name, "Lily Salon")
        template = start.template_ids
        self.assertEqual(template.key, "test_revisit")
        self.assertTrue(template.portal_published)
        waiting = self.env["scrm.ticket.template"].search(
            [("key", "=", "test_birthday"), ("active", "=", False)]
        )
        self.assertTrue(waiting)
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "Try", "description": "Try", "template_id": template.id}
        )
        self.assertEqual(ticket.scrm_node_key, "visit")
        self.assertIn(self.ann, template.team_id.user_ids)
        role = self.env["res.groups"].search([("scrm_key", "=", "test_beautician")])
        self.assertIn(role, self.ann.group_ids)
        # later the next service, with the same wizard; nothing is made twice
        again = self._answered()
        again.action_start()
        self.assertTrue(waiting.active)
        self.assertEqual(len(again.template_ids), 2)

    def test_forms_without_a_flow(self):
        """They get one with a single step, handled by who was named.

        Covers in part: C05, C08
        """
        bare = {key: PACK[key] for key in ("format", "key", "name", "requires")}
        form = {"key": "test_bare", "name": "Bare", "fields": [{"field": "test_skin"}]}
        pack = {**bare, "fields": PACK["fields"], "templates": [form]}
        self.file.write_text(json.dumps(pack))
        self.addCleanup(self.file.write_text, json.dumps(PACK))
        start = self._answered()
        start.action_start()
        ticket = self.env["helpdesk.ticket"].create(
            {
                "name": "Try",
                "description": "Try",
                "template_id": start.template_ids.id,
            }
        )
        self.assertEqual(ticket.scrm_node_key, "work")
        self.assertIn(self.ann, ticket.scrm_handler_ids)

    def test_nobody_logs_in_as_an_example(self):
        """Covers in part: C08"""
        self._answered().action_start()
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT password FROM res_users WHERE login = %s", ["test_mei"]
        )
        self.assertEqual(self.env.cr.fetchall(), [(None,)])

    def test_a_colleague_has_the_login_of_an_example(self):
        """The colleague stays who they are, and the business runs all the same.

        Covers in part: C08
        """
        mei = new_test_user(self.env, login="test_mei", name="Our Mei")
        for _time in range(2):
            self._answered().action_start()
        self.assertEqual((mei.login, mei.name), ("test_mei", "Our Mei"))
        example = self.env["res.users"].search([("name", "=", "Mei")])
        self.assertEqual(example.login, "test_salon.test_mei")

    def test_what_is_not_answered(self):
        """Covers in part: C08"""
        start = self._answered()
        start.line_ids.chosen = False
        with self.assertRaisesRegex(UserError, "at least one service"):
            start.action_start()
        with self.assertRaisesRegex(UserError, "who does the work"):
            self._answered(user_ids=[]).action_start()
        self.assertFalse(
            self.env["scrm.ticket.template"].search([("key", "=", "test_revisit")])
        )

    def test_packs_of_addons_that_are_missing(self):
        """Covers in part: C05"""
        self.file.write_text(json.dumps({**PACK, "requires": ["scrm_nowhere"]}))
        self.addCleanup(self.file.write_text, json.dumps(PACK))
        self.assertFalse(self.env["scrm.start"]._scrm_presets())


class TestStartByHand(TransactionCase):
    """Who has just installed the addon is led to the first ticket."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env,
            "test_owner",
            groups="scrm_ticket.group_manager,scrm_flow.group_manager",
        )
        cls.handler = new_test_user(
            cls.env, "test_hand", groups="scrm_ticket.group_user"
        )

    def test_the_first_screen(self):
        """Only who may begin is led to the templates, and only as long as none is."""

        def first(user):
            menu = self.env.ref("scrm_flow.menu_step").with_user(user)
            return menu.sudo(False).action.with_user(user).run()["xml_id"]

        steps = "scrm_flow.scrm_flow_step_action"
        with patch.object(
            self.env.registry["scrm.ticket.template"],
            "search_count",
            lambda model, domain, limit=None: 0,
        ):
            begin = self.env.ref("scrm_ticket.scrm_ticket_template_action")
            self.assertEqual(first(self.manager), begin.get_external_id()[begin.id])
            self.assertIn("scrm_ticket.scrm_start_action", begin.help)
            self.assertEqual(first(self.handler), steps)
        self.env["scrm.ticket.template"].create({"key": "test_one", "name": "One"})
        self.assertEqual(first(self.manager), steps)

    def test_from_a_name_to_a_flow(self):
        """A name is enough: key, flow and a first drawing come with it.

        What is drawn lacks nothing but who does the work; the second time the same
        flow is opened.
        """
        form = Form(self.env["scrm.ticket.template"].with_user(self.manager))
        form.name = "Bicycle Repair (test)"
        template = form.save()
        self.assertEqual(template.key, "bicycle_repair_test")
        action = template.action_design_flow()
        version = self.env[action["res_model"]].browse(action["res_id"])
        flow = template.flow_id
        self.assertEqual(version.flow_id, flow)
        self.assertEqual((flow.key, flow.model), (template.key, "helpdesk.ticket"))
        self.assertEqual(version.node_ids.mapped("type"), ["start", "user_task", "end"])
        (fault,) = version._fault_lines()
        self.assertEqual(fault.node_key, "user_task")
        version.node_ids.filtered(lambda node: node.type == "user_task").write(
            {"handler_rule": "people", "handler_user_ids": self.handler.ids}
        )
        self.assertEqual(version._fault_lines(), [])
        self.assertEqual(template.action_design_flow()["res_id"], version.id)
        self.assertEqual(template.flow_id, flow)

    def test_new_flows_are_drawn_for_tickets(self):
        form = Form(self.env["scrm.flow"].with_user(self.manager))
        self.assertEqual(form.model_id.model, "helpdesk.ticket")
