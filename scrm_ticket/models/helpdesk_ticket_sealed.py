from odoo import api, fields, models
from odoo.tools import SQL

from ..fields_sealed import SealedHtml

#: Doors by which a conversation becomes a ticket.
TALKS = ("chat", "discuss", "wecom")


class HelpdeskTicket(models.Model):
    """The message that a ticket was made of is its description, stored sealed.

    Its words are not in its name, which goes on to mails, lists, documents and logs.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    description = SealedHtml()

    def _scrm_seals(self, values):
        if values is not None:
            return values.get("scrm_door") in TALKS
        return self._scrm_is_talk()

    @api.model
    def _scrm_sealed_where(self):
        return SQL("scrm_door IN %s", TALKS)

    def _scrm_is_talk(self):
        """Whether the ticket was made of a message."""
        return self.sudo().scrm_door in TALKS  # sudo: by which door, to store it

    @api.model
    def _scrm_talk_name(self, matter, customer, at=None):
        """Name of a ticket that is made of a message: what it is about, of whom and
        when, in the time of the user.

        :param matter: name of the template; may be empty
        :param at: moment, now by default
        """
        tz = self.env.context.get("tz") or self.env.user.tz
        here = self.with_context(tz=tz or self.env.company.partner_id.tz)
        at = fields.Datetime.context_timestamp(here, at or self.env["scrm.clock"].now())
        parts = (matter, customer, f"{at:%m-%d %H:%M}")
        return " · ".join(part for part in parts if part)

    def _scrm_name_of_part(self, template):
        """Name of a ticket that a part of this one's message is made of."""
        self.ensure_one()
        template = template.with_context(lang=template._scrm_desk_lang())
        if self._scrm_is_talk():
            return self._scrm_talk_name(template.name, self.partner_id.display_name)
        return f"{self.name} · {template.name}"
