from odoo.fields import Command
from odoo.tests.common import tagged

from .scheme_common import SchemeCommon, when


@tagged("post_install", "-at_install")
class TestBoards(SchemeCommon):
    """Boards of what was settled; the figures are worked out in each test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.store.write({"region": "East", "store_class": "Tier 1"})
        cls.store_b.write({"region": "West", "store_class": "Tier 2"})
        cls.company.partner_id.tz = "UTC"

    def _board(self, name, *domain):
        return self.env[f"scrm.settlement.{name}"].search(
            [("company_id", "=", self.company.id), *domain]
        )

    def _area(self, area, store, engineer=None, **values):
        ticket = self._ticket(
            store_id=store.id, form={"area": area, **values.pop("form", {})}, **values
        )
        self.finish(ticket, engineer)
        return ticket

    def test_split_of_an_order(self):
        """699 of one order: 399 installation, 300 parts; and 45 added on site.

        The installer gets 148.80 (a fifth of 744), the parts cost 10: of 744.00 there
        remain 585.20, which is 78.66 %.

        Covers: V10
        """
        self.template.price_parts = True
        self.filter.list_price = 30
        added = self.env["product.product"].create(
            {"name": "Bracket", "type": "service", "list_price": 45}
        )
        ticket = self._ticket(parts=10)
        self.env["scrm.price.charge"].create(
            {"ticket_id": ticket.id, "product_id": added.id}
        )
        ticket._scrm_update_prices()
        self.finish(ticket)
        row = self._board("board", ("ticket_id", "=", ticket.id))
        self.assertEqual(
            (row.revenue_service, row.revenue_parts, row.revenue_extras, row.revenue),
            (399, 300, 45, 744),
        )
        self.assertEqual((row.cost, row.parts_cost), (148.8, 10))
        self.assertEqual((round(row.margin, 2), row.margin_percent), (585.2, 78.66))

    def test_compared_by_region_and_team(self):
        """East: 399, 699, 999 are 699 an order; West: 399, 923 are 661: +38.

        West has two orders, 399 and one that was corrected to 923. East leads in
        orders, 3 to 2, and is 38 ahead per order.

        Covers: V11
        """
        teams = self.env["helpdesk.ticket.team"].create(
            [{"name": "East"}, {"name": "West"}]
        )
        for area in (50, 61, 101):
            self._area(area, self.store, team_id=teams[0].id)
        self._area(50, self.store_b, team_id=teams[1].id)
        late = self._area(50, self.store_b, team_id=teams[1].id)
        facts = self.env["scrm.settlement.fact"].with_user(self.accountant)
        fact = facts._latest(f"helpdesk.ticket:{late.id}", "ticket_done")
        fact.correct({"price_total": 923, "price_service": 923}, "As agreed")
        board = self.env["scrm.settlement.board"].with_user(self.accountant)
        for groupby, names in (("region", ("East", "West")), ("team_id", teams.ids)):
            groups = board.formatted_read_group(
                [("template_id", "=", self.template.id)],
                [groupby],
                ["revenue:sum", "average_revenue:avg", "__count"],
            )
            figures = {
                group[groupby] if groupby == "region" else group[groupby][0]: (
                    group["revenue:sum"],
                    group["average_revenue:avg"],
                    group["__count"],
                )
                for group in groups
            }
            east, west = (figures[name] for name in names)
            self.assertEqual((east, west), ((2097, 699, 3), (1322, 661, 2)))
        rows = self._board("comparison", ("kind", "=", "region"))
        gaps = {row.name: row.average_gap for row in rows}
        self.assertEqual(round(gaps["East"] - gaps["West"], 2), 38)
        self.assertEqual(
            {row.name: row.ticket_place for row in rows}, {"East": 1, "West": 2}
        )
        kinds = {
            view.arch_db.split('type="')[1].split('"')[0]
            for view in self.env["ir.ui.view"].search(
                [("model", "=", "scrm.settlement.board"), ("type", "=", "graph")]
            )
        }
        self.assertEqual(kinds, {"bar", "line"})

    def test_today(self):
        """Yesterday 399, today 399, 699, 999 in two regions: 2,097, 2,496 in March.

        Three wait for settlement with 80, 80 and 139.80; after the statements of the
        month none does. A ticket of February is not of this month, but waits. The one
        of 999 has no amount of its own, as one paid with the month: it does not wait.

        Covers: V12
        """
        self.rule.condition_ids = when("field.settle_area", "<=", "900")
        self.finish(self._ticket(), moment="2026-02-10 04:00:00")
        self.finish(self._ticket(store_id=self.store.id), moment="2026-03-09 04:00:00")
        self._area(50, self.store)
        self._area(61, self.store_b)
        self._area(901, self.store_b)
        with self.at("2026-03-10 20:00:00"):
            rows = self._board("today")
            whole = rows.filtered("is_total")
            self.assertEqual((whole.today_count, whole.today_revenue), (3, 2097))
            self.assertEqual((whole.finished_count, whole.finished_revenue), (4, 2496))
            self.assertEqual(whole.waiting_count, 4)
            self.assertAlmostEqual(whole.waiting_amount, 379.8)
            east = rows.filtered(lambda row: row.region == "East")
            self.assertEqual((east.today_revenue, east.finished_revenue), (399, 798))
        self.approved_statement("2026-03")
        self.approved_statement("2026-02")
        whole.invalidate_recordset()
        with self.at("2026-03-10 20:00:00"):
            self.assertEqual((whole.waiting_count, whole.waiting_amount), (0, 0))
        action = self.env.ref("scrm_settlement.scrm_settlement_today_action")
        self.assertTrue(action.view_mode.startswith("kanban"), "cards for the phone")

    def test_top_of_the_staff(self):
        """Three of four tickets completed: 75 %; the other one of one: 100 %.

        Ratings 5, 4 and none are 4.5. Who completed more is first. The board opens with
        the first ten places.

        Covers: V14
        """
        for rating in (5, 4, None):
            self.finish(self._ticket(rating=rating))
        waiting = self._ticket()
        # accepted, not yet done
        waiting.sudo().scrm_run_id.step_ids.filtered(
            lambda step: step.state == "open"
        ).write({"accepted_by_id": self.engineer.id, "accepted_at": "2026-03-10"})
        self.finish(self._ticket(rating=3), self.engineer_2)
        rows = self._board("staff", ("month", "=", "2026-03-01"))
        figures = {
            row.user_id: (
                *(row.place, row.ticket_count, row.done_count),
                *(row.done_percent, row.rating, row.rating_count),
            )
            for row in rows
        }
        self.assertEqual(figures[self.engineer], (2, 4, 3, 75, 4.5, 2))
        self.assertEqual(figures[self.engineer_2], (3, 1, 1, 100, 3, 1))
        self.assertEqual(figures[self.supervisor][:4], (1, 4, 4, 100))
        # half an hour after the end of March where the company is
        self.company.partner_id.tz = "Asia/Shanghai"
        late = self.env["scrm.flow.step"].search(
            [("done_by_id", "=", self.engineer_2.id)]
        )
        late.write({"opened_at": "2026-03-31 16:30:00"})
        rows.invalidate_model()
        april = self._board("staff", ("month", "=", "2026-04-01"))
        row = april.filtered(lambda row: row.user_id == self.engineer_2)
        self.assertEqual((row.place, row.ticket_count, row.period), (1, 1, "2026-04"))
        view = self.env.ref("scrm_settlement.scrm_settlement_staff_view_search")
        self.assertIn("[('place', '&lt;=', 10)]", view.arch_db)
        action = self.env.ref("scrm_settlement.scrm_settlement_staff_action")
        self.assertIn("'search_default_top': 1", action.context)

    def test_margin_in_points(self):
        """Tier 2 pays 38 % of 399 and keeps 62 %, tier 1 pays 50 %: 12 points ahead.

        All together keep 56 %: tier 2 is 6 points above it, tier 1 six below. So are
        the regions the stores lie in.

        Covers: V15
        """
        share = {"formula": "percent", "dimension": "price_total"}
        self._pays(
            (
                {},
                [
                    {**share, "rate": 38, "condition_ids": when("region", "=", "West")},
                    {**share, "rate": 50},
                ],
            )
        )
        for store in (self.store, self.store_b):
            self._area(50, store)
        for kind, high, low in (
            ("store_class", "Tier 2", "Tier 1"),
            ("region", "West", "East"),
        ):
            rows = self._board("comparison", ("kind", "=", kind))
            figures = {
                row.name: (row.margin_percent, row.points, row.ahead) for row in rows
            }
            self.assertEqual(figures[high], (62, 6, 12))
            self.assertEqual(figures[low], (50, -6, 0))

    def test_better_service_earns_more(self):
        """100 for each ticket and 20 for each point of its rating.

        Rated 5 a ticket pays 200, rated 2 it pays 140: the band of the best earns more
        on average. The board has more than 20 figures of the service.

        Covers: V16
        """
        terms = [Command.create({"dimension": "rating", "coefficient": 20})]
        self._pays(({}, [{"formula": "coefficient", "amount": 100, "term_ids": terms}]))
        self.finish(self._ticket(rating=5, parts=4))
        self.finish(self._ticket(rating=2), self.engineer_2)
        board = self.env["scrm.settlement.quality"].with_user(self.accountant)
        rows = board.search([("company_id", "=", self.company.id)])
        best = rows.filtered(lambda row: row.payee_id == self.engineer.partner_id)
        self.assertEqual(
            (best.band, best.amount, best.income_per_ticket, best.rating),
            ("4_high", 200, 200, 5),
        )
        self.assertEqual(
            (best.parts_count, best.best_count, best.night_count), (4, 1, 1)
        )
        self.assertEqual(best.on_time_percent, 100)
        groups = board._read_group(
            [("company_id", "=", self.company.id)], ["band"], ["amount:avg"]
        )
        self.assertEqual(dict(groups), {"4_high": 200, "2_low": 140})
        figures = [
            field
            for name, field in board._fields.items()
            if field.type in ("float", "integer", "monetary") and name != "id"
        ]
        self.assertGreaterEqual(len(figures), 20)

    def test_products_and_workers(self):
        """Who takes most tickets, and which class of products earns most.

        Two tickets of the first worker, one of the second; filters bring 798, pumps
        999. Both have cards for the phone.

        Covers: V20
        """
        kinds = self.env["product.category"].create(
            [{"name": "Filters"}, {"name": "Pumps"}]
        )
        lots = self.env["stock.lot"]
        for kind in kinds:
            product = self.env["product.product"].create(
                {
                    "name": kind.name,
                    "is_storable": True,
                    "tracking": "serial",
                    "categ_id": kind.id,
                }
            )
            lots |= self._device(f"SN-{kind.name}", product_id=product.id)
        for area, lot, engineer in (
            (50, lots[0], self.engineer),
            (50, lots[0], self.engineer),
            (101, lots[1], self.engineer_2),
        ):
            self._area(area, self.store, engineer, scrm_lot_id=lot.id)
        rows = self._board("comparison", ("kind", "in", ("product", "worker")))
        figures = {row.name: row for row in rows}
        self.assertEqual((figures["Pumps"].place, figures["Pumps"].revenue), (1, 999))
        self.assertEqual(
            (figures["Filters"].place, figures["Filters"].revenue), (2, 798)
        )
        worker = figures[self.engineer.name]
        self.assertEqual((worker.ticket_place, worker.ticket_count), (1, 2))
        action = self.env.ref("scrm_settlement.scrm_settlement_comparison_action")
        self.assertIn("kanban", action.view_mode)
