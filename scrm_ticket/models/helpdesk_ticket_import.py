from odoo import api, models

from .helpdesk_ticket_rights import VALUES


class HelpdeskTicket(models.Model):
    """Import of tickets: a column of the form that nobody may fill in is named."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    @api.model
    def load(self, fields, data):
        if messages := self._scrm_import_faults(fields, data):
            return {"ids": False, "messages": messages, "nextrow": False}
        here = self.with_context(scrm_import=True)  # says more, see _scrm_incoming
        return super(HelpdeskTicket, here).load(fields, data)

    @api.model
    def _scrm_import_faults(self, columns, rows):
        """What is wrong with columns of the form, before anything is read.

        A field that is hidden from the user is like one that does not exist. What is
        masked for the user cannot be imported: a file with masks in it would wipe out
        what is there.

        :param columns: names of columns, as ``load`` takes them
        :param rows: lists of texts
        :return: messages as ``load`` gives them, each with its column and first row
        """
        asked = {
            number: key
            for number, column in enumerate(columns)
            for name, _dot, key in [column.partition("/")[0].partition(".")]
            if name == VALUES and key
        }
        if not asked:
            return []
        # sudo: which keys there are; none of them is shown but the file's own
        fields = self.env["scrm.form.field"].sudo()
        known = set(fields.search([("key", "in", list(asked.values()))]).mapped("key"))
        unreadable = self._scrm_unreadable()
        hidden = self.env["scrm.form.right"]._scrm_unreadable(self.env.user)
        faults = []
        for number, key in asked.items():
            if key in known - unreadable:
                continue
            first = next((one for one, row in enumerate(rows) if row[number]), 0)
            place = {"row": first + 1, "column": columns[number]}
            faults.append(
                {
                    "type": "error",
                    "message": self.env._(
                        "Row %(row)s: “%(column)s” is personal data that you see "
                        "masked. Let somebody import it who may read it.",
                        **place,
                    )
                    if key in known - hidden
                    else self.env._(
                        "Row %(row)s: “%(column)s” is no field of a form that you may "
                        "fill in here.",
                        **place,
                    ),
                    "field": VALUES,
                    "record": first,
                    "rows": {"from": first, "to": first},
                }
            )
        return faults
