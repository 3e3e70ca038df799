"""Nodes that check values of the record, as the people themselves."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .check_common import CheckCase


@tagged("post_install", "-at_install")
class TestFlowCheckBlocks(CheckCase):
    def test_not_completed_before_it_holds(self):
        """Every rule that fails is named, nobody gets past it.

        Covers: F15
        """
        self.change_check(
            check_ids=[
                (5,),
                (
                    0,
                    0,
                    {
                        "key": "size",
                        "field_path": "area",
                        "lower": "10",
                        "message": "The room is too small",
                    },
                ),
                (
                    0,
                    0,
                    {
                        "key": "report",
                        "kind": "domain",
                        "condition": "[('note', '!=', False)]",
                        "message": "The report is missing",
                    },
                ),
            ]
        )
        order = self.start(area=9)
        for user in (self.bob, self.designer):
            with self.assertRaises(UserError) as caught:
                order.with_user(user).scrm_step_complete()
            text = str(caught.exception)
            self.assertIn("The room is too small (9.0; allowed: 10 – …)", text)
            self.assertIn("The report is missing", text)
        self.assertEqual(order.scrm_node_key, "measure")
        self.assertFalse(order.scrm_run_id.frozen_at)
        order.with_user(self.bob).area = 10
        with self.assertRaisesRegex(UserError, "cannot be completed:\n- The report"):
            order.with_user(self.bob).scrm_step_complete()
        order.with_user(self.bob).note = "Done"
        self.assertEqual(
            order.with_user(self.bob).scrm_step_complete(),
            {"node": "visit", "state": "running"},
        )

    def test_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        draft = self.flow.published_version_id._copy_as_draft()
        checks = draft.node_ids.check_ids
        checks[1].with_context(lang="zh_CN").message = "缺少报告"
        draft.action_publish()
        order = self.start(area=5)
        with self.assertRaisesRegex(UserError, "缺少报告"):
            order.with_user(self.bob).with_context(lang="zh_CN").scrm_step_complete()

    def test_work_can_be_sent_back(self):
        """Who cannot pass the check may still hand it over."""
        order = self.start(area=5)
        order.with_user(self.bob).scrm_step_transfer(self.cid.id, "Ill")
        with self.assertRaisesRegex(UserError, "report is missing"):
            order.with_user(self.cid).scrm_step_complete()

    def test_not_left_by_itself_either(self):
        self.change_check(auto_condition="[('kind', '=', 'old')]")
        order = self.start(area=5, kind="old")
        self.assertEqual(order.scrm_node_key, "measure")
        order.with_user(self.eve).priority = "1"
        self.assertEqual(order.scrm_node_key, "measure")
        order.with_user(self.eve).note = "Done"
        self.assertEqual(order.scrm_node_key, "visit")
        ready = self.start(area=5, kind="old", note="Done")
        self.assertEqual(ready.scrm_node_key, "visit")

    def test_not_by_the_ladder_either(self):
        rung = {
            "hours": 1,
            "anchor": "opening",
            "action": "transition",
            "transition_key": "measured",
        }
        self.change_check(rung_ids=[(0, 0, rung)])
        order = self.start(area=5)
        timer = self.env["scrm.flow.timer"].search(
            [("run_id", "=", order.scrm_run_id.id), ("kind", "=", "rung")]
        )
        with self.assertRaisesRegex(UserError, "report is missing"):
            timer._fire()


@tagged("post_install", "-at_install")
class TestFlowCheckFreezes(CheckCase):
    def test_a_dangerous_value_freezes_at_once(self):
        """The value is kept, the director is told, nothing moves.

        Covers: F14
        """
        order = self.start(area=5, note="Done")
        order.with_user(self.bob).area = 9
        order.flush_recordset()
        self.env.invalidate_all()
        self.assertEqual(order.area, 9, "the reading is not lost")
        run = order.scrm_run_id
        self.assertTrue(run.frozen_at)
        self.assertEqual(run.frozen_by_id, self.bob)
        reason = "The voltage is dangerous (9.0; allowed: 2 – 8)"
        self.assertEqual(run.freeze_reason, reason)
        self.assertEqual(self.events(order)[-1], "freeze")
        message = self.inbox(self.eve, order)
        self.assertEqual(message.subject, f"“Order” is frozen at “Measure”: {reason}")
        for operate in (
            lambda user: order.with_user(user).scrm_step_complete(),
            lambda user: order.with_user(user).scrm_step_transfer(self.cid.id, "x"),
            lambda user: order.with_user(user).scrm_flow_cancel("x"),
            lambda user: order.with_user(user).scrm_flow_freeze("x"),
        ):
            for user in (self.bob, self.designer, self.eve):
                with self.assertRaisesRegex(UserError, "frozen by Bob"):
                    operate(user)
        self.assertEqual(order.scrm_node_key, "measure")
        (shown,) = order.with_user(self.bob).scrm_flow_actions
        self.assertIn("voltage is dangerous", shown["notice"])
        for user in (self.bob, self.designer, self.watcher, self.cid):
            with self.assertRaisesRegex(AccessError, "may not release"):
                order.with_user(user).scrm_flow_release("Let it go")
        with self.assertRaisesRegex(UserError, "reason"):
            order.with_user(self.eve).scrm_flow_release(" ")
        order.with_user(self.eve).scrm_flow_release("Measured again, tolerable")
        self.assertFalse(run.frozen_at)
        self.assertEqual(self.events(order)[-1], "release")
        order.with_user(self.bob).scrm_step_complete()
        self.assertEqual(order.scrm_node_key, "visit")

    def test_the_limits_themselves_are_allowed(self):
        for area, frozen in (
            (2, False),
            (8, False),
            (1, True),
            (9, True),
            (1.999, True),
            (8.001, True),
        ):
            with self.subTest(area=area):
                order = self.start(area=5, note="Done")
                order.with_user(self.bob).area = area
                self.assertEqual(bool(order.scrm_run_id.frozen_at), frozen)
                self.assertEqual(order.area, area)

    def test_released_for_this_value_only(self):
        order = self.start(area=5, note="Done")
        order.with_user(self.bob).area = 9
        order.with_user(self.eve).scrm_flow_release("Tolerable")
        order.with_user(self.bob).note = "Still 9"
        order.with_user(self.bob).area = 9
        self.assertFalse(order.scrm_run_id.frozen_at)
        order.with_user(self.bob).area = 10
        self.assertTrue(order.scrm_run_id.frozen_at)
        self.assertEqual(len(self.inbox(self.eve, order)), 2)

    def test_corrected_while_frozen(self):
        order = self.start(area=5, note="Done")
        order.with_user(self.bob).area = 9
        order.with_user(self.bob).area = 7
        self.assertTrue(order.scrm_run_id.frozen_at, "only a release lets it go on")
        order.with_user(self.eve).scrm_flow_release("Typing error")
        order.with_user(self.bob).area = 9
        self.assertTrue(order.scrm_run_id.frozen_at, "nine was never released")

    def test_found_when_somebody_completes(self):
        """A value from before the check was reached is judged on completion."""
        order = self.start(area=9, note="Done")
        self.assertFalse(order.scrm_run_id.frozen_at)
        order.with_user(self.eve).note = "Changed"
        self.assertFalse(order.scrm_run_id.frozen_at, "the reading was not touched")
        answer = order.with_user(self.bob).scrm_step_complete()
        self.assertEqual((answer["node"], answer["state"]), ("measure", "running"))
        self.assertIn("voltage is dangerous", answer["frozen"])
        self.assertTrue(order.scrm_run_id.frozen_at)
        self.assertTrue(self.inbox(self.eve, order))

    def test_whoever_writes_it(self):
        order = self.start(area=5, note="Done")
        order.with_user(self.eve).with_context(scrm_flow_moving=True).area = 90
        self.assertTrue(order.scrm_run_id.frozen_at)
        self.assertEqual(order.scrm_run_id.frozen_by_id, self.eve)

    def test_many_records_at_once(self):
        orders = self.start(area=5) | self.start(area=5)
        orders |= self.Order.create({"name": "No flow"})
        orders.area = 9
        self.assertEqual(
            [bool(order.scrm_run_id.frozen_at) for order in orders],
            [True, True, False],
        )

    def test_a_frozen_record_does_not_go_on_by_itself(self):
        self.change_check(auto_condition="[('note', '!=', False)]")
        order = self.start(area=5)
        order.with_user(self.bob).write({"area": 9, "note": "Done"})
        self.assertTrue(order.scrm_run_id.frozen_at)
        self.assertEqual(order.scrm_node_key, "measure")

    def test_flow_managers_release_unless_the_node_says_no(self):
        self.change_check(is_release_exclusive=False)
        order = self.start(area=5)
        order.with_user(self.bob).area = 9
        with self.assertRaises(AccessError):
            order.with_user(self.bob).scrm_flow_release("Let it go")
        order.with_user(self.designer).scrm_flow_release("Measured again")
        self.assertFalse(order.scrm_run_id.frozen_at)

    def test_named_people_are_told_as_well(self):
        self.change_check(alert_user_ids=[(6, 0, self.ann.ids)])
        order = self.start(area=5)
        order.with_user(self.bob).area = 9
        for user in (self.ann, self.eve):
            self.assertTrue(self.inbox(user, order))
        self.assertFalse(self.inbox(self.cid, order))

    def test_other_models_are_not_asked(self):
        versions = self.env["scrm.flow.version"]
        self.assertFalse(versions._freezing_ids("res.partner"))
        self.assertIn(
            self.flow.published_version_id.id,
            versions._freezing_ids(self.Order._name),
        )
        with self.assertQueryCount(0):
            versions._freezing_ids(self.Order._name)


@tagged("post_install", "-at_install")
class TestFlowCheckPublish(CheckCase):
    def check(self, **values):
        draft = self.flow.published_version_id._copy_as_draft()
        check = draft.node_ids.check_ids[0]
        check.with_user(self.designer).write(values)
        return draft

    def test_what_cannot_be_checked_is_refused(self):
        for values, words in (
            ({"lower": "about 2"}, "“about 2” is no number"),
            ({"upper": "NaN"}, "“NaN” is no number"),
            ({"lower": "9"}, "above the upper"),
            ({"lower": False, "upper": ""}, "no limit"),
            ({"field_path": False}, "which number"),
            ({"field_path": "nothing"}, "“nothing”"),
            ({"field_path": "note"}, "no number field"),
            ({"field_path": "owner_id"}, "no number field"),
            ({"field_path": "secret"}, "may not see"),
            ({"kind": "domain", "condition": "[]"}, "empty"),
            ({"kind": "domain", "condition": "what"}, "no domain"),
            ({"kind": "domain", "condition": "[('secret', '=', 'x')]"}, "not see"),
            ({"key": "Not a key"}, "small letter"),
        ):
            with (
                self.subTest(words=words),
                self.assertRaisesRegex(ValidationError, words),
            ):
                self.check(**values)
        self.check(field_path="owner_id.id", upper=False)

    def test_faults(self):
        for values, words in (
            ({"check_ids": [(5,)]}, "it checks nothing"),
            ({"alert_group_id": False}, "nobody is told"),
            ({"release_group_id": False}, "who may release it"),
            ({"handler_rule": False}, "nobody is named"),
        ):
            draft = self.flow.published_version_id._copy_as_draft()
            node = draft.node_ids.filtered(lambda node: node.key == "measure")
            node.write(values)
            with self.subTest(words=words):
                self.assertIn(words, "\n".join(draft._fault_lines()))

    def test_what_is_published_stays(self):
        check = self.flow.published_version_id.node_ids.check_ids[0]
        for change in (
            lambda: check.write({"upper": "100"}),
            lambda: check.unlink(),
            lambda: check.copy({"key": "other"}),
            lambda: check.update_field_translations("message", {"en_US": "x"}),
        ):
            with self.assertRaisesRegex(UserError, "never changes"):
                change()
