"""Two at a time, in real transactions that commit.

What these tests commit stays in the test database: the history of a flow cannot be
deleted. The keys are random, so nothing else meets it.
"""

import uuid

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged

from .common import TicketFixture
from .race_common import Race


@tagged("post_install", "-at_install")
class TestRace(TicketFixture, BaseCase):
    """Concurrent users, as they are in production."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.race = Race(cls.registry)
        cls.tag = uuid.uuid4().hex[:8]
        with cls.registry.cursor() as cr:
            cls.env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            cls.make_small_world()
            cr.commit()  # pylint: disable=invalid-commit

    @classmethod
    def make_small_world(cls):
        """A published template with one part, of which there is one left."""
        env, tag = cls.env, cls.tag
        warehouse = env["stock.warehouse"].create({"name": tag, "code": tag[:5]})
        cls.shelf = warehouse.lot_stock_id
        cls.bracket = cls.make_part(f"Race part {tag}", 1)
        store = env["scrm.store"].create(
            {"key": f"race_{tag}", "name": tag, "warehouse_id": warehouse.id}
        )
        cls.dora = env["res.users"].create(
            {
                "login": f"race_{tag}",
                "name": "Dora",
                "group_ids": [
                    (4, env.ref("scrm_ticket.group_user").id),
                    (4, env.ref("scrm_flow.group_manager").id),
                ],
            }
        )
        cls.engineers = env["res.groups"].create(
            {
                "name": tag,
                "scrm_key": f"race_{tag}",
                "user_ids": [(4, cls.dora.id)],
            }
        )
        flow = cls.make_flow(f"race_{tag}")
        env["scrm.ticket.template"].create(
            {
                "key": f"race_{tag}",
                "name": "Race",
                "flow_id": flow.id,
                "store_id": store.id,
                "part_ids": [(0, 0, {"product_id": cls.bracket.id})],
            }
        )
        cls.uid = cls.dora.id
        cls.make_stores()

    @classmethod
    def make_stores(cls):
        """A flow whose visits go to the nearest of two stores; the near one has room
        for one ticket."""
        env, tag = cls.env, cls.tag
        cls.stores = env["scrm.store"]
        for name, latitude, limit in (("near", 31, 1), ("far", 39, 0)):
            worker = env["res.users"].create(
                {"login": f"{name}_{tag}", "name": name, "group_ids": [(5,)]}
            )
            place = env["res.partner"].create(
                {"name": name, "partner_latitude": latitude, "partner_longitude": 121}
            )
            cls.stores |= env["scrm.store"].create(
                {
                    "key": f"{name}_{tag}",
                    "name": f"{name} {tag}",
                    "partner_id": place.id,
                    "step_limit": limit,
                    "user_ids": [(6, 0, worker.ids)],
                }
            )
        cls.customer = env["res.partner"].create(
            {"name": tag, "partner_latitude": 31.2, "partner_longitude": 121}
        )
        flow = cls.make_flow(f"stores_{tag}")
        draft = flow.published_version_id._copy_as_draft()
        visit = draft.node_ids.filtered(lambda node: node.key == "visit")
        visit.handler_rule = "nearest_store"
        draft.action_publish()
        cls.at_stores = env["scrm.ticket.template"].create(
            {"key": f"stores_{tag}", "name": "At the Store", "flow_id": flow.id}
        )

    def seen_later(self, function):
        """What a new transaction sees."""
        with self.registry.cursor() as cr:
            return function(api.Environment(cr, SUPERUSER_ID, {}))

    def submit_key(self, env, key=None):
        return env["helpdesk.ticket"].scrm_submit(
            f"race_{self.tag}", {}, idempotency_key=key
        )

    def test_same_key_at_the_same_moment(self):
        """Eight calls with one key make one ticket and all learn its number.

        Covers: E12
        """
        key = uuid.uuid4().hex
        answers = self.race.run(
            self.uid, [lambda env: self.submit_key(env, key) for _number in range(8)]
        )
        for answer in answers:
            self.assertIsInstance(answer, dict, answer)
        self.assertEqual(len({answer["number"] for answer in answers}), 1, answers)
        count = self.seen_later(
            lambda env: env["helpdesk.ticket"].search_count(
                [("scrm_submit_key", "=", key)]
            )
        )
        self.assertEqual(count, 1)

    def test_last_part(self):
        """Two tickets want the last part at once: one gets it, the other is told.

        Covers: P04
        Covers in part: P03
        """
        tickets = []
        with self.registry.cursor() as cr:
            env = api.Environment(cr, self.uid, {})
            for _number in range(2):
                tickets.append(self.submit_key(env)["id"])
            cr.commit()  # pylint: disable=invalid-commit

        def complete(ticket):
            return lambda env: (
                env["helpdesk.ticket"].browse(ticket).scrm_step_complete()["state"]
            )

        states = self.race.run(self.uid, [complete(ticket) for ticket in tickets])
        self.assertEqual(sorted(map(str, states)), ["incident", "running"])

        def seen(env):
            quant = env["stock.quant"].search(
                [
                    ("product_id", "=", self.bracket.id),
                    ("location_id", "=", self.shelf.id),
                ]
            )
            loser = env["helpdesk.ticket"].browse(tickets[states.index("incident")])
            lines = env["scrm.part.line"].search([("ticket_id", "in", tickets)])
            return (
                (quant.quantity, quant.reserved_quantity),
                loser.scrm_incident_reason,
                sorted(lines.mapped("state")),
            )

        shelf, reason, lines = self.seen_later(seen)
        self.assertEqual(shelf, (1, 1))
        self.assertIn("1 needed, 0 available", reason)
        self.assertEqual(lines, ["draft", "reserved"])

    def test_last_place_of_a_store(self):
        """Three tickets at once, and the near store takes one: it gets one.

        Covers: H12
        """
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            values = {
                "template_id": self.at_stores.id,
                "partner_id": self.customer.id,
            }
            tickets = env["helpdesk.ticket"].create([dict(values) for _n in range(3)])
            ids = tickets.ids
            cr.commit()  # pylint: disable=invalid-commit

        def complete(ticket):
            return lambda env: (
                env["helpdesk.ticket"].browse(ticket).scrm_step_complete()["state"]
            )

        states = self.race.run(self.uid, [complete(ticket) for ticket in ids])
        self.assertEqual(states, ["running"] * 3)

        def handlers(env):
            visits = (
                env["helpdesk.ticket"]
                .browse(ids)
                .scrm_step_ids.filtered(lambda step: step.node_key == "visit")
            )
            return sorted(visits.mapped(lambda visit: visit.user_id.name))

        self.assertEqual(self.seen_later(handlers), ["far", "far", "near"])

    def test_fetch_the_last_part(self):
        """Two tickets have the last part of another warehouse fetched at once: one
        gets the transfer, the other is told.

        Covers in part: P03, P04
        """
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            tag = uuid.uuid4().hex[:5]
            west = env["stock.warehouse"].create({"name": tag, "code": tag})
            part = env["product.product"].create({"name": tag, "is_storable": True})
            shelf = west.lot_stock_id
            env["stock.quant"]._update_available_quantity(part, shelf, 1)
            tickets = [self.submit_key(env(user=self.uid))["id"] for _n in range(2)]
            lines = env["scrm.part.line"].search([("ticket_id", "in", tickets)])
            lines.product_id = part
            part_id, shelf_id = part.id, shelf.id
            cr.commit()  # pylint: disable=invalid-commit

        def fetch(ticket):
            def work(env):
                env["helpdesk.ticket"].browse(ticket).action_scrm_parts_fetch()
                return "fetched"

            return work

        answers = self.race.run(self.uid, [fetch(ticket) for ticket in tickets])
        told = [answer for answer in answers if answer != "fetched"]
        self.assertEqual(len(told), 1, answers)
        self.assertIn("No other warehouse", str(told[0]))

        def seen(env):
            quant = env["stock.quant"].search(
                [("product_id", "=", part_id), ("location_id", "=", shelf_id)]
            )
            transfers = env["stock.picking"].search([("scrm_ticket_id", "in", tickets)])
            return sum(quant.mapped("reserved_quantity")), len(transfers)

        self.assertEqual(self.seen_later(seen), (1, 1))

    def test_same_piece_at_the_same_moment(self):
        """Two tickets hold a numbered piece each and both use the third one: one gets
        it, the other is told and keeps what it held."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            tag = uuid.uuid4().hex[:5]
            board = env["product.product"].create(
                {"name": tag, "is_storable": True, "tracking": "serial"}
            )
            lots = env["stock.lot"].create(
                [{"name": f"{tag}-{n}", "product_id": board.id} for n in range(3)]
            )
            for lot in lots:
                env["stock.quant"]._update_available_quantity(
                    board, self.shelf.with_env(env), 1, lot_id=lot
                )
            tickets = [self.submit_key(env(user=self.uid))["id"] for _n in range(2)]
            lines = env["scrm.part.line"].search([("ticket_id", "in", tickets)])
            lines.product_id = board
            lines._scrm_reserve()
            held = lines.move_id.move_line_ids.lot_id
            lines.lot_ids = lots - held
            board_id, line_ids = board.id, lines.ids
            cr.commit()  # pylint: disable=invalid-commit

        def use(line):
            def work(env):
                env["scrm.part.line"].browse(line)._scrm_consume()
                return "used"

            return work

        answers = self.race.run(self.uid, [use(line) for line in line_ids])
        told = [answer for answer in answers if answer != "used"]
        self.assertEqual(len(told), 1, answers)
        self.assertIn("is not free in", str(told[0]))

        def seen(env):
            quants = env["stock.quant"].search(
                [
                    ("product_id", "=", board_id),
                    ("location_id", "=", self.shelf.id),
                ]
            )
            states = env["scrm.part.line"].browse(line_ids).mapped("state")
            return (
                sum(quants.mapped("quantity")),
                sum(quants.mapped("reserved_quantity")),
                sorted(states),
            )

        self.assertEqual(self.seen_later(seen), (2, 1, ["consumed", "reserved"]))

    def test_same_step_at_the_same_moment(self):
        """Two complete the same step: one moves the ticket, the other is told."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, self.uid, {})
            ticket = self.submit_key(env)["id"]
            step = env["helpdesk.ticket"].browse(ticket).sudo().scrm_step_ids
            step_id = step.filtered(lambda step: step.state == "open").id
            cr.commit()  # pylint: disable=invalid-commit

        def complete(env):
            record = env["helpdesk.ticket"].browse(ticket)
            return record.scrm_step_complete(step_id=step_id)

        answers = self.race.run(self.uid, [complete, complete])
        told = [answer for answer in answers if isinstance(answer, Exception)]
        self.assertEqual(len(told), 1, answers)
        self.assertIn("already completed", str(told[0]))

    def test_answers_at_the_same_moment(self):
        """A colleague answers a conversation from two windows, neither of which saw
        the other: both answers are said, once, and nobody gets an error.

        Covers in part: E26
        """
        with self.registry.cursor() as cr:
            env = api.Environment(cr, self.uid, {})
            ticket = self.submit_key(env)["id"]
            record = env["helpdesk.ticket"].browse(ticket)
            record.message_unsubscribe(record.message_partner_ids.ids)
            cr.commit()  # pylint: disable=invalid-commit

        def say(env, text):
            record = env["helpdesk.ticket"].browse(ticket)
            return record.message_post(
                body=text, message_type="comment", subtype_xmlid="mail.mt_comment"
            ).id

        with self.registry.cursor() as late:
            late.execute("SELECT 1")  # sees nothing of what the other does
            env = api.Environment(late, self.uid, {})
            with self.registry.cursor() as early:
                say(api.Environment(early, self.uid, {}), "One")
                early.commit()  # pylint: disable=invalid-commit
            retrying(lambda: say(env, "Two"), env)
        words = self.seen_later(
            lambda env: "".join(
                env["helpdesk.ticket"].browse(ticket).message_ids.mapped("body")
            )
        )
        for word in ("One", "Two"):
            self.assertEqual(words.count(word), 1, words)

    def test_same_slot_at_the_same_moment(self):
        """Two tickets want the same technician at the same time: one gets it, the
        other is told.

        Covers in part: F38, H13
        """

        def prepare(env):
            template = env["scrm.ticket.template"].search(
                [("key", "=", f"race_{self.tag}")]
            )
            template.appointment_group_id = self.engineers.id
            tickets = env["helpdesk.ticket"].create(
                [{"template_id": template.id, "part_line_ids": []} for _n in range(2)]
            )
            tickets.part_line_ids.unlink()
            slots = tickets[0]._scrm_slots()
            return tickets.ids, str(slots[-1][0])

        with self.registry.cursor() as cr:
            ids, start = prepare(api.Environment(cr, SUPERUSER_ID, {}))
            cr.commit()  # pylint: disable=invalid-commit

        def book(ticket_id):
            return (
                lambda env: env["helpdesk.ticket"]
                .browse(ticket_id)
                .scrm_book(start, self.uid)
            )

        outcome = self.race.run(self.uid, [book(one) for one in ids])
        refused = [one for one in outcome if isinstance(one, Exception)]
        self.assertEqual(len(refused), 1, outcome)
        self.assertIn("is booked then", str(refused[0]))

        def booked(env):
            return env["scrm.appointment"].search_count(
                [("ticket_id", "in", ids), ("state", "=", "booked")]
            )

        self.assertEqual(self.seen_later(booked), 1)
