from odoo import fields, models

#: Types of fields of a form whose values follow others.
FOLLOWING = ("formula", "history")


class HelpdeskTicket(models.Model):
    """What a ticket said before somebody changed it: form and description here, its
    other fields by Odoo's tracking.

    Comes before the other files of the ticket: each write arrives here once.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    name = fields.Char(tracking=True)
    partner_id = fields.Many2one(tracking=True)
    category_id = fields.Many2one(tracking=True)
    team_id = fields.Many2one(tracking=True)
    priority = fields.Selection(tracking=True)

    def write(self, vals):
        if not vals.keys() & {"scrm_values", "description"}:
            return super().write(vals)
        before = [
            (ticket, dict(ticket.scrm_values._values), ticket.description)
            for ticket in self
        ]
        result = super().write(vals)
        rows = []
        for ticket, values, description in before:
            rows += ticket._scrm_changed_values(values)
            if (description or "") != (ticket.description or ""):
                rows.append(
                    {
                        "ticket_id": ticket.id,
                        "kind": "text",
                        "before": description,
                        "after": ticket.description,
                    }
                )
        if rows:
            self.env["scrm.ticket.change"]._add(rows)
        return result

    def _scrm_changed_values(self, before):
        """Rows of ``scrm.ticket.change`` for the values of the form that are new.

        :param before: field key -> value before the write
        """
        after = self.scrm_values._values
        changed = {
            key
            for key in before.keys() | after.keys()
            if (before.get(key) or None) != (after.get(key) or None)
        }
        if changed:
            # sudo: which fields follow others
            template = self.sudo().template_id
            for kind in FOLLOWING:
                changed -= set(template._scrm_keys(kind)) if template else set()
        return [
            {
                "ticket_id": self.id,
                "kind": "value",
                "key": key,
                "before": before.get(key),
                "after": after.get(key),
            }
            for key in sorted(changed)
        ]
