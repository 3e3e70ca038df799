from datetime import timedelta

from odoo import Command
from odoo.tests import new_test_user, tagged

from .common import TicketCase


@tagged("post_install", "-at_install")
class TestTicketHandover(TicketCase):
    """Egon leaves; Dora leads the team, the manager the store."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hr = new_test_user(
            cls.env, "test_hr", "base.group_erp_manager", name="Personnel"
        )
        cls.team.write(
            {"user_id": cls.dora.id, "user_ids": [Command.link(cls.egon.id)]}
        )
        cls.store.write(
            {"manager_id": cls.manager.id, "user_ids": [Command.link(cls.egon.id)]}
        )

    def plain_ticket(self, **values):
        return self.env["helpdesk.ticket"].create(
            {
                "name": "Squeaks",
                "description": "<p>Since Monday</p>",
                "user_id": self.egon.id,
                **values,
            }
        )

    def archive(self):
        """As any client does, by RPC."""
        self.egon.with_user(self.hr).write({"active": False})
        return self.env["scrm.handover"].search([("user_id", "=", self.egon.id)])

    def reasons(self, handover):
        return {line.kind: line.by for line in handover.line_ids}

    def test_tickets_steps_stores_and_doors(self):
        """Nothing that Egon had stays with him, and nothing has nobody.

        Covers: R14
        """
        running = [self.submit() for _number in range(2)]
        for ticket in running:
            ticket.with_user(self.dora).scrm_step_complete("to_reserve")
        running = [ticket for ticket in running if ticket.user_id == self.egon]
        self.assertEqual(len(running), 1)
        in_team = self.plain_ticket(team_id=self.team.id)
        no_leader = self.team.create(
            {"name": "Nobody's", "user_ids": [Command.link(self.egon.id)]}
        )
        in_store = self.plain_ticket(store_id=self.store.id, team_id=no_leader.id)
        closed = self.plain_ticket(
            stage_id=self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done").id
        )
        advised = self.plain_ticket(user_id=False, scrm_adviser_id=self.egon.id)
        door = self.env["scrm.door.webhook"].create(
            {"name": "Shop", "key": "test_leaver_shop", "user_id": self.egon.id}
        )
        van = self.env["stock.location"].create(
            {"name": "Van", "scrm_van_user_id": self.egon.id}
        )
        self.warehouse.scrm_keeper_ids = self.egon
        reasons = self.reasons(self.archive())
        self.assertEqual(running[0].user_id, self.ella)
        self.assertEqual(running[0].scrm_handler_ids, self.ella)
        self.assertEqual(in_team.user_id, self.dora)
        self.assertEqual(in_store.user_id, self.manager)
        self.assertEqual(closed.user_id, self.egon, "who did it stays known")
        self.assertTrue(advised.scrm_adviser_id.active)
        self.assertTrue(door.user_id.active)
        self.assertTrue(van.scrm_van_user_id.active)
        for record, name in (
            (self.team, "user_ids"),
            (self.store, "user_ids"),
            (self.warehouse, "scrm_keeper_ids"),
        ):
            everybody = record.with_context(active_test=False)[name]
            self.assertNotIn(self.egon, everybody)
        for kind in self.env["scrm.handover.kind"]._kinds():
            self.assertFalse(kind._held(self.egon), kind._name)
        self.assertEqual(reasons["step"], "rule")
        self.assertEqual(reasons["ticket"], "leader")
        self.assertEqual(reasons["door_webhook"], "keeper")
        self.assertEqual(reasons["team_member"], "ends")

    def test_a_leader_is_followed_by_the_team_above(self):
        """Covers: R14"""
        above = self.team.create({"name": "Above", "user_id": self.ella.id})
        self.team.write({"parent_id": above.id, "user_id": self.egon.id})
        ticket = self.plain_ticket(team_id=self.team.id)
        self.archive()
        self.assertEqual(self.team.user_id, self.ella)
        self.assertEqual(ticket.user_id, self.ella)

    def test_an_appointment_goes_with_its_step(self):
        """To who gets the step, if that one is free then; else to a leader who is.

        Covers: R14
        """
        tickets = [self.submit() for _number in range(3)]
        for ticket in tickets:
            ticket.with_user(self.dora).scrm_step_complete("to_reserve")
        mine = [ticket for ticket in tickets if ticket.user_id == self.egon]
        self.assertEqual(len(mine), 2)
        start = self.env["scrm.clock"].now() + timedelta(days=1)
        book = self.env["scrm.appointment"].create
        first, second = (
            book(
                {
                    "ticket_id": ticket.id,
                    "user_id": self.egon.id,
                    "start": start + timedelta(hours=hours),
                    "end": start + timedelta(hours=hours + 1),
                }
            )
            for hours, ticket in enumerate(mine)
        )
        book(
            {
                "ticket_id": tickets[0].id,
                "user_id": self.ella.id,
                "start": second.start,
                "end": second.end,
            }
        )
        self.archive()
        self.assertEqual(mine[0].user_id | mine[1].user_id, self.ella)
        self.assertEqual(first.user_id, self.ella)
        self.assertEqual(second.user_id, self.dora)

    def test_rights_for_a_while_end(self):
        """The others keep theirs; who comes back one day has none.

        Covers: R14
        """
        now = self.env["scrm.clock"].now()
        role = self.env["res.groups"].create({"name": "Launch"})

        def give(people, start=now):
            return self.env["scrm.temporary.right"].create(
                {
                    "reason": "Launch",
                    "group_id": role.id,
                    "user_ids": [Command.set(people.ids)],
                    "date_from": start,
                    "date_to": start + timedelta(days=2),
                }
            )

        shared = give(self.egon | self.ella)
        later = give(self.egon | self.ella, now + timedelta(days=1))
        alone = give(self.egon, now + timedelta(days=1))
        self.assertEqual(role.user_ids, self.egon | self.ella)
        handover = self.archive()
        everybody = role.with_context(active_test=False)
        self.assertEqual(everybody.user_ids, self.ella)
        self.assertEqual(shared.state, "active")
        self.assertEqual(later.with_context(active_test=False).user_ids, self.ella)
        self.assertEqual(alone.state, "ended")
        self.assertEqual(handover.ended["temporary"], 3)
        self.assertIn("Temporary rights: 3", handover.ended_text)
        self.egon.action_unarchive()
        self.assertNotIn(role, self.egon.all_group_ids)
