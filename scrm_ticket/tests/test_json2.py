from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import TicketFixture


class Json2Case(TicketFixture, HttpCase):
    """People with real API keys."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.make_world()
        cls.keys = {
            user: cls.env["res.users.apikeys"]
            .with_user(user)
            .sudo()
            ._generate(None, "test", fields.Datetime.now() + timedelta(days=1))
            for user in (cls.pia, cls.quentin, cls.desk, cls.dora, cls.clerk)
        }

    def call(self, user, method, key=None, **arguments):
        return self.url_open(
            f"/json/2/helpdesk.ticket/{method}",
            json=arguments,
            headers={
                "Authorization": f"Bearer {key or self.keys[user]}",
                "X-Odoo-Database": self.cr.dbname,
            },
        )


@tagged("post_install", "-at_install")
class TestJson2(Json2Case):
    """The API's door over HTTP."""

    def submit_by_api(self, user, **arguments):
        return self.call(
            user,
            "scrm_submit",
            **{
                "template": "test_installation",
                "values": {"test_area": 60, "test_mounting": "wall"},
                **arguments,
            },
        )

    def test_submit(self):
        """An authenticated call creates a ticket and answers its number, once.

        Covers: E12, E31
        """
        answers = [
            self.submit_by_api(self.desk, idempotency_key="wms-17") for _i in range(3)
        ]
        self.assertEqual({answer.status_code for answer in answers}, {200})
        numbers = {answer.json()["number"] for answer in answers}
        self.assertEqual(len(numbers), 1)
        ticket = self.env["helpdesk.ticket"].search(
            [("scrm_submit_key", "=", "wms-17")]
        )
        self.assertEqual({ticket.number}, numbers)
        self.assertEqual(answers[0].json(), {"id": ticket.id, "number": ticket.number})
        self.assertEqual(ticket.scrm_door, "json2")
        self.assertEqual(ticket.create_uid, self.desk)

    def test_customer_app(self):
        """A customer's key submits for themselves and follows the ticket."""
        answer = self.submit_by_api(self.pia).json()
        seen = self.call(
            self.pia, "read", ids=[answer["id"]], fields=["number", "scrm_node_key"]
        )
        self.assertEqual(seen.json()[0]["number"], answer["number"])
        seen = self.call(self.quentin, "read", ids=[answer["id"]], fields=["number"])
        self.assertEqual(seen.status_code, 403)

    def test_refusals(self):
        """Wrong values, keys and users: a clear message, nothing saved.

        Covers: T03
        """
        before = self.env["helpdesk.ticket"].search_count([])
        for arguments, words in (
            ({"values": {"test_area": "abc", "test_mounting": "wall"}}, "Floor area"),
            ({"values": {"test_area": 60}}, "“Mounting” is required"),
            ({"values": {"colour": 1}}, "no field “colour”"),
            ({"values": [1, 2]}, "by field key"),
            ({"template": "nonsense"}, "no ticket template “nonsense”"),
        ):
            answer = self.submit_by_api(self.desk, **arguments)
            self.assertEqual(answer.status_code, 422, answer.text)
            self.assertIn(words, answer.json()["message"])
        self.assertEqual(self.submit_by_api(self.clerk).status_code, 403)
        wrong = self.submit_by_api(self.desk, key="0" * 40)
        self.assertEqual(wrong.status_code, 401)
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), before)

    def test_private_methods_are_closed(self):
        """Only the public methods of a ticket answer."""
        answer = self.submit_by_api(self.pia).json()
        for method in ("_scrm_submit", "scrm_flow_start", "_scrm_position_vals"):
            reply = self.call(self.desk, method, ids=[answer["id"]])
            self.assertIn(reply.status_code, (403, 404), method)
        reply = self.call(self.pia, "scrm_step_complete", ids=[answer["id"]])
        self.assertEqual(reply.status_code, 403)
        reply = self.call(self.dora, "scrm_step_complete", ids=[answer["id"]])
        self.assertEqual(reply.json(), {"node": "visit", "state": "running"})

    def test_app_follows(self):
        """The customer's app submits and follows the ticket: node, progress in the
        customer's words, messages; private nodes stay masked.

        Covers: E17
        """
        answer = self.submit_by_api(self.pia).json()

        def follow():
            seen = self.call(
                self.pia,
                "read",
                ids=[answer["id"]],
                fields=["number", "stage_id", "scrm_progress"],
            )
            return seen.json()[0]

        first = follow()
        self.assertEqual(first["number"], answer["number"])
        words = [(item["name"], item["state"]) for item in first["scrm_progress"]]
        self.assertIn(("In our hands", "now"), words)
        self.assertIn(("Our visit", "next"), words)
        self.assertNotIn("Check the request", str(first))
        ticket = self.env["helpdesk.ticket"].browse(answer["id"])
        ticket.with_user(self.dora).scrm_step_complete()
        words = [(item["name"], item["state"]) for item in follow()["scrm_progress"]]
        self.assertIn(("Our visit", "now"), words)
        posted = self.call(
            self.pia, "message_post", ids=[answer["id"]], body="Please ring twice"
        )
        self.assertEqual(posted.status_code, 200, posted.text)
        self.assertIn("ring twice", ticket.message_ids[0].body)
