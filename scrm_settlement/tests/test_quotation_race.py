"""A customer and a salesperson at the same quotation at once.

Real transactions that commit; the history of a flow cannot be deleted, so what these
tests make stays in the test database under random keys.
"""

import uuid
from contextlib import contextmanager
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestQuotationRace(BaseCase):
    """A service of 400 quoted, an extra of 100 that somebody adds meanwhile.

    Flow: start -> quote (sends it) -> answer (waits for acceptance) -> visit -> end.
    The late transaction has its snapshot before the early one commits; Odoo repeats
    it, as it repeats every request, and it is told what has become of the quotation.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.tag = uuid.uuid4().hex[:8]
        with cls.registry.cursor() as cr:
            cls.make_business(cls.environment(cr))

    @staticmethod
    def environment(cr):
        return api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    @classmethod
    def make_business(cls, env):
        tag = cls.tag
        service, extra = env["product.product"].create(
            [
                {
                    "name": f"{name} {tag}",
                    "type": "service",
                    "list_price": price,
                    "taxes_id": False,
                }
                for name, price in (("Service", 400), ("Extra", 100))
            ]
        )
        tier = env["product.pricelist"].create({"name": tag})
        table = env["scrm.decision.table"].create(
            {
                "key": f"race_{tag}",
                "name": tag,
                "model_id": env["ir.model"]._get_id("helpdesk.ticket"),
                "rule_ids": [
                    Command.create(
                        {
                            "name": "Always",
                            "result_model": tier._name,
                            "result_id": tier.id,
                        }
                    )
                ],
            }
        )
        template = env["scrm.ticket.template"].create(
            {
                "key": f"race_{tag}",
                "name": f"Race {tag}",
                "flow_id": cls.make_flow(env).id,
                "price_enabled": True,
                "price_table_id": table.id,
                "price_product_id": service.id,
            }
        )
        cls.extra_id = extra.id
        cls.template_id = template.id
        cls.customer_id = env["res.partner"].create({"name": tag}).id

    @classmethod
    def make_flow(cls, env):
        flow = env["scrm.flow"].create(
            {
                "key": f"race_{cls.tag}",
                "name": cls.tag,
                "model_id": env["ir.model"]._get_id("helpdesk.ticket"),
            }
        )
        version = env["scrm.flow.version"].create({"flow_id": flow.id})
        person = {
            "handler_rule": "people",
            "handler_user_ids": [Command.set(env.ref("base.user_admin").ids)],
        }
        accepted = "[('scrm_quote_state', '=', 'accepted')]"
        rows = [
            ("start", "start", {}),
            ("quote", "service_task", {"service_kind": "quote_send"}),
            ("answer", "user_task", {**person, "auto_condition": accepted}),
            ("visit", "user_task", person),
            ("done", "end", {}),
        ]
        nodes = env["scrm.flow.node"].create(
            [
                {
                    "version_id": version.id,
                    "key": key,
                    "name": key,
                    "type": kind,
                    "rank": rank,
                    **values,
                }
                for rank, (key, kind, values) in enumerate(rows)
            ]
        )
        env["scrm.flow.transition"].create(
            [
                {
                    "version_id": version.id,
                    "key": f"{one.key}_{other.key}",
                    "source_id": one.id,
                    "target_id": other.id,
                }
                for one, other in zip(nodes, nodes[1:], strict=False)
            ]
        )
        version.action_publish()
        return flow

    def setUp(self):
        super().setUp()
        with self.transaction() as env:
            ticket = env["helpdesk.ticket"].create(
                {
                    "name": "Race",
                    "description": "Race",
                    "template_id": self.template_id,
                    "partner_id": self.customer_id,
                }
            )
            self.assertEqual(ticket.scrm_quote_state, "sent")
            self.ticket_id, self.order_id = ticket.id, ticket.scrm_order_ids.id

    @contextmanager
    def transaction(self):
        with self.registry.cursor() as cr:
            yield self.environment(cr)

    def ticket(self, env):
        return env["helpdesk.ticket"].browse(self.ticket_id)

    # What the two do

    def accept(self, env):
        env["sale.order"].browse(self.order_id).action_confirm()

    def add_extra(self, env):
        env["scrm.price.charge"].create(
            {"ticket_id": self.ticket_id, "product_id": self.extra_id}
        )

    def quote_anew(self, env):
        self.ticket(env).action_scrm_quote_send()

    def cancel_quotation(self, env):
        env["sale.order"].browse(self.order_id).action_cancel()

    def cancel_ticket(self, env):
        self.ticket(env).scrm_flow_cancel("Not needed")

    def both(self, early, late):
        """``late`` begins first and ends last; returns what it raised, or None."""
        with self.transaction() as slow:
            self.assertEqual(self.ticket(slow).scrm_quote_state, "sent")
            self.assertEqual(self.ticket(slow).scrm_price_total, 400)
            self.assertEqual(self.ticket(slow).scrm_order_ids.state, "sent")
            with self.transaction() as fast:
                early(fast)
            try:
                # nobody else is here: the repetition need not wait at random
                with patch("odoo.service.model.random.uniform", return_value=0):
                    retrying(lambda: late(slow), slow)
            except UserError as error:
                slow.cr.rollback()
                return error
        return None

    def seen(self):
        """(state on the ticket, price, states of its orders, visits begun)."""
        with self.transaction() as env:
            ticket = self.ticket(env)
            orders = ticket.scrm_order_ids.sorted("scrm_revision")
            visits = ticket.scrm_step_ids.filtered(lambda one: one.node_key == "visit")
            return (
                ticket.scrm_quote_state,
                ticket.scrm_price_total,
                orders.mapped("state"),
                len(visits),
            )

    @mute_logger("odoo.sql_db")
    def test_accepted_twice(self):
        """Two accept at once: one does, the other is told, the flow moves once."""
        error = self.both(self.accept, self.accept)
        self.assertIn("not in a state requiring confirmation", str(error))
        self.assertEqual(self.seen(), ("accepted", 400, ["sale"], 1))

    @mute_logger("odoo.sql_db")
    def test_changed_first(self):
        """The extra comes first: 400 can no longer be accepted, 500 is not quoted."""
        error = self.both(self.add_extra, self.accept)
        self.assertIn("not in a state requiring confirmation", str(error))
        self.assertEqual(self.seen(), ("refused", 500, ["cancel"], 0))

    @mute_logger("odoo.sql_db")
    def test_accepted_before_the_change(self):
        """The acceptance comes first: 400 stays, the extra needs a new quotation."""
        self.assertFalse(self.both(self.accept, self.add_extra))
        self.assertEqual(self.seen(), ("accepted", 400, ["sale"], 1))
        with self.transaction() as env:
            self.assertTrue(self.ticket(env).scrm_quote_changed)

    @mute_logger("odoo.sql_db")
    def test_replaced(self):
        """A new quotation first: the old one is not accepted. After the acceptance:
        the new one waits for its own, and the accepted price holds."""
        error = self.both(self.quote_anew, self.accept)
        self.assertIn("not in a state requiring confirmation", str(error))
        self.assertEqual(self.seen(), ("sent", 400, ["cancel", "sent"], 0))

    @mute_logger("odoo.sql_db")
    def test_accepted_before_it_is_replaced(self):
        """After the acceptance a new quotation waits for its own; the price holds."""
        self.assertFalse(self.both(self.accept, self.quote_anew))
        self.assertEqual(self.seen(), ("sent", 400, ["sale", "sent"], 1))

    @mute_logger("odoo.sql_db")
    def test_cancelled(self):
        """The quotation is cancelled first: nothing is accepted, nothing moves."""
        error = self.both(self.cancel_quotation, self.accept)
        self.assertIn("not in a state requiring confirmation", str(error))
        self.assertEqual(self.seen(), ("refused", 400, ["cancel"], 0))

    @mute_logger("odoo.sql_db")
    def test_the_ticket_is_cancelled(self):
        """The ticket is cancelled first: its quotation cannot be accepted any more."""
        error = self.both(self.cancel_ticket, self.accept)
        self.assertIn("not in a state requiring confirmation", str(error))
        self.assertEqual(self.seen(), ("refused", 400, ["cancel"], 0))

    @mute_logger("odoo.sql_db")
    def test_quoted_twice(self):
        """Two quote anew at once: the quotations have one number each, one waits."""
        self.assertFalse(self.both(self.quote_anew, self.quote_anew))
        state, _price, orders, _visits = self.seen()
        self.assertEqual((state, orders), ("sent", ["cancel", "cancel", "sent"]))
