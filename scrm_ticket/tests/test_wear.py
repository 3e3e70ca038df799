"""Devices that fail again and again are listed for maintenance before its time."""

import doctest
import random
from datetime import date, datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from ..engine import wear
from .common import TicketCase

DAY = timedelta(days=1)
FIRST = date(2025, 1, 1)


def history(seed):
    """460 days of a fleet: {name: days of faults}.

    40 devices wear out, each at an interval of its own between 20 and 80 days, give
    or take 15 %; 160 are sound and fail by chance, at most three times.
    """
    chance = random.Random(seed)
    fleet = {}
    for number in range(40):
        every, day = chance.randint(20, 80), chance.randint(0, 200)
        days = fleet[f"worn {number}"] = []
        while day <= 460:
            days.append(FIRST + day * DAY)
            day += max(1, round(chance.gauss(every, every * 0.15)))
    for number in range(160):
        faults = chance.choice([0, 0, 1, 1, 2, 3])
        fleet[f"sound {number}"] = [
            FIRST + chance.randint(0, 460) * DAY for _fault in range(faults)
        ]
    return fleet


@tagged("post_install", "-at_install")
class TestWear(TicketCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        fault = cls.env["scrm.form.field"].create(
            {
                "key": "test_wear_fault",
                "name": "Fault",
                "type": "choice",
                "option_ids": [Command.create({"key": "stuck", "name": "Stuck"})],
            }
        )
        cls.env["scrm.repair.plan"].create(
            {"key": "test_stuck", "name": "Stuck", "fault_id": fault.option_ids.id}
        )
        cls.template.write(
            {
                "part_ids": [Command.clear()],
                "line_ids": [Command.create({"field_id": fault.id})],
            }
        )
        cls.machine = cls.env["product.product"].create(
            {
                "name": "Test Mill",
                "is_storable": True,
                "tracking": "serial",
                "scrm_is_device": True,
            }
        )
        cls.worn, cls.sound = cls.env["stock.lot"].create(
            [
                {"name": name, "product_id": cls.machine.id, "scrm_store_id": store.id}
                for name, store in (("M-1", cls.store), ("M-2", cls.store))
            ]
        )

    def test_engine(self):
        """The arithmetic, by its own examples."""
        result = doctest.testmod(wear)
        self.assertGreater(result.attempted, 5)
        self.assertFalse(result.failed)

    def test_measured_on_a_seeded_history(self):
        """Of 200 devices with 400 days of history about a quarter fails within the
        next 45. Of those that are listed three quarters do, and more than half of
        those that fail are listed: what is left fails for the first time, or by
        chance.

        Covers in part: V09
        """
        today = FIRST + 400 * DAY
        until = today + 45 * DAY
        for seed in (1, 7, 19):
            fleet = history(seed)
            listed, failed = set(), set()
            for name, days in fleet.items():
                found = wear.rhythm(days, today)
                if found and found.expected <= until:
                    listed.add(name)
                if any(today < day <= until for day in days):
                    failed.add(name)
            with self.subTest(seed=seed):
                base_rate = len(failed) / len(fleet)
                precision = len(listed & failed) / len(listed)
                recall = len(listed & failed) / len(failed)
                self.assertLess(base_rate, 0.3)
                self.assertGreater(precision, 0.7)
                self.assertGreater(recall, 0.55)

    def fault(self, device, day, told=True):
        values = {**self.good_values, **({"test_wear_fault": "stuck"} if told else {})}
        with freeze_time(datetime.combine(day, datetime.min.time())):
            ticket = self.submit(values=values)
            ticket.scrm_lot_id = device
        return ticket

    def listed(self, today, user=None):
        """The devices that the list's filter shows to Dora."""
        with freeze_time(today):
            self.env.invalidate_all()
            lots = self.env["stock.lot"].with_user(user or self.dora)
            return lots.search([("scrm_early_on", "!=", False)])

    def test_listed_with_its_basis(self):
        """Three faults every 30 days: the fourth is expected on 1 April, a week before
        it is the day for maintenance, and the device says why. Tickets that tell of no
        fault, cancelled ones and two on one day do not count.

        Covers: V09
        """
        days = [date(2026, 1, 1), date(2026, 1, 31), date(2026, 3, 2)]
        for day in days[:2]:
            self.fault(self.worn, day)
        self.fault(self.worn, days[1])
        self.fault(self.worn, days[2], told=False)
        called_off = self.fault(self.worn, days[2])
        called_off.with_user(self.desk).scrm_flow_cancel("By mistake")
        for day in days[:2]:
            self.fault(self.sound, day)
        today = "2026-03-10 12:00:00"
        self.assertFalse(self.listed(today))
        self.fault(self.worn, days[2])
        self.assertEqual(self.listed(today), self.worn)
        analyst = new_test_user(
            self.env, "test_analyst", groups="scrm_ticket.group_analyst"
        )
        self.assertEqual(self.listed(today, analyst), self.worn, "head office too")
        with self.assertRaises(AccessError):
            self.worn.with_user(analyst).scrm_place = "Cellar"
        with freeze_time(today):
            self.env.invalidate_all()
            seen = Form(
                self.worn.with_user(self.dora),
                "scrm_ticket.stock_lot_view_form_device",
            )
            self.assertEqual(str(seen.scrm_early_on), "2026-03-25")
            self.assertEqual(
                seen.scrm_early_words,
                "3 faults, lately every 30 days; the next one is to be expected on "
                "04/01/2026",
            )
            self.assertEqual(self.worn.scrm_fault_count, 3)
            self.assertEqual(self.sound.scrm_fault_count, 2)
            lots = self.env["stock.lot"].with_user(self.dora)
            for until, found in (("2026-03-24", lots), ("2026-03-25", self.worn)):
                domain = [("scrm_early_on", "<=", until)]
                self.assertEqual(lots.search(domain), found, until)
            self.assertIn(self.sound, lots.search([("scrm_early_on", "=", False)]))
            self.assertNotIn(self.worn, lots.search([("scrm_early_on", "=", False)]))

    def test_planned_before(self):
        """What is maintained before the next fault anyhow is not listed; neither is
        what has not failed for a long time."""
        for day in (date(2026, 1, 1), date(2026, 1, 31), date(2026, 3, 2)):
            self.fault(self.worn, day)
        self.worn.write({"scrm_last_maintenance": "2026-02-20", "scrm_cycle_months": 1})
        self.assertFalse(self.listed("2026-03-10 12:00:00"), "due on 20 March")
        self.worn.scrm_cycle_months = 6
        self.assertEqual(self.listed("2026-03-10 12:00:00"), self.worn)
        self.assertEqual(self.listed("2026-05-01 12:00:00"), self.worn)
        self.assertFalse(self.listed("2026-05-02 12:00:00"), "60 days without a fault")
