from odoo import models

#: Types of fields of a form whose values follow others.
FOLLOWING = ("formula", "history")


#: Fields of a ticket that helpdesk_mgmt does not track: their changes are kept here.
#: A message of Odoo's tracking for each would cost more than the rest of a save.
KEPT = ("name", "partner_id", "category_id", "team_id", "priority")


class HelpdeskTicket(models.Model):
    """What a ticket said before somebody changed it: the form, the description and
    the fields that Odoo's tracking does not follow.

    Comes before the other files of the ticket: each write arrives here once.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    def write(self, vals):
        names = [name for name in KEPT if name in vals]
        if "user_id" in vals and "team_id" not in names:
            if not all(ticket.team_id for ticket in self):
                names.append("team_id")  # it follows the user
        is_text, is_form = "description" in vals, "scrm_values" in vals
        if not (names or is_text or is_form):
            return super().write(vals)
        before = [
            (
                ticket,
                ticket._scrm_kept(names),
                is_text and ticket.description,
                dict(ticket.scrm_values._values) if is_form else {},
            )
            for ticket in self
        ]
        result = super().write(vals)
        rows = []
        for ticket, kept, description, values in before:
            rows += ticket._scrm_changed_fields(kept)
            if is_form:
                rows += ticket._scrm_changed_values(values)
            if is_text and (description or "") != (ticket.description or ""):
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

    def _scrm_kept(self, names):
        """Values of fields as rows of ``scrm.ticket.change`` keep them: of a record
        its id."""
        return {
            name: value.id if isinstance(value, models.BaseModel) else value
            for name, value in ((name, self[name]) for name in names)
        }

    def _scrm_changed_fields(self, before):
        """Rows of ``scrm.ticket.change`` for the ticket's own fields that are new.

        :param before: name -> value before the write
        """
        after = self._scrm_kept(before)
        return [
            {
                "ticket_id": self.id,
                "kind": "tracking",
                "field": name,
                "before": before[name] or None,
                "after": after[name] or None,
            }
            for name in before
            if (before[name] or None) != (after[name] or None)
        ]

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
