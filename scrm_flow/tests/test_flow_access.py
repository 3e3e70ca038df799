from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import Form, tagged

from .common import FlowCase


@tagged("post_install", "-at_install")
class TestFlowAccess(FlowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.rule"].create(
            {
                "name": "own orders",
                "model_id": cls.model.id,
                "domain_force": "[('owner_id', '=', user.id)]",
                "groups": [Command.link(cls.env.ref("base.group_user").id)],
            }
        )
        cls.mine = cls.Order.create({"name": "Mine", "owner_id": cls.watcher.id})
        cls.other = cls.Order.create({"name": "Other", "owner_id": cls.eve.id})
        (cls.mine | cls.other).scrm_flow_start(cls.flow)

    def test_the_trace_follows_the_record(self):
        """Covers in part: R17"""
        for name in ("scrm.flow.run", "scrm.flow.step", "scrm.flow.log"):
            with self.subTest(model=name):
                model = self.env[name].with_user(self.watcher)
                found = (
                    model.search([("flow_id", "=", self.flow.id)])
                    if (name != "scrm.flow.log")
                    else model.search([("run_id.flow_id", "=", self.flow.id)])
                )
                self.assertEqual(set(found.mapped("res_id")), {self.mine.id})
                self.assertEqual(
                    model.search_count([("id", "in", found.ids)]), len(found)
                )
                foreign = self.env[name].search([("res_id", "=", self.other.id)])
                self.assertTrue(foreign)
                with self.assertRaises(AccessError):
                    foreign.with_user(self.watcher).read(["res_id"])
                groups = model._read_group(
                    [("res_id", "in", [self.mine.id, self.other.id])],
                    ["res_id"],
                    ["__count"],
                )
                self.assertEqual([res_id for res_id, _count in groups], [self.mine.id])

    def test_a_stranger_moves_nothing(self):
        with self.assertRaises(AccessError):
            self.other.with_user(self.watcher).scrm_step_complete("accept")
        with self.assertRaises(AccessError):
            self.other.with_user(self.watcher).scrm_flow_cancel("mine now")
        self.assertEqual(self.other.scrm_run_id.state, "running")

    def test_nobody_writes_the_trace(self):
        step = self.mine.scrm_step_ids
        for user in (self.watcher, self.designer):
            with self.assertRaises(AccessError):
                step.with_user(user).write({"user_id": user.id})
            with self.assertRaises(AccessError):
                self.env["scrm.flow.run"].with_user(user).create(
                    {"flow_id": self.flow.id}
                )

    def test_what_is_not_for_rpc(self):
        """Private parts of the engine cannot be called from outside."""
        env = self.env(user=self.designer)
        for model, method, args in (
            ("scrm.test.order", "scrm_flow_start", [[self.mine.id], self.flow.id]),
            ("scrm.flow.service.set_values", "run", [[], self.mine.id, 1, {}]),
            ("scrm.flow.service.set_values", "simulate", [[], self.mine.id, {}]),
            ("scrm.flow.engine", "_cancel", [[], 1, "x"]),
            ("scrm.decision.table", "decide", [[], 1]),
            ("scrm.flow.log", "verify", [[], 1]),
            ("scrm.clock", "now", [[]]),
        ):
            with self.subTest(method=method), self.assertRaises(AccessError):
                call_kw(env[model], method, args, {})

    def test_progress_and_actions_are_the_users_own(self):
        """Covers: H25"""
        mine = self.mine.with_user(self.watcher)
        self.assertFalse(mine.scrm_flow_actions)
        now = next(item for item in mine.scrm_progress if item["state"] == "now")
        self.assertEqual((now["key"], now["handlers"]), ("triage", ["Ann"]))
        self.mine.owner_id = self.ann
        actions = self.mine.with_user(self.ann).scrm_flow_actions
        offers = actions[0].pop("operations")
        self.assertEqual(
            [offer["key"] for offer in offers],
            ["accept", "transfer", "add_handler", "freeze"],
        )
        self.assertEqual(
            actions,
            [
                {
                    "step_id": self.mine.scrm_step_ids.id,
                    "node": "Triage",
                    "node_key": "triage",
                    "transitions": [
                        {"key": "accept", "name": "Accept", "primary": True},
                        {"key": "refuse", "name": "Refuse", "primary": False},
                    ],
                }
            ],
        )
        self.mine.area = 100
        self.mine.with_user(self.ann).scrm_step_complete("accept")
        actions = self.mine.with_user(self.designer).sudo(False)._scrm_flow_actions()
        self.assertEqual(
            [way["name"] for way in actions[0]["transitions"]], ["Complete"]
        )

    def test_a_designer_without_other_rights_fills_in_the_form(self):
        """The kind of record and the role are chosen from lists one may read."""
        self.assertFalse(self.designer.has_group("base.group_erp_manager"))
        models = self.env["ir.model"].with_user(self.designer)
        self.assertIn(
            (self.model.id, self.model.name), models.name_search(self.model.name)
        )
        with Form(self.env["scrm.flow"].with_user(self.designer)) as form:
            form.name = "Drawn by hand"
            form.key = "drawn_by_hand"
            form.model_id = models.browse(self.model.id)
        self.assertEqual(form.record.model, self.model.model)
        roles = self.env["res.groups"].with_user(self.designer)
        self.assertTrue(roles.name_search(self.role.name))
