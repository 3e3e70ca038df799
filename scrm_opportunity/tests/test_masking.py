import json

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, HttpCase, tagged

from .common import OpportunityCase

PHONE = "13812342047"
EMAIL = "mei.lin@example.com"
STREET = "88 Century Avenue, Pudong"
TRUE_VALUES = (PHONE, "138 1234 2047", EMAIL, STREET)
READ = (
    "name",
    "display_name",
    "phone",
    "phone_sanitized",
    "email_from",
    "email_normalized",
    "email_domain_criterion",
    "email_cc",
    "street",
    "street2",
    "zip",
    "description",
)


@tagged("post_install", "-at_install")
class TestMasking(OpportunityCase, HttpCase):
    """Lin sells without the right to personal data, Wang has it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("scrm_ticket.mask_personal_data", "1")
        # what is read is counted in a transaction beside the request, for which the one
        # transaction of a test has no room
        cls.env["scrm.guard.limit"].search([]).unlink()
        for user in (cls.lin, cls.wang):
            user.group_ids += cls.env.ref("base.group_allow_export")
            user.group_ids += cls.env.ref("sales_team.group_sale_salesman_all_leads")
        cls.wang.group_ids += cls.env.ref("scrm_ticket.group_personal_data")
        cls.asked = cls.lead(
            f"Ring {PHONE}",
            user=cls.lin,
            phone=PHONE,
            email_from=EMAIL,
            email_cc=EMAIL,
            street=STREET,
            street2="Building 7, Floor 12",
            zip="2001220",
            description=f"<p>Or write to {EMAIL}</p>",
        )
        cls.env.flush_all()
        cls.env.invalidate_all()

    def shown(self, user):
        """All that a user gets of the opportunity, as text."""
        lead = self.asked.with_user(user)
        spec = {name: {} for name in READ}
        leads = lead.browse()
        ways = (
            lead.read(READ),
            lead.web_read(spec),
            leads.search_read([("id", "=", lead.id)], READ),
            leads.web_search_read([("id", "=", lead.id)], spec),
            lead.export_data(READ),
            lead.copy_data(),
            leads.name_search("Ring", [("id", "=", lead.id)]),
            lead.onchange({"phone": PHONE}, ["phone"], spec),
        )
        return "\n".join(map(str, ways))

    def test_masked_on_opportunities(self):
        """Reads, exports, copies and suggestions give masks to those not entitled.

        Covers in part: R12
        """
        masked, plain = self.shown(self.lin), self.shown(self.wang)
        for value in (PHONE, EMAIL, STREET):
            self.assertNotIn(value, masked)
            self.assertIn(value, plain)
        self.assertNotIn("Building 7", masked)
        for mask in ("138****2047", "m***@example.com", "88 Cen***"):
            self.assertIn(mask, masked)
            self.assertNotIn(mask, plain)

    def test_over_rpc(self):
        """The same for Odoo's client: lists, and a form that is saved."""
        self.authenticate("scrm_lin", "scrm_lin")
        spec = {name: {} for name in READ}
        ids = self.asked.ids
        answers = [
            self.rpc("web_search_read", [("id", "=", ids[0])], spec),
            self.rpc("web_save", ids, {"phone": "138****2047", "priority": "2"}, spec),
        ]
        for answer in answers:
            self.assertIn("138****2047", answer)
            for value in TRUE_VALUES:
                self.assertNotIn(value, answer)
        self.asked.invalidate_recordset()
        self.assertEqual(self.asked.phone, PHONE)
        self.assertEqual(self.asked.priority, "2")

    def rpc(self, method, *args):
        params = {"model": "crm.lead", "method": method, "args": args, "kwargs": {}}
        answer = self.url_open(
            f"/web/dataset/call_kw/crm.lead/{method}", json={"params": params}
        ).json()
        self.assertNotIn("error", answer)
        return json.dumps(answer["result"], ensure_ascii=False)

    def test_nothing_is_found_by_it(self):
        """No search, order or group tells what is masked."""
        for user, found in ((self.lin, 0), (self.wang, 1)):
            leads = self.env["crm.lead"].with_user(user)
            for oracle in (
                ("phone", "ilike", "1381234"),
                ("phone_sanitized", "ilike", "1381234"),
                ("phone_mobile_search", "ilike", PHONE),
                ("email_from", "=", EMAIL),
                ("email_normalized", "=like", "mei%"),
                ("street", "ilike", "Century"),
                ("name", "ilike", PHONE),
                ("description", "ilike", EMAIL),
            ):
                with self.subTest(user=user.name, oracle=oracle):
                    domain = [("id", "=", self.asked.id), oracle]
                    self.assertEqual(leads.search_count(domain), found)
        leads = self.env["crm.lead"].with_user(self.lin)
        with self.assertRaisesRegex(AccessError, "sort or group by “Phone”"):
            leads.search([], order="phone")
        with self.assertRaisesRegex(AccessError, "sort or group by “Email”"):
            leads.formatted_read_group([], ["email_from"], ["__count"])

    def test_the_mask_is_never_saved(self):
        """Forms that send masks back leave what is stored; other masks are refused."""
        lead = self.asked.with_user(self.lin)
        sent = lead.read(["name", "phone", "email_from", "street", "description"])[0]
        sent.pop("id")
        lead.write(sent)
        self.assertEqual(self.asked.name, f"Ring {PHONE}")
        self.assertEqual(self.asked.phone, PHONE)
        self.assertEqual(self.asked.email_from, EMAIL)
        self.assertEqual(self.asked.street, STREET)
        self.assertIn(EMAIL, self.asked.description)
        for name in ("phone", "street", "email_from"):
            with self.assertRaisesRegex(ValidationError, "is a mask"):
                lead.write({name: "999****0000"})
        with self.assertRaisesRegex(ValidationError, "“Phone”.* is a mask"):
            lead.browse().create({"name": "Other", "phone": "138****2047"})
        lead.phone = "13900000000"
        self.assertEqual(self.asked.phone, "13900000000")

    def test_choosing_a_customer_fills_in_the_form(self):
        """Somebody who sees masks makes opportunities for customers all the same."""
        self.zhao.write({"phone": PHONE, "street": STREET})
        with Form(self.env["crm.lead"].with_user(self.lin)) as form:
            form.name = "Counter top"
            form.partner_id = self.zhao
        made = form.record.sudo()
        self.assertEqual(made.phone.replace(" ", "")[-11:], PHONE)
        self.assertEqual(made.email_from, self.zhao.email)
        self.assertEqual(made.street, STREET)
        self.assertEqual(self.zhao.phone.replace(" ", "")[-11:], PHONE)

    def test_reasons_of_matches(self):
        """Why a ticket belongs to an opportunity is said without the number."""
        self.zhao.phone = PHONE
        ticket = self.ticket(self.zhao)
        self.env.flush_all()
        self.env.invalidate_all()
        match = ticket.match_ids.filtered(lambda one: one.lead_id == self.asked)
        reasons = [match.with_user(user).reason for user in (self.lin, self.wang)]
        self.assertIn("same phone +86****2047", reasons[0])
        self.assertIn("same phone +8613812342047", reasons[1])
        with self.assertRaises(AccessError):
            match.with_user(self.lin).read(["signals"])

    def test_off_by_default(self):
        """Without the setting opportunities are what they were."""
        setting = "scrm_ticket.mask_personal_data"
        self.env["ir.config_parameter"].set_param(setting, "")
        self.assertIn(PHONE, self.shown(self.lin))
