from odoo import api, fields, models

#: Kind of profile entries that service finds out.
LEARNED = "learned"


class ScrmFormField(models.Model):
    """Answers that are worth knowing about the customer."""

    _inherit = "scrm.form.field"

    to_profile = fields.Boolean(
        string="Write Back to the Profile",
        help="What is entered here is kept in the customer's profile, too.",
    )


class HelpdeskTicket(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        tickets._scrm_write_back()
        return tickets

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"scrm_values", "partner_id"}:
            self._scrm_write_back()
        return result

    def _scrm_write_back(self):
        """Keep in the profile what the form found out; the last answer counts."""
        for ticket in self.filtered("template_id").filtered("partner_id"):
            # sudo: whoever fills in the form, the answer belongs to the customer
            found = ticket.sudo()
            wanted = found.template_id.line_ids.field_id.filtered("to_profile")
            entries = found.env["scrm.profile.entry"]
            for field in wanted:
                value = found._scrm_value(field.key)
                known = entries.search(
                    [
                        ("ticket_id", "=", found.id),
                        ("kind", "=", LEARNED),
                        ("key", "=", f"{found.id}.{field.key}"),
                    ]
                )
                if value is None or value == []:
                    known.unlink()
                    continue
                words = found._scrm_words(field, value)
                vals = {
                    "partner_id": found.partner_id.id,
                    "name": field.name,
                    "facts": {field.name: words},
                }
                if not known:
                    entries.create(
                        {
                            **vals,
                            "kind": LEARNED,
                            "source": "ticket",
                            "key": f"{found.id}.{field.key}",
                            "ticket_id": found.id,
                        }
                    )
                elif (
                    known.facts != vals["facts"] or known.partner_id != found.partner_id
                ):
                    known.write({**vals, "at": found.env["scrm.clock"].now()})
