from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from .alert_common import HOUR, MONDAY, AlertCase
from .common import TicketFixture


class ServicePlanCase(AlertCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tags = cls.env["res.partner.category"]
        cls.gold, cls.silver = (
            tags.create({"name": name}) for name in ("Gold Member", "Silver Member")
        )
        cls.house_team = cls.env["helpdesk.ticket.team"].create({"name": "Gold Desk"})
        cls.pick_up = cls.env["product.product"].create(
            {"name": "Free Pick-up", "type": "service", "scrm_hours": 2.0}
        )
        cls.plan = cls.make_plan(
            "test_gold",
            cls.gold,
            priority="3",
            team_id=cls.house_team.id,
            adviser_kind="salesperson",
            adviser_id=cls.ella.id,
            answer_hours=0.5,
            deadline_percent=25,
            service_ids=[Command.set(cls.pick_up.ids)],
            benefits="Free pick-up\n\nA replacement meanwhile",
            note="Call, do not write",
            portal_published=True,
        )
        cls.lesser = cls.make_plan("test_silver", cls.silver, sequence=20)
        cls.course = cls.make_course(
            "test_levels",
            {
                "start": {"type": "start"},
                "look": {
                    "handler_rule": "field",
                    "handler_field": "scrm_adviser_id",
                    "fallback_rule": "people",
                    "fallback_user_ids": [Command.set(cls.dora.ids)],
                    "deadline_hours": 8,
                },
                "end": {"type": "end"},
            },
            [("start", "look", {}), ("look", "end", {})],
        )
        cls.course.write({"team_id": cls.team.id, "portal_published": True})

    @classmethod
    def make_plan(cls, key, level, **values):
        return cls.env["scrm.service.plan"].create(
            {
                "key": key,
                "name": key.capitalize(),
                "level_ids": [Command.set(level.ids)],
                **values,
            }
        )

    def opened(self, user=None, at=MONDAY):
        """A ticket that a customer (Pia) submits on the portal."""
        with freeze_time(at):
            tickets = self.env["helpdesk.ticket"].with_user(user or self.pia)
            answer = tickets._scrm_submit(
                "portal", {"template": "test_levels", "values": {}}
            )
            return self.env["helpdesk.ticket"].browse(answer["id"])


@tagged("post_install", "-at_install")
class TestServicePlan(ServicePlanCase):
    """The member level of the customer loads its service plan onto the ticket."""

    def test_level_loads_its_plan(self):
        """A gold member's ticket has the plan: priority, team, adviser, time, services.

        Another level has its own plan, and who is no member has none.

        Covers: X17
        """
        usual = self.opened()
        self.assertFalse(usual.service_plan_id)
        self.assertFalse(usual.scrm_adviser_id or usual.scrm_answer_due_at)
        self.assertEqual(usual.team_id, self.team)
        self.assertEqual(usual.scrm_handler_ids, self.dora)
        self.assertEqual(usual.scrm_deadline_at, MONDAY + 8 * HOUR)
        self.customer.category_id = self.gold
        ticket = self.opened()
        self.assertEqual(ticket.service_plan_id, self.plan)
        self.assertEqual(ticket.priority, "3")
        self.assertEqual(ticket.team_id, self.house_team)
        self.assertEqual(ticket.scrm_service_ids, self.pick_up)
        self.assertEqual(ticket.scrm_planned_hours, 2)
        self.assertEqual(ticket.scrm_adviser_id, self.ella, "there is no salesperson")
        self.assertEqual(ticket.scrm_handler_ids, self.ella)
        self.assertEqual(ticket.scrm_deadline_at, MONDAY + 2 * HOUR)
        self.assertEqual(ticket.scrm_answer_due_at, MONDAY + HOUR / 2)
        self.customer.user_id = self.egon
        self.assertEqual(self.opened().scrm_handler_ids, self.egon)
        # the level of the person counts as the company's does; the best first
        self.customer.category_id = self.silver
        self.assertEqual(self.opened().service_plan_id, self.lesser)
        self.pia.partner_id.category_id = self.gold
        self.assertEqual(self.opened().service_plan_id, self.plan)
        self.assertFalse(self.opened(self.quentin).service_plan_id)
        # a ticket keeps what its customer was promised
        self.assertEqual(ticket.service_plan_id, self.plan)

    def test_only_some_templates(self):
        """A plan for some templates, or one company, is loaded there only.

        Covers in part: X17
        """
        self.customer.category_id = self.gold
        self.plan.template_ids = self.template
        self.assertFalse(self.opened().service_plan_id)
        self.assertEqual(self.submit().service_plan_id, self.plan)
        other = self.env["res.company"].create({"name": "Another Company"})
        self.plan.write({"template_ids": False, "company_id": other.id})
        self.assertFalse(self.opened().service_plan_id)
        self.plan.company_id = self.env.company
        self.assertEqual(self.opened().service_plan_id, self.plan)
        self.plan.active = False
        self.assertFalse(self.opened().service_plan_id)

    def test_customer_known_later(self):
        """Whose ticket it is turns out later: then the plan comes, and only raises.

        Covers in part: X17
        """
        self.customer.category_id = self.gold
        tickets = self.env["helpdesk.ticket"].with_user(self.desk)
        ticket = tickets.create(
            {"name": "Call", "description": "<p>x</p>", "priority": "1"}
        )
        self.assertFalse(ticket.service_plan_id)
        ticket.partner_id = self.pia.partner_id
        self.assertEqual(ticket.service_plan_id, self.plan)
        self.assertEqual(ticket.priority, "3")
        self.assertEqual(ticket.scrm_adviser_id, self.ella)
        self.assertEqual(ticket.scrm_service_ids, self.pick_up)
        ticket.partner_id = self.quentin.partner_id
        self.assertFalse(ticket.service_plan_id or ticket.scrm_adviser_id)
        self.assertEqual(ticket.priority, "3", "it is only raised")

    def test_chosen_by_hand(self):
        """What somebody says himself or herself is not overruled."""
        self.customer.category_id = self.gold
        vals = {"name": "x", "description": "<p>y</p>", "partner_id": self.customer.id}
        tickets = self.env["helpdesk.ticket"].with_user(self.desk)
        said = {"priority": "1", "team_id": self.team.id, "user_id": self.desk.id}
        ticket = tickets.create({**vals, **said})
        self.assertEqual(ticket.service_plan_id, self.plan)
        self.assertEqual(
            (ticket.priority, ticket.team_id, ticket.user_id),
            ("1", self.team, self.desk),
        )
        self.assertEqual(tickets.create(vals).user_id, self.ella, "the adviser, else")
        ticket = tickets.create({**vals, "service_plan_id": self.lesser.id})
        self.assertEqual(ticket.service_plan_id, self.lesser)
        self.assertNotEqual(ticket.priority, "3")
        ticket.service_plan_id = self.plan
        self.assertEqual(ticket.priority, "3")
        with Form(tickets, view="scrm_ticket.helpdesk_ticket_view_form_quick") as form:
            form.partner_id = self.customer
            self.assertEqual(form.service_plan_id, self.plan.with_user(self.desk))
            self.assertEqual(form.priority, "3")
            form.template_id = self.course
        self.assertEqual(form.record.service_plan_id, self.plan)
        self.assertEqual(form.record.scrm_handler_ids, self.ella)

    def test_answer_in_time(self):
        """The promised answer: from the customer's word until somebody answers; who
        is to know is told when it passes.

        Covers in part: X17
        """
        self.customer.category_id = self.gold
        self.rule(
            event="date",
            field_id=self.field("scrm_answer_due_at"),
            field_path="scrm_adviser_id",
            subject="Not answered",
        )
        late, answered = self.opened(), self.opened()

        def write(ticket, user, at):
            with freeze_time(at):
                ticket.with_user(user).message_post(
                    body="Hello",
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                )

        write(answered, self.ella, MONDAY + HOUR / 4)
        self.assertFalse(answered.scrm_answer_due_at)
        self.run_crons(MONDAY + HOUR)
        self.assertEqual(self.sent(late, answered), [("Ella", "Not answered")])
        write(answered, self.pia, MONDAY + HOUR)
        self.assertEqual(answered.scrm_answer_due_at, MONDAY + 1.5 * HOUR)
        # only working hours: what comes in at night is due in the morning
        self.plan.answer_working = True
        calendar = self.env.company.resource_calendar_id
        calendar.write({"tz": "UTC"})
        times = self.env["scrm.working.time"]
        night = MONDAY.replace(hour=22)
        due = self.opened(at=night).scrm_answer_due_at
        self.assertGreater(due - night, timedelta(hours=8))
        self.assertEqual(due, times._shift(night, 0.5, calendar))

    def test_rules_ask_for_the_plan(self):
        """Conditions of gateways, tables and settlements can ask for the plan."""
        self.customer.category_id = self.gold
        dimensions = self.env["scrm.dimension"]._definitions("helpdesk.ticket")
        asked = dimensions["service_plan"]
        self.assertEqual(asked.getter(self.opened()), "test_gold")
        self.assertIsNone(asked.getter(self.opened(self.quentin)))
        self.assertIn(("test_silver", "Test_silver"), asked.choices())

    def test_wrong_plans(self):
        """What makes no sense is refused, and names the field."""
        plan = self.plan.with_user(self.manager)
        for vals, words in (
            ({"answer_hours": -1}, "Answer within"),
            ({"deadline_percent": 0}, "Deadlines of Steps"),
            ({"adviser_kind": "person", "adviser_id": False}, "Adviser"),
            ({"key": "No Key"}, "small letter"),
        ):
            refused = self.assertRaisesRegex(ValidationError, words)
            with self.subTest(vals=vals), refused, self.env.cr.savepoint():
                plan.write(vals)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_rights(self):
        """Managers make plans; colleagues read them; customers read none, but have
        theirs on the ticket."""
        plans = self.plan.with_user(self.dora)
        self.assertEqual(plans.benefits, self.plan.benefits)
        for act in (
            lambda: plans.write({"priority": "0"}),
            plans.unlink,
            lambda: self.plan.with_user(self.pia).read(["note"]),
            lambda: self.plan.with_user(self.env.ref("base.public_user")).read(
                ["name"]
            ),
        ):
            with self.assertRaises(AccessError):
                act()
        self.plan.with_user(self.manager).priority = "2"
        foreign = self.env["res.company"].create({"name": "Another Company"})
        self.plan.company_id = foreign
        found = self.env["scrm.service.plan"].with_user(self.dora)
        self.assertNotIn(self.plan, found.search([]))

    def test_pack(self):
        """Plans and the levels of customers go into a pack and come out again."""
        self.env["res.lang"]._activate_lang("zh_CN")
        plans = [
            {
                "key": "test_diamond",
                "name": {"en_US": "Diamond", "zh_CN": "钻石服务"},
                "sequence": 5,
                "levels": ["Diamond"],
                "templates": ["test_fix"],
                "priority": "2",
                "adviser": "salesperson",
                "answer_hours": "1.5",
                "working_hours": True,
                "deadline_percent": 50,
                "services": ["test_visit"],
                "benefits": "Pick-up\nCleaning",
                "note": "Call",
                "portal": True,
            },
            {"key": "test_plain", "name": "Plain"},
        ]
        people = [{"key": "test_lu", "name": "Lu", "tags": ["Diamond"]}]
        pack = {
            "format": "scrm-pack/1",
            "key": "test_plans",
            "name": "Plans",
            "requires": ["scrm_ticket"],
            "partners": people,
            "products": [{"key": "test_visit", "name": "Visit", "type": "service"}],
            "templates": [{"key": "test_fix", "name": "Fix"}],
            "service_plans": plans,
        }
        packs = self.env["scrm.pack"]
        packs.import_pack(pack)
        packs.import_pack(pack)
        dump = packs.export_pack()
        ours = [
            plan
            for plan in dump["service_plans"]
            if plan["key"] in ("test_diamond", "test_plain")
        ]
        self.assertEqual(ours, plans)
        lu = next(one for one in dump["partners"] if one["key"] == "test_lu")
        self.assertEqual(lu["tags"], ["Diamond"])
        with self.assertRaisesRegex(UserError, r"service_plans\[0\]\.person"):
            wrong = [{"key": "test_plain", "name": "Plain", "adviser": "person"}]
            packs.import_pack({**pack, "service_plans": wrong})


@tagged("post_install", "-at_install")
class TestServicePlanOnThePage(TicketFixture, HttpCase):
    def test_customer_sees_it(self):
        """The customer's page says what is due; what is for colleagues is not there.

        Covers in part: X17
        """
        self.make_world()
        gold = self.env["res.partner.category"].create({"name": "Gold Member"})
        self.customer.category_id = gold
        plan = self.env["scrm.service.plan"].create(
            {
                "key": "test_gold",
                "name": "Golden Service",
                "level_ids": [Command.set(gold.ids)],
                "adviser_kind": "person",
                "adviser_id": self.ella.id,
                "benefits": "Free pick-up",
                "note": "Call, do not write",
            }
        )
        ticket = self.submit()
        url = f"/my/ticket/{ticket.id}"
        self.authenticate("test_pia", "test_pia")
        self.assertNotIn("Golden Service", self.url_open(url).text)
        plan.portal_published = True
        page = self.url_open(url).text
        for shown in ("Golden Service", "Free pick-up", "Ella"):
            self.assertIn(shown, page)
        self.assertNotIn("do not write", page)
