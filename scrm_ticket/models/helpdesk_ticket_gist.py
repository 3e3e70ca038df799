from odoo import api, models
from odoo.tools.mail import html_to_inner_content

#: Types of fields whose answers say what a ticket is about, the most telling first.
TELLING = ("long_text", "text", "category", "choice", "serial")
#: Longest gist, in characters.
LIMIT = 80


class HelpdeskTicket(models.Model):
    """What tells a ticket from its neighbours in a list, where all have one name."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    @api.depends("name")
    def _compute_display_name(self):
        """Before it is saved a ticket has no number to be called by."""
        result = super()._compute_display_name()
        for ticket in self:
            if not ticket._origin:
                ticket.display_name = ticket.name or self.env._("New Ticket")
        return result

    def _scrm_gist(self):
        """The first words of what somebody wrote, as far as the reader may see it."""
        self.ensure_one()
        text = html_to_inner_content(self.description or "")
        text = " ".join((text or self._scrm_telling_answer()).split())
        return text if len(text) <= LIMIT else text[: LIMIT - 1].rstrip() + "…"

    def _scrm_telling_answer(self):
        """The answer that says most; what the form filled in by itself says nothing."""
        # sudo: customers read no templates; what is hidden from the reader stays out
        ticket = self.sudo()
        types = {
            line.field_key: line.field_id.type
            for line in ticket.template_id.line_ids
            if not line.default_kind
        }
        rows = [
            row
            for row in ticket._scrm_values_for_display()
            if types.get(row["key"]) in TELLING
        ]
        rows.sort(key=lambda row: TELLING.index(types[row["key"]]))
        return rows[0]["text"] if rows else ""
