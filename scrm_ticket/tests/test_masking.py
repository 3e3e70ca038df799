import json

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, HttpCase, new_test_user, tagged, users

from .common import TicketFixture

PHONE = "13812342047"
EMAIL = "mei.lin@example.com"
STREET = "88 Century Avenue, Pudong"
TRUE_VALUES = (PHONE, EMAIL, STREET, "310101199001011234", "Century")
KEY = "test_phone"


@tagged("post_install", "-at_install")
class TestMasking(TicketFixture, HttpCase):
    """Desk sees every ticket but no personal data; the manager has the role for it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_world()
        cls.env["ir.config_parameter"].set_param("scrm_ticket.mask_personal_data", "1")
        cls.phone = cls.env["scrm.form.field"].create(
            {"key": KEY, "name": "Phone", "type": "text", "masking": "phone"}
        )
        cls.template.line_ids = [Command.create({"field_id": cls.phone.id})]
        role = cls.env.ref("scrm_ticket.group_personal_data")
        cls.manager.group_ids += role
        cls.editor = new_test_user(
            cls.env,
            login="test_editor",
            groups="helpdesk_mgmt.group_helpdesk_user,base.group_partner_manager,"
            "base.group_allow_export,scrm_ticket.group_copy_customers",
        )
        cls.partner = cls.pia.partner_id
        cls.partner.write(
            {
                "phone": PHONE,
                "email": EMAIL,
                "street": STREET,
                "vat": "310101199001011234",
            }
        )
        cls.ticket = cls.submit(values={**cls.good_values, KEY: PHONE})

    def rpc(self, model, method, *args, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}", json={"params": params}
        )
        return json.dumps(answer.json(), ensure_ascii=False)

    def asks(self):
        data = [
            "phone",
            "phone_sanitized",
            "email",
            "email_normalized",
            "email_formatted",
            "street",
            "contact_address",
            "vat",
            "display_name",
        ]
        spec = {name: {} for name in data}
        partner = self.partner.ids
        shown = {"show_address": True, "show_email": True, "show_vat": True}
        yield "res.partner", "read", (partner, data), {}
        yield "res.partner", "web_read", (partner, spec), {"context": shown}
        yield "res.partner", "search_read", ([("id", "in", partner)], data), {}
        yield "res.partner", "export_data", (partner, data), {}
        yield "res.partner", "copy_data", (partner,), {}
        yield "res.partner", "onchange", (partner, {}, ["name"], spec), {}
        yield "res.partner", "name_search", (), {"name": "Pia", "context": shown}
        user = self.pia.ids
        yield "res.users", "read", (user, ["login", "email", "phone"]), {}
        ids = self.ticket.ids
        partner_spec = {"fields": spec, "context": shown}
        ticket_spec = {
            "partner_email": {},
            "scrm_values": {},
            "partner_id": partner_spec,
        }
        names = ["partner_email", "scrm_values", f"scrm_values.{KEY}"]
        paths = [*names, "partner_id/phone", "partner_id/email"]
        yield "helpdesk.ticket", "read", (ids, names[:2]), {}
        yield "helpdesk.ticket", "web_read", (ids, ticket_spec), {}
        yield "helpdesk.ticket", "export_data", (ids, paths), {}
        yield "helpdesk.ticket", "copy_data", (ids,), {}
        yield (
            "helpdesk.ticket",
            "onchange",
            ([], {"partner_id": partner[0]}, ["partner_id"], ticket_spec),
            {},
        )

    def oracles(self):
        for name, value in (
            ("phone", "138"),
            ("email", "mei.lin"),
            ("email_normalized", EMAIL),
            ("street", "Century"),
            ("vat", "310101"),
            ("phone_mobile_search", "13812342047"),
        ):
            yield "res.partner", (name, "ilike", value)
            yield "helpdesk.ticket", (f"partner_id.{name}", "ilike", value)
        yield "helpdesk.ticket", ("partner_email", "=", EMAIL)
        yield "helpdesk.ticket", (f"scrm_values.{KEY}", "=like", "138%")

    def test_masked_everywhere(self):
        """Screens, exports and API give asterisks to those not entitled.

        Covers: R12
        """
        self.authenticate("test_editor", "test_editor")
        masks = ""
        for model, method, args, kwargs in self.asks():
            text = self.rpc(model, method, *args, **kwargs)
            for value in TRUE_VALUES:
                self.assertNotIn(value, text, f"{model}.{method}")
            masks += text
        for mask in ("138****2047", "m***@example.com", "88 Cen***", "310*****"):
            self.assertIn(mask, masks)
        for model, oracle in self.oracles():
            found = json.loads(self.rpc(model, "search_count", [oracle])).get("result")
            self.assertFalse(found, oracle)
            group = oracle[0]
            text = self.rpc(model, "formatted_read_group", [], [group], ["__count"])
            self.assertFalse(any(value in text for value in TRUE_VALUES), group)
        text = self.rpc("res.partner", "search", [], order="phone desc")
        self.assertIn("kept from you", text)

    def test_entitled_and_customers_read_it(self):
        """The role reads the originals, customers what is their own."""
        self.manager.group_ids += self.env.ref("base.group_allow_export")
        self.authenticate("test_manager", "test_manager")
        masks = "".join(self.rpc(m, n, *args, **kw) for m, n, args, kw in self.asks())
        for value in TRUE_VALUES:
            self.assertIn(value, masks)
        self.assertNotIn("****", masks)
        for user, text in ((self.pia, PHONE), (self.manager, PHONE)):
            rows = self.ticket.with_user(user).sudo()._scrm_values_for_display()
            self.assertIn(text, [row["text"] for row in rows])
        rows = self.ticket.with_user(self.editor)._scrm_values_for_display()
        self.assertIn("138****2047", [row["text"] for row in rows])

    @users("test_editor")
    def test_the_mask_is_never_saved(self):
        """A form that is saved with its masks leaves the originals as they are.

        Covers: R12
        """
        ticket = self.ticket.with_env(self.env)
        with Form(ticket) as form:
            form.name = "Renamed"
        sent = ticket.read(["scrm_values"])[0]["scrm_values"]
        ticket.write({"scrm_values": sent, "partner_email": "m***@example.com"})
        self.assertEqual(ticket.sudo()._scrm_value(KEY), PHONE)
        self.assertEqual(ticket.sudo().partner_email, EMAIL)
        with self.assertRaisesRegex(ValidationError, "“Phone”.* is a mask"):
            ticket.scrm_values = {KEY: "139****2047"}
        partner = self.partner.with_env(self.env)
        partner.write({"phone": "138****2047", "name": "Pia Lin"})
        self.assertEqual(partner.sudo().phone, PHONE)
        self.assertEqual(partner.name, "Pia Lin")
        with self.assertRaisesRegex(ValidationError, "“Phone”.* is a mask"):
            partner.phone = "138****0000"
        with self.assertRaisesRegex(ValidationError, "is a mask"):
            partner.create({"name": "New", "email": "x***@example.com"})
        partner.phone = "13900000000"
        self.assertEqual(partner.sudo().phone, "13900000000")
        self.assertFalse(partner.copy().sudo().phone)
        with self.assertRaises(AccessError):
            ticket.search([(f"scrm_values.{KEY}", "=", PHONE)])

    def test_choosing_a_customer_fills_in_the_ticket(self):
        """Who sees masks makes tickets for customers all the same."""
        with Form(self.env["helpdesk.ticket"].with_user(self.editor)) as form:
            form.name = "Call"
            form.description = "x"
            form.partner_id = self.partner
        self.assertEqual(form.record.sudo().partner_email, EMAIL)

    def test_work_goes_on(self):
        """Who sees masks reads lists of users, whose order has the login in it."""
        tickets = self.env["helpdesk.ticket"].with_user(self.editor)
        ticket = tickets.browse(self.ticket.id)
        self.assertEqual(ticket.scrm_handler_ids, self.dora)
        users = self.env["res.users"].with_user(self.editor)
        self.assertIn(self.dora, users.search([]))
        self.assertIn(self.dora, users.search([], order="name, login desc"))

    def test_off_by_default(self):
        """Without the setting contacts are what they were."""
        self.env["ir.config_parameter"].set_param("scrm_ticket.mask_personal_data", "")
        self.assertEqual(
            self.partner.with_user(self.editor).read(["phone"])[0]["phone"], PHONE
        )
