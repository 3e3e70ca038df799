from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tests.common import users

from ..models.scrm_flow_version_revision import StaleDrawing
from .common import FlowCase


def node(key, type_="user_task", x=100, y=100, **more):
    return {
        "op": "add_node",
        "key": key,
        "type": type_,
        "name": key,
        "x": x,
        "y": y,
    } | (more)


def way(source, target, **more):
    values = {"key": f"{source}_to_{target}", "source": source, "target": target}
    return {"op": "add_transition", **values, **more}


@tagged("post_install", "-at_install")
class TestFlowDesign(FlowCase):
    """What the designer sends is done whole or not at all, and on the newest edition.

    Covers in part: C01, C09
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        flow = cls.env["scrm.flow"].create(
            {"name": "Drawn", "key": "drawn", "model_id": cls.model.id}
        )
        cls.draft = cls.env["scrm.flow.version"].create({"flow_id": flow.id})

    def draw(self, *operations, version=None, revision=None):
        version = (version or self.draft).with_env(self.env)
        if revision is None:
            revision = version.revision
        return version.design_apply(revision, list(operations))

    def draw_small_flow(self):
        return self.draw(
            node("start_1", "start", 0, 0),
            node("visit", x=200, y=40),
            node("end_1", "end", 400, 0),
            way("start_1", "visit"),
            way("visit", "end_1", name="Done"),
        )

    @users("designer")
    def test_what_is_drawn_is_saved(self):
        """The saved flow is the drawn one, with its places and its order."""
        answer = self.draw_small_flow()
        loaded = self.draft.with_env(self.env).design_load()
        self.assertEqual(
            [(n["key"], n["type"], n["x"], n["y"]) for n in loaded["nodes"]],
            [
                ("start_1", "start", 0, 0),
                ("visit", "user_task", 200, 40),
                ("end_1", "end", 400, 0),
            ],
        )
        self.assertEqual(
            [(t["source"], t["target"], t["name"]) for t in loaded["transitions"]],
            [("start_1", "visit", ""), ("visit", "end_1", "Done")],
        )
        self.assertEqual(loaded["revision"], answer["revision"])
        self.assertTrue(loaded["editable"])
        self.assertEqual(set(answer["ids"]["nodes"]), {"start_1", "visit", "end_1"})

    @users("designer")
    def test_faults_name_their_node(self):
        """What is wrong is told with the key of the node at fault."""
        answer = self.draw(node("start_1", "start"), node("end_1", "end"))
        self.assertIn("start_1", [fault["node"] for fault in answer["faults"]])
        problems = [f["problem"] for f in answer["faults"] if f["node"] == "end_1"]
        self.assertEqual(problems, ["the node cannot be reached from the start"])

    @users("designer")
    def test_impossible_ways_are_refused_whole(self):
        """Into a start, out of an end, twice, to itself: refused, nothing is saved."""
        self.draw_small_flow()
        for bad, message in (
            (way("visit", "start_1"), "Nothing leads into the start “start_1”."),
            (way("end_1", "visit"), "Nothing leaves the end “end_1”."),
            (way("visit", "visit"), "“visit” cannot lead to itself."),
            (
                way("visit", "end_1", key="again"),
                "“visit” leads to “end_1” already.",
            ),
            (way("visit", "attic"), "The node “attic” is not there any more."),
            (node("start_2", "start"), "A flow has one start, and it has it already."),
            (node("visit"), "There is already a node “visit”."),
            ({"op": "add_node", "key": "x"}, "The designer sent something unknown"),
            ({"op": "move", "places": {"visit": "here"}}, "The designer sent"),
            (node("visit_2", restore=True), "What “visit_2” was is not known"),
            ({"op": "destroy"}, "The designer sent something unknown"),
        ):
            with self.subTest(message), self.assertRaisesRegex(UserError, message):
                with self.env.cr.savepoint():
                    self.draw({"op": "move", "places": {"visit": [7, 7]}}, bad)
            self.draft.invalidate_recordset()
            self.draft.node_ids.invalidate_recordset()
        visit = self.draft.node_ids.filtered(lambda n: n.key == "visit")
        self.assertEqual((visit.pos_x, visit.pos_y), (200, 40))
        self.assertEqual(len(self.draft.transition_ids), 2)

    @users("designer")
    def test_an_older_edition_is_refused(self):
        """Who draws on an older edition is told; the newer one stays as it is."""
        self.draw_small_flow()
        seen = self.draft.with_env(self.env).revision
        self.draw({"op": "rename", "key": "visit", "name": "Visit at home"})
        with self.assertRaises(StaleDrawing):
            self.draw({"op": "rename", "key": "visit", "name": "Mine"}, revision=seen)
        self.assertEqual(
            self.draft.node_ids.filtered(lambda n: n.key == "visit").name,
            "Visit at home",
        )

    @users("designer")
    def test_every_change_makes_a_new_edition(self):
        """Forms count like the designer: nodes, their rows, transitions."""
        self.draw_small_flow()
        draft = self.draft.with_env(self.env)
        visit = draft.node_ids.filtered(lambda n: n.key == "visit")
        for change in (
            lambda: visit.write({"name": "Visit at home"}),
            lambda: draft.transition_ids[0].write({"name": "Go"}),
            lambda: visit.rung_ids.create(
                {"node_id": visit.id, "hours": 1, "action": "notify"}
            ),
            lambda: draft.transition_ids[-1].unlink(),
        ):
            before = draft.revision
            change()
            self.assertGreater(draft.revision, before)

    @users("designer")
    def test_what_was_removed_comes_back(self):
        """Undo brings back all settings and both languages, not only the shape."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.draw_small_flow()
        visit = self.draft.with_env(self.env).node_ids.filtered(
            lambda n: n.key == "visit"
        )
        visit.write({"handler_rule": "people", "handler_user_ids": [self.ann.id]})
        visit.with_context(lang="zh_CN").name = "上门"
        answer = self.draw({"op": "remove", "nodes": ["visit"], "transitions": []})
        self.assertFalse(visit.exists())
        self.assertEqual(len(answer["removed"]["transitions"]), 2)
        self.draw(
            node("visit", restore=True, removed=answer["removed"]["nodes"]["visit"]),
            *(
                way(*key.split("_to_"), restore=True, removed=removed)
                for key, removed in answer["removed"]["transitions"].items()
            ),
        )
        back = self.draft.with_env(self.env).node_ids.filtered(
            lambda n: n.key == "visit"
        )
        self.assertEqual(back.handler_user_ids, self.ann)
        self.assertEqual(back.with_context(lang="zh_CN").name, "上门")
        names = self.draft.with_env(self.env).transition_ids.mapped("name")
        self.assertIn("Done", names)

    @users("designer")
    def test_copies_take_the_settings(self):
        """A pasted node has the settings of the one that was copied."""
        published = self.version.with_env(self.env)
        triage = published.node_ids.filtered(lambda n: n.key == "triage")
        self.draw(
            node(
                "triage_1", copy_of={"version_id": published.id, "key": "triage"}, x=50
            )
        )
        copy = self.draft.with_env(self.env).node_ids
        self.assertEqual(copy.handler_rule, triage.handler_rule)
        self.assertEqual(copy.handler_user_ids, triage.handler_user_ids)
        self.assertEqual((copy.key, copy.pos_x), ("triage_1", 50))

    def test_only_flow_managers_draw(self):
        """Others see the drawing and why they cannot change it."""
        for user in (self.watcher, self.ann):
            with self.subTest(user.login):
                version = self.draft.with_user(user)
                loaded = version.design_load()
                self.assertFalse(loaded["editable"])
                self.assertIn("flow managers", loaded["why_not"])
                with self.assertRaises(AccessError):
                    version.design_apply(version.revision, [node("a")])
        stranger = new_test_user(self.env, login="stranger", groups="base.group_portal")
        with self.assertRaises(AccessError):
            self.draft.with_user(stranger).design_load()

    @users("designer")
    def test_published_versions_are_read_only(self):
        """Nothing of a published version changes; a draft of it is offered."""
        published = self.version.with_env(self.env)
        loaded = published.design_load()
        self.assertFalse(loaded["editable"])
        self.assertTrue(loaded["can_draft"])
        self.assertFalse(loaded["draft_id"])
        with self.assertRaisesRegex(UserError, "never changes"):
            remove = {"op": "remove", "nodes": ["triage"], "transitions": []}
            self.draw(remove, version=published)
        draft_id = published.design_new_draft()
        self.assertEqual(published.design_new_draft(), draft_id)
        self.assertEqual(published.design_load()["draft_id"], draft_id)

    def test_a_node_that_running_records_need(self):
        """It may go from a draft; what stands on it is told, and stays where it is."""
        order = self.start()
        self.assertEqual(order.scrm_node_key, "triage")
        published = self.version.with_user(self.designer)
        draft = self.env["scrm.flow.version"].browse(published.design_new_draft())
        draft = draft.with_user(self.designer)
        draft.design_apply(
            draft.revision,
            [
                {"op": "remove", "nodes": ["triage"], "transitions": []},
                way("start", "large"),
            ],
        )
        dialog = self.env["scrm.flow.version.publish"].with_user(self.designer)
        dialog = dialog.create({"version_id": draft.id, "running": "migrate"})
        self.assertEqual((dialog.running_count, dialog.cannot_count), (1, 1))
        self.assertIn("Triage", dialog.problem_text)
        dialog.running = "stay"
        dialog.action_publish()
        self.assertEqual(order.scrm_run_id.version_id, self.version)
        order.with_user(self.ann).scrm_step_complete("refuse")
        self.assertEqual(order.scrm_run_id.state, "done")

    @users("designer")
    def test_a_flow_opens_at_its_draft(self):
        """Draft first, then the published version, then a new draft."""
        flow = self.flow.with_env(self.env)
        self.assertEqual(flow.action_design()["res_id"], self.version.id)
        draft_id = self.version.with_env(self.env).design_new_draft()
        flow.invalidate_recordset()
        self.assertEqual(flow.action_design()["res_id"], draft_id)
        new = self.env["scrm.flow"].create(
            {"name": "New", "key": "new", "model_id": self.model.id}
        )
        with self.assertRaisesRegex(UserError, "Nobody has drawn"):
            new.with_user(self.ann).action_design()
        version = self.env["scrm.flow.version"].browse(new.action_design()["res_id"])
        self.assertEqual(version.flow_id, new)

    @users("designer")
    def test_versions_compared(self):
        """Added, removed and changed parts are told, with the changed settings."""
        published = self.version.with_env(self.env)
        draft = published.browse(published.design_new_draft())
        triage = draft.node_ids.filtered(lambda n: n.key == "triage")
        triage.name = "First look"
        gone = draft.node_ids.filtered(lambda n: n.key == "stamp")
        gone.unlink()
        self.draw(node("report", x=900), version=draft)
        draft.invalidate_recordset()
        found = draft.design_compare(published.id)
        self.assertEqual(
            found["nodes"],
            {
                "stamp": {"state": "removed", "texts": []},
                "triage": {"state": "changed", "texts": ["Name"]},
                "report": {"state": "added", "texts": []},
            },
        )
        self.assertEqual([n["key"] for n in found["removed_nodes"]], ["stamp"])
        self.assertTrue(found["removed_transitions"])
