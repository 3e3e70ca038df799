from datetime import datetime, timedelta

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import TicketCase

#: Monday in Shanghai, eight hours ahead of UTC.
MIDNIGHT = datetime(2026, 3, 2) - timedelta(hours=8)


@tagged("post_install", "-at_install")
class TestTicketReport(TicketCase):
    """What the boards of tickets say; the figures are worked out in each test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.tz = "Asia/Shanghai"
        cls.others = cls.env["helpdesk.ticket.team"].create({"name": "Others"})
        cls.west = cls.env["scrm.store"].create(
            {
                "key": "test_report_west",
                "name": "West",
                "region": "West",
                "warehouse_id": cls.warehouse.id,
            }
        )

    def submit_at(self, day, hour, **values):
        """A ticket of this day (Monday is 0) and hour, by a clock in Shanghai."""
        with freeze_time(MIDNIGHT + timedelta(days=day, hours=hour)):
            ticket = self.submit()
            ticket.write(values)
        return ticket

    def close_after(self, ticket, hours):
        opened = ticket.scrm_run_id.started_at
        with freeze_time(opened + timedelta(hours=hours)):
            ticket.with_user(self.dora).scrm_step_complete()
            ticket.with_user(ticket.scrm_handler_ids).scrm_step_complete()
        self.assertEqual(ticket.scrm_run_id.state, "done")

    def rate(self, ticket, *marks):
        for mark in marks:
            self.env["rating.rating"].create(
                {
                    "res_model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                    "res_id": ticket.id,
                    "rating": mark,
                    "consumed": True,
                }
            )

    def figures(self, *groupby, of="__count", user=None, model="", domain=()):
        """Group -> figure, as the boards ask for it."""
        self.env.flush_all()
        report = self.env[f"scrm.ticket.{model}report"].with_user(user or self.manager)
        domain = [("template_id", "=", self.template.id), *domain]
        found = {}
        for *key, figure in report._read_group(domain, groupby, [of]):
            key = tuple(map(self.plain, key))
            found[key[0] if len(key) == 1 else key] = figure
        return found

    def plain(self, value):
        return getattr(value, "name", value)

    def test_demand(self):
        """Three on Friday from 3 to 4 in the afternoon, the others one by one.

        The days are those of the reader: what comes on Monday at 7 in Shanghai is of
        Sunday, 23 o'clock, to somebody who lives by UTC.

        Covers: V17
        """
        for minutes in (0, 20, 59):
            self.submit_at(4, 15 + minutes / 60)
        self.submit_at(4, 16)
        self.submit_at(0, 7)
        self.assertEqual(
            self.figures("weekday", "hour"),
            {("1", "07"): 1, ("5", "15"): 3, ("5", "16"): 1},
        )
        self.assertEqual(self.figures("weekday", of="share:sum"), {"1": 20, "5": 80})
        self.manager.tz = "UTC"
        self.assertEqual(
            self.figures("weekday", "hour"),
            {("7", "23"): 1, ("5", "07"): 3, ("5", "08"): 1},
        )
        menus = self.env["ir.ui.menu"].with_user(self.dora)._visible_menu_ids()
        self.assertIn(self.env.ref("scrm_ticket.menu_report_demand").id, menus)

    def test_by_entry(self):
        """Tickets by the entry they came by: how many, how long they took, how they
        were rated, and who worked on them; the boards offer it by one click.

        Covers: E31
        """

        def enter(door, user, hours, mark):
            with freeze_time(MIDNIGHT + timedelta(hours=9)):
                tickets = self.env["helpdesk.ticket"].with_user(user)
                data = {"template": "test_installation", "values": self.good_values}
                made = tickets._scrm_submit(door, data)
            ticket = tickets.sudo().browse(made["id"])
            self.close_after(ticket, hours)
            self.rate(ticket, mark)

        for entry in (
            ("portal", self.pia, 4, 5),
            ("portal", self.paul, 8, 1),
            ("json2", self.desk, 20, 4),
        ):
            enter(*entry)
        self.assertEqual(self.figures("scrm_door"), {"portal": 2, "json2": 1})
        for of, expected in (
            ("close_hours:avg", {"portal": 6, "json2": 20}),
            ("satisfaction:avg", {"portal": 50, "json2": 100}),
        ):
            self.assertEqual(self.figures("scrm_door", of=of), expected)
        self.assertEqual(sum(self.figures("channel_id").values()), 3)
        self.assertEqual(self.figures("channel_id")["Web"], 2)
        steps = self.env["scrm.flow.step.report"].with_user(self.manager)
        worked = steps._read_group(
            [("template_id", "=", self.template.id), ("node_key", "=", "visit")],
            ["scrm_door"],
            ["__count"],
        )
        self.assertEqual(dict(worked), {"portal": 2, "json2": 1})
        for model in ("scrm.ticket.report", "scrm.flow.run.report"):
            arch = self.env[model].get_view(view_type="search")["arch"]
            self.assertIn("{'group_by': 'scrm_door'}", arch, model)

    def test_duration_by_part_and_region(self):
        """Brackets: 4 and 8 hours in the East are 6, 20 in the West; cables 8 and 20.

        A ticket that is open does not count, a part given back neither.

        Covers: V18
        """
        cable = self.make_part("Test Cable", 5)
        for hours, values in (
            (4, {}),
            (8, {"part_line_ids": [Command.create({"product_id": cable.id})]}),
            (
                20,
                {
                    "store_id": self.west.id,
                    "part_line_ids": [Command.create({"product_id": cable.id})],
                },
            ),
        ):
            self.close_after(self.submit_at(0, 9, **values), hours)
        self.submit_at(1, 9)
        found = self.figures(
            "product_id", "region", of="close_hours:avg", model="part."
        )
        bracket, other = self.bracket.name, cable.name
        self.assertEqual(
            found,
            {
                (bracket, "East"): 6,
                (bracket, "West"): 20,
                (other, "East"): 8,
                (other, "West"): 20,
            },
        )
        closed = [("closed_at", "!=", False)]
        self.assertEqual(
            self.figures("product_id", of="quantity:sum", model="part.", domain=closed),
            {bracket: 3, other: 2},
        )
        line = self.env["scrm.part.line"].search([("product_id", "=", cable.id)])[0]
        line.state = "released"
        self.assertEqual(
            self.figures("product_id", of="__count", model="part.", domain=closed),
            {bracket: 3, other: 1},
        )

    def test_share_per_channel(self):
        """Three of eight returns come from the live stream: 37.5 %; of all, 40 %.

        Each channel, each entry, and the total of a table are percent of what is
        shown; what is filtered out is no part of the whole.

        Covers: V22
        """
        live, mall = self.env["helpdesk.ticket.channel"].create(
            [{"name": "Live stream"}, {"name": "Mall"}]
        )
        returns = self.template.copy({"key": "test_return", "name": "Return"})
        for channel, template, number in (
            (live, returns, 3),
            (mall, returns, 5),
            (live, self.template, 1),
            (mall, self.template, 1),
        ):
            for _number in range(number):
                self.env["helpdesk.ticket"].create(
                    {
                        "name": "T",
                        "description": "T",
                        "template_id": template.id,
                        "channel_id": channel.id,
                        "scrm_values": self.good_values,
                    }
                )
        report = self.env["scrm.ticket.report"].with_user(self.manager)
        both = [("template_id", "in", (returns | self.template).ids)]
        only = [("template_id", "=", returns.id)]
        self.env.flush_all()
        for domain, shares in (
            (only, {live: 37.5, mall: 62.5}),
            (both, {live: 40, mall: 60}),
        ):
            groups = report._read_group(domain, ["channel_id"], ["share:sum"])
            self.assertEqual(dict(groups), shares)
        table = report.formatted_read_grouping_sets(
            both, [[], ["template_id"], ["template_id", "channel_id"]], ["share:sum"]
        )
        self.assertEqual(
            [sorted(row["share:sum"] for row in rows) for rows in table],
            [[100], [20, 80], [10, 10, 30, 50]],
        )
        self.assertEqual(
            dict(report._read_group(only, ["scrm_door"], ["share:sum"])),
            {"backend": 100},
        )
        none = [("template_id", "=", False), ("id", "=", 0)]
        self.assertEqual(report._read_group(none, [], ["share:sum"]), [(0,)])

    def test_satisfaction(self):
        """In March 5, 4 and 2 are two of three: 66.67 %; the others 4: 100 %.

        Two evaluations of one ticket are two, an unrated ticket is none. April has its
        own figure.

        Covers: V23
        """
        for day, team, marks in (
            (0, self.team, (5,)),
            (1, self.team, (4, 2)),
            (2, self.team, ()),
            (3, self.others, (4,)),
            (30, self.team, (1,)),
        ):
            ticket = self.submit_at(day, 9, team_id=team.id)
            self.close_after(ticket, 2)
            self.rate(ticket, *marks)
        rated = [("rating_count", ">", 0)]
        found = self.figures(
            *("flow_id", "team_id", "closed_at:month"),
            of="satisfaction:avg",
            domain=rated,
        )
        march, april = datetime(2026, 3, 1), datetime(2026, 4, 1)
        name = self.flow.name
        self.assertEqual(
            {key: round(rate, 2) for key, rate in found.items()},
            {
                (name, self.team.name, march): 66.67,
                (name, "Others", march): 100,
                (name, self.team.name, april): 0,
            },
        )
        whole = self.figures("flow_id", of="satisfaction:avg")
        self.assertEqual(whole, {name: 60})

    def test_rights(self):
        """Everybody's boards are about the tickets that they may read."""
        ticket = self.submit_at(0, 9)
        self.submit_at(0, 10, team_id=self.others.id)
        self.assertEqual(self.figures("weekday"), {"1": 2})
        ticket.with_user(self.dora).scrm_step_complete()
        engineer = ticket.scrm_handler_ids
        other = (self.egon | self.ella) - engineer
        self.assertEqual(self.figures("weekday", user=engineer), {"1": 1})
        shares = self.figures("weekday", of="share:sum", user=engineer)
        self.assertEqual(shares, {"1": 100})
        for model in ("", "part."):
            self.assertFalse(self.figures("weekday", user=other, model=model))
