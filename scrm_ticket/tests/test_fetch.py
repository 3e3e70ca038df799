import base64

from odoo import Command

from .common import TicketCase

FIELDS = ["tag_ids", "scrm_split_ids", "part_line_ids", "scrm_signature"]


class TestFetch(TicketCase):
    """Lists of a ticket in which nothing stands are known by one query."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tag = cls.env["helpdesk.ticket.tag"].create({"name": "Test"})
        cls.tickets = cls.env["helpdesk.ticket"].create(
            [{"name": name, "description": "-"} for name in ("Empty", "Full")]
        )
        cls.empty, cls.full = cls.tickets
        cls.full.write(
            {
                "tag_ids": [Command.link(cls.tag.id)],
                "scrm_signature": base64.b64encode(b"signed"),
            }
        )
        cls.env.flush_all()

    def reading(self, tickets, names=FIELDS):
        self.env.invalidate_all()
        start = self.cr.sql_log_count
        rows = tickets.with_user(self.manager).read(names)
        return rows, self.cr.sql_log_count - start

    def test_what_stands_there_is_read(self):
        rows, _count = self.reading(self.tickets)
        empty, full = rows
        self.assertEqual(full["tag_ids"], self.tag.ids)
        self.assertEqual(base64.b64decode(full["scrm_signature"]), b"signed")
        self.assertEqual(full["part_line_ids"], [])
        self.assertEqual([empty[name] for name in FIELDS], [[], [], [], False])

    def test_what_was_not_saved_yet_is_read(self):
        self.env.invalidate_all()
        part = self.empty.copy({"name": "A part of it"})
        part.scrm_origin_id = self.empty
        self.empty.invalidate_recordset(flush=False)
        rows = self.empty.read(["scrm_split_ids", "tag_ids"])
        self.assertEqual(rows[0]["scrm_split_ids"], part.ids)

    def test_one_query_for_all_that_are_empty(self):
        """The lists of an empty ticket cost one query more than its priority."""
        for names in (["priority"], ["priority", *FIELDS]):
            self.reading(self.empty, names)  # what the registry keeps
        _rows, alone = self.reading(self.empty, ["priority"])
        _rows, more = self.reading(self.empty, ["priority", *FIELDS])
        self.assertEqual(more - alone, 1)

    def test_nothing_by_way_of_nothing(self):
        """What is read by way of an empty field is known, until it is filled in."""
        product = self.env["product.product"].create(
            {"name": "Boiler", "is_storable": True, "tracking": "serial"}
        )
        device = self.env["stock.lot"].create({"name": "B-1", "product_id": product.id})
        self.full.scrm_lot_id = device
        self.env.flush_all()
        self.env.invalidate_all()
        tickets = self.tickets.with_user(self.manager)
        tickets.fetch(["scrm_lot_id"])
        field = tickets._fields["scrm_lot_product_id"]
        known = field._get_cache(tickets.env)
        self.assertIn(self.empty.id, known)
        self.assertNotIn(self.full.id, known)
        self.assertEqual(
            [row["scrm_lot_product_id"] for row in tickets.read([field.name])],
            [False, (product.id, product.display_name)],
        )
        self.empty.scrm_lot_id = device
        self.assertEqual(tickets[0].scrm_lot_product_id, product)

    def test_ratings_are_counted(self):
        """A ticket nobody has rated counts none, without asking for them."""
        rating = self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "res_id": self.full.id,
                "rating": 4,
                "consumed": True,
            }
        )
        self.env.flush_all()
        rows = self.tickets.read(["rating_count"])
        self.assertEqual([row["rating_count"] for row in rows], [0, 1])
        rating.write({"rating": 0, "consumed": False})
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.tickets.read(["rating_count"])
        self.assertEqual([row["rating_count"] for row in rows], [0, 0])
