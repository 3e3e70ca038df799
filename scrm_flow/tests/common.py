"""What the engine's tests share: people, a test model, a flow.

The flow of :meth:`FlowCase.make_flow`, with the roles that handle it::

    start -> triage (Ann) -> large? --area > 90--> survey (Bob, Cid in turn) -+
                             |                                               |
                             +--default-----------------> visit (Bob, Cid) <-+
                                                            |
                 end <- stamp (service: note = "done") <----+
"""

from odoo.tests import TransactionCase, new_test_user

from .order_model import add_model, order_model, remove_model


class FlowCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        add_model(cls.registry, cls.env.cr, order_model())
        cls.addClassCleanup(remove_model, cls.registry, cls.env.cr, "scrm.test.order")
        cls.Order = cls.env["scrm.test.order"]
        cls.model = cls.env["ir.model"]._get("scrm.test.order")
        cls.env["ir.model.access"].create(
            [
                {
                    "name": f"order {group}",
                    "model_id": cls.model.id,
                    "group_id": cls.env.ref(group).id,
                    "perm_read": True,
                    "perm_write": write,
                    "perm_create": write,
                    "perm_unlink": write,
                }
                for group, write in (
                    ("base.group_user", True),
                    ("base.group_portal", False),
                )
            ]
        )
        cls.make_people()
        cls.flow = cls.make_flow()
        cls.version = cls.flow.published_version_id

    @classmethod
    def make_people(cls):
        def user(login, groups="base.group_user"):
            return new_test_user(
                cls.env, login=login, name=login.capitalize(), groups=groups
            )

        cls.ann = user("ann")
        cls.bob = user("bob")
        cls.cid = user("cid")
        cls.eve = user("eve")
        cls.designer = user("designer", "scrm_flow.group_manager")
        cls.watcher = user("watcher", "scrm_flow.group_user")
        cls.portal = user("porter", "base.group_portal")
        cls.role = cls.env["res.groups"].create(
            {
                "name": "Engineers",
                "scrm_key": "test_engineer",
                "user_ids": [(6, 0, [cls.bob.id, cls.cid.id])],
            }
        )

    @classmethod
    def make_draft(cls, nodes, transitions, key="test_flow"):
        """Make a draft version of a new flow.

        :param nodes: list of values; the rank is the position
        :param transitions: list of (key, source, target, further values)
        """
        flow = cls.env["scrm.flow"].create(
            {"name": "Test flow", "key": key, "model_id": cls.model.id}
        )
        version = cls.env["scrm.flow.version"].create({"flow_id": flow.id})
        by_key = {}
        for rank, values in enumerate(nodes):
            by_key[values["key"]] = cls.env["scrm.flow.node"].create(
                {
                    "version_id": version.id,
                    "rank": rank,
                    "name": values["key"].capitalize(),
                    **values,
                }
            )
        for rank, (edge, source, target, values) in enumerate(transitions):
            cls.env["scrm.flow.transition"].create(
                {
                    "version_id": version.id,
                    "key": edge,
                    "source_id": by_key[source].id,
                    "target_id": by_key[target].id,
                    "rank": rank,
                    **values,
                }
            )
        return version

    @classmethod
    def make_flow(cls, key="test_flow"):
        def people(*users):
            return {
                "handler_rule": "people",
                "handler_user_ids": [(6, 0, [user.id for user in users])],
            }

        role = {"handler_rule": "role", "handler_group_id": cls.role.id}
        version = cls.make_draft(
            [
                {"key": "start", "type": "start"},
                {"key": "triage", "type": "user_task", **people(cls.ann)},
                {"key": "large", "type": "exclusive_gateway"},
                {"key": "survey", "type": "user_task", "is_private": True, **role},
                {
                    "key": "visit",
                    "type": "user_task",
                    "customer_name": "Our visit",
                    **role,
                },
                {
                    "key": "stamp",
                    "type": "service_task",
                    "service_kind": "set_values",
                    "service_config": {"values": {"note": "done"}},
                },
                {"key": "end", "type": "end"},
            ],
            [
                ("begin", "start", "triage", {}),
                ("accept", "triage", "large", {"name": "Accept"}),
                ("refuse", "triage", "end", {"name": "Refuse"}),
                ("is_large", "large", "survey", {"condition": "[('area', '>', 90)]"}),
                ("is_small", "large", "visit", {"is_default": True}),
                ("surveyed", "survey", "visit", {}),
                ("visited", "visit", "stamp", {"name": "Visited"}),
                ("finish", "stamp", "end", {}),
            ],
            key=key,
        )
        version.action_publish()
        return version.flow_id

    def start(self, **values):
        order = self.Order.create({"name": "Order", **values})
        order.scrm_flow_start(self.flow)
        return order

    def events(self, order):
        return order.scrm_run_id.log_ids.sorted("sequence").mapped("event")
