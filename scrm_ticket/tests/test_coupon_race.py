"""Coupons given and redeemed at the same moment, in real transactions that commit."""

import uuid

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from .race_common import Race


@tagged("post_install", "-at_install")
class TestCouponRace(BaseCase):
    """Works outside the usual test transaction, so it cleans up by itself. The
    messages of rules draw coupons as the system does: with its rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.key = f"race_{uuid.uuid4().hex[:8]}"
        cls.addClassCleanup(cls.forget)
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            cls.partner_ids = (
                env["res.partner"]
                .create([{"name": f"{cls.key} {name}"} for name in ("Mei", "Max")])
                .ids
            )
            cls.made, cls.entered = (
                env["scrm.coupon.campaign"]
                .create(
                    [
                        {"name": "Made here", "key": cls.key},
                        {
                            "name": "Of the shop",
                            "key": f"{cls.key}_shop",
                            "makes_codes": False,
                            "new_codes": f"{cls.key}_A\n",
                        },
                    ]
                )
                .ids
            )

    @classmethod
    def forget(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            campaigns = env["scrm.coupon.campaign"].with_context(active_test=False)
            campaigns.search([("key", "=like", f"{cls.key}%")]).unlink()
            env["res.partner"].browse(cls.partner_ids).unlink()

    def race(self, *functions):
        with mute_logger("odoo.sql_db", "odoo.service.model"):
            return Race(self.registry).run(SUPERUSER_ID, functions)

    def give(self, campaign_id, partner_id):
        """Gives a customer a coupon: its code."""

        def act(env):
            partner = env["res.partner"].browse(partner_id)
            campaign = env["scrm.coupon.campaign"].browse(campaign_id)
            return campaign._give(partner, partner).code

        return act

    def coupons(self, campaign_id):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            coupons = env["scrm.coupon"].search([("campaign_id", "=", campaign_id)])
            return coupons.read(["code", "partner_id", "used_for"], load=None)

    def test_one_customer_twice(self):
        """Two messages to one customer draw a coupon at once: both say the same
        code."""
        mei = self.partner_ids[0]
        codes = self.race(self.give(self.made, mei), self.give(self.made, mei))
        self.assertEqual(
            [(one["code"], one["partner_id"]) for one in self.coupons(self.made)],
            [(codes[0], mei)],
        )
        self.assertEqual(codes[0], codes[1])

    def test_last_code(self):
        """Two customers draw the last code at once: one of them has it, the other is
        told that none is left; nor is it redeemed twice."""
        codes = self.race(*[self.give(self.entered, one) for one in self.partner_ids])
        refused = [code for code in codes if isinstance(code, UserError)]
        self.assertEqual(len(refused), 1, codes)
        self.assertIn("no coupon code left", str(refused[0]))
        code = f"{self.key}_A"
        self.assertIn(code, codes)

        def redeem(order):
            return lambda env: env["scrm.coupon"]._redeem(code, order).id

        found = self.race(redeem("S1"), redeem("S2"))
        self.assertEqual(sorted(map(bool, found)), [False, True], found)
        (coupon,) = self.coupons(self.entered)
        self.assertEqual(coupon["used_for"], "S1" if found[0] else "S2")
