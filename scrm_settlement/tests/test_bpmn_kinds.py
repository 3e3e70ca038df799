"""Every kind of node, service and handler that tickets bring survives a BPMN file."""

import base64

from odoo.fields import Command
from odoo.tests import tagged

from .price_common import PriceCommon

#: What every record has, and what says where it is; not what it means. Rows are
#: compared in their order, whatever numbers it has.
OWN = frozenset({"id", "version_id", "node_id", "transition_id"}) | frozenset(
    {"sequence", "create_uid", "create_date", "write_uid", "write_date"}
)

SERVICES = (
    *("appointment_offer", "mark", "pre_review", "quote_send", "usual_item"),
    *("parts_reserve", "parts_fetch", "parts_receive", "parts_issue", "parts_order"),
    "parts_consume",
)


@tagged("post_install", "-at_install")
class TestBpmnKinds(PriceCommon):
    """All kinds in one row: start -> each service -> each handler -> end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.designer = cls.engineer
        cls.designer.group_ids |= cls.env.ref("scrm_flow.group_manager")
        cls.item = cls.env["scrm.form.field"].create(
            {"key": "bpmn_item", "name": "Item", "type": "stock"}
        )
        cls.number = cls.env["scrm.form.field"].create(
            {"key": "bpmn_number", "name": "Number", "type": "number"}
        )
        reviews = cls.env["scrm.decision.table"].create(
            {
                "key": "bpmn_reviews",
                "name": "Reviews",
                "model_id": cls.env["ir.model"]._get_id("helpdesk.ticket"),
            }
        )
        cls.configs = {
            "parts_reserve": {
                "short": "fetch",
                "item": "bpmn_item",
                "quantity": "bpmn_number",
            },
            "mark": {"tags": ["Live"], "priority": "3"},
            "pre_review": {"table": reviews.key},
            "usual_item": {"quantity": 2, "months": 6},
        }
        flow = cls.env["scrm.flow"].create(
            {
                "key": "bpmn_kinds",
                "name": "Kinds",
                "model_id": cls.env["ir.model"]._get_id("helpdesk.ticket"),
            }
        )
        cls.flow = flow
        cls.version = cls.env["scrm.flow.version"].create({"flow_id": flow.id})
        cls.nodes = cls.env["scrm.flow.node"].create(
            [
                {
                    "version_id": cls.version.id,
                    "name": row["key"].capitalize(),
                    "rank": rank,
                    "pos_x": 100 + 180 * rank,
                    "pos_y": 120,
                    **row,
                }
                for rank, row in enumerate(cls.rows())
            ]
        )
        cls.env["scrm.flow.transition"].create(
            [
                {
                    "version_id": cls.version.id,
                    "key": f"to_{target.key}",
                    "source_id": source.id,
                    "target_id": target.id,
                }
                for source, target in zip(cls.nodes, cls.nodes[1:], strict=False)
            ]
        )

    @classmethod
    def rows(cls):
        yield {"key": "start", "type": "start"}
        for kind in SERVICES:
            yield {
                "key": f"do_{kind}",
                "type": "service_task",
                "service_kind": kind,
                "service_config": cls.configs.get(kind, {}),
            }
        stage = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress")
        for rule in ("able", "nearest_store", "appointment"):
            yield {
                "key": f"by_{rule}",
                "handler_rule": rule,
                "ticket_stage_id": stage.id,
                "auto_condition": "[('scrm_quote_state', '=', 'accepted')]",
                "form_right_ids": [
                    Command.create(
                        {
                            "field_id": cls.number.id,
                            "audience": "customers",
                            "level": "hidden",
                        }
                    )
                ],
            }
        yield {"key": "end", "type": "end"}

    def said(self, record, deep=True):
        """All that a record says, without what only places it."""
        values = {}
        for name, field in record._fields.items():
            if name in OWN or not field.store:
                continue
            value = record[name]
            if field.type == "one2many":
                value = deep and [self.said(row, deep=False) for row in value]
            elif field.relational:
                value = value.ids
            values[name] = value
        return values

    def test_nothing_is_lost(self):
        """Written to a file and read again, each node says what it said before."""
        files = self.env["scrm.flow.bpmn"].with_user(self.designer)
        xml = files.export_bpmn(self.version.id)
        wizard = (
            self.env["scrm.flow.bpmn.import"]
            .with_user(self.designer)
            .create({"file": base64.b64encode(xml.encode()), "flow_id": self.flow.id})
        )
        wizard.action_check()
        self.assertTrue(wizard.is_right, wizard.faults)
        self.assertFalse(wizard.todos)
        wizard.action_import()
        draft = wizard.version_id.sudo()
        self.assertNotEqual(draft, self.version)
        again = {node.key: node for node in draft.node_ids}
        self.assertEqual(set(again), set(self.nodes.mapped("key")))
        for node in self.nodes:
            with self.subTest(node.key):
                self.assertEqual(self.said(again[node.key]), self.said(node))
        self.assertEqual(files._definition(draft), files._definition(self.version))
