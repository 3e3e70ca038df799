from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import OpportunityCase

PACK = {
    "format": "scrm-pack/1",
    "key": "opportunity_test",
    "name": "Opportunities",
    "requires": ["scrm_opportunity"],
    "partners": [{"key": "customer_x", "name": "Customer X", "phone": "+862161230000"}],
    "opportunities": [
        {
            "key": "offer_x",
            "name": "Air conditioners for a new branch",
            "customer": "customer_x",
            "expected_revenue": "12500.50",
        }
    ],
}


@tagged("post_install", "-at_install")
class TestPacks(OpportunityCase):
    def import_pack(self, **changes):
        return self.env["scrm.pack"].import_pack({**PACK, **changes})

    def leads(self):
        name = PACK["opportunities"][0]["name"]
        return self.env["crm.lead"].search([("name", "=", name)])

    def test_import_twice_makes_one(self):
        self.import_pack()
        lead = self.leads()
        self.import_pack()
        self.assertEqual(self.leads(), lead)
        self.assertEqual(lead.type, "opportunity")
        self.assertEqual(lead.partner_id.name, "Customer X")
        self.assertEqual(lead.expected_revenue, 12500.5)

    def test_export_gives_it_back(self):
        self.import_pack()
        exported = self.env["scrm.pack"].export_pack()
        found = [row for row in exported["opportunities"] if row["key"] == "offer_x"]
        self.assertEqual(found[0]["customer"], "customer_x")
        self.assertEqual(found[0]["expected_revenue"], "12500.5")
        self.assertNotIn("phone", found[0], "the customer's own is not repeated")

    def test_an_unknown_customer_refuses_the_whole_pack(self):
        wrong = {**PACK["opportunities"][0], "customer": "nobody"}
        with self.assertRaises(UserError) as caught:
            self.import_pack(opportunities=[wrong])
        self.assertIn("$.opportunities[0].customer", str(caught.exception))
        self.assertFalse(self.leads())
        self.assertFalse(self.env["res.partner"].search([("name", "=", "Customer X")]))
