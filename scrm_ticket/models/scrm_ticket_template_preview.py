from odoo import models
from odoo.fields import Command

from .scrm_ticket_template_design import FIELD_VALUES, LINE_VALUES


class ScrmTicketTemplate(models.Model):
    """The form as it is being designed, to be looked at before it is saved."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.ticket.template"

    def _design_draft(self, lines):
        """A copy of the template in memory that has the designed form.

        :param lines: see :meth:`design_form_save`
        :return: a new ``scrm.ticket.template``; nothing is written
        """
        self.ensure_one()
        draft = self.new(origin=self)
        draft.line_ids = [
            Command.clear(),
            *(
                Command.create(
                    {
                        **{name: line.get(name) for name in LINE_VALUES},
                        "variant_id": line.get("variant_id"),
                        "field_id": self._design_draft_field(line["field"]),
                        "sequence": 10 * number,
                    }
                )
                for number, line in enumerate(lines)
            ),
        ]
        return draft

    def _design_draft_field(self, vals):
        fields = self.env["scrm.form.field"]
        return fields.new(
            {
                "key": vals.get("key"),
                "type": vals.get("type"),
                **{name: vals[name] for name in FIELD_VALUES if name in vals},
                "option_ids": [
                    Command.create({"key": one["key"], "name": one["name"]})
                    for one in vals.get("options") or ()
                ],
            },
            origin=fields.browse(vals["id"]) if vals.get("id") else None,
        )

    def design_form_preview(self, lines, values=None) -> dict:
        """How a ticket with the designed form looks to the user, and what it answers.

        :param lines: see :meth:`design_form_save`
        :param values: field key -> what was typed so far; None for a form that is just
            opened, with its defaults
        :return: ``definition`` (of the properties, with values) and ``state`` (see
            ``helpdesk.ticket._scrm_form_state``)
        """
        self.check_access("write")
        draft = self._design_draft(lines)
        tickets = self.env["helpdesk.ticket"]
        if values is None:
            values = tickets._scrm_with_defaults(draft, {})
        definition = draft._scrm_compile_definition()
        for part in definition:
            part["value"] = values.get(part["name"], False)
        return {
            "definition": definition,
            "state": tickets._scrm_form_state(draft, values),
        }
