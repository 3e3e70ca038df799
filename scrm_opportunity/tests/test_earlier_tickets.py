from datetime import timedelta

from odoo.tests import tagged

from .common import OpportunityCase


@tagged("post_install", "-at_install")
class TestEarlierTickets(OpportunityCase):
    """A new opportunity finds the enquiries that came before it."""

    def enquiry(self, days, **values):
        ticket = self.env["helpdesk.ticket"].create(
            {
                "name": "Your presses",
                "description": "<p>From the website</p>",
                "partner_name": "Chen",
                "partner_email": "Chen@Lathe.example",
                "scrm_door": "public_form",
                "scrm_contact_phone": "138 1234 5678",
                **values,
            }
        )
        self.env.flush_all()
        at = self.env["scrm.clock"].now() - timedelta(days=days)
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = %s WHERE id = %s", (at, ticket.id)
        )
        self.env.invalidate_all()
        return ticket

    def follow_up(self, **values):
        """What a salesperson writes down after a call, knowing of nothing before."""
        return (
            self.env["crm.lead"]
            .with_user(self.lin)
            .create(
                {
                    "name": "Press line for Chen",
                    "type": "opportunity",
                    "contact_name": "Chen",
                    "user_id": self.lin.id,
                    **values,
                }
            )
        )

    def test_the_website_enquiry_of_three_months_ago_is_linked(self):
        """By address and number, however they are written; by itself.

        Covers: O16
        """
        old = self.enquiry(92)
        stranger = self.enquiry(
            92, partner_email="x@other.example", scrm_contact_phone="13900000000"
        )
        self.assertFalse(old.sudo().match_ids)
        lead = self.follow_up(email_from="chen@lathe.example", phone="+86 13812345678")
        self.assertEqual(lead.ticket_ids, old)
        self.assertEqual(old.sudo().match_ids.found_as, "linked")
        self.assertFalse(stranger.sudo().match_ids)

    def test_what_is_too_old_or_linked_is_left_alone(self):
        old = self.enquiry(200)
        linked = self.enquiry(30)
        known = self.lead("Known one", None, self.wang)
        linked._scrm_link(known)
        self.follow_up(email_from="chen@lathe.example", phone="+86 13812345678")
        self.assertFalse(old.sudo().match_ids)
        self.assertEqual(linked.sudo().match_ids.lead_id, known)

    def test_one_key_alone_is_only_suggested(self):
        old = self.enquiry(30)
        lead = self.follow_up(phone="13812345678", contact_name="Somebody else")
        self.assertFalse(lead.ticket_ids)
        self.assertEqual(old.sudo().match_ids.state, "suggested")
