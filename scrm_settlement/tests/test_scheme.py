from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests.common import tagged

from .scheme_common import JULY, SchemeCommon, tiers, when


@tagged("post_install", "-at_install")
class TestScheme(SchemeCommon):
    """The settlement schemes of the trades, each with figures worked out by hand."""

    def test_by_number_of_repairs(self):
        """Four repairs in a month: the first 3 at 50, the fourth at 60: 210.

        And by how often one device was repaired: the first time 100, then 70.

        Covers: S03
        """
        self.filter.tracking = "serial"
        self._pays(
            (
                {"scope": "period"},
                [
                    {
                        "formula": "slab",
                        "unit": "per_unit",
                        "dimension": "period.count",
                        "tier_ids": tiers((0, 3, 50), (3, 0, 60)),
                    }
                ],
            ),
            (
                {},
                [
                    {
                        "amount": 70,
                        "condition_ids": when("device_visits", ">=", "1"),
                    },
                    {"amount": 100, "condition_ids": when("device_visits", "=", "0")},
                ],
            ),
        )
        device = self._device("SN-REPAIR")
        first, second = (self._done(scrm_lot_id=device.id) for _number in range(2))
        self.assertEqual((first, second), ({"part_1": 100}, {"part_1": 70}))
        for _number in range(2):
            self._done()
        self.assertEqual(self._month(), {("part_0", self.engineer.name): 210})

    def test_by_coverage(self):
        """Of four stores three were served, one of them twice: 75 % pays 1,000.

        All four pay 2,000; a store that is not on the list does not count, and a
        store that opens later changes nothing that was settled.

        Covers: S04
        """
        stores = self.store | self.store_b | self.store_c | self.store_d
        rule = {
            "formula": "retroactive",
            "unit": "amount",
            "dimension": "period.coverage",
            "tier_ids": tiers((0, 50, 500), (50, 80, 1000), (80, 0, 2000)),
        }
        with self.refused("name the stores to serve", ValidationError):
            self._pays(({"scope": "period"}, [rule]))
        self._pays(({"scope": "period", "store_ids": stores.ids}, [rule]))
        other = self.env["scrm.store"].create({"key": "scheme_x", "name": "X"})
        for store in (self.store, self.store, self.store_b, self.store_c, other):
            self._done(store_id=store.id)
        for store in stores:
            self._done(store_id=store.id, engineer=self.engineer_2)
        expected = {
            ("part_0", self.engineer.name): 1000,
            ("part_0", self.engineer_2.name): 2000,
        }
        self.assertEqual(self._month(), expected)
        self.env["scrm.store"].create({"key": "scheme_late", "name": "Late"})
        self.assertEqual(self._month(), expected)

    def test_by_stage(self):
        """100 in thirds: 66.67 when the visit is finished, 33.33 after the check.

        Each is paid to who finished it and belongs to that day's month; together they
        are the whole. A stage that is done again owes nothing more.

        Covers: S05
        """
        self._pays(event="stage_done", payee_node_key="stage")
        stages = [
            Command.create({"row": "visit", "value": 2}),
            Command.create({"row": "check", "value": 1}),
        ]
        fee = {"formula": "stages", "inner": "fixed", "amount": 100}
        with self.refused("enter each stage", ValidationError):
            self._pays(({}, [fee]))
        self._pays(({}, [{**fee, "cell_ids": stages}]))
        records = self.env["scrm.settlement.record"]
        mine = [("plan_id", "=", self.plan.id)]
        ticket = self._ticket()
        with self.at("2026-03-31 04:00:00"):
            ticket.with_user(self.engineer).scrm_step_complete()
        first = records.search(mine)
        self.assertEqual(first.amount, 66.67)
        self.assertEqual(first.payee_id, self.engineer.partner_id)
        self.assertEqual(str(first.basis_date), "2026-03-31")
        self.assertEqual(first.fact_id.event, "stage_done")
        self.assertIn("2 of 3 parts of 100: 66.67", first.explanation)
        self.assertTrue(first.verify())
        with self.at("2026-03-31 06:00:00"):
            ticket.with_user(self.supervisor).scrm_step_reject("visit", "It leaks")
            ticket.with_user(self.engineer).scrm_step_complete()
        self.assertEqual(records.search(mine), first)
        with self.at("2026-04-01 04:00:00"):
            ticket.with_user(self.supervisor).scrm_step_complete()
        second = records.search(mine) - first
        self.assertEqual(second.amount, 33.33)
        self.assertEqual(second.payee_id, self.supervisor.partner_id)
        self.assertEqual(str(second.basis_date), "2026-04-01")
        self.assertEqual(self.plan.with_user(self.accountant).settle()["created"], 0)

    def test_base_and_parts_by_season(self):
        """80 and 10 % of parts that cost 200: 100; in July 15 %: 110.

        Covers: S06
        """
        share = {"formula": "percent", "dimension": "parts_cost"}
        self._pays(
            ({}, [{"amount": 80}]),
            (
                {},
                [
                    {
                        **share,
                        "rate": 15,
                        "condition_ids": when("month", "in", "06, 07, 08"),
                    },
                    {**share, "rate": 10},
                ],
            ),
        )
        self.assertEqual(self._done(parts=200), {"part_0": 80, "part_1": 20})
        self.assertEqual(self._done(JULY, parts=200), {"part_0": 80, "part_1": 30})

    def test_metrics_with_coefficients(self):
        """2,000 viewers x 0.01, rate 3.5 x 50, sales 10,000 x 0.05: 20 + 175 + 500.

        Covers: S12
        """
        metrics = {"viewers": 0.01, "conversion": 50, "sales": 0.05}
        terms = [
            Command.create({"dimension": f"field.settle_{key}", "coefficient": value})
            for key, value in metrics.items()
        ]
        self._pays(({}, [{"formula": "coefficient", "term_ids": terms}]))
        paid = self._done(form={"viewers": 2000, "conversion": 3.5, "sales": 10000})
        self.assertEqual(paid, {"part_0": 695})

    def test_installer_in_three_parts(self):
        """120 base; 27.8 km away, 2 for each above 20: 15.60; 10 % of parts of 300: 30.

        Near by there is no subsidy, and a job without parts has no share in them.

        Covers: S18
        """
        remote = {
            "formula": "slab",
            "unit": "per_unit",
            "dimension": "distance",
            "tier_ids": tiers((20, 0, 2)),
        }
        parts = {"formula": "percent", "rate": 10, "dimension": "price_parts"}
        self._pays(({}, [{"amount": 120}]), ({}, [remote]), ({}, [parts]))
        self.store.partner_id = self.env["res.partner"].create(
            {"name": "A", "partner_latitude": 31.25, "partner_longitude": 121.5}
        )
        home = self.customer.partner_id
        home.write({"partner_latitude": 31.0, "partner_longitude": 121.5})
        self.template.price_parts = True
        self.filter.list_price = 30
        ticket = self._ticket(store_id=self.store.id, parts=10)
        ticket._scrm_update_prices()
        amounts = self.finish(ticket).mapped("amount")
        self.assertEqual(sorted(amounts), [15.6, 30, 120])
        home.partner_latitude = 31.24
        self.assertEqual(sum(self._done(store_id=self.store.id).values()), 120)

    def test_sales_in_tiers(self):
        """Sales of 45,000: 10,000 at 2 %, 20,000 at 3 %, 15,000 at 5 %: 1,550.

        Covers: S19
        """
        self._pays(
            (
                {"scope": "period"},
                [
                    {
                        "formula": "slab",
                        "dimension": "field.settle_sales",
                        "tier_ids": tiers(
                            (0, 10000, 2), (10000, 30000, 3), (30000, 0, 5)
                        ),
                    }
                ],
            )
        )
        for amount in (20000, 25000):
            self._done(form={"sales": amount})
        self.assertEqual(self._month(), {("part_0", self.engineer.name): 1550})

    def test_weighted_by_response(self):
        """The customer's 5 points are worth 12 each within an hour, 10 up to 4, then 8.

        Answered after one hour 60, after four 50, after five 40; 4 points after one
        hour 48.

        Covers: S20
        """
        cells = [
            Command.create({"row": row, "value": value})
            for row, value in ((", 1", 12), ("1, 4", 10), ("4,", 8))
        ]
        self._pays(
            (
                {},
                [
                    {
                        "formula": "matrix",
                        "unit": "per_unit",
                        "dimension": "rating",
                        "row_dimension": "response_hours",
                        "column_dimension": "priority",
                        "cell_ids": cells,
                    }
                ],
            )
        )
        for opened, rating, amount in (
            ("2026-03-10 03:00:00", 5, 60),
            ("2026-03-10 00:00:00", 5, 50),
            ("2026-03-09 23:00:00", 5, 40),
            ("2026-03-10 03:00:00", 4, 48),
        ):
            record = self.finish(self._ticket(opened, rating=rating))
            self.assertEqual(record.amount, amount, record.explanation)

    def test_materials_and_labour_apart(self):
        """Materials of 200 and 10 hours at 60: two amounts, two accounts, two sums.

        The hours are 7 and 3 for two projects: 420 and 180 of the labour; materials
        are halved: 100 each. The bill keeps them apart.

        Covers: S21
        """
        accounts = self.env["account.account"].search(
            [("account_type", "=", "expense"), ("company_ids", "in", self.company.ids)],
            limit=2,
        )
        books = self.env["account.analytic.plan"].create({"name": "Projects"})
        one, two = self.env["account.analytic.account"].create(
            [{"name": name, "plan_id": books.id} for name in ("P1", "P2")]
        )

        def centres(*keys):
            return [
                Command.create(
                    {
                        "receiver": "analytic",
                        "analytic_account_id": centre.id,
                        "dimension": key,
                    }
                )
                for centre, key in zip((one, two), keys, strict=True)
            ]

        hours = ("field.settle_hours", "field.settle_rest")
        labour = [
            Command.create({"dimension": key, "coefficient": 60}) for key in hours
        ]
        self._pays(
            (
                {"account_id": accounts[0].id, "share_ids": centres(False, False)},
                [{"formula": "percent", "rate": 100, "dimension": "parts_cost"}],
            ),
            (
                {"account_id": accounts[1].id, "share_ids": centres(*hours)},
                [{"formula": "coefficient", "term_ids": labour}],
            ),
        )
        paid = self._done(parts=200, form={"hours": 7, "rest": 3})
        self.assertEqual(paid, {"part_0": 200, "part_1": 600})
        move = self.approved_statement().action_post()
        lines = {
            (line.account_id, int(next(iter(line.analytic_distribution)))): (
                line.price_subtotal
            )
            for line in move.invoice_line_ids
        }
        materials, work = accounts
        self.assertEqual(
            lines,
            {
                (materials, one.id): 100,
                (materials, two.id): 100,
                (work, one.id): 420,
                (work, two.id): 180,
            },
        )

    def test_bonus_from_three_sources(self):
        """Rooms, satisfaction and consumables of a cleaner's month: 32 + 50 + 8.

        Three rooms: two at 10, one at 12. Marks 5, 5 and 4 are 4.67 on average: the
        step above 4.5. Consumables of 5, 4 and 3 leave 8 of the allowed 20.

        Covers: S22
        """
        month = {"scope": "period"}
        self._pays(
            (
                month,
                [
                    {
                        "formula": "slab",
                        "unit": "per_unit",
                        "dimension": "period.count",
                        "tier_ids": tiers((0, 2, 10), (2, 0, 12)),
                    }
                ],
            ),
            (
                month,
                [
                    {
                        "formula": "retroactive",
                        "unit": "amount",
                        "dimension": "average.rating",
                        "tier_ids": tiers((4, 4.5, 30), (4.5, 0, 50)),
                    }
                ],
            ),
            (
                month,
                [
                    {
                        "formula": "coefficient",
                        "amount": 20,
                        "has_floor": True,
                        "term_ids": [
                            Command.create(
                                {"dimension": "parts_cost", "coefficient": -1}
                            )
                        ],
                    }
                ],
            ),
        )
        for rating, parts in ((5, 5), (5, 4), (4, 3)):
            self._done(rating=rating, parts=parts)
        name = self.engineer.name
        self.assertEqual(
            self._month(),
            {("part_0", name): 32, ("part_1", name): 50, ("part_2", name): 8},
        )

    def test_maintenance_cycle(self):
        """A device is due every three months: its ticket pays 120, a repair 80.

        The rule is triggered by the cycle, not by anything on the form. Done later
        than 7 days after it was due, the visit pays 90.

        Covers: S29
        """
        due = when("cycle_maintenance", "=", "true")
        self._pays(
            (
                {},
                [
                    {
                        "amount": 120,
                        "condition_ids": due + when("cycle_delay", "<=", "7"),
                    },
                    {"amount": 90, "condition_ids": due},
                    {"amount": 80},
                ],
            )
        )
        self.filter.tracking = "serial"
        devices = self.env["stock.lot"]
        for name in ("SN-CYCLE-1", "SN-CYCLE-2"):
            devices |= self._device(
                name,
                scrm_cycle_months=3,
                scrm_last_maintenance="2025-12-10",
                scrm_maintenance_template_id=self.template.id,
            )
        with self.at("2026-03-05 04:00:00"):
            opened = devices.browse(devices._scrm_due_ids())._scrm_open_maintenance()
        self.assertEqual(opened.scrm_lot_id, devices)
        opened.scrm_values = {"settle_area": 50}
        self.assertEqual(str(opened[0].scrm_cycle_due), "2026-03-10")
        amounts = [
            self.finish(ticket, moment=moment).amount
            for ticket, moment in zip(
                opened, ("2026-03-17 04:00:00", "2026-03-18 04:00:00"), strict=True
            )
        ]
        self.assertEqual(amounts, [120, 90])
        self.assertEqual(self._done(scrm_lot_id=devices[0].id), {"part_0": 80})
