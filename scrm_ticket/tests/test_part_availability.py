"""How the parts of many tickets stand; low stock; who is told."""

from odoo import Command
from odoo.tests import tagged

from .test_part_paths import PathCase


@tagged("post_install", "-at_install")
class TestAvailability(PathCase):
    """Figures for many tickets at once; low stock."""

    def test_hundred_tickets_in_few_queries(self):
        """100 tickets with 10 parts each: at most 10 queries, whoever asks."""
        self.template.flow_id = False
        parts = self.env["product.product"].create(
            [{"name": f"Test P{n}", "is_storable": True} for n in range(10)]
        )
        for part in parts:
            self.put(part, self.shelf, 3)
        self.template.part_ids.unlink()
        self.template.part_ids = [
            Command.create({"product_id": part.id, "quantity": n + 1})
            for n, part in enumerate(parts)
        ]
        tickets = self.env["helpdesk.ticket"].create(
            [{"template_id": self.template.id} for _n in range(100)]
        )
        tickets[0].part_line_ids[0]._scrm_reserve()
        asking = tickets.with_user(self.manager)
        asking[:1].scrm_part_availability()  # rights and rules are in memory by now
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(10):
            found = asking.scrm_part_availability()
        self.assertEqual(len(found), 100)
        self.assertEqual({len(rows) for rows in found.values()}, {10})
        first = found[tickets[0].id]
        states = [row["state"] for row in first]
        self.assertEqual(states, ["held"] + ["here"] * 2 + ["short"] * 7)
        self.assertEqual(
            first[1]["places"], [{"name": "Test Depot", "free": 3}], "names and figures"
        )

    def test_dimension_for_routing(self):
        """Gateways and decision tables ask how the parts stand.

        Covers in part: F05
        """
        ticket = self.ticket(6)
        ask = self.env["scrm.dimension"].values
        self.assertEqual(ask(ticket, ["parts"]), {"parts": "short"})
        self.put(self.bracket, self.west.lot_stock_id, 4)
        ticket.invalidate_recordset()
        self.assertEqual(ask(ticket, ["parts"]), {"parts": "elsewhere"})
        ticket.part_line_ids.quantity = 5
        self.assertEqual(ask(ticket, ["parts"]), {"parts": "here"})
        ticket.part_line_ids._scrm_reserve()
        self.assertEqual(ask(ticket, ["parts"]), {"parts": "held"})
        ticket.part_line_ids._scrm_consume()
        self.assertEqual(ask(ticket, ["parts"]), {"parts": "none"})

    def test_low_stock(self):
        """Below the minimum the keeper gets one activity, and a new one next time.

        Covers: P09
        """
        point = self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.bracket.id,
                "warehouse_id": self.west.id,
                "location_id": self.west.lot_stock_id.id,
                "product_min_qty": 5,
                "product_max_qty": 9,
            }
        )
        cron = self.env["stock.warehouse.orderpoint"]._cron_scrm_low_stock

        def told():
            return self.bracket.activity_ids.filtered(lambda a: a.user_id == self.ella)

        cron()
        self.assertFalse(told(), "not switched on")
        point.scrm_warn = True
        cron()
        cron()
        self.assertEqual(len(told()), 1)
        self.assertIn("Test Bracket in West", told().summary)
        self.put(self.bracket, self.west.lot_stock_id, 3)
        self.env.invalidate_all()
        cron()
        self.put(self.bracket, self.west.lot_stock_id, -3)
        self.env.invalidate_all()
        cron()
        self.assertEqual(len(told()), 2)

    def test_keepers(self):
        """A rule can tell those who keep the warehouse that a ticket takes from.

        Covers in part: P07
        """
        self.warehouse.scrm_keeper_ids = self.clerk
        ticket = self.ticket()
        self.assertEqual(ticket.with_user(self.dora).scrm_keeper_ids, self.clerk)
        rule = self.env["scrm.notice.rule"].create(
            {
                "name": "Parts for a new ticket",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "event": "started",
                "condition": "[('part_line_ids', '!=', False)]",
                "field_path": "scrm_keeper_ids",
                "channel_ids": [
                    Command.set(self.env.ref("scrm_flow.notice_channel_inbox").ids)
                ],
                "subject": "Parts",
                "body": "See the ticket",
            }
        )
        self.assertTrue(rule._holds(ticket))
        people = self.env["scrm.notice.people"]._of(
            rule, ticket, ticket.scrm_step_ids.browse(), ticket.scrm_run_id, self.pia
        )
        self.assertEqual([one.user for one in people], [self.clerk])
