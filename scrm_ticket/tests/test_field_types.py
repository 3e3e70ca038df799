from base64 import b64encode

from odoo import Command
from odoo.exceptions import UserError, ValidationError

from .common import TicketCase, TicketFixture

#: Text that would run if a page showed it as it is.
SCRIPT = "<script>alert(1)</script>"
PIXEL = b64encode(b"GIF89a\x01\x00\x01\x00").decode()


class TypesFixture(TicketFixture):
    """A form with one field of every type, none required."""

    @classmethod
    def make_world(cls):
        TicketFixture.make_world.__func__(cls)
        cls.lot = cls.env["stock.lot"].create(
            {
                "name": "SN-100%",
                "product_id": cls.bracket.id,
                "scrm_purchase_date": "2026-01-02",
                "scrm_warranty_end": "2028-01-02",
            }
        )
        cls.foreign_lot = cls.env["stock.lot"].create(
            {
                "name": "SN-STRANGER",
                "product_id": cls.bracket.id,
                "scrm_partner_id": cls.stranger.id,
            }
        )
        cls.foreign_file = cls.env["ir.attachment"].create(
            {
                "name": "secret.txt",
                "raw": b"secret",
                "res_model": "res.partner",
                "res_id": cls.stranger.id,
            }
        )
        options = [
            Command.create({"key": key, "name": key.title()})
            for key in ("one", "two", "three")
        ]
        more = {
            "choice": {"option_ids": options},
            "tags": {"option_ids": options},
            "category": {"option_ids": options},
            "record": {
                "record_model": "scrm.store",
                "record_domain": "[('region', '=', 'East')]",
                "record_public": True,
            },
            "stock": {"record_public": True},
            "formula": {"formula": "t_number * 2 + IF(t_yes_no, 1, 0)"},
        }
        cls.types = {
            kind: cls.env["scrm.form.field"].create(
                {
                    "key": f"t_{kind}",
                    "name": f"The {kind}",
                    "type": kind,
                    **more.get(kind, {}),
                }
            )
            for kind in dict(cls.env["scrm.form.field"]._fields["type"].selection)
        }
        top, below, lowest = cls.types["category"].option_ids
        below.parent_id = top
        lowest.parent_id = below
        cls.form = cls.env["scrm.ticket.template"].create(
            {
                "key": "test_types",
                "name": "All types",
                "flow_id": cls.flow.id,
                "team_id": cls.team.id,
                "store_id": cls.store.id,
                "portal_published": True,
                "line_ids": [
                    Command.create({"field_id": field.id})
                    for field in cls.types.values()
                ],
            }
        )
        cls.west = cls.env["scrm.store"].create(
            {"key": "test_west", "name": "West", "region": "West"}
        )
        #: type -> (what is sent, what is stored)
        cls.valid = {
            "text": (SCRIPT, SCRIPT),
            "long_text": (f"{SCRIPT}\nmore", f"{SCRIPT}\nmore"),
            "number": ("12.5", 12.5),
            "money": (10.005, 10.01),
            "date": ("2026-03-31", "2026-03-31"),
            "datetime": ("2026-03-31T08:00+08:00", "2026-03-31 00:00:00"),
            "time": ("09:30", "09:30"),
            "yes_no": (True, True),
            "choice": ("two", "two"),
            "tags": (["one", "two", "one"], ["one", "two"]),
            "category": ("three", "three"),
            "record": (cls.store.id, cls.store.id),
            "stock": (str(cls.bracket.id), cls.bracket.id),
            "serial": ("sn-100%", "sn-100%"),
        }
        #: type -> what is refused: wrong type, over a limit, foreign, a script
        cls.wrong = {
            "text": [7, "x" * 5001, ["a"], "a\x00"],
            "long_text": [7, "x" * 20001, {"a": 1}],
            "number": ["abc", 1e16, True, SCRIPT],
            "money": ["1,5", "1_0", [1], SCRIPT],
            "date": ["31.3.2026", "2026-02-30", 20260331, SCRIPT],
            "datetime": ["tomorrow", "2026-03-31 25:00", 1, SCRIPT],
            "time": ["24:00", "9:30", 930, SCRIPT],
            "yes_no": ["perhaps", 7, [True], SCRIPT],
            "choice": ["four", 1, ["one"], SCRIPT],
            "tags": [["one", "four"], 7, {"one": 1}, SCRIPT],
            "category": ["four", 1, ["one"], SCRIPT],
            "record": [cls.west.id, 2**31, -1, "x", cls.store.ids * 3, SCRIPT],
            "stock": [0.5, 10**9, True, [1, 2, 3], SCRIPT],
            "serial": ["SN-1", "S" * 101, 7, "%", SCRIPT],
            "file": [
                7,
                "x",
                [{"name": "a"}],
                [{"name": "a.exe", "data": PIXEL}],
                cls.foreign_file.ids,
            ],
            "formula": [7, "7"],
            "history": ["x"],
        }

    @classmethod
    def filled(cls):
        """Type -> a value that is taken, of each type that anybody fills in."""
        sent = {kind: sent for kind, (sent, _stored) in cls.valid.items()}
        return {**sent, "file": [{"name": "a.gif", "data": PIXEL}]}

    def typed(self, filled, **more):
        """The same as a page's form sends it: (texts, files).

        :param filled: type -> value
        """
        texts = {f"t_{kind}": sent for kind, sent in filled.items() if kind != "file"}
        if "yes_no" in filled:
            texts["t_yes_no"] = "1"
        if "datetime" in filled:
            texts["t_datetime"] = "2026-03-31T08:00"
        files = [("field.t_file", ("a.gif", b"GIF89a", "image/gif"))]
        return {**texts, **more}, files if "file" in filled else None

    def show_for_one_only(self):
        """From now on all but t_choice is asked for when that is "one" only.

        :return: types that are not asked for, with values
        """
        lines = self.form.line_ids.filtered(lambda line: line.field_key != "t_choice")
        lines.shown_when = "[('scrm_values.t_choice', '=', 'one')]"
        return {kind: sent for kind, sent in self.filled().items() if kind != "choice"}

    def show_choice_for_five_only(self):
        """The one that was left out: t_choice is asked for when t_number is 5."""
        self.form.line_ids.shown_when = False
        self.form.line_ids.filtered(
            lambda line: line.field_key == "t_choice"
        ).shown_when = "[('scrm_values.t_number', '=', 5)]"

    def with_rights(self, level):
        """From now on nobody has more than this right to any field, at the start and
        at the node after it."""
        flow = self.make_flow(f"test_{level}_flow")
        draft = flow.published_version_id._copy_as_draft()
        for node in draft.node_ids.filtered(lambda one: one.key in ("start", "check")):
            for field in self.types.values():
                self.env["scrm.form.right"].create(
                    {
                        "node_id": node.id,
                        "field_id": field.id,
                        "audience": "everybody",
                        "level": level,
                    }
                )
        draft.action_publish()
        self.form.flow_id = flow


class TestFieldTypes(TypesFixture, TicketCase):
    """Every type of field at the doors of Python: API, backend create and write."""

    def doors(self):
        """Door -> function(values) that leaves a ticket."""
        tickets = self.env["helpdesk.ticket"]

        def api(user):
            def submit(values):
                answer = tickets.with_user(user).scrm_submit("test_types", values)
                return tickets.browse(answer["id"])

            return submit

        def create(values):
            vals = {"template_id": self.form.id, "scrm_values": values}
            return tickets.with_user(self.desk).create(vals)

        def write(values):
            ticket = create({})
            ticket.write({"scrm_values": values})
            return ticket

        def as_list(values):
            return [
                {"name": key, "type": "char", "value": value}
                for key, value in values.items()
            ]

        def write_list(values):
            ticket = create({})
            ticket.write({"scrm_values": as_list(values)})
            return ticket

        def quick_create(values):
            vals = {"template_id": self.form.id, "scrm_values": as_list(values)}
            (made,) = tickets.with_user(self.desk).web_save(vals, {"id": {}})
            return tickets.browse(made["id"])

        return {
            "customer's API": api(self.pia),
            "colleague's API": api(self.desk),
            "create": create,
            "write": write,
            "client's write": write_list,
            "quick create": quick_create,
        }

    #: Doors by which the client sends back all that it was given.
    ECHOES = ("client's write", "quick create")

    def test_valid(self):
        """Each type takes its values and stores them in one form, at every door.

        Covers: T02
        """
        for door, enter in self.doors().items():
            for kind, (sent, stored) in self.valid.items():
                with self.subTest(door=door, type=kind):
                    ticket = enter({f"t_{kind}": sent})
                    self.assertEqual(ticket._scrm_value(f"t_{kind}"), stored)
                    ticket.invalidate_recordset()
                    read = ticket.with_user(self.desk).read(["scrm_values"])[0]
                    shown = {p["name"]: p.get("value") for p in read["scrm_values"]}
                    self.assertTrue(shown[f"t_{kind}"])
                    words = ticket._scrm_values_for_display()
                    self.assertIn(f"The {kind}", [row["label"] for row in words])

    def test_wrong(self):
        """What is no value of the type is refused by its label; nothing is saved."""
        before = self.env["helpdesk.ticket"].search_count([])
        for door, enter in self.doors().items():
            for kind, refused in self.wrong.items():
                for value in refused:
                    if door in self.ECHOES and kind in ("formula", "history"):
                        continue  # the client sends these back: not listened to
                    with self.subTest(door=door, type=kind, value=str(value)[:30]):
                        with self.assertRaisesRegex(
                            ValidationError, f"The {kind}|t_history"
                        ):
                            with self.cr.savepoint():
                                enter({f"t_{kind}": value})
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), before)

    def test_empty(self):
        """An emptied field is empty, whatever its type."""
        for door, enter in self.doors().items():
            for kind in self.types:
                if kind in ("history", "formula"):
                    continue
                for empty in (None, False, "", []):
                    with self.subTest(door=door, type=kind, value=empty):
                        ticket = enter({f"t_{kind}": empty})
                        self.assertIsNone(ticket._scrm_value(f"t_{kind}"))

    def test_not_visible(self):
        """What the answers do not show is not stored, of any type, whatever the door;
        what they show is."""
        unseen = self.show_for_one_only()
        for door, enter in self.doors().items():
            for answer, is_kept in (("two", False), ("one", True)):
                ticket = enter(
                    {f"t_{kind}": sent for kind, sent in unseen.items()}
                    | {"t_choice": answer}
                )
                self.assertEqual(ticket._scrm_value("t_choice"), answer)
                for kind in unseen:
                    with self.subTest(door=door, type=kind, answer=answer):
                        kept = ticket._scrm_value(f"t_{kind}") is not None
                        self.assertEqual(kept, is_kept)
        self.show_choice_for_five_only()
        for door, enter in self.doors().items():
            with self.subTest(door=door, type="choice"):
                ticket = enter({"t_choice": "one", "t_number": 4})
                self.assertIsNone(ticket._scrm_value("t_choice"))

    def test_hidden_and_read_only(self):
        """What a person may not fill in is refused, of any type, or left alone where
        the client sends back all it was given: never stored."""
        for level in ("read", "hidden"):
            self.with_rights(level)
            for door, enter in self.doors().items():
                for kind, sent in self.filled().items():
                    key = f"t_{kind}"
                    with self.subTest(level=level, door=door, type=kind):
                        if door in self.ECHOES and level == "read":
                            self.assertIsNone(enter({key: sent})._scrm_value(key))
                            continue
                        words = key if level == "hidden" else f"The {kind}"
                        with self.assertRaisesRegex(ValidationError, words):
                            with self.cr.savepoint():
                                enter({key: sent})

    def test_formula(self):
        """A formula follows its inputs whenever one changes.

        While somebody types, and in what is stored, whatever door the change comes by.

        Covers: T07
        """
        tickets = self.env["helpdesk.ticket"].with_user(self.desk)
        template = self.env["scrm.ticket.template"].search([("key", "=", "test_types")])
        for number, expected in (("3", 6), ("12.5", 25), ("", False)):
            state = tickets._scrm_form_state(template, {"t_number": number})
            self.assertEqual(state["computed"]["t_formula"], expected)
        ticket = self.submit_types({"t_number": "12.5"})
        self.assertEqual(ticket._scrm_value("t_formula"), 25)
        ticket.with_user(self.desk).scrm_values = {"t_yes_no": True}
        self.assertEqual(ticket._scrm_value("t_formula"), 26)
        ticket.with_user(self.desk).scrm_values = {"t_number": False}
        self.assertIsNone(ticket._scrm_value("t_formula"))
        for text, words in (
            ("t_number **", "cannot be read"),
            ("t_number ** 9", "cannot be used"),
            ("t_number.real", "cannot be used"),
            ("[].__class__", "cannot be used"),
            ("EVAL(1)", "no function “EVAL”"),
            ("t_formula + 1", "own result"),
            ("IF(1)", "too few or too many"),
            ("x + " * 300 + "1", "too long"),
        ):
            with self.assertRaisesRegex(ValidationError, words):
                self.types["formula"].formula = text

    def submit_types(self, values, user=None):
        tickets = self.env["helpdesk.ticket"].with_user(user or self.pia)
        answer = tickets.scrm_submit("test_types", values)
        return self.env["helpdesk.ticket"].browse(answer["id"])

    def test_serial(self):
        """A serial number fills device, product, purchase date and warranty.

        Covers: T09
        """
        ticket = self.submit_types({"t_serial": "SN-100%"})
        self.assertEqual(ticket.scrm_lot_id, self.lot)
        self.assertEqual(ticket.scrm_lot_product_id, self.bracket)
        self.assertEqual(str(ticket.scrm_lot_purchase_date), "2026-01-02")
        self.assertEqual(str(ticket.scrm_lot_warranty_end), "2028-01-02")
        ticket.with_user(self.desk).scrm_values = {"t_serial": ""}
        self.assertFalse(ticket.scrm_lot_id)
        with self.assertRaisesRegex(ValidationError, "no device “SN-STRANGER”"):
            self.submit_types({"t_serial": "SN-STRANGER"})
        ticket = self.submit_types({"t_serial": "SN-STRANGER"}, self.desk)
        self.assertEqual(ticket.scrm_lot_id, self.foreign_lot)

    def test_history(self):
        """The form lists earlier tickets of the customer and of the device.

        Covers: T10
        """
        first = self.submit_types({"t_serial": "SN-100%"})
        other = self.submit_types({"t_serial": "SN-100%"}, self.quentin)
        ticket = self.submit_types({"t_serial": "SN-100%"})
        self.assertEqual(ticket.with_user(self.desk).scrm_history_ids, first | other)
        self.assertEqual(
            ticket.with_user(self.pia).scrm_history_ids,
            first,
            "customers see their own tickets only",
        )
        plain = self.submit(self.pia)
        self.assertFalse(plain.scrm_history_ids, "its form has no such field")

    def test_files(self):
        """Files are attachments of the ticket; others' files cannot be taken."""
        upload = {"name": "pixel.gif", "data": PIXEL}
        ticket = self.submit_types({"t_file": [upload]})
        file = self.env["ir.attachment"].browse(ticket._scrm_value("t_file"))
        self.assertEqual(file.name, "pixel.gif")
        self.assertEqual((file.res_model, file.res_id), (ticket._name, ticket.id))
        other = self.submit_types({})
        for ids in (file.ids, [10**9]):
            with self.assertRaisesRegex(ValidationError, "cannot be found"):
                other.with_user(self.desk).scrm_values = {"t_file": ids}
        page = {"name": "a.svg", "data": b64encode(b"<svg onload='x()'/>").decode()}
        ticket.scrm_values = {"t_file": [file.id, page]}
        kept = self.env["ir.attachment"].browse(ticket._scrm_value("t_file"))
        self.assertEqual(kept.mapped("mimetype"), ["image/gif", "text/plain"])
        copy = ticket.copy()
        self.assertIsNone(copy._scrm_value("t_file"), "files stay with their ticket")
        self.env["ir.config_parameter"].set_param(
            "scrm_ticket.attachment_limit_mb", "0"
        )
        with self.assertRaisesRegex(ValidationError, "larger than 0 MB"):
            ticket.scrm_values = {"t_file": [upload]}

    def test_stock(self):
        """The form says how many of the chosen product are free at fill-in time.

        Covers: T11
        """
        tickets = self.env["helpdesk.ticket"].with_user(self.pia)
        state = tickets._scrm_form_state(
            self.form.sudo(), {"t_stock": str(self.bracket.id)}
        )
        self.assertEqual(
            state["notes"]["t_stock"], {"text": "5 Units available", "is_bad": False}
        )
        self.env["stock.quant"]._update_available_quantity(self.bracket, self.shelf, -5)
        self.bracket.invalidate_recordset()
        state = tickets._scrm_form_state(
            self.form.sudo(), {"t_stock": str(self.bracket.id)}
        )
        self.assertTrue(state["notes"]["t_stock"]["is_bad"])

    def test_dimensions(self):
        """Rules can ask for fields of every type that holds something."""
        ticket = self.submit_types(
            {f"t_{kind}": sent for kind, (sent, _stored) in self.valid.items()}
        )
        keys = {f"field.t_{kind}": kind for kind in self.types if kind != "history"}
        values = self.env["scrm.dimension"].values(ticket, keys)
        self.assertEqual(
            {keys[key]: value for key, value in values.items()},
            {
                **{kind: stored for kind, (_sent, stored) in self.valid.items()},
                "tags": "one, two",
                "datetime": "2026-03-31",
                "record": "Test Store",
                "stock": "Test Bracket",
                "formula": 26.0,
                "file": None,
            },
        )

    def test_categories(self):
        """A category shows its way from the top, and is never below itself."""
        self.assertEqual(
            self.types["category"]._scrm_choices(),
            [("one", "One"), ("two", "One / Two"), ("three", "One / Two / Three")],
        )
        top, _below, lowest = self.types["category"].option_ids
        with self.assertRaisesRegex(ValidationError, "cannot be below"):
            top.parent_id = lowest
        with self.assertRaisesRegex(ValidationError, "cannot be below"):
            top.parent_id = self.mounting.option_ids[0]

    def test_one_key_one_type(self):
        """A key that tickets have values for keeps its type, whatever the forms say."""
        self.submit_types({"t_text": "kept"})
        self.form.line_ids.filtered(lambda line: line.field_key == "t_text").unlink()
        for change in ({"type": "number"}, {"key": "t_other"}):
            with self.assertRaisesRegex(UserError, "Tickets have values"):
                self.types["text"].write(change)
        with self.assertRaisesRegex(UserError, "Tickets have values"):
            self.types["text"].unlink()
