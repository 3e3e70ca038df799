from markupsafe import Markup

from odoo import models
from odoo.tools import format_datetime


class ResPartner(models.Model):
    """A customer's last months with us, in one list of all ways."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "res.partner"

    def scrm_portrait(self):
        """What this customer did with us lately, for screens that ask for it.

        :return: HTML; empty when there is nothing
        """
        self.ensure_one()
        self.check_access("read")
        return self._scrm_portrait() or ""

    def _scrm_portrait(self):
        """The portrait as a list to be read."""
        moments = self.env["scrm.portrait"]._of(self)
        if not moments:
            return False
        rows = Markup().join(self._scrm_portrait_row(moment) for moment in moments)
        return (
            Markup("<table class='table table-sm o_scrm_portrait mb-0'>%s</table>")
            % rows
        )

    def _scrm_portrait_row(self, moment):
        badge = Markup("<span class='badge text-bg-light ms-1'>%s</span>")
        said = Markup("<a href='%s'>%s</a>") % (moment.link, moment.text)
        more = Markup().join(
            badge % one for one in (moment.channel, moment.state) if one
        )
        title = "\n".join(moment.details)
        return Markup(
            "<tr title='%s'><td class='text-muted'>%s</td>"
            "<td class='text-nowrap'>%s</td><td>%s%s</td>"
            "<td class='text-end text-nowrap'>%s</td></tr>"
        ) % (
            title,
            format_datetime(self.env, moment.at, dt_format="short"),
            moment.kind,
            said,
            more,
            moment.amount,
        )

    def action_scrm_new_ticket(self):
        """Open the short form of a ticket for this customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Ticket"),
            "res_model": "helpdesk.ticket",
            "view_mode": "form",
            "views": [
                (self.env.ref("scrm_ticket.helpdesk_ticket_view_form_quick").id, "form")
            ],
            "target": "new",
            "context": {"default_partner_id": self.id},
        }
