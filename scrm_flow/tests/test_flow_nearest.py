from odoo.exceptions import UserError
from odoo.tests import tagged

from .standby_common import StandbyCase

PLACES = {
    "bob": (31.2304, 121.4737),  # Shanghai
    "cid": (30.2741, 120.1551),  # Hangzhou
    "eve": (39.9042, 116.4074),  # Beijing
}


@tagged("post_install", "-at_install")
class TestFlowNearest(StandbyCase):
    """Bob in Shanghai, Cid in Hangzhou, Eve in Beijing; work in Suzhou."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.role.user_ids = cls.bob | cls.cid | cls.eve
        for name, (latitude, longitude) in PLACES.items():
            cls.place(getattr(cls, name).partner_id, latitude, longitude)
        cls.customer = cls.env["res.partner"].create({"name": "Suzhou"})
        cls.place(cls.customer, 31.2989, 120.5853)

    @classmethod
    def place(cls, partner, latitude, longitude):
        partner.write({"partner_latitude": latitude, "partner_longitude": longitude})

    def setUp(self):
        super().setUp()
        self.use(handler_choice="nearest")

    def order(self):
        return self.visit(partner_id=self.customer.id)

    def test_the_nearest_gets_it(self):
        """Time and again, with the distances in the reason.

        Covers: H11
        """
        for _number in range(2):
            step = self.order()
            self.assertEqual(step.user_id, self.bob)
        self.assertIn("Bob [km: 84.8], who is the nearest", step.assign_reason)
        self.assertIn("Cid [km: 121.1]", step.assign_reason)
        self.assertIn("Eve [km: 1028", step.assign_reason)

    def test_the_nearest_who_can(self):
        self.bob.active = False
        self.assertEqual(self.order().user_id, self.cid)

    def test_without_a_point_one_comes_last(self):
        self.place((self.bob | self.cid).partner_id, 0, 0)
        step = self.order()
        self.assertEqual(step.user_id, self.eve)
        self.assertIn("Bob [no location", step.assign_reason)

    def test_the_same_distance_goes_in_turn(self):
        self.place(self.cid.partner_id, *PLACES["bob"])
        names = [self.order().user_id.name for _number in range(3)]
        self.assertEqual(names, ["Bob", "Cid", "Bob"])

    def test_no_place_to_go_to_goes_in_turn(self):
        self.place(self.customer, 0, 0)
        steps = [self.order() for _number in range(3)]
        self.assertEqual([s.user_id.name for s in steps], ["Bob", "Cid", "Eve"])
        self.assertIn("as no distance is known", steps[0].assign_reason)

    def test_publishing_asks_for_a_contact(self):
        with self.assertRaisesRegex(UserError, "does not lead to a contact"):
            self.use(location_path="company_id")
        with self.assertRaisesRegex(UserError, "has no field “nowhere”"):
            self.use(location_path="nowhere.partner_id")
        self.use(location_path="company_id.partner_id")
