from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .price_common import PriceCommon


@tagged("post_install", "-at_install")
class TestPriceOffer(PriceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.store = cls.env["scrm.store"].create(
            {
                "key": "east",
                "name": "East",
                "region": "East China",
                "manager_id": cls.engineer.id,
            }
        )
        cls.service.name = "Installation"
        cls.glue, cls.valve = cls.env["product.product"].create(
            [
                {"name": name, "list_price": price, "taxes_id": False}
                for name, price in (("Anti-mould glue", 18), ("Angle valve", 10))
            ]
        )

    def offer(self, user=None, publish=True, **values):
        offer = (
            self.env["scrm.price.offer"]
            .with_user(user or self.manager)
            .create(
                {
                    "key": "extras",
                    "name": "Extras",
                    "line_ids": [
                        Command.create({"product_id": self.glue.id}),
                        Command.create({"product_id": self.valve.id, "quantity": 2}),
                    ],
                    **values,
                }
            )
        )
        if publish:
            offer.with_user(self.manager).action_publish()
        return offer

    def test_accessories(self):
        """Glue 18 and two valves 2 x 10 are 38 more, once accepted, in East China.

        Covers: P25
        """
        offer = self.offer(region="East China")
        elsewhere = self.store.copy({"key": "west", "region": "West"})
        self.assertFalse(self.new_ticket(50, store_id=elsewhere.id).scrm_offer_ids)
        ticket = self.new_ticket(50, store_id=self.store.id)
        self.assertEqual(ticket.scrm_offer_ids, offer)
        self.assertEqual(ticket.scrm_price_total, 400)
        accept = offer.with_user(self.engineer).with_context(scrm_ticket=ticket.id)
        accept.action_add_to_ticket()
        self.assertEqual(ticket.scrm_price_total, 438)
        self.assertEqual(ticket.scrm_price_line_ids.mapped("amount"), [400, 18, 20])
        self.assertFalse(ticket.scrm_offer_ids)
        with self.refused("not offered"):
            accept.action_add_to_ticket()
        ticket.scrm_charge_ids.unlink()
        self.assertEqual(ticket.scrm_price_total, 400)
        with self.assertRaises(AccessError):
            offer.with_user(self.accountant).with_context(
                scrm_ticket=ticket.id
            ).action_add_to_ticket()

    def test_dealer_requests(self):
        """A dealer asks for his region, head office publishes it there only.

        Covers: P26
        """
        with self.refused("own region"):
            self.offer(self.engineer, publish=False, region="West")
        with self.refused("own region"):
            self.offer(self.engineer, publish=False)
        offer = self.offer(
            self.engineer,
            publish=False,
            region="East China",
            state="published",
            requester_id=self.manager.id,
        )
        self.assertEqual(offer.state, "requested")
        self.assertEqual(offer.requester_id, self.engineer)
        ticket = self.new_ticket(50, store_id=self.store.id)
        self.assertFalse(ticket.scrm_offer_ids)
        with self.assertRaises(AccessError):
            offer.action_publish()
        with self.assertRaises(AccessError):
            offer.state = "published"
        with self.assertRaises(AccessError):
            offer.with_user(self.engineer_2).name = "Mine"
        offer.with_user(self.manager).action_publish()
        self.assertEqual(offer.decider_id, self.manager)
        ticket.invalidate_recordset(["scrm_offer_ids"])
        self.assertEqual(ticket.scrm_offer_ids, offer.sudo())
        elsewhere = self.store.copy({"key": "west", "region": "West"})
        other = self.new_ticket(50, store_id=elsewhere.id)
        self.assertFalse(other.scrm_offer_ids, "in the dealer's region only")
        add = offer.with_user(self.engineer).with_context(scrm_ticket=ticket.id)
        add.action_add_to_ticket()
        self.assertEqual(ticket.scrm_price_total, 438, "the service is charged")
        with self.assertRaises(AccessError):  # published: no longer his to change
            offer.line_ids[0].quantity = 100

    def test_package_by_model_and_history(self):
        """The big service is recommended for model X after two earlier visits.

        Covers: P31
        """
        car, other = self.env["product.product"].create(
            [
                {"name": name, "is_storable": True, "tracking": "serial"}
                for name in ("Model X", "Model Y")
            ]
        )
        lots = self.env["stock.lot"].create(
            [{"name": "VIN1", "product_id": product.id} for product in (car, other)]
        )
        offer = self.offer(
            condition_ids=self._conditions(
                [("device_model", "=", "Model X"), ("device_visits", ">=", "2")]
            )
        )
        for number, lot, offered in (
            (0, lots[0], False),
            (1, lots[0], False),
            (2, lots[0], True),
            (0, lots[1], False),
            (1, lots[1], False),
            (2, lots[1], False),
        ):
            with self.subTest(number=number, lot=lot.product_id.name):
                ticket = self.new_ticket(50, scrm_lot_id=lot.id)
                self.assertEqual(bool(ticket.scrm_offer_ids), offered)
        self.assertEqual(ticket.scrm_offer_ids | offer, offer)
