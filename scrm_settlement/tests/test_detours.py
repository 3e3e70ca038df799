import json

from odoo.exceptions import AccessError
from odoo.tests.common import HttpCase, tagged
from odoo.tools import mute_logger

from .test_access_table import PayeesCase
from .test_rights import RpcMixin
from .test_sign import DRAWN

STATEMENT = "scrm.settlement.statement"
#: Paths from a statement to what its payee may not read.
CLOSED = (
    *("move_id", "move_id.ref", "reversal_move_id", "payout_ids.state"),
    *("plan_id.name", "plan_id.version_ids.number", "record_ids.rule_id.name"),
    *("record_ids.component_id.name", "record_ids.fact_id.source_name"),
    "deduction_ids.advance_id.amount",
)
#: Paths to what he may: of his own statements only.
OPEN = (
    *("name", "state", "payee_id.name", "record_ids.source_name"),
    *("record_ids.amount", "deduction_ids.amount", "dispute_ids.reason"),
)


class DetourCase(PayeesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.readers = [
            cls.outsider,
            *(cls.people[name] for name in ("portal", "colleague", "agent")),
        ]
        # signed: with a picture of the signature and a document
        cls.foreign = cls.statements[cls.engineer]
        dispute = cls.foreign.dispute_ids
        dispute.with_user(cls.accountant).resolve("kept", "As agreed")
        cls.foreign.with_user(cls.engineer).sign(DRAWN, "Engineer")
        cls.env.flush_all()

    def own(self, person):
        return self.statements[person].ids if person in self.payees else []


@tagged("post_install", "-at_install")
class TestDetours(DetourCase):
    """What one may not read is not told by a detour either."""

    def test_closed_paths(self):
        """What is closed is refused as a condition, to sort by and to group by."""
        told = []
        for person in self.readers:
            mine = self.env[STATEMENT].with_user(person)
            for path in CLOSED:
                name = path.partition(".")[0]
                ways = {
                    "search": lambda m=mine, p=path: m.search([(p, "!=", False)]),
                    "count": lambda m=mine, p=path: m.search_count([(p, "=", "x")]),
                    "not": lambda m=mine, p=path: m.search(["!", (p, "=", "x")]),
                }
                if name in ("move_id", "reversal_move_id"):
                    ways |= {
                        "order": lambda m=mine, n=name: m.search([], order=n),
                        "group": lambda m=mine, n=name: m._read_group([], [n]),
                        "read": lambda m=mine, n=name: m.browse(self.foreign.id).read(
                            [n]
                        ),
                    }
                for way, act in ways.items():
                    self.env.invalidate_all()
                    try:
                        act()
                    except AccessError:
                        continue
                    told.append((person.login, path, way))
        self.assertEqual(told, [])

    def test_open_paths(self):
        """What is open tells of the own statements, whatever is asked."""
        for person in self.readers:
            mine = self.env[STATEMENT].with_user(person)
            for path in OPEN:
                with self.subTest(person=person.login, path=path):
                    self.assertEqual(
                        mine.search([(path, "!=", False)]).ids, self.own(person)
                    )
        mine = self.env[STATEMENT].with_user(self.outsider)
        values = {
            "name": self.foreign.name,
            "payee_id.name": self.engineer.name,
            "record_ids.source_name": self.foreign.record_ids.source_name,
            "record_ids": self.foreign.record_ids.id,
            "dispute_ids": self.foreign.dispute_ids.id,
            "deduction_ids": self.foreign.deduction_ids.id,
        }
        for path, value in values.items():
            with self.subTest(path=path):
                self.assertFalse(mine.search([(path, "=", value)]))
                self.assertTrue(
                    mine.with_user(self.engineer).search([(path, "=", value)])
                )

    def test_around_the_statement(self):
        """Messages, files, activities and followers are as closed as the statement."""
        self.foreign.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.accountant.id
        )
        on = [("res_id", "=", self.foreign.id)]
        places = {
            "mail.message": [("model", "=", STATEMENT), *on],
            "mail.activity": [("res_model", "=", STATEMENT), *on],
            "ir.attachment": [
                ("res_model", "=", STATEMENT),
                ("res_field", "in", ["signature", "document"]),
                *on,
            ],
        }
        for model, domain in places.items():
            there = self.env[model].search(domain)
            self.assertTrue(there, model)
            for person in self.readers:
                with self.subTest(model=model, person=person.login):
                    self.assertFalse(self.found(model, person, domain))
                    with self.assertRaises(AccessError):
                        there.with_user(person).read(["create_date"])

    def found(self, model, person, domain):
        try:
            return self.env[model].with_user(person).search(domain)
        except AccessError:  # the model itself is closed to portal users
            return self.env[model]


@tagged("post_install", "-at_install")
class TestDetoursOverHttp(DetourCase, RpcMixin, HttpCase):
    @mute_logger("odoo.http")
    def test_files_by_guessing(self):
        """Signature and document come by no address of Odoo's but to their payee."""
        base = f"{STATEMENT}/{self.foreign.id}"
        files = self.env["ir.attachment"].search(
            [
                ("res_model", "=", STATEMENT),
                ("res_field", "in", ["signature", "document"]),
                ("res_id", "=", self.foreign.id),
            ]
        )
        self.assertEqual(len(files), 2)
        addresses = [
            f"/web/image/{base}/signature",
            f"/web/content/{base}/document",
            *(f"/web/content/{file.id}" for file in files),
            *(f"/web/content/{file.id}?access_token=x" for file in files),
        ]
        secrets = [file.raw for file in files]
        for person in self.readers:
            self.authenticate(person.login, person.login)
            for address in addresses:
                with self.subTest(person=person.login, address=address):
                    self.assertNotIn(self.url_open(address).content, secrets)
        self.authenticate(self.engineer.login, self.engineer.login)
        seen = self.url_open(f"/web/content/{base}/document").content
        self.assertIn(seen, secrets)

    @mute_logger("odoo.http")
    def test_thread_by_guessing(self):
        """The talk about a statement and its dispute is neither read nor joined."""
        for person in self.readers:
            self.authenticate(person.login, person.login)
            for record in (self.foreign, self.foreign.dispute_ids):
                thread = {"thread_model": record._name, "thread_id": record.id}
                told = len(record.message_ids)
                for route, params in (
                    ("/mail/thread/messages", thread),
                    (
                        "/mail/message/post",
                        {**thread, "post_data": {"body": "mine"}},
                    ),
                ):
                    answer = self.url_open(
                        route,
                        data=json.dumps({"params": params}),
                        headers={"Content-Type": "application/json"},
                    )
                    with self.subTest(person=person.login, route=route):
                        self.assertNotIn("As agreed", answer.text)
                        self.assertNotIn("Signed by", answer.text)
                record.invalidate_recordset()
                self.assertEqual(len(record.message_ids), told)
