from base64 import b64encode

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import HttpCase, tagged

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
            "file": [7, "x", [{"name": "a"}], [{"name": "a.exe", "data": PIXEL}]],
            "formula": [7, "7"],
            "history": ["x"],
        }

    def make_flow_with_rights(self):
        """At the start nobody reads t_text or edits t_number."""
        flow = self.make_flow("test_rights_flow")
        draft = flow.published_version_id._copy_as_draft()
        start = draft.node_ids.filtered(lambda node: node.type == "start")
        for kind, level in (("text", "hidden"), ("number", "read")):
            self.env["scrm.form.right"].create(
                {
                    "node_id": start.id,
                    "field_id": self.types[kind].id,
                    "audience": "everybody",
                    "level": level,
                }
            )
        draft.action_publish()
        return flow


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

        def write_list(values):
            ticket = create({})
            ticket.write(
                {
                    "scrm_values": [
                        {"name": key, "type": "char", "value": value}
                        for key, value in values.items()
                    ]
                }
            )
            return ticket

        return {
            "customer's API": api(self.pia),
            "colleague's API": api(self.desk),
            "create": create,
            "write": write,
            "client's write": write_list,
        }

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
                    if door == "client's write" and kind in ("formula", "history"):
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


@tagged("post_install", "-at_install")
class TestFieldTypesPortal(TypesFixture, HttpCase):
    """Every type of field on the portal's form."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.make_world()
        cls.pia.tz = "Asia/Shanghai"

    def setUp(self):
        super().setUp()
        self.authenticate("test_pia", "test_pia")

    def send(self, values, files=None, device=None):
        """Send the form; ``device`` is the token of the sticker it was opened by."""
        page = self.url_open("/my/scrm/new/test_types")
        token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        data = {f"field.{key}": value for key, value in values.items()}
        data["csrf_token"] = token
        if device:
            data["device"] = device
        return self.url_open("/my/scrm/new/test_types", data=data, files=files)

    def test_valid(self):
        """One form with all types is taken in, files included; scripts are text.

        Covers in part: T02
        """
        typed = {
            **{f"t_{kind}": sent for kind, (sent, _stored) in self.valid.items()},
            "t_yes_no": "1",
            "t_datetime": "2026-03-31T08:00",
        }
        answer = self.send(
            typed, files=[("field.t_file", ("a.gif", b"GIF89a", "image/gif"))]
        )
        self.assertIn("/my/ticket/", answer.url, answer.text[:2000])
        ticket = self.env["helpdesk.ticket"].search([], order="id desc", limit=1)
        for kind, (_sent, stored) in self.valid.items():
            self.assertEqual(ticket._scrm_value(f"t_{kind}"), stored, kind)
        self.assertEqual(ticket._scrm_value("t_formula"), 26)
        self.assertEqual(len(ticket._scrm_value("t_file")), 1)
        self.assertIn("&lt;script&gt;alert(1)", answer.text)
        self.assertNotIn(SCRIPT, answer.text)
        link = answer.text.split('href="/web/content/')[1].split('"')[0]
        file = self.url_open("/web/content/" + link.replace("&amp;", "&"))
        self.assertEqual(file.content, b"GIF89a")

    def test_wrong(self):
        """All that is wrong is marked at its field, what was typed stays; no less for
        who came by a device's sticker."""
        typed = {
            "t_text": "x" * 5001,
            "t_number": SCRIPT,
            "t_money": "1_0",
            "t_date": "31.3.2026",
            "t_datetime": "tomorrow",
            "t_time": "24:00",
            "t_yes_no": "perhaps",
            "t_choice": "four",
            "t_tags": ["one", "four"],
            "t_category": "four",
            "t_record": str(self.west.id),
            "t_stock": "x",
            "t_serial": "SN-STRANGER",
            "t_formula": "7",
        }
        self.lot._scrm_ensure_label()
        before = self.env["helpdesk.ticket"].search_count([])
        for device in (None, self.lot.scrm_label_token):
            answer = self.send(
                typed, [("field.t_file", ("a.exe", b"MZ", "image/gif"))], device
            )
            self.assertEqual(answer.status_code, 422)
            for kind in [*typed, "t_file"]:
                self.assertIn(f"The {kind.removeprefix('t_')}", answer.text)
            self.assertEqual(answer.text.count("invalid-feedback"), len(typed) + 1)
            self.assertNotIn(SCRIPT, answer.text)
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), before)

    def test_by_a_sticker(self):
        """A form that a device's sticker opened takes each type, and its device."""
        self.foreign_lot._scrm_ensure_label()
        typed = {f"t_{kind}": sent for kind, (sent, _stored) in self.valid.items()}
        typed |= {"t_yes_no": "1", "t_datetime": "2026-03-31T08:00"}
        typed["t_serial"] = "SN-STRANGER"
        refused = self.send(typed, device="0" * 32)
        self.assertEqual(refused.status_code, 422)
        answer = self.send(typed, device=self.foreign_lot.scrm_label_token)
        self.assertIn("/my/ticket/", answer.url, answer.text[:2000])
        ticket = self.env["helpdesk.ticket"].search([], order="id desc", limit=1)
        self.assertEqual(ticket.scrm_lot_id, self.foreign_lot)
        for kind, (_sent, stored) in self.valid.items():
            if kind != "serial":
                self.assertEqual(ticket._scrm_value(f"t_{kind}"), stored, kind)

    def test_state(self):
        """The page asks how the form looks; nobody learns of others' devices."""
        answer = self.make_jsonrpc_request(
            "/my/scrm/new/test_types/state",
            {"values": {"t_number": "2", "t_serial": "SN-100%", "t_choice": SCRIPT}},
        )
        self.assertEqual(answer["computed"], {"t_formula": "4.00"})
        self.assertIn("Test Bracket", answer["notes"]["t_serial"]["text"])
        answer = self.make_jsonrpc_request(
            "/my/scrm/new/test_types/state", {"values": {"t_serial": "SN-STRANGER"}}
        )
        self.assertTrue(answer["notes"]["t_serial"]["is_bad"])
        self.assertNotIn("Bracket", answer["notes"]["t_serial"]["text"])
