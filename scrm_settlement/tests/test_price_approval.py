"""A tier beyond its limit is routed to an approval node of the flow."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .price_common import PriceCommon


@tagged("post_install", "-at_install")
class TestPriceApproval(PriceCommon):
    """VIP costs 300 instead of 400 and waits for approval.

    Flow; the gateway sends what waits to the approval, anything else to the visit::

        start -> offer (engineer) -> gate -> approve (both) -> visit -> end
                   ^                   |       |                 ^
                   +---- rejected -----|-------+                 |
                                       +--- nothing waits -------+
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.role = cls.env["res.groups"].create(
            {"name": "VIP seller", "user_ids": [Command.set(cls.supervisor.ids)]}
        )
        cls.vip = cls.tier.copy(
            {"name": "VIP", "scrm_group_id": cls.role.id, "scrm_beyond": "approval"}
        )
        cls.vip.item_ids.fixed_price = 300
        flow = cls.env["scrm.flow"].create(
            {
                "key": "approved_price",
                "name": "Approved price",
                "model_id": cls.env["ir.model"]._get_id("helpdesk.ticket"),
            }
        )
        cls.draft = cls.env["scrm.flow.version"].create({"flow_id": flow.id})
        seller = {
            "handler_rule": "people",
            "handler_user_ids": [Command.set(cls.engineer.ids)],
        }
        approvers = cls.supervisor | cls.engineer
        nodes = {}
        for rank, (key, kind, values) in enumerate(
            [
                ("start", "start", {}),
                ("offer", "user_task", seller),
                ("gate", "exclusive_gateway", {}),
                (
                    "approve",
                    "approval",
                    {
                        "handler_rule": "people",
                        "handler_user_ids": [Command.set(approvers.ids)],
                        "approval_policy": "one",
                        "requester_may_approve": True,
                    },
                ),
                ("visit", "user_task", seller),
                ("done", "end", {}),
            ]
        ):
            nodes[key] = cls.env["scrm.flow.node"].create(
                {
                    "version_id": cls.draft.id,
                    "key": key,
                    "name": key.capitalize(),
                    "type": kind,
                    "rank": rank,
                    **values,
                }
            )
        waits = "[('scrm_price_approval', '=', 'needed')]"
        for source, target, values in (
            ("start", "offer", {}),
            ("offer", "gate", {}),
            ("gate", "approve", {"condition": waits}),
            ("gate", "visit", {"is_default": True}),
            ("approve", "visit", {"outcome": "approved"}),
            ("approve", "offer", {"outcome": "rejected"}),
            ("visit", "done", {}),
        ):
            cls.env["scrm.flow.transition"].create(
                {
                    "version_id": cls.draft.id,
                    "key": f"{source}_{target}",
                    "source_id": nodes[source].id,
                    "target_id": nodes[target].id,
                    **values,
                }
            )
        cls.draft.action_publish()
        cls.template.flow_id = flow

    def asked(self):
        """A ticket whose engineer asks for VIP and goes on."""
        ticket = self.new_ticket(50)
        seen = ticket.with_user(self.engineer)
        seen.scrm_tier_id = self.vip
        self.assertEqual(ticket.scrm_price_approval, "needed")
        seen.scrm_step_complete()
        self.assertEqual(ticket.scrm_node_key, "approve")
        return ticket

    def reject(self, ticket):
        """Both who are asked say no; that the author may do."""
        for user in (self.supervisor, self.engineer):
            ticket.with_user(user).scrm_step_vote("rejected", reason="Too much")

    def test_approved(self):
        """The flow waits; 400 until the supervisor approves, 300 from then on.

        The author does not approve his own price even where the node would let him,
        and does not change it while it is decided.

        Covers in part: P15
        """
        ticket = self.asked()
        self.assertEqual(ticket.scrm_price_total, 400)
        with self.assertRaisesRegex(AccessError, "somebody else"):
            ticket.with_user(self.engineer).scrm_step_vote("approved")
        with self.assertRaisesRegex(UserError, "being decided at “Approve”"):
            ticket.with_user(self.engineer).scrm_discount = 90
        self.assertEqual(ticket.scrm_node_key, "approve")
        ticket.with_user(self.supervisor).scrm_step_vote("approved")
        self.assertEqual(ticket.scrm_node_key, "visit")
        self.assertEqual(ticket.scrm_price_approval, "approved")
        self.assertEqual(ticket.scrm_price_total, 300)
        ticket.with_user(self.engineer).scrm_step_complete()
        self.assertEqual(ticket.scrm_run_state, "done")
        self.assertEqual(ticket.scrm_price_total, 300)

    def test_rejected(self):
        """Back to the engineer at 400; a new wish waits again, none goes on at once.

        Covers in part: P15
        """
        ticket = self.asked()
        self.reject(ticket)
        self.assertEqual(ticket.scrm_node_key, "offer")
        self.assertEqual(ticket.scrm_price_approval, "refused")
        self.assertEqual(ticket.scrm_price_total, 400)
        seen = ticket.with_user(self.engineer)
        seen.scrm_discount = 50
        seen.scrm_step_complete()
        self.assertEqual(ticket.scrm_node_key, "approve")
        self.reject(ticket)
        seen.write({"scrm_tier_id": False, "scrm_discount": 0})
        self.assertEqual(ticket.scrm_price_approval, "none")
        seen.scrm_step_complete()
        self.assertEqual(ticket.scrm_node_key, "visit")
        self.assertEqual(ticket.scrm_price_total, 400)
