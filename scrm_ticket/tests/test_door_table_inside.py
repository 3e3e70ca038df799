from email.message import EmailMessage

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TicketCase
from .test_field_types import SCRIPT, TypesFixture


class DoorsInside(TypesFixture, TicketCase):
    """Each type of field at the doors that open inside Odoo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})

    def count(self):
        return self.env["helpdesk.ticket"].search_count([])


@tagged("post_install", "-at_install")
class TestDoorTableInside(DoorsInside):
    """A mail to an alias with answers of its own, a message of a conversation, an
    event of a record: one function each, from values to a ticket."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel = cls.env["discuss.channel"]._create_group(
            partners_to=(cls.pia | cls.desk).partner_id.ids
        )
        cls.event = cls.env["scrm.door.event"].create(
            {
                "name": "Contact changed",
                "key": "test_contact",
                "model_id": cls.env["ir.model"]._get_id("res.partner"),
                "domain": "[('ref', '=', 'never')]",
                "template_id": cls.form.id,
                "user_id": cls.desk.id,
                "subject": "{name}",
            }
        )
        cls.sent_count = 0

    def mail(self, values, subject="Broken", body="x", **headers):
        """A mail to an alias whose defaults are the template and these answers."""
        type(self).sent_count += 1
        message = EmailMessage()
        message["From"] = "Vera <vera@example.com>"
        message["To"] = "service@example.com"
        message["Message-Id"] = f"<{self.sent_count}@example.com>"
        message["Subject"] = subject
        for name, value in headers.items():
            message[name] = value
        message.set_content(body, subtype="html")
        ticket = self.env["mail.thread"].message_process(
            "helpdesk.ticket",
            message.as_bytes(),
            custom_values={"template_id": self.form.id, "scrm_values": values},
        )
        return self.env["helpdesk.ticket"].browse(ticket)

    def conversation(self, values, text="Broken"):
        """What a colleague's form saves that was opened on a message."""
        message = (
            self.channel.with_user(self.pia).sudo().message_post(body=text)
        ).with_user(self.desk)
        draft = message.scrm_ticket_draft()
        draft.pop("form_view_ref")
        tickets = self.env["helpdesk.ticket"].with_user(self.desk)
        return tickets.with_context(**draft).create(
            {"template_id": self.form.id, "scrm_values": values}
        )

    def happening(self, values):
        """An event that fills in the form with what its record says: one text."""
        self.event.value_ids = [
            Command.clear(),
            *(
                Command.create(
                    {"field_id": self.types[key.removeprefix("t_")].id, "path": "ref"}
                )
                for key in values
            ),
        ]
        said = next(iter(values.values()), False) or False
        record = self.env["res.partner"].create({"name": "Somebody", "ref": said})
        entry = self.env["scrm.door.event.entry"].create(
            {
                "event_id": self.event.id,
                "res_id": record.id,
                "round": 1,
                "at": "2026-03-31",
                "state": "waiting",
            }
        )
        entry._open_ticket()
        if entry.state == "failed":
            self.assertFalse(entry.ticket_id)
            raise ValidationError(entry.reason)
        return entry.ticket_id

    def doors(self):
        return {
            "email": self.mail,
            "discuss": self.conversation,
            "event": self.happening,
        }

    def fits(self, door, value):
        """An event's record has texts, in one line."""
        return door != "event" or isinstance(value, str) and "\n" not in value

    def test_valid(self):
        """Each type is stored in one form, with the door it came by."""
        for door, enter in self.doors().items():
            if door == "event":
                for kind, (sent, stored) in self.valid.items():
                    if self.fits(door, sent):
                        with self.subTest(door=door, type=kind):
                            ticket = enter({f"t_{kind}": sent})
                            self.assertEqual(ticket._scrm_value(f"t_{kind}"), stored)
                            self.assertEqual(ticket.scrm_door, door)
                continue
            ticket = enter(
                {f"t_{kind}": sent for kind, (sent, _) in self.valid.items()}
            )
            self.assertEqual(ticket.scrm_door, door)
            for kind, (_sent, stored) in self.valid.items():
                with self.subTest(door=door, type=kind):
                    self.assertEqual(ticket._scrm_value(f"t_{kind}"), stored)

    def test_empty(self):
        """Nothing is what every type may hold here."""
        kinds = [kind for kind in self.types if kind not in ("formula", "history")]
        for door, enter in self.doors().items():
            for empty in (False, None, "", []):
                with self.subTest(door=door, empty=empty):
                    ticket = enter({f"t_{kind}": empty for kind in kinds})
                    stored = ticket.scrm_values._values
                    self.assertFalse(
                        [key for key in stored if stored[key] and key != "t_formula"]
                    )

    @mute_logger("odoo.addons.mail.models.mail_thread")
    def test_wrong(self):
        """Wrong type, over the limit, foreign, a script: refused by the field's label,
        nothing is left of it."""
        before = self.count()
        for door, enter in self.doors().items():
            for kind, refused in self.wrong.items():
                for value in refused:
                    if not self.fits(door, value) or "\x00" in str(value):
                        continue
                    with self.subTest(door=door, type=kind, value=str(value)[:30]):
                        with self.assertRaisesRegex(
                            ValidationError, f"The {kind}|t_history"
                        ):
                            if door == "event":  # keeps why, beside its entry
                                enter({f"t_{kind}": value})
                            else:
                                with self.cr.savepoint():
                                    enter({f"t_{kind}": value})
        self.assertEqual(self.count(), before)

    def test_hidden_and_read_only(self):
        """What colleagues may not fill in at the start is refused here as well, of
        any type; a mail's answers are the alias's own, nobody's who may not."""
        before = self.count()
        for level in ("read", "hidden"):
            self.with_rights(level)
            for enter in (self.conversation, self.happening):
                for kind, sent in self.filled().items():
                    if enter == self.happening and not self.fits("event", sent):
                        continue
                    key = f"t_{kind}"
                    with self.subTest(level=level, door=enter.__name__, type=kind):
                        words = key if level == "hidden" else f"The {kind}"
                        with self.assertRaisesRegex(ValidationError, words):
                            enter({key: sent})
        self.assertEqual(self.count(), before)

    def test_not_visible(self):
        """What the answers do not show is not stored, of any type."""
        unseen = self.show_for_one_only()
        for enter in (self.mail, self.conversation):
            for answer, is_kept in (("two", False), ("one", True)):
                ticket = enter(
                    {f"t_{kind}": sent for kind, sent in unseen.items()}
                    | {"t_choice": answer}
                )
                for kind in unseen:
                    with self.subTest(door=ticket.scrm_door, type=kind, answer=answer):
                        kept = ticket._scrm_value(f"t_{kind}") is not None
                        self.assertEqual(kept, is_kept)
        for kind, sent in unseen.items():
            if self.fits("event", sent):
                with self.subTest(door="event", type=kind):
                    ticket = self.happening({f"t_{kind}": sent})
                    self.assertIsNone(ticket._scrm_value(f"t_{kind}"))
        self.show_choice_for_five_only()
        for enter in (self.mail, self.conversation):
            ticket = enter({"t_choice": "one", "t_number": 4})
            self.assertIsNone(ticket._scrm_value("t_choice"))

    def test_injection(self):
        """Scripts and line breaks in what strangers write stay text; a mail says
        nothing about fields but by its alias."""
        ticket = self.mail(
            {},
            subject=f"Broken {SCRIPT}",
            body=f"{SCRIPT}<img src=x onerror=x()><p>scrm_values: t_text</p>",
            **{"X-Template": "test_installation"},
        )
        self.assertEqual(ticket.template_id, self.form)
        self.assertNotIn("<script", ticket.description)
        self.assertNotIn("onerror", ticket.description)
        self.assertIsNone(ticket._scrm_value("t_text"))
        ticket = self.conversation({}, f"Broken {SCRIPT}\nBcc: spy@example.com")
        self.assertNotIn("\n", ticket.name)
        self.assertNotIn("<script", ticket.description)


@tagged("post_install", "-at_install")
class TestImport(DoorsInside):
    """A colleague imports a file, one column a field."""

    #: What a file holds of each type, where it is not what other doors get.
    TEXTS = {
        "money": "10.005",
        "yes_no": "True",
        "tags": "one,two",
        "record": "Test Store",
        "stock": "Test Bracket",
    }

    def load(self, rows, names=("name", "description", "template_id")):
        """Import rows of {column: text} as Desk."""
        base = dict(zip(names, ("Imported", "x", "All types"), strict=True))
        columns = list(dict.fromkeys([*base, *(key for row in rows for key in row)]))
        data = [[{**base, **row}.get(name, "") for name in columns] for row in rows]
        return self.env["helpdesk.ticket"].with_user(self.desk).load(columns, data)

    def texts(self):
        """Type -> what a file says of it that is taken."""
        texts = {kind: sent for kind, (sent, _stored) in self.valid.items()}
        return texts | self.TEXTS

    def refused(self, result, row, *words):
        """The import says where and what, and left nothing."""
        self.assertFalse(result["ids"])
        said = [one for one in result["messages"] if one["type"] == "error"]
        # Odoo says the first thing once more, as the whole file's
        self.assertEqual(said[-1]["rows"]["from"], row, said)
        self.assertRegex(said[-1]["message"], "|".join(words))

    def test_valid(self):
        """Each type is read from the file's text, and stored in its one form."""
        row = {f"scrm_values.t_{kind}": text for kind, text in self.texts().items()}
        result = self.load([row, {}])
        self.assertFalse(result["messages"])
        ticket, empty = self.env["helpdesk.ticket"].browse(result["ids"])
        for kind, (_sent, stored) in self.valid.items():
            with self.subTest(type=kind):
                self.assertEqual(ticket._scrm_value(f"t_{kind}"), stored)
                self.assertIsNone(empty._scrm_value(f"t_{kind}"))
        self.assertEqual(ticket.scrm_door, empty.scrm_door)

    def test_wrong(self):
        """A wrong value stops the file: its row and field are named, the good row
        before it is not saved either."""
        before = self.count()
        wrong = {
            **self.wrong,
            "number": ["abc", SCRIPT],
            "money": ["1,5", SCRIPT],
            "yes_no": ["perhaps", SCRIPT],
            "tags": ["one,four", SCRIPT],
            "record": ["West", "x", SCRIPT],
            "stock": ["Nothing like it", SCRIPT],
        }
        good = {"scrm_values.t_text": "good"}
        for kind in self.types.keys() - {"file", "formula", "history"}:
            for value in wrong[kind]:
                if not isinstance(value, str) or "\x00" in value:
                    continue
                with self.subTest(type=kind, value=value[:30]):
                    result = self.load([good, {f"scrm_values.t_{kind}": value}])
                    # names are looked up by Odoo, in its own words
                    lookup = "No matching record found for name"
                    self.refused(result, 1, f"The {kind}", lookup)
        self.assertEqual(self.count(), before)

    def test_hidden_and_read_only(self):
        """What the importing colleague may not fill in is refused, of any type, new or
        known."""
        known = self.load([{"scrm_values.t_number": "1", "scrm_values.t_text": "kept"}])
        ticket = self.env["helpdesk.ticket"].browse(known["ids"])
        before = self.count()
        for level in ("read", "hidden"):
            self.with_rights(level)
            for kind, text in self.texts().items():
                with self.subTest(level=level, type=kind):
                    result = self.load([{}, {f"scrm_values.t_{kind}": text}])
                    words = f"t_{kind}" if level == "hidden" else f"The {kind}"
                    self.refused(result, 1, words)
        self.assertEqual(self.count(), before)
        self.assertEqual(ticket._scrm_value("t_text"), "kept")

    def test_not_visible(self):
        """What a row's answers do not show is not stored, of any type."""
        unseen = self.show_for_one_only().keys() - {"file"}
        texts = self.texts()
        seen = {f"scrm_values.t_{kind}": texts[kind] for kind in unseen}
        rows = [{**seen, "scrm_values.t_choice": choice} for choice in ("One", "Two")]
        result = self.load(rows)
        self.assertFalse(result["messages"])
        first, second = self.env["helpdesk.ticket"].browse(result["ids"])
        for kind in unseen:
            with self.subTest(type=kind):
                self.assertIsNotNone(first._scrm_value(f"t_{kind}"))
                self.assertIsNone(second._scrm_value(f"t_{kind}"))

    def test_masked(self):
        """Who reads personal data imports it; who sees a mask is told why not."""
        self.types["text"].masking = "phone"
        rows = [{}, {"scrm_values.t_text": "13812342047"}]
        before = self.count()
        words = "Row 2: “scrm_values.t_text” is personal data that you see masked"
        self.refused(self.load(rows), 1, words)
        self.assertEqual(self.count(), before)
        self.desk.group_ids += self.env.ref("scrm_ticket.group_personal_data")
        result = self.load(rows)
        self.assertFalse(result["messages"])
        _empty, ticket = self.env["helpdesk.ticket"].browse(result["ids"])
        self.assertEqual(ticket._scrm_value("t_text"), "13812342047")
        # hidden at the start is like not there, masked or not
        self.with_rights("hidden")
        result = self.load(rows)
        self.refused(result, 1, "Row 2: “scrm_values.t_text” is no field")

    def test_foreign(self):
        """Neither other people's tickets nor columns of the machine are written."""
        before = self.count()
        result = self.load([{}, {"scrm_values.t_nothing": "x"}])
        self.refused(result, 1, "Row 2: “scrm_values.t_nothing” is no field")
        tickets = self.env["helpdesk.ticket"].with_user(self.pia)
        result = tickets.load(["name", "description"], [["Mine", "x"]])
        self.assertFalse(result["ids"])
        self.assertTrue(result["messages"])
        self.assertEqual(self.count(), before)
