"""A customer's complete communication record, over all channels."""

from datetime import datetime, timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import TicketCase

NOON = datetime(2026, 3, 2, 12)
MINUTE = timedelta(minutes=1)


@tagged("post_install", "-at_install")
class TestTalks(TicketCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls.submit()
        cls.case.write({"name": "Boiler", "description": "The boiler is loud"})
        cls.foreign = cls.submit(user=cls.quentin)
        cls.say(cls.foreign, 60, "Of somebody else", cls.quentin.partner_id)
        cls.call = cls.submit(user=cls.paul)
        cls.call.write(
            {"name": "Hotline", "description": "Rang", "scrm_call_key": "test-1"}
        )
        moments = {cls.case: 0, cls.call: 5, cls.foreign: 1}
        for ticket, minutes in moments.items():
            cls.env.cr.execute(
                "UPDATE helpdesk_ticket SET create_date = %s WHERE id = %s",
                (NOON + minutes * MINUTE, ticket.id),
            )
        pia, paul = cls.pia.partner_id, cls.paul.partner_id
        cls.say(cls.case, 10, "Is anybody coming?", pia)
        cls.say(cls.case, 20, "Tomorrow at nine", cls.dora.partner_id)
        cls.say(cls.case, 30, "For colleagues", cls.dora.partner_id, note=True)
        cls.say(cls.customer, 40, "Contract by mail 13800138000", paul, kind="email")
        # old ones of the submission itself are of today
        cls.env["mail.message"].search(
            [("date", ">", NOON + 99 * MINUTE), ("model", "=", "helpdesk.ticket")]
        ).sudo().write({"message_type": "notification"})
        cls.env.flush_all()

    @classmethod
    def say(cls, record, minutes, text, author, note=False, kind="comment"):
        message = record.message_post(
            body=text,
            author_id=author.id,
            message_type=kind,
            subtype_xmlid="mail.mt_note" if note else "mail.mt_comment",
        )
        message.sudo().date = NOON + minutes * MINUTE
        return message

    def page(self, user=None, partner=None, **kwargs):
        self.env.flush_all()
        self.env.invalidate_all()
        partner = (partner or self.customer).with_user(user or self.desk)
        return partner.scrm_talks(**kwargs)

    def told(self, *args, **kwargs):
        return [
            (row["kind"], row["text"]) for row in self.page(*args, **kwargs)["rows"]
        ]

    def test_all_channels_newest_first(self):
        """Messages, mail, calls and tickets of all contacts of the customer, the newest
        first, whichever contact one opens; nothing of another customer's.

        Covers: X23
        """
        all_of_it = [
            ("email", "Contract by mail 13800138000"),
            ("message", "For colleagues"),
            ("message", "Tomorrow at nine"),
            ("message", "Is anybody coming?"),
            ("call", "Hotline Rang"),
            ("ticket", "Boiler The boiler is loud"),
        ]
        self.assertEqual(self.told(), all_of_it)
        self.assertEqual(self.told(partner=self.pia.partner_id), all_of_it)
        rows = self.page()["rows"]
        self.assertEqual([row["ours"] for row in rows[:4]], [False, True, True, False])
        self.assertEqual(rows[3]["who"], self.pia.partner_id.name)

    def test_search_tags_and_kinds(self):
        """By words, all of which must be said; by tags of tickets; by kind.

        Covers in part: X23
        """
        self.assertEqual(
            self.told(search="nine TOMORROW"), [("message", "Tomorrow at nine")]
        )
        self.assertEqual(
            self.told(search="is LOUD"), [("ticket", "Boiler The boiler is loud")]
        )
        self.assertEqual(self.told(search="100%"), [])
        tag = self.env["helpdesk.ticket.tag"].create({"name": "Test loud"})
        self.case.tag_ids = tag
        kinds = [kind for kind, _text in self.told(tag_ids=tag.ids)]
        self.assertEqual(kinds, ["message", "message", "message", "ticket"])
        self.assertEqual(self.told(kind="call"), [("call", "Hotline Rang")])
        self.assertEqual(len(self.told(kind="email")), 1)
        self.assertEqual(len(self.told(kind="message")), 3)
        for wrong in (
            {"kind": "fax"},
            {"limit": 0},
            {"after": ["x"]},
            {"search": "x" * 201},
        ):
            with self.subTest(wrong), self.assertRaises(UserError):
                self.page(**wrong)

    def test_pages_do_not_lose_or_repeat(self):
        """Page by page it is the whole, also where several things happened at the same
        moment, and with something new between two pages.

        Covers in part: X23
        """
        moment = NOON + 5 * MINUTE  # that of the call
        for number in range(5):
            self.say(self.case, 5, f"At once {number}", self.pia.partner_id)
        whole = self.page(limit=200)["rows"]
        self.assertEqual(
            sum(row["at"] == str(moment) for row in whole), 6, "also the call"
        )
        for size in (1, 2, 3):
            page = self.page(limit=size)
            rows = page["rows"]
            self.say(self.case, 50 + size, "New meanwhile", self.pia.partner_id)
            while page["next"]:
                page = self.page(limit=size, after=page["next"])
                rows += page["rows"]
            self.assertEqual(rows, whole)
            whole = self.page(limit=200)["rows"]
            self.assertEqual(whole[0]["text"], "New meanwhile")

    def test_only_what_one_may_read(self):
        """A colleague who reads none of the customer's tickets gets nothing of them;
        customers get nothing at all; who gets masks finds nothing by what is masked.

        Covers in part: X23
        """
        self.assertEqual(self.told(self.egon, search="boiler"), [])
        self.assertEqual(
            [row for row in self.told(self.egon) if "Tomorrow" in row[1]], []
        )
        self.assertEqual(self.told(self.pia, partner=self.pia.partner_id), [])
        self.env["ir.config_parameter"].set_param(
            "scrm_ticket.mask_personal_data", "True"
        )
        self.assertEqual(self.told(search="13800138000"), [])
        self.assertEqual(len(self.told(search="Contract")), 1)
        self.assertNotIn("13800138000", str(self.page()))

    def test_by_index(self):
        """No source reads all messages or all tickets: each is asked by an index.

        Covers in part: X23
        """
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        desk = self.customer.with_user(self.desk)
        sources = desk._scrm_talk_sources([], self.env["helpdesk.ticket.tag"], "")
        self.assertGreater(len(sources), 3)
        for source in sources:
            query = source(lambda *_names: SQL("TRUE"), 40)
            self.env.cr.execute(f"EXPLAIN {query.code}", query.params)
            plan = "\n".join(row for (row,) in self.env.cr.fetchall())
            self.assertNotRegex(plan, "Seq Scan on (mail_message|helpdesk_ticket)")
