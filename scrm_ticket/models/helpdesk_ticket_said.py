from odoo import api, models
from odoo.exceptions import ValidationError

from ..doors import words


class HelpdeskTicket(models.Model):
    """What the words of a message say of its ticket: the store they name, tags, and
    choices of the form."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    @api.model
    def _scrm_said_store(self, text):
        """The store that a message names, the longest name first; none where it is
        not clear which.

        :return: ``scrm.store``
        """
        # sudo: a name only picks one, as at the other doors
        stores = self.env["scrm.store"].sudo()
        stores = stores.search([("company_id", "in", self.env.companies.ids)])
        named = {
            store: max(map(len, self._scrm_said_names(store, text)), default=0)
            for store in stores
        }
        longest = max(named.values(), default=0)
        best = [store for store, length in named.items() if length == longest]
        return best[0].sudo(False) if longest and len(best) == 1 else stores.browse()

    @api.model
    def _scrm_said_tags(self, text):
        """The tags whose names fall in a message."""
        tags = self.env["helpdesk.ticket.tag"].search(
            [("company_id", "in", [False, *self.env.companies.ids])]
        )
        return tags.filtered(lambda tag: self._scrm_said_names(tag, text))

    @api.model
    def _scrm_said_values(self, template, text):
        """Choices of the form that a message names, one of a field's options alone.

        :return: field key -> key of an option, for `scrm_values`
        """
        said = {}
        if not template:  # nobody said what it is about
            return said
        # sudo: options are part of the form, which the ticket gets anyhow
        for line in template.sudo()._scrm_lines_of("choice"):
            named = [
                option.key
                for option in line.field_id.option_ids
                if self._scrm_said_names(option, text)
            ]
            if len(named) == 1:
                said[line.field_id.key] = named[0]
        try:
            self._scrm_checked_values(template, said, complete=False)
        except ValidationError:  # who fills in the form decides, not a guess
            return {}
        return said

    @api.model
    def _scrm_said_names(self, record, text):
        """The names of a record, in every language, that fall in a message."""
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        names = {record.with_context(lang=code).name for code in languages}
        return [name for name in names if name and words.score([name], text)]
