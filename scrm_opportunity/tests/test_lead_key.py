from odoo.tests import tagged
from odoo.tools import SQL

from .common import OpportunityCase


@tagged("post_install", "-at_install")
class TestLeadKey(OpportunityCase):
    """Keys follow the opportunity, and tickets find it by them."""

    def keys(self, lead):
        return set(lead.scrm_key_ids.mapped("key"))

    def test_keys_follow_the_opportunity(self):
        lead = self.lead("Offer", self.sunrise, phone="+86 21 6123 4567")
        before = self.keys(lead)
        self.assertLessEqual({f"n:{self.sunrise.id}", "t:+862161234567"}, before)
        kept = lead.scrm_key_ids.filtered(lambda one: one.key.startswith("c:"))
        lead.phone = "+86 21 6999 0000"
        self.assertEqual(
            self.keys(lead) ^ before, {"t:+862161234567", "t:+862169990000"}
        )
        self.assertLessEqual(kept, lead.scrm_key_ids, "what stays is not made again")
        lead.stage_id = self.env["crm.stage"].search([], order="sequence desc", limit=1)
        self.assertEqual(
            set(lead.scrm_key_ids.mapped("touched")), {lead.date_last_stage_update}
        )
        lead.type = "lead"
        self.assertFalse(lead.scrm_key_ids)

    def test_those_from_before_are_found(self):
        """After an installation, or an upgrade from a version without the table."""
        lead = self.lead("Offer", self.sunrise)
        made = self.keys(lead)
        self.env.flush_all()
        self.env.cr.execute(SQL("DELETE FROM scrm_lead_key"))
        self.env.invalidate_all()
        self.assertFalse(self.ticket(self.sunrise).match_ids)
        self.env["scrm.lead.key"]._fill()
        self.assertEqual(self.keys(lead), made)
        self.assertEqual(self.ticket(self.sunrise).match_ids.lead_id, lead)

    def test_one_of_many_that_is_named(self):
        """Of more than are looked at, the one whose product is named is found.

        Covers in part: O02
        """
        product = self.env["product.product"].create(
            {"name": "Press", "default_code": "XK-200"}
        )
        old = self.lead("Half a year ago", self.sunrise)
        self.env["sale.order"].create(
            {
                "partner_id": self.sunrise.id,
                "opportunity_id": old.id,
                "order_line": [(0, 0, {"product_id": product.id})],
            }
        )
        self.env["crm.lead"].create(
            [
                {"name": f"Newer {number}", "type": "opportunity",
                 "partner_id": self.sunrise.id}
                for number in range(20)
            ]
        )  # fmt: skip
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE crm_lead"
                " SET date_last_stage_update = now() - interval '180 days'"
                " WHERE id = %s",
                old.id,
            )
        )
        self.env.cr.execute(
            SQL(
                "UPDATE scrm_lead_key SET touched = now() - interval '180 days'"
                " WHERE lead_id = %s",
                old.id,
            )
        )
        self.env.invalidate_all()
        ticket = self.ticket(self.sunrise, description="<p>The XK-200 you quoted</p>")
        self.assertEqual(self.states(ticket).get("Half a year ago"), "linked")
