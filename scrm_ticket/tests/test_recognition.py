import doctest
import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

from lxml import etree

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import BaseCase, Form

from ..doors import words
from .common import TicketCase


class TestWords(BaseCase):
    def test_examples(self):
        result = doctest.testmod(words)
        self.assertGreater(result.attempted, 5)
        self.assertFalse(result.failed)


class RecognitionCase(TicketCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template.words = "报修, 卡纸, broken, return"
        cls.price = cls.env["scrm.ticket.template"].create(
            {
                "key": "test_price",
                "name": "Price question",
                "words": "报价、price\nhow do I",
                "flow_id": cls.make_flow("test_price_flow").id,
            }
        )
        cls.vip = cls.env["res.partner.category"].create(
            {"name": "VIP", "scrm_is_vip": True, "scrm_priority": "3"}
        )

    def raised(self, user=None, **vals):
        tickets = self.env["helpdesk.ticket"].with_user(user or self.desk)
        return tickets.create({"name": "x", "description": "<p>y</p>", **vals})


class TestRecognition(RecognitionCase):
    """What is recognised when a ticket is created."""

    def test_three_layers(self):
        """The customer's tag says the priority, the business type the template and
        flow, who is there the handler: all of it when the ticket is created.

        Covers: F07, T16
        """
        business = self.env["helpdesk.ticket.category"].create({"name": "Installing"})
        below = business.create({"name": "Stove", "parent_id": business.id})
        self.template.category_ids = business
        self.customer.category_id = self.vip
        draft = self.flow.published_version_id._copy_as_draft()
        visit = draft.node_ids.filtered(lambda node: node.key == "visit")
        visit.handler_availability = "leave_only"
        draft.action_publish()
        self.send_away(self.egon)
        ticket = self.raised(partner_id=self.pia.partner_id.id, category_id=below.id)
        self.assertEqual(ticket.priority, "3")
        self.assertEqual(ticket.template_id, self.template)
        self.assertEqual(ticket.scrm_run_id.flow_id, self.flow)
        self.assertEqual(ticket.user_id, self.dora)
        for _number in range(2):
            other = self.submit()
            other.with_user(self.dora).scrm_step_complete()
            self.assertEqual(other.user_id, self.ella, "Egon is on leave")
        # what somebody says himself is not overruled
        ticket = self.raised(partner_id=self.pia.partner_id.id, priority="1")
        self.assertEqual(ticket.priority, "1")
        self.assertFalse(self.raised(category_id=False).template_id)

    def test_priorities_changed_for_a_peak(self):
        """One change of all rules at once, and the next ticket goes by it.

        Covers: F27
        """
        tags = self.vip | self.vip.create({"name": "Regular", "scrm_priority": "1"})
        self.customer.category_id = tags[1]
        self.stranger.category_id = tags[0]

        def priorities():
            return [
                self.raised(partner_id=user.partner_id.id).priority
                for user in (self.pia, self.quentin)
            ]

        self.assertEqual(priorities(), ["1", "3"])
        tags.with_user(self.manager).sudo().write({"scrm_priority": "2"})
        self.assertEqual(priorities(), ["2", "2"])
        tags.write({"scrm_priority": False})
        self.assertEqual(priorities(), ["1", "1"], "as it is without rules")

    def send_away(self, user):
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Round the clock",
                "tz": "UTC",
                "attendance_ids": [
                    Command.create(
                        {
                            "name": str(day),
                            "dayofweek": str(day),
                            "hour_from": 0,
                            "hour_to": 24,
                            "day_period": "morning",
                        }
                    )
                    for day in range(7)
                ],
            }
        )
        resource = self.env["resource.resource"].create(
            {
                "name": user.name,
                "user_id": user.id,
                "calendar_id": calendar.id,
                "tz": "UTC",
            }
        )
        now = self.env["scrm.clock"].now()
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Away",
                "resource_id": resource.id,
                "calendar_id": calendar.id,
                "date_from": now - timedelta(days=1),
                "date_to": now + timedelta(days=1),
            }
        )

    def test_on_screen(self):
        """The form shows at once what customer and business type bring along."""
        business = self.env["helpdesk.ticket.category"].create({"name": "Installing"})
        self.template.category_ids = business
        self.customer.category_id = self.vip
        with Form(self.env["helpdesk.ticket"].with_user(self.manager)) as form:
            form.partner_id = self.pia.partner_id
            self.assertEqual(form.priority, "3")
            form.category_id = business
            self.assertEqual(form.template_id, self.template)
            form.description = "z"

    def test_vip_stands_first(self):
        """A VIP's ticket stands before earlier ones of others in the queue.

        Covers: F08
        """
        self.customer.category_id = self.vip
        stranger = self.submit(self.quentin)
        urgent = self.submit(self.quentin)
        urgent.priority = "3"
        vip = self.submit(self.pia)
        late = self.submit(self.pia)
        action = self.env.ref("scrm_ticket.helpdesk_ticket_action_my_steps")
        tickets = self.env["helpdesk.ticket"].with_user(self.dora)
        arch = tickets.get_view(action.view_id.id, "list")["arch"]
        order = etree.fromstring(arch).get("default_order")
        queue = tickets.search([("scrm_handler_ids", "in", self.dora.id)], order=order)
        self.assertEqual(queue, vip + late + urgent + stranger)
        self.customer.category_id = False
        self.assertFalse(vip.scrm_is_vip)

    def test_suggestion(self):
        """Words now, the last enquiry, and the customer's tags speak for a template.

        Covers: T15
        """
        templates = self.template + self.price
        partner = self.pia.partner_id
        suggest = templates.with_user(self.desk)._scrm_suggest
        self.assertFalse(suggest(partner))
        self.assertEqual(suggest(partner, "打印机卡纸了"), self.template)
        self.assertEqual(suggest(partner, "What is the PRICE?"), self.price)
        self.price.customer_tag_ids = self.vip
        self.customer.category_id = self.vip
        self.assertEqual(suggest(partner), self.price, "by the customer's profile")
        self.raised(partner_id=partner.id, name="It is broken again")
        self.assertEqual(suggest(partner), self.template, "by the last enquiry")
        new = self.raised(partner_id=partner.id, name="Hello")
        self.assertEqual(suggest(partner), self.price)
        new.description = "<p>想了解产品报价</p>"
        self.assertEqual(new.scrm_suggested_id, self.price)
        new.with_user(self.desk).action_scrm_use_suggestion()
        self.assertEqual(new.template_id, self.price)
        self.assertEqual(new.scrm_run_state, "running")
        self.assertFalse(new.scrm_suggested_id)


class TestSplit(RecognitionCase):
    """One message, several matters."""

    TEXT = "I want to return the stove. It arrived late. How do I clean the filter?"

    def test_split(self):
        """A return and a question of use become two linked tickets with a flow each.

        Covers in part: F10
        """
        ticket = self.raised(
            name="Stove",
            description=f"<p>{self.TEXT}</p>",
            partner_id=self.pia.partner_id.id,
        )
        made = self.env["helpdesk.ticket"].browse(
            ticket.with_user(self.desk).scrm_split()
        )
        self.assertEqual(ticket.template_id, self.template)
        self.assertEqual(made.template_id, self.price)
        self.assertEqual(made.scrm_origin_id, ticket)
        self.assertEqual(made.partner_id, self.pia.partner_id)
        self.assertIn("clean the filter", made.description)
        self.assertNotIn("return", made.description)
        self.assertEqual(made.scrm_run_state, "running")
        self.assertEqual(ticket.scrm_run_state, "running")
        with self.assertRaisesRegex(UserError, "one matter only"):
            made.with_user(self.desk).scrm_split()

    def set_classifier(self, answer, status=200):
        """A classifier that answers so; what it was asked is in ``self.asked``."""
        self.asked = []
        test = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                size = int(self.headers["Content-Length"])
                test.asked.append(json.loads(self.rfile.read(size)))
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, *args):
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("scrm_ticket.classifier", "http")
        parameters.set_param(
            "scrm_ticket.classifier_url", f"http://127.0.0.1:{server.server_port}/"
        )

    def parts(self, text=TEXT):
        templates = self.template + self.price
        parts = self.env["scrm.ticket.classifier"]._parts(text, templates)
        return [(template.key, said) for template, said in parts]

    def test_outside_classifier(self):
        """A program elsewhere says what the message is about.

        Covers in part: F10
        """
        self.set_classifier(
            {
                "parts": [
                    {"text": "return", "template": "test_installation"},
                    {"text": "late", "template": None},
                    {"text": "filter", "template": "test_price"},
                ]
            }
        )
        self.assertEqual(
            self.parts(),
            [
                ("test_installation", "return"),
                (False, "late"),
                ("test_price", "filter"),
            ],
        )
        asked = self.asked[0]
        self.assertEqual(asked["text"], self.TEXT)
        self.assertEqual(asked["templates"][1]["words"], ["报价", "price", "how do I"])

    def test_outside_classifier_fails(self):
        """No answer, or nonsense: the words decide, and the log says so."""
        by_words = ["test_installation", "test_price"]
        for answer, status in (
            ({"parts": []}, 200),
            ({"parts": [{"text": "", "template": None}]}, 200),
            ({"parts": [{"text": "a", "template": "drop_table"}]}, 200),
            ([1], 200),
            ({}, 500),
        ):
            self.set_classifier(answer, status)
            with self.assertLogs("odoo.addons.scrm_ticket.doors.classifier", "WARNING"):
                self.assertEqual([key for key, _said in self.parts()], by_words)
        self.env["ir.config_parameter"].set_param(
            "scrm_ticket.classifier_url", "http://127.0.0.1:9/"
        )
        with self.assertLogs("odoo.addons.scrm_ticket.doors.classifier", "WARNING"):
            self.assertEqual([key for key, _said in self.parts()], by_words)


class TestMail(RecognitionCase):
    """Tickets by e-mail."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        domain = cls.env["mail.alias.domain"].create({"name": "scrm.example"})
        cls.env.company.alias_domain_id = domain
        cls.team.write({"alias_name": "service", "alias_domain_id": domain.id})
        cls.pia.partner_id.email = "pia@customer.example"

    def receive(
        self, body, subject="Stove", sender="Pia <pia@customer.example>", **more
    ):
        headers = "".join(f"{name}: {text}\n" for name, text in more.items())
        number = len(self.env["helpdesk.ticket"].search([]))
        mail = (
            f"From: {sender}\nTo: service@scrm.example\nSubject: {subject}\n"
            f"Message-Id: <{number}.{id(body)}@customer.example>\n{headers}"
            f"Content-Type: text/plain; charset=utf-8\n\n{body}\n"
        )
        return self.env["mail.thread"].message_process(None, mail.encode())

    def last(self):
        return self.env["helpdesk.ticket"].search([], order="id desc", limit=1)

    def test_mail_becomes_ticket(self):
        """A mail to the team's address is a ticket of the customer who sent it; the
        answer to our answer goes onto the same ticket.

        Covers: E14
        """
        self.receive("The stove makes a noise.")
        ticket = self.last()
        self.assertEqual(ticket.scrm_door, "email")
        self.assertEqual(ticket.team_id, self.team)
        self.assertEqual(ticket.partner_id, self.pia.partner_id)
        self.assertIn("makes a noise", ticket.description)
        answer = ticket.message_post(
            body="Since when?",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        before = self.env["helpdesk.ticket"].search_count([])
        self.receive(
            "Since Monday.",
            **{"In-Reply-To": answer.message_id, "References": answer.message_id},
        )
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), before)
        self.assertIn("Since Monday", ticket.message_ids[0].body)
        self.assertEqual(ticket.message_ids[0].author_id, self.pia.partner_id)

    def test_stranger(self):
        """Whoever writes, nothing gets lost; markup of the mail stays harmless."""
        self.receive(
            "<script>x()</script>", sender="New <new@else.example>", subject="Hello"
        )
        ticket = self.last()
        self.assertIn("new@else.example", ticket.partner_email)
        self.assertNotIn("<script", ticket.description)

    def test_matters_of_a_mail(self):
        """A team that recognises mails: the template by the words, several matters as
        several linked tickets.

        Covers: F10
        """
        self.receive(TestSplit.TEXT)
        self.assertFalse(self.last().template_id)
        self.team.scrm_reads_mails = True
        self.receive(TestSplit.TEXT)
        second = self.last()
        first = second.scrm_origin_id
        self.assertEqual(first.template_id, self.template)
        self.assertEqual(second.template_id, self.price)
        for ticket in first + second:
            self.assertEqual(ticket.scrm_door, "email")
            self.assertEqual(ticket.partner_id, self.pia.partner_id)
            self.assertEqual(ticket.scrm_run_state, "running")
        self.receive("Good morning", subject="Hello")
        self.assertFalse(self.last().template_id)
