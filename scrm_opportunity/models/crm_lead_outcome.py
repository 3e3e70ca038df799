from odoo import fields, models


class CrmLead(models.Model):
    """What an opportunity came from, and who hears when it is won or lost."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "crm.lead"

    scrm_origin_ticket_id = fields.Many2one(
        "helpdesk.ticket",
        string="Began with Ticket",
        index="btree_not_null",
        copy=False,
        ondelete="set null",
        groups="scrm_opportunity.group_user",
    )
    scrm_offer_id = fields.Many2one(
        "scrm.offer",
        string="Offer",
        index="btree_not_null",
        copy=False,
        ondelete="restrict",
        help="The offer on a ticket that brought this opportunity.",
    )

    def _scrm_reach_stage(self, stage):
        """Move to a stage; those that are there or further stay."""
        for lead in self:
            if (lead.stage_id.sequence, lead.stage_id.id) < (stage.sequence, stage.id):
                lead.stage_id = stage

    def _handle_won_lost(self, old_status_by_lead, new_status_by_lead):
        result = super()._handle_won_lost(old_status_by_lead, new_status_by_lead)
        for lead in self:
            old = old_status_by_lead.get(lead.id, {})
            new = new_status_by_lead.get(lead.id, {})
            for name in ("is_won", "is_lost"):
                if new.get(name) and not old.get(name):
                    lead._scrm_tell_tickets(is_won=name == "is_won")
        return result

    def _scrm_tell_tickets(self, is_won):
        """Tell who handles the linked tickets, as far as they may read this.

        It is no message of the ticket, whose readers are more.
        """
        self.ensure_one()
        # sudo: who is told is asked below, one by one, for the right to read both
        tickets = (
            self.sudo()
            .match_ids.filtered(lambda match: match.state == "linked")
            .ticket_id
        )
        for ticket in tickets:
            people = (ticket.user_id | ticket.scrm_handler_ids) - self.env.user
            told = people.filtered(
                lambda user, ticket=ticket: (
                    self.with_user(user).has_access("read")
                    and ticket.with_user(user).has_access("read")
                )
            )
            for lang, users in told.grouped("lang").items():
                words = self.with_context(lang=lang).env
                if is_won:
                    body = words._("The opportunity “%(name)s” is won.", name=self.name)
                else:
                    body = words._(
                        "The opportunity “%(name)s” is lost.", name=self.name
                    )
                ticket.message_notify(
                    partner_ids=users.partner_id.ids,
                    subject=f"{ticket.number} {ticket.name}",
                    body=body,
                )
