from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user

from .common import TicketCase


class VisibilityCase(TicketCase):
    """Two stores, East (test_store) and Northwest, with a ticket each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.west = cls.env["scrm.store"].create(
            {"key": "test_west", "name": "West", "region": "Northwest"}
        )
        cls.ticket = cls.submit()
        cls.other = cls.submit(cls.quentin, store="test_west")

    def person(self, login, *groups):
        names = ",".join(
            name if "." in name else f"scrm_ticket.{name}" for name in groups
        )
        return new_test_user(self.env, login=f"test_{login}", groups=names)

    def assertSees(self, user, tickets, writes=None):
        """The user reads exactly these of the two, and writes those of them."""
        user.group_ids += self.env.ref("base.group_allow_export")
        both = self.ticket | self.other
        found = self.env["helpdesk.ticket"].with_user(user)
        both.invalidate_recordset()
        self.assertEqual(found.search([("id", "in", both.ids)]), tickets)
        groups = found._read_group([("id", "in", both.ids)], [], ["id:recordset"])
        self.assertEqual(groups[0][0], tickets, "grouped")
        for ticket in both:
            mine = ticket.with_user(user)
            allowed = ticket in (tickets if writes is None else writes)
            for what, may in (("read", ticket in tickets), ("write", allowed)):
                with self.subTest(user=user.login, ticket=ticket.id, what=what):
                    self.assertEqual(mine.has_access(what), may)
            if not allowed:
                with self.assertRaises(AccessError):
                    mine.name = "mine"
            if ticket not in tickets:
                for name in ("scrm_values", "message_ids"):
                    with self.assertRaises(AccessError):
                        mine.read([name])
                with self.assertRaises(AccessError):
                    mine.export_data(["name"])


class TestVisibility(VisibilityCase):
    def test_team(self):
        """A supervisor sees the tickets of the own team only.

        Covers: R04
        """
        team = self.env["helpdesk.ticket.team"].create({"name": "Others"})
        self.other.sudo().team_id = team
        lead = self.person("lead", "helpdesk_mgmt.group_helpdesk_user_team")
        self.team.user_ids += lead
        self.assertSees(lead, self.ticket)
        team.user_ids += lead
        self.assertSees(lead, self.ticket | self.other)

    def test_own_customers(self):
        """A consultant sees records of own customers, the shop's supervisor all of it.

        Covers: R06
        """
        consultant = self.person("consultant", "group_own_customers")
        self.assertSees(consultant, self.ticket.browse())
        self.customer.user_id = consultant
        self.assertSees(consultant, self.ticket)
        supervisor = self.person("supervisor", "group_store")
        (self.store | self.west).manager_id = supervisor
        self.assertSees(supervisor, self.ticket | self.other)

    def test_stores(self):
        """A branch manager issues cards of the own store and alters them; what is
        stored on those of others is neither read nor found, nor in a sum of them.

        Covers: R07
        """
        stored = self.env["scrm.form.field"].create(
            {"key": "test_stored", "name": "Stored value", "type": "money"}
        )
        self.template.line_ids = [Command.create({"field_id": stored.id})]
        self.other.scrm_values = {"test_stored": 1200}
        manager = self.person("branch", "group_store")
        staff = self.person("staff", "group_store")
        self.store.manager_id = manager
        self.west.user_ids = staff
        self.assertSees(manager, self.ticket)
        self.assertSees(staff, self.other)
        parts = self.env["scrm.part.line"].with_user(manager)
        self.assertEqual(parts.search([]).ticket_id, self.ticket)
        tickets = self.env["helpdesk.ticket"].with_user(manager)
        card = tickets.create(
            {
                "template_id": self.template.id,
                "store_id": self.store.id,
                "scrm_values": {"test_stored": 500},
            }
        )
        card.scrm_values = {"test_stored": 800}
        self.assertEqual(card._scrm_value("test_stored"), 800)
        self.assertEqual(tickets.search([("scrm_values.test_stored", ">", 0)]), card)
        self.assertFalse(tickets.search([("scrm_values.test_stored", "=", 1200)]))
        sums = tickets.formatted_read_group(
            [("template_id", "=", self.template.id)], ["store_id"], ["__count"]
        )
        self.assertEqual([row["store_id"][0] for row in sums], self.store.ids)
        answer = tickets.load(
            [".id", "scrm_values.test_stored"], [[str(self.other.id), "0"]]
        )
        self.assertFalse(answer["ids"])
        self.assertEqual(self.other._scrm_value("test_stored"), 1200)

    def test_analyst(self):
        """Head office analyses all stores and alters nothing.

        Covers: R08
        """
        analyst = self.person("analyst", "group_analyst")
        self.assertSees(analyst, self.ticket | self.other, writes=self.ticket.browse())
        rows = (
            self.env["helpdesk.ticket"]
            .with_user(analyst)
            .formatted_read_group(
                [("id", "in", (self.ticket | self.other).ids)],
                ["store_id"],
                ["__count"],
            )
        )
        self.assertEqual(len(rows), 2)
        for record, vals in (
            (self.customer, {"name": "x"}),
            (self.ticket, {"store_id": self.west.id}),
        ):
            with self.assertRaises(AccessError):
                record.with_user(analyst).write(vals)
        with self.assertRaises(AccessError):
            self.ticket.with_user(analyst).unlink()
        with self.assertRaises(AccessError):
            self.env["helpdesk.ticket"].with_user(analyst).create(
                {"name": "x", "description": "x"}
            )


class TestTwoDepartments(VisibilityCase):
    def test_each_sees_its_part(self):
        """Two departments on one ticket see their own part of it only.

        Covers: R17
        """
        departments = {}
        for name, field in (("workshop", self.area), ("sales", self.note)):
            user = self.person(name, "helpdesk_mgmt.group_helpdesk_user")
            role = self.env["res.groups"].create(
                {"name": name, "user_ids": [Command.set(user.ids)]}
            )
            departments[user] = (role, field)
        draft = self.flow.published_version_id._copy_as_draft()
        check = draft.node_ids.filtered(lambda node: node.key == "check")
        for role, field in departments.values():
            for audience, group, level in (
                ("everybody", False, "hidden"),
                ("role", role.id, "edit"),
            ):
                self.env["scrm.form.right"].create(
                    {
                        "node_id": check.id,
                        "field_id": field.id,
                        "audience": audience,
                        "group_id": group,
                        "level": level,
                    }
                )
        draft.action_publish()
        ticket = self.submit(values={**self.good_values, "test_note": "margin 12 %"})
        for user, (_role, field) in departments.items():
            mine = ticket.with_user(user)
            mine.invalidate_recordset()
            keys = {
                part["name"] for part in mine.read(["scrm_values"])[0]["scrm_values"]
            }
            self.assertEqual(keys, {field.key, "test_mounting"})
            mine.scrm_values = {field.key: 61 if field == self.area else "seen"}
            other = (self.area | self.note) - field
            with self.assertRaises(ValidationError):
                mine.scrm_values = {other.key: 1}


class TestPosts(VisibilityCase):
    def test_who_may_edit_what(self):
        """The amount is the supervisor's to change, the record the front line's.

        Covers: R03
        """
        amount, record = self.env["scrm.form.field"].create(
            [
                {"key": "test_amount", "name": "Settled amount", "type": "money"},
                {"key": "test_record", "name": "Service record", "type": "text"},
            ]
        )
        self.template.line_ids = [
            Command.create({"field_id": field.id}) for field in (amount, record)
        ]
        draft = self.flow.published_version_id._copy_as_draft()
        check = draft.node_ids.filtered(lambda node: node.key == "check")
        people = {}
        for login, field in (("boss", amount), ("front", record)):
            user = self.person(login, "helpdesk_mgmt.group_helpdesk_user")
            role = self.env["res.groups"].create(
                {"name": login, "user_ids": [Command.set(user.ids)]}
            )
            people[user] = field
            for audience, group, level in (
                ("everybody", False, "read"),
                ("role", role.id, "edit"),
            ):
                self.env["scrm.form.right"].create(
                    {
                        "node_id": check.id,
                        "field_id": field.id,
                        "audience": audience,
                        "group_id": group,
                        "level": level,
                    }
                )
        draft.action_publish()
        ticket = self.submit()
        values = {"test_amount": 399.0, "test_record": "Changed the filter"}
        for user, field in people.items():
            mine = ticket.with_user(user)
            mine.scrm_values = {field.key: values[field.key]}
            other = (amount | record) - field
            with self.assertRaisesRegex(ValidationError, "cannot be filled in here"):
                mine.scrm_values = {other.key: 1 if other == amount else "Mine"}
            mine.invalidate_recordset()
            parts = {
                part["name"]: part
                for part in mine.read(["scrm_values"])[0]["scrm_values"]
            }
            self.assertTrue(parts[other.key]["scrm_readonly"])
            self.assertFalse(parts[field.key]["scrm_readonly"])
        for key, value in values.items():
            self.assertEqual(ticket._scrm_value(key), value)


class ClockCase(VisibilityCase):
    """Time that tests move."""

    def setUp(self):
        super().setUp()
        clock = self.env.registry["scrm.clock"]
        self.time = self.env["scrm.clock"].now()
        self.startPatcher(patch.object(clock, "now", lambda _self: self.time))

    def pass_time(self, **delta):
        """Let the clock go on; what is due then is done by nobody but the machine."""
        self.time += timedelta(**delta)
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("scrm_flow.ir_cron_timer_1").method_direct_trigger()
        self.env.invalidate_all()


class TestTemporaryRight(ClockCase):
    def give(self, **vals):
        role = self.env.ref("scrm_ticket.group_store")
        return (
            self.env["scrm.temporary.right"]
            .with_user(self.manager)
            .create(
                {
                    "reason": "Launch",
                    "group_id": role.id,
                    "user_ids": [Command.set(self.ella.ids)],
                    "date_from": self.time,
                    "date_to": self.time + timedelta(days=2),
                    **vals,
                }
            )
        )

    def setUp(self):
        super().setUp()
        self.manager.group_ids += self.env.ref("scrm_ticket.group_store")
        self.store.user_ids += self.ella

    def test_ends_by_itself(self):
        """A role for a phase of a project goes when the phase is over.

        Covers: R09
        """
        right = self.give(date_from=self.time + timedelta(days=1))
        self.assertSees(self.ella, self.ticket.browse())
        self.pass_time(days=1)
        self.assertEqual(right.state, "active")
        self.assertSees(self.ella, self.ticket)
        self.assertEqual(right.scrm_due_at, right.date_to)
        self.pass_time(days=1)
        self.assertEqual(right.state, "ended")
        self.assertSees(self.ella, self.ticket.browse())

    def test_what_one_had_stays(self):
        """Who has the role anyhow, or by another period, keeps it."""
        self.give()
        longer = self.give(date_to=self.time + timedelta(days=5))
        self.egon.group_ids += self.env.ref("scrm_ticket.group_store")
        own = self.give(user_ids=[Command.set(self.egon.ids)])
        self.pass_time(days=2)
        self.assertEqual(own.state, "ended")
        self.assertTrue(self.egon.has_group("scrm_ticket.group_store"))
        self.assertSees(self.ella, self.ticket)
        longer.action_end()
        self.assertSees(self.ella, self.ticket.browse())

    def test_nobody_gives_what_is_not_theirs(self):
        """Neither administration nor roles that one does not have can be given."""
        for name in ("base.group_system", "scrm_ticket.group_analyst"):
            with self.assertRaises(AccessError):
                self.give(group_id=self.env.ref(name).id)
        right = self.give()
        with self.assertRaises(UserError):
            right.user_ids = [Command.link(self.clerk.id)]
        with self.assertRaises(AccessError):
            right.state = "ended"
        with self.assertRaises(AccessError):
            right.with_user(self.dora).read(["reason"])


class TestLookThrough(ClockCase):
    def setUp(self):
        super().setUp()
        self.general = self.person("general", "group_look_through")
        draft = self.flow.published_version_id._copy_as_draft()
        self.env["scrm.form.right"].create(
            {
                "node_id": draft.node_ids.filtered(lambda n: n.key == "check").id,
                "field_id": self.note.id,
                "audience": "everybody",
                "level": "hidden",
            }
        )
        draft.action_publish()
        self.ticket = self.submit(values={**self.good_values, "test_note": "secret"})
        self.tag = self.env["res.partner.category"].create(
            {"name": "Gold", "scrm_is_vip": True}
        )

    def test_look(self):
        """The general manager opens all of a VIP's ticket, and it is recorded.

        Covers: R05
        """
        customer = self.customer.with_user(self.general)
        with self.assertRaisesRegex(UserError, "not tagged as a VIP"):
            customer.action_scrm_look_through()
        self.customer.category_id = self.tag
        with self.assertRaises(AccessError):
            self.customer.with_user(self.dora).action_scrm_look_through()
        self.assertSees(self.general, self.ticket.browse())
        action = customer.action_scrm_look_through()
        self.assertSees(self.general, self.ticket, writes=self.ticket.browse())
        found = self.env["helpdesk.ticket"].with_user(self.general)
        self.assertIn(self.ticket, found.search(action["domain"]))
        self.assertIn("secret", str(self.ticket.with_user(self.general).read()))
        look = self.env["scrm.look.through"].search([])
        self.assertEqual((look.user_id, look.partner_id), (self.general, self.customer))
        self.assertIn(self.ticket.number, look.ticket_numbers)
        self.assertIn("looks through", self.customer.message_ids[0].body)
        for vals in ({"until": self.time}, {"user_id": self.dora.id}):
            with self.assertRaises(AccessError):
                look.with_user(self.general).write(vals)
        self.pass_time(hours=1)
        self.assertSees(self.general, self.ticket.browse())
