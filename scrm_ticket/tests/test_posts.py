"""What of a ticket is only for some posts: messages and recordings."""

import json

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import TicketFixture

SOUND = b"RIFF\x24\x00\x00\x00WAVEfmt the voice of the customer"


class PostCase(TicketFixture):
    """Sara sells and reads what is said, Rita of research hears recordings, Finn is of
    neither post, Mona manages the store. All work on the team's tickets."""

    @classmethod
    def make_posts(cls):
        def person(login):
            return new_test_user(
                cls.env,
                login=f"test_{login}",
                name=login.capitalize(),
                groups="scrm_ticket.group_user,helpdesk_mgmt.group_helpdesk_user_team",
                lang="en_US",
            )

        cls.sara, cls.rita, cls.finn, cls.mona = map(
            person, ("sara", "rita", "finn", "mona")
        )
        cls.team.user_ids += cls.sara + cls.rita + cls.finn + cls.mona
        cls.store.manager_id = cls.mona
        cls.sales, cls.research = cls.env["res.groups"].create(
            [
                {"name": "Test Sales", "user_ids": [Command.set(cls.sara.ids)]},
                {"name": "Test Research", "user_ids": [Command.set(cls.rita.ids)]},
            ]
        )
        cls.ticket = cls.submit()
        cls.said = (
            cls.ticket.with_user(cls.pia)
            .sudo()
            .message_post(
                body="It rattles at night",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                author_id=cls.pia.partner_id.id,
                attachments=[("plan.txt", b"the plan"), ("night.wav", SOUND)],
            )
        )
        cls.plan, cls.sound = cls.said.attachment_ids.sorted("mimetype", reverse=True)
        cls.ticket.scrm_recording_url = "https://calls.example/c1.mp3"
        cls.export_group = cls.env.ref("base.group_allow_export")


@tagged("post_install", "-at_install")
class TestPosts(PostCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_world()
        cls.make_posts()

    def setUp(self):
        super().setUp()
        self.env.flush_all()
        self.env.invalidate_all()

    def close_messages(self):
        self.template.with_user(self.manager).message_group_ids = self.sales

    def close_recordings(self):
        self.template.with_user(self.manager).recording_group_ids = self.research

    def rpc(self, model, method, *args, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        path = f"/web/dataset/call_kw/{model}/{method}"
        return self.url_open(path, json={"params": params}).json()

    def route(self, path, **params):
        return self.url_open(path, json={"params": params}).text

    def everything(self, person):
        """All that somebody gets of the ticket by the ways of the client, as text."""
        self.authenticate(person.login, person.login)
        ids, thread = self.ticket.ids, ["helpdesk.ticket", self.ticket.id]
        about = [("model", "=", thread[0]), ("res_id", "=", thread[1])]
        told = [
            self.rpc("helpdesk.ticket", "web_read", ids, {"message_ids": {}}),
            self.rpc("mail.message", "search_read", about, ["body", "preview"]),
            self.rpc("mail.message", "read", self.said.ids, ["body"]),
            self.rpc("mail.message", "formatted_read_group", about, ["body"], []),
            self.rpc("scrm.ticket.trace", "search_read", [], ["text"]),
            self.rpc("res.partner", "scrm_portrait", self.pia.partner_id.ids),
            self.route(
                "/mail/thread/messages",
                thread_model=thread[0],
                thread_id=thread[1],
                fetch_params={"search_term": "rattles"},
            ),
            self.route(
                "/mail/thread/messages", thread_model=thread[0], thread_id=thread[1]
            ),
            self.route(
                "/mail/chatter_fetch",
                thread_model=thread[0],
                thread_id=thread[1],
                token="anything",
            ),
            self.route(
                "/mail/data",
                fetch_params=[
                    [
                        "mail.thread",
                        {
                            "thread_model": thread[0],
                            "thread_id": thread[1],
                            "request_list": ["attachments", "messages"],
                        },
                    ]
                ],
            ),
        ]
        return "\n".join(json.dumps(one, ensure_ascii=False) for one in told)

    @mute_logger("odoo.http")
    def test_messages_only_for_the_post(self):
        """Sales and the store's manager read what is said; others by no way."""
        for person in (self.sara, self.finn, self.mona, self.manager):
            self.assertIn("rattles", self.everything(person))  # as ever
        self.close_messages()
        for person in (self.sara, self.mona, self.manager):
            self.assertIn("rattles", self.everything(person))
        for person in (self.finn, self.rita):
            self.assertNotIn("rattles", self.everything(person), person.login)
            ticket = self.ticket.with_user(person)
            self.assertEqual(ticket.read(["number"])[0]["number"], self.ticket.number)
            self.assertIn("messages", ticket.scrm_closed_words)
            with self.assertRaises(AccessError):
                self.said.with_user(person).read(["body"])
            # no question tells what was said
            tickets = self.env["helpdesk.ticket"].with_user(person)
            for condition in (
                ("message_ids.body", "ilike", "rattles"),
                ("message_ids", "ilike", "rattles"),
                ("website_message_ids.body", "ilike", "rattles"),
                ("access_token", "!=", False),
            ):
                found = tickets.search([("id", "=", ticket.id), condition])
                self.assertFalse(found, condition)
        self.assertFalse(self.ticket.with_user(self.sara).scrm_closed_words)
        self.authenticate("test_pia", "test_pia")
        page = self.route(
            "/mail/chatter_fetch",
            thread_model="helpdesk.ticket",
            thread_id=self.ticket.id,
        )
        self.assertIn("rattles", page)  # customers as ever

    def test_files_of_messages(self):
        """What came with a message is as closed as the message."""
        self.close_messages()
        for person, expected in ((self.sara, True), (self.mona, True), (self.finn, 0)):
            files = self.env["ir.attachment"].with_user(person)
            found = files.search(
                [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", self.ticket.id)]
            )
            self.assertEqual(self.plan in found, bool(expected), person.login)
            self.assertEqual(
                bool(self.plan.with_user(person).has_access("read")), bool(expected)
            )
            self.authenticate(person.login, person.login)
            answer = self.url_open(f"/web/content/{self.plan.id}")
            self.assertEqual(answer.content == b"the plan", bool(expected))

    def test_own_words_and_words_to_one(self):
        """What somebody wrote, and what is addressed to him, he reads."""
        self.close_messages()
        own = self.ticket.with_user(self.finn).message_post(body="I have paid it")
        to_him = self.ticket.with_user(self.sara).message_post(
            body="Finn, look", partner_ids=self.finn.partner_id.ids
        )
        messages = self.env["mail.message"].with_user(self.finn)
        found = messages.search(
            [("model", "=", "helpdesk.ticket"), ("res_id", "=", self.ticket.id)]
        )
        self.assertEqual(found, own | to_him)

    def test_followers_are_not_told(self):
        """A follower of another post gets no notice of what is said."""
        partners = (self.finn | self.sara).partner_id
        self.ticket.message_subscribe(partners.ids)
        self.close_messages()
        said = self.ticket.with_user(self.manager).message_post(
            body="The pump again", subtype_xmlid="mail.mt_comment"
        )
        told = said.sudo().notified_partner_ids
        self.assertIn(self.sara.partner_id, told)
        self.assertNotIn(self.finn.partner_id, told)
        self.assertIn(self.ticket.partner_id, self.ticket.message_partner_ids | told)

    def test_links_do_not_go_round_it(self):
        """Who may not read messages gets no link that shows the customer's page."""
        self.ticket._portal_ensure_token()
        token = self.ticket.access_token
        self.close_messages()
        closed = self.ticket.with_user(self.finn)
        self.assertFalse(closed.read(["access_token"])[0]["access_token"])
        self.assertNotIn(token, closed.get_portal_url())
        self.assertIn(token, self.ticket.with_user(self.sara).get_portal_url())
        self.assertEqual(self.ticket.access_token, token)

    def test_recordings_only_for_the_post(self):
        """Research hears recordings, sales does not, though it reads the messages.

        Covers: R19
        """
        people = self.sara | self.rita | self.finn | self.mona
        for person in people:
            self.assertTrue(self.hears(person), person.login)  # as ever
        self.close_recordings()
        for person in people:
            allowed = person in self.rita | self.mona
            self.assertEqual(self.hears(person), allowed, person.login)
            # the other file of the message stays open
            self.assertTrue(self.plan.with_user(person).has_access("read"))
        files = self.env["ir.attachment"].with_user(self.sara)
        self.assertFalse(files.search([("name", "=", "night.wav")]))
        with self.assertRaises(AccessError):
            self.sound.with_user(self.sara).read(["raw"])
        with self.assertRaises(AccessError):
            self.sound.with_user(self.sara).generate_access_token()
        tickets = self.env["helpdesk.ticket"].with_user(self.sara)
        address = ("scrm_recording_url", "ilike", "calls.example")
        self.assertFalse(tickets.search([address]))
        with self.assertRaises(AccessError):
            tickets.formatted_read_group([], ["scrm_recording_url"], ["__count"])

    def hears(self, person):
        """Whether somebody gets at the recordings; by all ways or by none."""
        self.env.invalidate_all()
        self.authenticate(person.login, person.login)
        url = self.ticket.with_user(person).read(["scrm_recording_url"])[0]
        told = self.everything(person)
        ways = {
            self.url_open(f"/web/content/{self.sound.id}").content == SOUND,
            bool(url["scrm_recording_url"]),
            self.sound.with_user(person).has_access("read"),
        }
        self.assertEqual(len(ways), 1, (person.login, ways))
        # Odoo's keys to a file are nobody's, so they cannot be passed on either
        closed = self.template.recording_group_ids
        if closed:
            self.assertNotIn(self.sound._get_raw_access_token(), told)
        return ways.pop()

    def test_recording_of_a_call(self):
        """The note of a call has no link where recordings are for some."""
        self.close_recordings()
        vals = self.ticket._scrm_call_vals(
            {"event": "recording", "recording": "https://calls.example/c2.mp3"}, ""
        )
        self.assertEqual(vals["scrm_recording_url"], "https://calls.example/c2.mp3")
        self.assertNotIn(
            "calls.example", "".join(self.ticket.message_ids.mapped("body"))
        )

    def test_only_managers_decide(self):
        """Nobody opens it for himself."""
        self.close_messages()
        for person in (self.finn, self.mona):
            with self.assertRaises(AccessError):
                self.template.with_user(person).message_group_ids = False
        with self.assertRaises(UserError):
            self.said.with_user(self.finn).unlink()
