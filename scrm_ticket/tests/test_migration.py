from datetime import datetime, timedelta

from odoo.tests import tagged

from odoo.addons.scrm_flow.tests.upgrade_script import upgrade_script

from .common import TicketCase

BEGAN = datetime(2026, 3, 2, 8)


@tagged("post_install", "-at_install")
class TestMigration(TicketCase):
    """What upgrades do with the rows of earlier versions."""

    def before(self, name, door, **values):
        """A ticket as the version before the inbox kept it."""
        ticket = self.env["helpdesk.ticket"].create(
            {"name": name, "description": name, "partner_id": self.customer.id}
        )
        self.env.flush_all()
        row = {
            "create_date": BEGAN,
            "scrm_door": door,
            "scrm_channel": None,
            "scrm_said_at": None,
            "scrm_seen_at": None,
            "scrm_unanswered_since": None,
            **values,
        }
        self.env.cr.execute(
            f"UPDATE helpdesk_ticket SET {', '.join(f'{key} = %s' for key in row)} "
            "WHERE id = %s",
            [*row.values(), ticket.id],
        )
        return ticket

    def say(self, ticket, author, hours, kind="comment"):
        self.env["mail.message"].create(
            {
                "model": ticket._name,
                "res_id": ticket.id,
                "author_id": author.id,
                "message_type": kind,
                "date": BEGAN + timedelta(hours=hours),
                "body": "Said",
            }
        )

    def test_conversations_come_into_the_inbox(self):
        """By the channel they came by and the customer's last word; unread where
        nobody answered. What only we wrote is no conversation, and what the inbox
        knows already stays."""
        self.env["scrm.door.chat"].create(
            {
                "name": "Guests",
                "key": "test_guests",
                "receiver": "wx1",
                "platform": "wecom",
                "user_id": self.desk.id,
            }
        )
        pia, dora = self.pia.partner_id, self.dora.partner_id
        chat = self.before(
            "Chat",
            "chat",
            scrm_chat_sender="test_guests::o-1",
            scrm_unanswered_since=BEGAN,
        )
        gone = self.before("Account is gone", "chat", scrm_chat_sender="no_more::o-1")
        form = self.before("Form", "portal")
        self.say(form, pia, 1)
        self.say(form, pia, 2, "email")
        self.say(form, dora, 3)
        self.say(form, pia, 4, "notification")
        noted = self.before("Written down by us", "backend")
        self.say(noted, dora, 1)
        told = self.before("Customer joined", "backend", scrm_unanswered_since=BEGAN)
        self.say(told, pia, 5)
        known = self.before("Known", "portal", scrm_channel="email")
        everything = chat | gone | form | noted | told | known
        self.env.flush_all()
        upgrade_script("scrm_ticket", "19.0.1.3.0")(self.env.cr, "19.0.1.2.0")
        self.env.invalidate_all()
        hours = {
            ticket: ticket.scrm_said_at and (ticket.scrm_said_at - BEGAN).seconds / 3600
            for ticket in everything
        }
        self.assertEqual(
            [
                (one.name, one.scrm_channel, hours[one], one.scrm_is_unread)
                for one in everything
            ],
            [
                ("Chat", "wecom", 0, True),
                ("Account is gone", "chat", 0, False),
                ("Form", "portal", 2, False),
                ("Written down by us", "backend", False, False),
                ("Customer joined", "backend", 5, True),
                ("Known", "email", False, False),
            ],
        )
        self.assertFalse(known.scrm_seen_at)
