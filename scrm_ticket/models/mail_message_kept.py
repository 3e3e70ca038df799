from odoo import api, models
from odoo.exceptions import UserError


class MailMessage(models.Model):
    """What was said on tickets is kept: an edited message keeps its earlier text, and
    none is deleted."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "mail.message"

    _scrm_at_idx = models.Index("(date) WHERE model = 'helpdesk.ticket'")

    def write(self, vals):
        before = {}
        if "body" in vals:
            # sudo: what it said; whether it may be changed is asked by Odoo below
            for message in self.sudo():
                if message.model == "helpdesk.ticket" and message.res_id:
                    before[message] = message.body
        result = super().write(vals)
        rows = [
            {
                "ticket_id": message.res_id,
                "kind": "edit",
                "message_id": message.id,
                "before": body,
                "after": message.body,
            }
            for message, body in before.items()
            if body and message.body != body
        ]
        if rows:
            self.env["scrm.ticket.change"]._add(rows)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_of_ticket(self):
        # sudo: where they belong; a ticket that is deleted takes its own along
        if not self.env.su and "helpdesk.ticket" in self.sudo().mapped("model"):
            raise UserError(self.env._("Messages of tickets are kept."))
