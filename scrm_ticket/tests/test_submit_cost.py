from contextlib import contextmanager
from unittest.mock import patch

from odoo.sql_db import Cursor
from odoo.tools import SQL

from .common import TicketCase

#: What a colleague's submission asks and tells the database, savepoint included.
STATEMENTS = 23


class TestSubmitCost(TicketCase):
    """A submission is told to the database once, and what is known is not asked for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gold = cls.env["res.partner.category"].create(
            {"name": "Gold", "scrm_is_vip": True}
        )
        # a template that brings neither flow nor parts: those are measured elsewhere
        cls.template = cls.env["scrm.ticket.template"].create(
            {
                "key": "test_plain",
                "name": "Plain",
                "team_id": cls.team.id,
                "portal_published": True,
            }
        )
        cls.company = cls.pia.partner_id.commercial_partner_id

    @contextmanager
    def statements(self):
        """The SQL statements of the block."""
        found = []
        execute = Cursor.execute

        def note(cursor, query, *args, **kwargs):
            found.append(query.code if isinstance(query, SQL) else str(query))
            return execute(cursor, query, *args, **kwargs)

        with patch.object(Cursor, "execute", note):
            yield found

    def submitted(self, key, **kwargs):
        """A ticket of the template that a colleague submits for Pia."""
        tickets = self.env["helpdesk.ticket"].with_user(self.desk)
        answer = tickets.with_context(tracking_disable=False).scrm_submit(
            "test_plain",
            partner=self.pia.partner_id.id,
            idempotency_key=key,
            **kwargs,
        )
        return tickets.sudo().browse(answer["id"])

    def test_statements(self):
        """One row for the ticket, the followers in one go, nothing written again."""
        self.submitted("warm")
        self.env.flush_all()
        self.env.invalidate_all()
        with self.statements() as found:
            ticket = self.submitted("counted")
            self.env.flush_all()
        self.assertFalse([one for one in found if 'UPDATE "helpdesk_ticket"' in one])
        self.assertFalse([one for one in found if "rating_rating" in one])
        rows = [one for one in found if 'INSERT INTO "mail_followers" ' in one]
        self.assertEqual(len(rows), 1)
        self.assertLessEqual(len(found), STATEMENTS, "\n".join(found))
        followers = ticket.message_follower_ids
        self.assertEqual(
            followers.partner_id, self.desk.partner_id | self.pia.partner_id
        )
        outside = followers.filtered(
            lambda one: one.partner_id == self.pia.partner_id
        ).subtype_ids
        self.assertTrue(outside)
        self.assertFalse(outside.filtered("internal"))

    def test_known_at_first(self):
        """What a new ticket begins with is what Odoo computes of it."""
        names = (
            "commercial_partner_id",
            "positive_rate_percentage",
            "rating_last_value",
            "scrm_is_vip",
            "scrm_planned_hours",
            "unattended",
        )
        service = self.env["product.product"].create(
            {"name": "Cleaning", "type": "service", "scrm_hours": 1.5}
        )
        for tags, services in (([], []), (self.gold.ids, service.ids)):
            self.company.category_id = tags
            self.template.service_ids = services
            ticket = self.submitted(f"tags {tags}")
            self.env.flush_all()
            self.env.invalidate_all()
            stored = ticket.read(names, load=None)[0]
            self.assertEqual(stored["commercial_partner_id"], self.company.id)
            self.assertEqual(stored["scrm_is_vip"], bool(tags))
            self.assertEqual(stored["scrm_planned_hours"], 1.5 if services else 0)
            self.assertTrue(stored["unattended"])
            for name in names:
                self.env.add_to_compute(ticket._fields[name], ticket)
            self.assertEqual(ticket.read(names, load=None)[0], stored)

    def test_ratings_are_counted(self):
        """The first rating of a ticket is its last one and its share of good ones."""
        ticket = self.submitted("rated")
        self.assertEqual(ticket.positive_rate_percentage, -1)
        rating = self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "res_id": ticket.id,
            }
        )
        self.env.flush_all()
        rating.write({"rating": 5, "consumed": True})
        self.assertEqual(ticket.rating_last_value, 5)
        self.assertEqual(ticket.positive_rate_percentage, 100)
        rating.rating = 1
        self.assertEqual(ticket.rating_last_value, 1)
        self.assertEqual(ticket.positive_rate_percentage, 0)

    def test_customer_follows_once(self):
        """Whoever submits, the customer follows: also one of us who is the customer."""
        tickets = self.env["helpdesk.ticket"].with_context(tracking_disable=False)
        for user, partner in (
            (self.desk, self.desk.partner_id),
            (self.pia, self.pia.partner_id),
        ):
            answer = tickets.with_user(user).scrm_submit(
                "test_plain", partner=partner.id
            )
            ticket = tickets.browse(answer["id"])
            self.assertEqual(ticket.message_partner_ids, partner)
        entered = tickets.with_user(self.desk).create(
            {"template_id": self.template.id, "partner_id": self.pia.partner_id.id}
        )
        self.assertNotIn(self.pia.partner_id, entered.message_partner_ids)
