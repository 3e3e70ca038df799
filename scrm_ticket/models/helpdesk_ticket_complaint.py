from odoo import models


class HelpdeskTicket(models.Model):
    """Boards of stores show at once that a complaint was answered."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        # sudo: only whether boards look again, whoever writes
        ticket = self.sudo()
        if ticket.template_id.is_complaint:
            ticket.scrm_run_id.flow_id._tell_maps()
        return result
