import doctest

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.scrm_flow.engine import pieces
from odoo.addons.scrm_flow.packs.flows import FlowSection
from odoo.addons.scrm_flow.packs.pack import Pack

from .migration_common import MigrationCase


@tagged("post_install", "-at_install")
class TestFlowBlock(MigrationCase):
    """The nodes triage and visit of one flow stand in another one as copies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.block = cls.save(cls.first, ("triage", "visit"))

    @classmethod
    def save(cls, version, keys, **values):
        wizard = (
            cls.env["scrm.flow.block.save"]
            .with_user(cls.designer)
            .create(
                {
                    "version_id": version.id,
                    "name": "Look and go",
                    "key": "look_and_go",
                    "node_ids": version.node_ids.filtered(lambda n: n.key in keys).ids,
                    **values,
                }
            )
        )
        action = wizard.action_save()
        return cls.env["scrm.flow"].browse(action["res_id"])

    def draft(self):
        return self.version.with_user(self.designer)._copy_as_draft()

    def insert(self, draft, way="surveyed"):
        way = draft.transition_ids.filtered(lambda item: item.key == way)
        wizard = self.env["scrm.flow.block.insert"].with_user(self.designer)
        wizard.create(
            {
                "version_id": draft.id,
                "block_id": self.block.id,
                "transition_id": way.id,
            }
        ).action_insert()

    def ways(self, version):
        return {
            way.key: (way.source_id.key, way.target_id.key)
            for way in version.transition_ids
        }

    def test_doctests(self):
        result = doctest.testmod(pieces)
        self.assertGreater(result.attempted, 0)
        self.assertEqual(result.failed, 0)

    def test_the_same_nodes_in_two_flows(self):
        """Used in several flows; a change of one of them, or of the block, changes
        no other; taken over where somebody wants it, after reading what changes.

        Covers: F03
        """
        self.assertTrue(self.block.is_block)
        self.assertEqual(self.block.published_version_id.number, 1)
        draft = self.draft()
        self.insert(draft)
        self.assertEqual(
            self.ways(draft)
            | {
                "surveyed": ("survey", "triage_2"),
                "go": ("triage_2", "visit_2"),
                "visited_2": ("visit_2", "visit"),
            },
            self.ways(draft),
        )
        copy = self.node(draft, "triage_2")
        self.assertEqual(
            (copy.block_key, copy.block_node_key), ("look_and_go", "triage")
        )
        self.assertEqual(copy.handler_user_ids, self.ann)
        self.assertEqual(copy.deadline_hours, 8)
        self.assertEqual(len(copy.rung_ids), 1)
        self.assertFalse(draft.block_text)
        draft.action_publish()
        order = self.start(area=95)
        order.with_user(self.ann).scrm_step_complete("accept")
        order.with_user(order.scrm_handler_ids).scrm_step_complete()
        self.assertEqual(order.scrm_node_key, "triage_2")
        # the block changes, the flows do not
        again = self.block.published_version_id.with_user(self.designer)
        again = again._copy_as_draft()
        self.node(again, "triage").write(
            {"deadline_hours": 24, "handler_user_ids": [(6, 0, self.eve.ids)]}
        )
        extra = self.node(again, "visit").copy({"key": "photo", "name": "Photo"})
        way = again.transition_ids.filtered(lambda way: way.key == "visited")
        way.copy({"key": "sent", "source_id": extra.id})
        way.target_id = extra
        again.action_publish()
        self.assertEqual(self.node(draft, "triage_2").deadline_hours, 8)
        self.assertEqual(self.node(self.first, "triage").deadline_hours, 8)
        # a draft says what would change, and takes it over
        newer = draft.with_user(self.designer)._copy_as_draft()
        text = newer.block_text
        self.assertIn("“Triage”: Deadline (Hours): 8.0 → 24.0", text)
        self.assertIn("“Triage”: People: Ann → Eve", text)
        self.assertIn("“Photo” is new", text)
        newer.action_update_blocks()
        newer.invalidate_recordset()
        self.assertFalse(newer.block_text)
        self.assertEqual(self.node(newer, "triage_2").deadline_hours, 24)
        self.assertEqual(self.ways(newer)["surveyed"], ("survey", "triage_2"))
        self.assertEqual(
            {
                source
                for source, target in self.ways(newer).values()
                if target == "visit"
            },
            {"large", "photo"},
        )
        newer.action_publish()

    def test_two_copies_in_one_flow(self):
        draft = self.draft()
        self.insert(draft)
        self.insert(draft, "visited")
        copies = draft.node_ids.filtered("block_key")
        self.assertEqual(sorted(copies.mapped("block_copy")), [1, 1, 2, 2])
        self.node(draft, "triage_3").deadline_hours = 3
        self.assertEqual(len(draft.block_text.splitlines()), 1)
        draft.action_update_blocks()
        draft.invalidate_recordset()
        self.assertEqual(self.node(draft, "triage_3").deadline_hours, 8)
        draft.action_publish()

    def test_what_is_no_block(self):
        for keys, problem in (
            ((), "Choose the nodes"),
            (("start", "triage"), "belongs to its flow"),
            (("triage", "stamp"), "several nodes"),
            (("triage",), "out of the block to several"),
        ):
            with self.subTest(keys=keys), self.assertRaisesRegex(UserError, problem):
                self.save(self.version, keys, key="other")
        with self.assertRaisesRegex(ValidationError, "small letter"):
            self.save(self.first, ("triage",), key="Other")
        with self.assertRaisesRegex(UserError, "has the key"):
            self.save(self.first, ("triage",), key="migrating")
        block = self.save(self.first, ("visit",))
        self.assertEqual(block, self.block)
        self.assertEqual(block.published_version_id.number, 2)

    def test_frozen_versions_take_no_block(self):
        with self.assertRaisesRegex(UserError, "never changes"):
            self.insert(self.version)
        with self.assertRaises(AccessError):
            self.env["scrm.flow.block.insert"].with_user(self.watcher).create({})
        with self.assertRaises(AccessError):
            self.draft().with_user(self.watcher).action_update_blocks()

    def test_packs_keep_blocks(self):
        draft = self.draft()
        self.insert(draft)
        draft.action_publish()
        pack = Pack(self.env)
        item = FlowSection().dump_item(pack, self.flow)
        nodes = {node["key"]: node for node in item["nodes"]}
        self.assertEqual(
            nodes["triage_2"]["block"],
            {"key": "look_and_go", "node": "triage", "copy": 1},
        )
        self.assertNotIn("block", nodes["triage"])
        block = FlowSection().dump_item(pack, self.block)
        self.assertTrue(block["block"])
