from odoo import api, models
from odoo.tools import consteq, hmac

SCOPE = "scrm_ticket-badge"


class HelpdeskTicket(models.Model):
    """Pages for the customer that need no login: the engineer's badge, the rating."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    def _scrm_badge_url(self):
        """Address of the badge of whoever handles the ticket now; "" without one."""
        self.ensure_one()
        # sudo: the customer is told who comes
        engineer = self.sudo()._scrm_badge_steps().user_id[:1]
        if not engineer:
            return ""
        token = self._scrm_badge_token(engineer)
        return f"{self.get_base_url()}/scrm/badge/{self.id}/{engineer.id}/{token}"

    def _scrm_badge_token(self, engineer):
        # sudo: the secret of the database, which is not shown
        return hmac(self.env(su=True), SCOPE, (self.id, engineer.id))[:40]

    def _scrm_badge_steps(self):
        """Open steps of people: whose badge is good."""
        return self.scrm_run_id.step_ids.filtered(
            lambda step: step.state == "open" and step.user_id
        )

    @api.model
    def _scrm_badge(self, ticket_id, engineer_id, token):
        """What a badge shows, or None: there is no such badge.

        :return: {"ticket", "engineer": records with sudo, "is_good": whether the
            engineer still handles the ticket}
        """
        # sudo: whoever has the address, which only the customer was told
        ticket = self.sudo().browse(ticket_id).exists()
        engineer = self.env["res.users"].sudo().browse(engineer_id).exists()
        if not ticket or not engineer:
            return None
        if not consteq(ticket._scrm_badge_token(engineer), token):
            return None
        is_good = engineer in ticket._scrm_badge_steps().user_id
        return {"ticket": ticket, "engineer": engineer, "is_good": is_good}

    def _scrm_evaluation_url(self):
        """Where the customer rates the service, without a login."""
        self.ensure_one()
        # sudo: makes the one token of this customer, for the message to him
        ticket = self.sudo()
        given = ticket.rating_ids.filtered("consumed")[:1]
        token = given.access_token or ticket._rating_get_access_token()
        return f"{ticket.get_base_url()}/rate/{token}/5"
