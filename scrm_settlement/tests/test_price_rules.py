"""Tiers by every dimension, and what works on their prices."""

from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .price_common import PriceCommon


@tagged("post_install", "-at_install")
class TestPriceRules(PriceCommon):
    def test_dimensions_of_the_ticket(self):
        """Each dimension alone, then in pairs, gives the price of its rule.

        Without conditions 400. Gold 350, region North 340, store class A 330,
        channel Web 320, contract full 310, imported devices 300, urgent 450, area
        above 60 500, service level VIP 600: each by its own rule of rank 1. A pair is
        a rule of rank 0: 700 + its place in the table below.

        Covers in part: P14
        """
        self.add_service_level()
        store = self.env["scrm.store"].create(
            {"key": "north", "name": "North", "region": "North", "store_class": "A"}
        )
        imported = self.env["product.product"].create(
            {
                "name": "Boiler",
                "is_storable": True,
                "tracking": "serial",
                "categ_id": self.env["product.category"]
                .create({"name": "Imported"})
                .id,
            }
        )
        lot = self.env["stock.lot"].create({"name": "B-1", "product_id": imported.id})
        channel = self.env["helpdesk.ticket.channel"].create({"name": "Web channel"})
        cases = [
            ("customer_level", "gold", 350),
            ("region", "North", 340),
            ("store_class", "A", 330),
            ("channel", "Web channel", 320),
            ("contract", "full", 310),
            ("device_class", "Imported", 300),
            ("priority", "3", 450),
            ("field.settle_area", "61", 500),
            ("field.settle_level", "vip", 600),
        ]
        partner = self.customer.partner_id

        def fulfil(keys):
            partner.scrm_level = "gold" if "customer_level" in keys else "silver"
            partner.scrm_contract = "full" if "contract" in keys else False
            store.region = "North" if "region" in keys else "South"
            store.store_class = "A" if "store_class" in keys else "B"
            return self.new_ticket(
                scrm_values={
                    "settle_area": 61 if "field.settle_area" in keys else 60,
                    "settle_level": "vip" if "field.settle_level" in keys else "basic",
                },
                store_id=store.id,
                channel_id=channel.id if "channel" in keys else False,
                scrm_lot_id=lot.id if "device_class" in keys else False,
                priority="3" if "priority" in keys else "1",
            )

        self.assertEqual(fulfil(()).scrm_price_total, 400)
        for key, value, price in cases:
            self.item([(key, "=", value)], self.service, fixed_price=price, scrm_rank=1)
        pairs = [
            (one, other)
            for number, one in enumerate(cases)
            for other in cases[number + 1 :]
        ]
        for key, _value, price in cases:
            with self.subTest(key):
                ticket = fulfil({key})
                self.assertEqual(ticket.scrm_price_total, price)
        for place, (one, other) in enumerate(pairs):
            self.item(
                [(one[0], "=", one[1]), (other[0], "=", other[1])],
                self.service,
                fixed_price=700 + place,
                scrm_rank=0,
            )
        for place, (one, other) in enumerate(pairs):
            with self.subTest(pair=(one[0], other[0])):
                ticket = fulfil({one[0], other[0]})
                self.assertEqual(ticket.scrm_price_total, 700 + place)

    def add_tier(self, name, price, conditions):
        """A tier, and the rule of the price table that leads to it."""
        tier = self.tier.copy({"name": name})
        tier.item_ids.fixed_price = price
        self.env["scrm.decision.rule"].create(
            {
                "table_id": self.price_table.id,
                "rank": 1,
                "name": name,
                "result_model": tier._name,
                "result_id": tier.id,
                "condition_ids": self._conditions(conditions),
            }
        )
        return tier

    def test_service_levels(self):
        """Basic 300, standard 400, VIP 600: what the form says decides on the tier.

        Covers: P11
        """
        self.add_service_level()
        self.price_table.rule_ids.unlink()
        levels = {"basic": 300, "standard": 400, "vip": 600}
        for level, price in levels.items():
            self.add_tier(level, price, [("field.settle_level", "=", level)])
        ticket = self.new_ticket(50)
        self.assertFalse(ticket.scrm_price_line_ids, "no level, no tier")
        for level, price in levels.items():
            ticket.scrm_values = {"settle_area": 50, "settle_level": level}
            self.assertEqual(ticket.scrm_price_total, price)
            self.assertEqual(ticket.scrm_price_line_ids.pricelist_id.name, level)

    def test_device_class_and_service_level(self):
        """A high-end imported device with VIP service is of the VIP tier, 600; an
        ordinary domestic one of the standard tier, 400, also where VIP is asked for;
        an old model is a special offer, 250.

        Covers: P16
        """
        self.add_service_level()
        self.price_table.rule_ids.unlink()
        vip = ("field.settle_level", "=", "vip")
        self.add_tier("VIP", 600, [("device_class", "=", "high-end imported"), vip])
        self.add_tier("Imported", 500, [("device_class", "=", "high-end imported")])
        self.add_tier("Standard", 400, [("device_class", "=", "ordinary domestic")])
        self.add_tier("Special", 250, [("device_class", "=", "old model")])
        self.price_table.rule_ids[0].rank = 0
        for kind, level, price in (
            ("high-end imported", "vip", 600),
            ("high-end imported", "basic", 500),
            ("ordinary domestic", "standard", 400),
            ("ordinary domestic", "vip", 400),
            ("old model", "basic", 250),
        ):
            device = self.env["product.product"].create(
                {
                    "name": kind,
                    "is_storable": True,
                    "tracking": "serial",
                    "scrm_is_device": True,
                    "scrm_device_class": kind,
                }
            )
            lot = self.env["stock.lot"].create(
                {"name": f"{kind} {level}", "product_id": device.id}
            )
            with self.subTest(kind=kind, level=level):
                ticket = self.new_ticket(
                    scrm_values={"settle_area": 50, "settle_level": level},
                    scrm_lot_id=lot.id,
                )
                self.assertEqual(ticket.scrm_price_total, price)

    def test_member_channel_and_region_promotion(self):
        """Silver 400 and gold 350 on the web, silver 420 in the shop; the North has
        10 % off: 360, 315 and 378. Each change alone changes the ticket's price.

        Covers: P14
        """
        store = self.env["scrm.store"].create(
            {"key": "north", "name": "North", "region": "North"}
        )
        web, shop = self.env["helpdesk.ticket.channel"].create(
            [{"name": "Web channel"}, {"name": "Shop channel"}]
        )
        self.item([("customer_level", "=", "gold")], self.service, fixed_price=350)
        self.item([("channel", "=", "Shop channel")], self.service, fixed_price=420)
        self.adjustment("promotion", [("region", "=", "North")], percent=10)
        partner = self.customer.partner_id
        ticket = self.new_ticket(50, channel_id=web.id)
        for level, channel, region, price in (
            ("silver", web, "South", 400),
            ("gold", web, "South", 350),
            ("gold", web, "North", 315),
            ("silver", web, "North", 360),
            ("silver", shop, "North", 378),
            ("silver", shop, "South", 420),
        ):
            with self.subTest(level=level, channel=channel.name, region=region):
                partner.scrm_level = level
                store.region = region
                ticket.write({"channel_id": channel.id, "store_id": store.id})
                ticket._scrm_update_prices()
                self.assertEqual(ticket.scrm_price_total, price)

    def test_region_coefficient(self):
        """Class A is the 400 tier; in Shanghai x 1.25 = 500, elsewhere 400.

        Covers: P17
        """
        store = self.env["scrm.store"].create(
            {"key": "s", "name": "S", "region": "Shanghai", "store_class": "A"}
        )
        self.env["scrm.decision.condition"].create(
            {
                "rule_id": self.price_table.rule_ids.id,
                "dimension": "store_class",
                "operator": "=",
                "value": "A",
            }
        )
        self.adjustment("coefficient", [("region", "=", "Shanghai")], factor=1.25)
        ticket = self.new_ticket(50, store_id=store.id)
        self.assertEqual(ticket.scrm_price_total, 500)
        self.assertIn("Coefficient × 1.25", ticket.scrm_price_line_ids.reason)
        store.region = "Anhui"
        self.assertEqual(self.new_ticket(50, store_id=store.id).scrm_price_total, 400)
        store.store_class = "B"
        self.assertFalse(
            self.new_ticket(50, store_id=store.id).scrm_price_line_ids,
            "the tier is class A's",
        )

    def test_promotions_inside_their_dates(self):
        """10 % and 5 % stack to 400 x 0.9 x 0.95 = 342; 20 % alone is 320 and wins.

        Before 1 May and from 1 June on the price is 400.

        Covers: P18
        """
        dates = {"date_start": "2026-05-01", "date_end": "2026-06-01"}
        self.adjustment("promotion", percent=10, **dates)
        self.adjustment("promotion", percent=5, **dates)
        for moment, price in (
            ("2026-04-30 23:59:59", 400),
            ("2026-05-01 00:00:00", 342),
            ("2026-05-31 23:59:59", 342),
            ("2026-06-01 00:00:00", 400),
        ):
            with self.subTest(moment), self.at(moment):
                self.assertEqual(self.new_ticket(50).scrm_price_total, price)
        self.adjustment("promotion", percent=20, stacks=False, **dates)
        with self.at("2026-05-10 00:00:00"):
            self.assertEqual(self.new_ticket(50).scrm_price_total, 320)

    def test_surcharges(self):
        """A chandelier adds its fee per piece, urgency half of the service.

        400; two chandeliers 2 x 80 = 160; urgent 50 % of 400 = 200: 760 in all.
        Without pieces and urgency 400. A coefficient of 1.5 makes the service 600
        and half of it 300; the fee of a piece is its own: 600 + 160 + 300.

        Covers: P23
        """
        fee = self.env["product.product"].create(
            {"name": "Chandelier", "type": "service", "taxes_id": False}
        )
        self.adjustment(
            "surcharge",
            product_id=fee.id,
            amount=80,
            quantity_dimension="field.settle_area",
        )
        self.adjustment(
            "surcharge",
            [("priority", "=", "3")],
            product_id=fee.id,
            method="percent",
            percent=50,
        )
        ticket = self.new_ticket(2, priority="3")
        self.assertEqual(ticket.scrm_price_line_ids.mapped("amount"), [400, 160, 200])
        self.assertEqual(ticket.scrm_price_total, 760)
        self.assertIn("Surcharge", ticket.scrm_price_line_ids[1].reason)
        coefficient = self.adjustment("coefficient", factor=1.5)
        ticket._scrm_update_prices()
        self.assertEqual(ticket.scrm_price_line_ids.mapped("amount"), [600, 160, 300])
        coefficient.active = False
        ticket.write({"scrm_values": {"settle_area": 0}, "priority": "1"})
        self.assertEqual(ticket.scrm_price_total, 400)

    def test_added_on_site(self):
        """The engineer adds a night installation: 400 + 120, and it counts for him.

        Covers: P24
        """
        night = self.env["product.product"].create(
            {
                "name": "Night work",
                "type": "service",
                "list_price": 120,
                "taxes_id": False,
            }
        )
        self.rule.write({"dimension": "price_extras", "minimum": 0, "rate": 50})
        ticket = self.new_ticket(50)
        charge = (
            self.env["scrm.price.charge"]
            .with_user(self.engineer)
            .create({"ticket_id": ticket.id, "product_id": night.id})
        )
        self.assertEqual(charge.user_id, self.engineer)
        self.assertEqual(ticket.scrm_price_total, 520)
        with self.assertRaises(AccessError):
            charge.with_user(self.accountant).quantity = 2
        records = self.finish(ticket)
        self.assertEqual(records.payee_id, self.engineer.partner_id)
        self.assertEqual(records.amount, 60)
        with self.refused("no longer change"):
            charge.with_user(self.engineer).unlink()

    def test_warranty_pays(self):
        """Under warranty the customer pays nothing for service and parts, later all.

        Service 400 and one lamp 100: 500 for the customer, or 500 for the warranty.

        Covers: P30
        """
        self.template.price_parts = True
        boiler = self.env["product.product"].create(
            {"name": "Boiler", "is_storable": True, "tracking": "serial"}
        )
        today = self.env["scrm.clock"].today()
        lot = self.env["stock.lot"].create(
            {"name": "B-1", "product_id": boiler.id, "scrm_warranty_end": today}
        )
        self.adjustment(
            "cover", [("under_warranty", "=", "true")], percent=100, name="Warranty"
        )
        ticket = self.new_ticket(
            50,
            scrm_lot_id=lot.id,
            part_line_ids=[Command.create({"product_id": self.part.id})],
        )
        self.assertEqual(ticket.scrm_price_total, 0)
        self.assertEqual(ticket.scrm_price_covered, 500)
        self.assertEqual(ticket.scrm_price_line_ids.mapped("price_unit"), [400, 100])
        self.assertIn("Warranty", ticket.scrm_price_line_ids[0].reason)
        lot.scrm_warranty_end = today - timedelta(days=1)
        ticket._scrm_update_prices()
        self.assertEqual(ticket.scrm_price_total, 500)
        self.assertEqual(ticket.scrm_price_covered, 0)

    def test_recomputed(self):
        """An old line gives its number again after every rule has changed."""
        self.adjustment("coefficient", factor=1.1)
        promotion = self.adjustment("promotion", percent=10)
        ticket = self.new_ticket(50)
        line = ticket.scrm_price_line_ids
        self.assertEqual(line.price_unit, 396)
        self.finish(ticket)
        promotion.percent = 50
        self.tier.item_ids.fixed_price = 1
        ticket._scrm_update_prices()
        self.assertEqual(line.exists().price_again(), 396)
        self.assertEqual(line.amount, 396)

    def test_money(self):
        """Each currency, taxes on top or included, a discount, a return.

        33.335 x 3 with 13 % off: the unit is 29.00145, rounded to 29.00 (2 digits),
        29 (none), 29.001 (3). Three are 87.00, 87, 87.003. 10 % on top: 8.70, 9
        (8.7 rounded), 8.700 (8.7003). Included in 87: 87 / 1.1 = 79.0909 without:
        79.09, 79, 79.094 (79.0936). A return is the same below zero.
        """
        self.template.price_product_id = self.service
        tax = self.env["account.tax"].create(
            {"name": "Ten", "amount": 10, "country_id": self.company.country_id.id}
            if self.company.country_id
            else {"name": "Ten", "amount": 10}
        )
        self.adjustment("promotion", percent=13)
        self.part.taxes_id = tax
        self.tier.item_ids.unlink()
        item = self.item(product=self.part, fixed_price=33.335)
        for code, unit, whole, on_top, without in (
            ("CNY", 29.00, 87.00, 8.70, 79.09),
            ("EUR", 29.00, 87.00, 8.70, 79.09),
            ("JPY", 29, 87, 9, 79),
            ("KWD", 29.001, 87.003, 8.700, 79.094),
        ):
            currency = self.env.ref(f"base.{code}")
            currency.active = True
            self.tier.currency_id = currency
            item.fixed_price = 33.335
            for included, sign in ((False, 1), (True, 1), (False, -1), (True, -1)):
                with self.subTest(code, included=included, sign=sign):
                    tax.price_include_override = (
                        "tax_included" if included else "tax_excluded"
                    )
                    ticket = self.new_ticket(50)
                    self.env["scrm.price.charge"].create(
                        {
                            "ticket_id": ticket.id,
                            "product_id": self.part.id,
                            "quantity": 3 * sign,
                        }
                    )
                    line = ticket.scrm_price_line_ids[1]
                    self.assertAlmostEqual(line.price_unit, unit, 6)
                    self.assertAlmostEqual(line.amount, sign * whole, 6)
                    untaxed = without if included else whole
                    total = whole if included else whole + on_top
                    self.assertAlmostEqual(line.amount_untaxed, sign * untaxed, 6)
                    self.assertAlmostEqual(line.amount_total, sign * total, 6)
                    self.assertAlmostEqual(line.amount_tax, sign * (total - untaxed), 6)

    def test_customer_reads_no_cost(self):
        """The customer reads what he pays and why, not cost, margin or market."""
        self.tier.write({"scrm_margin_limited": True, "scrm_margin_floor": 10})
        self.service.standard_price = 390
        line = self.new_ticket(50).scrm_price_line_ids
        self.assertEqual(line.price_unit, 433.34)
        self.assertIn("390", line.reason_internal)
        seen = line.with_user(self.customer)
        self.assertNotIn("390", seen.reason)
        for name in ("cost", "margin", "terms", "steps", "inputs", "reason_internal"):
            with self.subTest(name), self.assertRaises(AccessError):
                seen.read([name])

    def test_who_changes_tiers(self):
        """Managers change what makes a price, others read at most."""
        adjustment = self.adjustment("coefficient", factor=1.1)
        adjustment.with_user(self.manager).factor = 1.2
        for user in (self.engineer, self.accountant, self.customer):
            with self.assertRaises(AccessError):
                adjustment.with_user(user).factor = 9
            with self.assertRaises(AccessError):
                self.tier.item_ids.with_user(user).fixed_price = 1
