from datetime import datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import freeze_time, tagged
from odoo.tools.safe_eval import safe_eval

from .common import TicketCase

MONDAY = datetime(2026, 3, 2, 1)
HOUR = timedelta(hours=1)


@tagged("post_install", "-at_install")
class TestServiceMap(TicketCase):
    def submit_at(self, at, **values):
        with freeze_time(at):
            ticket = self.submit()
            ticket.write(values)
        return ticket

    def check(self, ticket, at):
        with freeze_time(at):
            ticket.with_user(self.dora).scrm_step_complete()

    def counts(self, user, key="check", **filters):
        self.env.invalidate_all()
        flow = self.flow.with_user(user)
        with freeze_time(MONDAY + 3 * HOUR):
            nodes = flow.map_counts(filters)["nodes"]
        one = nodes.get(key, {"red": 0, "yellow": 0, "green": 0})
        return one["red"], one["yellow"], one["green"]

    def test_filters_and_rights(self):
        """A restricted user counts own tickets only, by every filter."""
        tickets = [self.submit_at(MONDAY) for _number in range(3)]
        self.check(tickets[0], MONDAY + HOUR)
        self.assertEqual(self.counts(self.manager), (0, 2, 1))
        self.assertEqual(self.counts(self.dora), (0, 2, 1))
        engineer = tickets[0].scrm_handler_ids
        other = (self.egon | self.ella) - engineer
        # who has a step of one ticket sees that one, on all of its nodes
        self.assertEqual(self.counts(engineer), (0, 0, 1))
        self.assertEqual(self.counts(engineer, "visit"), (0, 1, 0))
        self.assertEqual(self.counts(other), (0, 0, 0))
        self.assertEqual(self.counts(self.clerk), (0, 0, 0))
        for filters, seen in (
            ({"template_id": self.template.id}, (0, 2, 1)),
            ({"team_id": self.team.id, "store_id": self.store.id}, (0, 2, 1)),
            ({"scrm_door": "json2"}, (0, 2, 1)),
            ({"scrm_door": "email"}, (0, 0, 0)),
            ({"store_id": self.store.id + 1}, (0, 0, 0)),
        ):
            with self.subTest(**filters):
                self.assertEqual(self.counts(self.manager, **filters), seen)
        with self.assertRaises(UserError):
            self.counts(self.manager, partner_id=1)

    def test_what_can_be_chosen(self):
        """Templates of this flow, and what else the reader may see."""
        answer = self.flow.with_user(self.manager).map_read()
        filters = {one["name"]: one for one in answer["filters"]}
        self.assertEqual(
            filters["template_id"]["options"],
            [(self.template.id, self.template.display_name)],
        )
        self.assertIn(
            (self.store.id, self.store.display_name), filters["store_id"]["options"]
        )
        self.assertIn("portal", dict(filters["scrm_door"]["options"]))

    def test_split(self):
        """Times side by side, each with its own worst node, by whatever one asks.

        Covers in part: V04
        """
        channels = self.env["helpdesk.ticket.channel"]
        other = {
            "template_id": self.template.copy({"key": "other", "name": "Other"}),
            "team_id": self.team.copy({"name": "Other Team"}),
            "store_id": self.store.copy({"key": "other", "name": "Other Store"}),
            "channel_id": channels.create({"name": "Other Channel"}),
        }
        channel = channels.create({"name": "Test Channel"})
        tickets = self.env["helpdesk.ticket"]
        here = {
            "template_id": self.template,
            "team_id": self.team,
            "store_id": self.store,
            "channel_id": channel,
        }
        for places, door, hours in (
            (here, "portal", 1),
            (other, "email", 2),
            (other, "email", 4),
        ):
            values = {name: place.id for name, place in places.items()}
            template = places["template_id"].key
            with freeze_time(MONDAY):
                answer = tickets.scrm_submit(template, self.good_values)
            ticket = tickets.browse(answer["id"])
            del values["template_id"]
            ticket.write({**values, "scrm_door": door})
            self.check(ticket, MONDAY + hours * HOUR)
        labels = {
            **{
                name: (other[name].display_name, here[name].display_name)
                for name in here
            },
            "scrm_door": ("E-mail", "Portal"),
        }
        flow = self.flow.with_user(self.manager)
        for name, (first, second) in labels.items():
            with self.subTest(split=name), freeze_time(MONDAY + 5 * HOUR):
                parts = flow.map_times(split=name)["split"]
                self.assertEqual(
                    [
                        (part["label"], part["worst"]["key"], part["worst"]["median"])
                        for part in parts
                    ],
                    [(first, "check", 3), (second, "check", 1)],
                )
        with freeze_time(MONDAY + timedelta(days=40)):
            # any period: of what ended long ago, or nothing of what ended before
            period = {"from": "2026-03-02", "to": "2026-03-02"}
            found = flow.map_times(period=period, split="store_id")["split"]
            self.assertEqual(len(found), 2)
            self.assertFalse(flow.map_times(period={"days": 7})["nodes"])

    def test_board(self):
        """One card a ticket: red when late or urgent, else yellow, green when done.

        Covers in part: V02
        """
        urgent = self.submit_at(MONDAY, priority="3")
        waiting = self.submit_at(MONDAY)
        done = self.submit_at(MONDAY)
        self.check(done, MONDAY + HOUR)
        with freeze_time(MONDAY + 2 * HOUR):
            done.with_user(done.scrm_handler_ids).scrm_step_complete()
        self.env.invalidate_all()
        with freeze_time(MONDAY + 3 * HOUR):
            board = self.env["scrm.flow.run.report"].with_user(self.manager)
            groups = dict(
                board._read_group(
                    [("flow_id", "=", self.flow.id)],
                    ["colour"],
                    ["ticket_id:recordset"],
                )
            )
            self.assertEqual(groups["red"], urgent)
            self.assertEqual(groups["yellow"], waiting)
            self.assertEqual(groups["green"], done)
            self.assertFalse(board.with_user(self.clerk).search([]))
        with freeze_time(MONDAY + timedelta(days=2)):
            found = board.search([("ticket_id", "=", done.id)])
            self.assertFalse(found.colour)

    def test_who_holds_it_up(self):
        """The boss opens the list: which node, who, since when, how late.

        What goes well is not on it; what is done leaves it.

        Covers: V24
        """
        ticket = self.submit_at(MONDAY)
        fine = self.submit_at(MONDAY)
        step = ticket.scrm_step_ids.filtered(lambda step: step.state == "open")
        step.sudo().deadline_at = MONDAY + HOUR
        action = self.env.ref("scrm_flow.scrm_flow_step_report_action_stuck")
        self.assertEqual(action.context, "{'search_default_red': 1}")
        listed = Domain(safe_eval(action.domain)) & Domain("colour", "=", "red")

        def stuck(at):
            self.env.invalidate_all()
            with freeze_time(at):
                report = self.env["scrm.flow.step.report"].with_user(self.manager)
                found = report.search(
                    listed & Domain("ticket_id", "in", (ticket + fine).ids)
                )
                return [
                    (row.ticket_id, row.node_id.name, row.responsible_ids)
                    for row in found
                ]

        self.assertEqual(stuck(MONDAY), [])
        self.assertEqual(
            stuck(MONDAY + 3 * HOUR), [(ticket, "Check the request", self.dora)]
        )
        with freeze_time(MONDAY + 3 * HOUR):
            row = (
                self.env["scrm.flow.step.report"]
                .with_user(self.manager)
                .search([("ticket_id", "=", ticket.id), ("ended_at", "=", False)])
            )
            self.assertEqual(row.node_id.key, "check")
            self.assertEqual(row.user_id, self.dora)
            self.assertEqual((row.colour, row.opened_at), ("red", MONDAY))
            self.assertEqual((row.late_hours, row.waiting_hours), (2, 3))
        self.check(ticket, MONDAY + 4 * HOUR)
        self.assertEqual(stuck(MONDAY + 4 * HOUR), [])

    def test_travel(self):
        """The way a ticket took, for colleagues who may read it.

        From its creation to its end, with the node where it is now.

        Covers: V03
        """
        ticket = self.submit_at(MONDAY)
        self.check(ticket, MONDAY + 2 * HOUR)
        with freeze_time(MONDAY + 3 * HOUR):
            travel = ticket.with_user(self.manager).scrm_flow_travel()
        nodes = travel["nodes"]
        self.assertEqual(
            {key: node["state"] for key, node in nodes.items()},
            {"start": "done", "check": "done", "reserve": "done", "visit": "now"},
        )
        self.assertEqual((nodes["check"]["hours"], nodes["visit"]["hours"]), (2, 1))
        self.assertEqual(nodes["check"]["visits"][0]["who"], ["Dora"])
        self.assertEqual(travel["edges"], ["to_check", "to_reserve", "to_visit"])
        self.assertFalse(travel["earlier"])
        with freeze_time(MONDAY + 4 * HOUR):
            ticket.with_user(ticket.scrm_handler_ids).scrm_step_complete()
            travel = ticket.with_user(self.manager).scrm_flow_travel()
        self.assertEqual(
            set(travel["nodes"]),
            {"start", "check", "reserve", "visit", "consume", "end"},
        )
        self.assertEqual({node["state"] for node in travel["nodes"].values()}, {"done"})
        self.assertEqual(
            travel["edges"],
            ["to_check", "to_consume", "to_end", "to_reserve", "to_visit"],
        )
        for user in (self.clerk, self.pia):
            with self.assertRaises(AccessError):
                ticket.with_user(user).scrm_flow_travel()
