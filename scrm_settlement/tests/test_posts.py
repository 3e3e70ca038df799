"""Each post sees its own of a ticket: sales the messages, finance the payments."""

import json

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tests.common import new_test_user
from odoo.tools import mute_logger

from .quotation_common import QuotationCommon

PAID = (
    "scrm_payment_state",
    "scrm_payment_agreed",
    "scrm_payment_invoiced",
    "scrm_payment_paid",
)


@tagged("post_install", "-at_install")
class TestPosts(QuotationCommon, HttpCase):
    """A ticket of 500 is accepted, invoiced and half paid. Sara sells, Finn is of
    finance, Mona manages the store, Otto is of neither post; all read the ticket."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "scrm_ticket.group_user,helpdesk_mgmt.group_helpdesk_user_team"
        cls.people = {
            name: new_test_user(cls.env, f"post_{name}", groups=groups)
            for name in ("sara", "finn", "mona", "otto")
        }
        team = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "Posts",
                "user_ids": [Command.set([one.id for one in cls.people.values()])],
            }
        )
        store = cls.env["scrm.store"].create(
            {
                "key": "posts",
                "name": "Posts",
                "manager_id": cls.people["mona"].id,
            }
        )
        cls.sales, cls.finance = cls.env["res.groups"].create(
            [
                {"name": "Sales", "user_ids": [Command.set(cls.people["sara"].ids)]},
                {"name": "Finance", "user_ids": [Command.set(cls.people["finn"].ids)]},
            ]
        )
        cls.place = {"team_id": team.id, "store_id": store.id}
        # what is read is counted in a transaction beside the request, for which the one
        # transaction of a test has no room
        cls.env["scrm.guard.limit"].search([]).unlink()

    def setUp(self):
        super().setUp()
        self.ticket, self.order = self.quoted(**self.place)
        self.ticket.message_post(
            body="It rattles at night", subtype_xmlid="mail.mt_comment"
        )
        self.order.action_confirm()
        self.bill = self.order._create_invoices(final=True)
        self.template.write(
            {
                "message_group_ids": [Command.set(self.sales.ids)],
                "payment_group_ids": [Command.set(self.finance.ids)],
            }
        )
        self.env.flush_all()
        self.env.invalidate_all()

    def pay(self, amount):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.bill.ids
        )
        wizard.create({"amount": amount})._create_payments()
        self.env.invalidate_all()

    def rpc(self, model, method, *args, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        path = f"/web/dataset/call_kw/{model}/{method}"
        return self.url_open(path, json={"params": params}).json()

    def seen(self, name):
        """What of the ticket somebody gets, by every way alike: payments, messages."""
        person = self.people[name]
        self.authenticate(person.login, person.login)
        ids, spec = self.ticket.ids, {field: {} for field in PAID}
        about = [("model", "=", "helpdesk.ticket"), ("res_id", "=", self.ticket.id)]
        payments = {
            bool(one.get(PAID[0]))
            for one in (
                self.rpc("helpdesk.ticket", "read", ids, PAID)["result"][0],
                self.rpc("helpdesk.ticket", "web_read", ids, spec)["result"][0],
                self.rpc("helpdesk.ticket", "search_read", [("id", "in", ids)], PAID)[
                    "result"
                ][0],
            )
        }
        messages = {
            "rattles" in json.dumps(one)
            for one in (
                self.rpc("mail.message", "search_read", about, ["body"]),
                self.rpc("scrm.ticket.trace", "search_read", [], ["text"]),
                self.url_open(
                    "/mail/thread/messages",
                    json={
                        "params": {
                            "thread_model": "helpdesk.ticket",
                            "thread_id": self.ticket.id,
                        }
                    },
                ).json(),
            )
        }
        self.assertEqual((len(payments), len(messages)), (1, 1), name)
        return payments.pop(), messages.pop()

    @mute_logger("odoo.http")
    def test_each_post_sees_its_own(self):
        """Sales sees what was said, finance what is paid, the store's manager both.

        Over RPC and the routes of the client; orders and invoices themselves open
        for none of them, whose only post this is.

        Covers: R01
        """
        self.bill.action_post()
        self.pay(200)
        expected = {
            "sara": (False, True),
            "finn": (True, False),
            "mona": (True, True),
            "otto": (False, False),
        }
        for name, (payments, messages) in expected.items():
            with self.subTest(name=name):
                self.assertEqual(self.seen(name), (payments, messages))
                for model, record in (
                    ("sale.order", self.order),
                    ("account.move", self.bill),
                ):
                    answer = self.rpc(model, "read", record.ids, ["amount_total"])
                    self.assertIn("AccessError", answer["error"]["data"]["name"])
        otto = self.ticket.with_user(self.people["otto"])
        self.assertEqual(
            otto.scrm_closed_words,
            "Only for other roles: messages, recordings."
            if self.template.recording_group_ids
            else "Only for other roles: messages, payments.",
        )

    def test_progress(self):
        """Agreed, invoiced, partly paid, paid: 500 in 200 and 300."""

        def told():
            return tuple(
                self.ticket.with_user(self.people["finn"]).read(PAID)[0][name]
                for name in PAID
            )

        self.assertEqual(told(), ("agreed", 500, 0, 0))
        self.bill.action_post()
        self.assertEqual(told(), ("invoiced", 500, 500, 0))
        self.pay(200)
        self.assertEqual(told(), ("partial", 500, 500, 200))
        self.pay(300)
        self.assertEqual(told(), ("paid", 500, 500, 500))

    def test_not_by_export(self):
        """Nobody exports it, nor opens it for himself."""
        self.people["otto"].group_ids += self.env.ref("base.group_allow_export")
        otto = self.ticket.with_user(self.people["otto"])
        self.assertEqual(otto.export_data(list(PAID[:1]))["datas"], [[""]])
        with self.assertRaises(AccessError):
            self.template.with_user(self.people["otto"]).payment_group_ids = False

    def test_quotations_in_the_timeline(self):
        """Each quotation is kept with what became of it, when and by whom.

        Covers: R15
        """
        rows = self.env["scrm.ticket.trace"].with_user(self.people["mona"])
        found = rows.search(
            [("ticket_id", "=", self.ticket.id), ("kind", "=", "quote")], order="id"
        )
        self.assertEqual(
            [text.rpartition(", ")[2] for text in found.mapped("text")],
            ["Quotation", "Quotation Sent", "Sales Order"],
        )
        self.assertIn("500.00", found[-1].text)
        self.assertIn(self.order.name, found[-1].text)
        self.assertTrue(all(found.mapped("partner_id")))
        kinds = set(rows.search([("ticket_id", "=", self.ticket.id)]).mapped("kind"))
        self.assertLessEqual({"message", "flow", "quote"}, kinds)
        self.order.action_unlock()
        self.order._action_cancel()
        with self.refused("is kept"):
            self.order.unlink()
