"""One customer over all channels: recognised at every door, merged when two are one."""

import json
import time
import uuid

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, Form, HttpCase, get_db_name, new_test_user, tagged
from odoo.tools import mute_logger

from ..doors import signature
from .common import TicketCase, TicketFixture
from .race_common import Race

PHONE = "+86 138 1234 5678"


@tagged("post_install", "-at_install")
class TestOneCustomer(TicketFixture, HttpCase):
    """Mei comes by a shop, a mini-program, by phone, mail, portal and website."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.make_world()
        cls.env.company.country_id = cls.env.ref("base.cn")
        cls.template.line_ids.required = False
        cls.hook = cls.env["scrm.door.webhook"].create(
            {
                "name": "Platforms",
                "key": "platforms",
                "user_id": cls.desk.id,
                "template_id": cls.template.id,
            }
        )

    def post(self, message, path=""):
        at, message_id = str(int(time.time())), uuid.uuid4().hex
        body = json.dumps(message).encode()
        secret = self.hook.secret_ids.value
        return self.opener.post(
            f"{self.base_url()}/scrm/hook/platforms{path}",
            data=body,
            headers={
                "Content-Type": "application/json",
                "webhook-id": message_id,
                "webhook-timestamp": at,
                "webhook-signature": signature.sign(secret, message_id, at, body),
            },
            timeout=60,
        )

    def by(self, **customer):
        """The ticket that a platform sends for a customer."""
        answer = self.post({"partner": customer})
        self.assertEqual(answer.status_code, 200, answer.text)
        return self.env["helpdesk.ticket"].browse(answer.json()["id"])

    def test_one_customer_over_all_channels(self):
        """The same openid, phone or e-mail, at whatever door, is one customer, whose
        tickets stand in one place; who was two becomes one, tickets and devices too.

        Covers: X01
        """
        program = self.by(channel="miniprogram", id="oMei", name="Mei")
        mei = program.partner_id
        self.assertEqual(mei.name, "Mei")
        again = self.by(channel="miniprogram", id="oMei")
        self.assertEqual(again.partner_id, mei, "by the openid alone")
        shop = self.by(channel="tmall", id="buyer-7", phone=PHONE, name="梅")
        self.assertNotEqual(shop.partner_id, mei, "nothing says yet who that is")
        device = self.env["stock.lot"].create(
            {
                "name": "D-1",
                "product_id": self.bracket.id,
                "scrm_partner_id": mei.id,
            }
        )
        # now the mini-program tells the number: the two are one
        known = self.by(channel="miniprogram", id="oMei", phone="138 1234 5678")
        one = known.partner_id
        self.assertEqual(one, shop.partner_id)
        self.assertFalse(mei.exists())
        self.assertEqual((program | again | shop).partner_id, one)
        self.assertEqual(program.commercial_partner_id, one)
        self.assertEqual(device.scrm_partner_id, one)
        self.assertEqual(
            {(row.channel, row.identity) for row in one.scrm_channel_ids},
            {
                ("miniprogram", "oMei"),
                ("tmall", "buyer-7"),
                ("phone", "+8613812345678"),
            },
        )
        # an address that is told with an openid is kept, and recognised in a mail
        self.by(channel="miniprogram", id="oMei", email="Mei <mei@example.com>")
        self.assertEqual(one.email_normalized, "mei@example.com")
        mailed = self.env["helpdesk.ticket"].browse(
            self.env["mail.thread"].message_process(
                "helpdesk.ticket",
                "From: Mei <MEI@example.com>\nTo: help@example.com\n"
                "Message-ID: <one@mei>\nSubject: Still\n\nIt still leaks.",
            )
        )
        self.assertEqual(mailed.partner_id, one)
        self.post({"call": "c1", "event": "ring", "phone": "13812345678"}, "/call")
        called = self.env["helpdesk.ticket"].search([("scrm_door", "=", "phone")])
        self.assertEqual(called[:1].partner_id, one)
        self.env["res.users"].with_context(no_reset_password=True).create(
            {
                "login": "test_mei",
                "partner_id": one.id,
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
            }
        )
        own = self.submit(one.user_ids, {})
        self.assertEqual(own.partner_id, one)
        # whoever serves her has it all, and she need not repeat anything
        told = one.with_user(self.desk).scrm_portrait()
        for ticket in program | again | shop | known | mailed | called[:1] | own:
            self.assertIn(ticket.number, told)
        page = self.env["helpdesk.ticket"].with_user(one.user_ids).search([])
        self.assertLessEqual(program | shop | mailed | own, page)

    def test_accounts_are_of_a_company(self):
        """The same account at another company's channel is somebody else."""
        mine = self.by(channel="wechat", id="o1", name="Mine").partner_id
        other = self.env["res.company"].create({"name": "Another"})
        people = self.env["res.partner"].with_company(other).sudo()
        theirs = people._scrm_recognise(
            {"channel": "wechat", "id": "o1", "name": "Theirs"}
        )
        self.assertNotEqual(mine, theirs)

    def test_who_is_somebody_else_stays(self):
        """An account that has another number or a login is not merged away."""
        account = self.by(channel="wechat", id="o2", phone="+86 139 0000 0001")
        other = self.by(phone="+86 139 0000 0002", name="Other")
        again = self.by(channel="wechat", id="o2", phone="+86 139 0000 0002")
        self.assertEqual(again.partner_id, account.partner_id, "the account says more")
        self.assertTrue(other.partner_id.exists())
        # of a company with one number for all it is the company
        people = (self.pia | self.paul).partner_id
        people.write({"phone": "+86 139 0000 0003"})
        self.assertEqual(self.by(phone="13900000003").partner_id, self.customer)

    def test_what_cannot_be_taken(self):
        """Each refusal names what is wrong; nobody is made."""
        before = self.env["res.partner"].search_count([])
        for customer, words in (
            ({}, "needs an e-mail"),
            ({"name": "Mei"}, "needs an e-mail"),
            ({"channel": "wechat"}, "belong together"),
            ({"id": "o1"}, "belong together"),
            ({"channel": "We Chat", "id": "o1"}, "no key of a channel"),
            ({"phone": "call me"}, "no phone number"),
            ({"email": "mei"}, "no e-mail address"),
            ({"phone": 138}, "“phone” must be a text"),
            ({"email": "a@example.com\nBcc: x@example.com"}, "in one line"),
            ({"id": "x" * 300, "channel": "wechat"}, "at most 255"),
            ({"colour": "red"}, "no place for “colour”"),
        ):
            answer = self.post({"partner": customer})
            self.assertEqual(answer.status_code, 422, answer.text)
            self.assertIn(words, answer.json()["error"])
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_who_may_make_customers(self):
        """By the API only who may make contacts; no customer names another one, and
        what a visitor types links no account and shows nothing."""
        said = {"channel": "wechat", "id": "o9", "name": "New"}
        tickets = self.env["helpdesk.ticket"]
        with self.assertRaisesRegex(ValidationError, "no customer “New”"):
            tickets.with_user(self.desk).scrm_submit(
                "test_installation", {}, partner=said
            )
        mei = self.by(**said, phone=PHONE).partner_id
        answer = tickets.with_user(self.desk).scrm_submit(
            "test_installation", {}, partner={"channel": "wechat", "id": "o9"}
        )
        self.assertEqual(tickets.browse(answer["id"]).partner_id, mei, "found")
        said["id"] = "o10"
        self.desk.group_ids += self.env.ref("base.group_partner_manager")
        answer = tickets.with_user(self.desk).scrm_submit(
            "test_installation", {}, partner=said
        )
        self.assertEqual(tickets.browse(answer["id"]).partner_id.name, "New")
        with self.assertRaises(ValidationError):
            tickets.with_user(self.quentin).scrm_submit(
                "test_installation", {}, partner=said
            )
        door = self.env["scrm.ticket.door.public_form"]
        contact = {"name": "X", "email": "x@x.example", "channel": "wechat", "id": "o9"}
        self.assertFalse(door._customer_vals({"contact": contact})["partner_id"])
        channels = self.env["scrm.customer.channel"]
        for user in (self.pia, self.clerk, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                channels.with_user(user).search([])


@tagged("post_install", "-at_install")
class TestMerge(TicketCase):
    """Two contacts turn out to be one customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        people = cls.env["res.partner"]
        cls.mei, cls.twin = people.create(
            [
                {"name": "Mei", "phone": PHONE},
                {"name": "Mei Lin", "phone": "138 1234 5678", "email": "m@example.com"},
            ]
        )
        cls.env.company.country_id = cls.env.ref("base.cn")
        cls.twin.phone = "+8613812345678"
        cls.editor = new_test_user(
            cls.env,
            "test_editor",
            "scrm_ticket.group_user,base.group_partner_manager",
        )

    def ticket_of(self, partner):
        return self.env["helpdesk.ticket"].create(
            {"name": "x", "description": "<p>y</p>", "partner_id": partner.id}
        )

    def test_merged_by_hand(self):
        """The same number is noticed; merged, tickets, devices, level and channels are
        those of who stays.

        Covers in part: X01
        """
        gold = self.env["res.partner.category"].create({"name": "Gold Member"})
        plan = self.env["scrm.service.plan"].create(
            {"key": "test_gold", "name": "Gold", "level_ids": [(6, 0, gold.ids)]}
        )
        self.mei.category_id = gold
        ticket = self.ticket_of(self.twin)
        self.env["scrm.customer.channel"].create(
            {"partner_id": self.twin.id, "channel": "wechat", "identity": "o1"}
        )
        mine = self.mei.with_user(self.editor)
        self.assertEqual(mine.scrm_twin_ids, self.twin)
        action = self.ticket_of(self.mei).with_user(self.manager)
        action = action.action_scrm_merge_customer()
        wizard = Form(
            self.env["scrm.customer.merge"]
            .with_user(self.editor)
            .with_context(**action["context"])
        )
        self.assertEqual(wizard.ticket_count, 0, "those that the user may read")
        wizard.save().action_merge()
        self.assertFalse(self.twin.exists())
        self.assertEqual(ticket.partner_id, self.mei)
        self.assertEqual(ticket.commercial_partner_id, self.mei)
        self.assertEqual(ticket.service_plan_id, plan)
        self.assertEqual(self.mei.email, "m@example.com")
        self.assertEqual(self.mei.scrm_channel_ids.identity, "o1")
        self.assertIn("Mei Lin", self.mei.message_ids[0].body)
        self.assertFalse(self.mei.with_user(self.editor).scrm_twin_ids)

    def test_who_may_merge(self):
        """Neither agents without the right nor customers; and never colleagues."""
        for user in (self.egon, self.pia):
            with self.assertRaises(AccessError):
                self.mei.with_user(user).scrm_merge(self.twin.ids)
        mine = self.mei.with_user(self.editor)
        with self.assertRaisesRegex(UserError, "Colleagues"):
            mine.scrm_merge(self.dora.partner_id.ids)
        with self.assertRaisesRegex(UserError, "Choose whom"):
            mine.scrm_merge(self.mei.ids)
        with self.assertRaisesRegex(UserError, "more than one user"):
            self.pia.partner_id.with_user(self.editor).scrm_merge(
                self.quentin.partner_id.ids
            )
        self.assertTrue(self.twin.exists())

    def test_twins_are_no_family(self):
        """Who has the number of the own company is no second customer; nor is anybody
        shown whom the user may not read."""
        self.customer.phone = self.pia.partner_id.phone = "+86 21 5555 5555"
        self.assertFalse(self.customer.with_user(self.editor).scrm_twin_ids)
        other = self.env["res.company"].create({"name": "Another"})
        self.twin.company_id = other
        self.assertFalse(self.mei.with_user(self.editor).scrm_twin_ids)


@tagged("post_install", "-at_install")
class TestSameMoment(BaseCase):
    """Two messages of a new customer at the same moment, in real transactions."""

    def test_one_is_made(self):
        """Eight at once make one customer, by openid, by number and by address.

        Covers in part: X01
        """
        registry = Registry(get_db_name())
        tag = uuid.uuid4().hex[:8]
        digits = str(int(tag, 16))[:8].zfill(8)
        for said in (
            {"channel": "wechat", "id": tag, "name": f"A {tag}"},
            {"phone": f"+86 138 {digits}", "name": f"B {tag}"},
            {"email": f"{tag}@example.com", "name": f"C {tag}"},
        ):

            def recognise(env, said=said):
                return env["res.partner"]._scrm_recognise(said).id

            found = Race(registry).run(SUPERUSER_ID, [recognise] * 8)
            with self.subTest(said=said):
                self.assertEqual(len(set(found)), 1, found)
                self.assertIsInstance(found[0], int)
                with registry.cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    domain = [("name", "=", said["name"])]
                    self.assertEqual(env["res.partner"].search_count(domain), 1)
