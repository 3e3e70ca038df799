"""Two messages of one guest at once, in real transactions that commit.

What is committed stays in the test database; the keys are random.
"""

import uuid
from functools import partial

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged

from ..doors.chat_message import Message
from .race_common import Race


@tagged("post_install", "-at_install")
class TestChatRace(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.tag = f"chat_{uuid.uuid4().hex[:8]}"
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            user = env["res.users"].create(
                {
                    "login": cls.tag,
                    "name": "Desk",
                    "group_ids": [(4, env.ref("helpdesk_mgmt.group_helpdesk_user").id)],
                }
            )
            env["scrm.door.chat"].create(
                {
                    "name": "Race",
                    "key": cls.tag,
                    "receiver": "wx1",
                    "user_id": user.id,
                }
            )
            cls.uid = user.id
            cr.commit()  # pylint: disable=invalid-commit

    @classmethod
    def tearDownClass(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            tickets = env["helpdesk.ticket"].search(
                [("scrm_chat_key", "=like", f"{cls.tag}:%")]
            )
            tickets.active = False  # other tests look at all of their door
            cr.commit()  # pylint: disable=invalid-commit
        super().tearDownClass()

    def take(self, env, sender, number):
        """Take a message in, as the address does: the ticket's id."""
        account = env["scrm.door.chat"].sudo().search([("key", "=", self.tag)])
        message = Message(str(number), sender, "", f"Message {number}", "")
        return env["helpdesk.ticket"]._scrm_take_chat(account, message).id

    def open_at(self, cr):
        """An environment whose transaction has begun to see."""
        cr.execute("SELECT 1")
        return api.Environment(cr, self.uid, {})

    def closed(self, ticket):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            ended = env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
            env["helpdesk.ticket"].browse(ticket).stage_id = ended
            cr.commit()  # pylint: disable=invalid-commit

    def test_two_first_messages(self):
        """A guest's two messages come in at once, and neither sees the other: they
        are one ticket, when the guest is new and when the last ticket was closed.

        Covers: E08
        """
        sender = f"o-{self.tag}"
        ended = set()
        for first in (1, 3):
            with self.registry.cursor() as late:
                # has begun, and sees nothing of what the other one does
                env = self.open_at(late)
                with self.registry.cursor() as early:
                    one = self.take(self.open_at(early), sender, first)
                    early.commit()  # pylint: disable=invalid-commit
                take = partial(self.take, env, sender, first + 1)
                two = retrying(take, env)
            self.assertEqual(two, one)
            self.assertNotIn(one, ended)
            self.closed(one)
            ended.add(one)

    def test_many_at_the_same_moment(self):
        """Three messages of a known guest at the same moment: one ticket says all."""
        sender = f"many-{self.tag}"
        with self.registry.cursor() as cr:
            before = self.take(self.open_at(cr), sender, 10)
            cr.commit()  # pylint: disable=invalid-commit
        self.closed(before)
        found = Race(self.registry).run(
            self.uid,
            [
                lambda env, number=number: self.take(env, sender, number)
                for number in range(11, 14)
            ],
        )
        self.assertEqual(len(set(found)), 1, found)
        self.assertNotEqual(found[0], before)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            ticket = env["helpdesk.ticket"].browse(found[0])
            said = "".join([ticket.description, *ticket.message_ids.mapped("body")])
            for number in range(11, 14):
                self.assertIn(f"Message {number}", said)
