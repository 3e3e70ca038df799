from odoo import models
from odoo.fields import Command

from .scrm_ticket_template_design import FIELD_VALUES, LINE_VALUES

#: Condition of a field that is on the form of other regions only.
_ELSEWHERE = "[('store_id.region', 'in', [])]"


class ScrmTicketTemplate(models.Model):
    """The form as it is being designed, to be looked at before it is saved."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.ticket.template"

    def _design_draft(self, lines, variant_id=False):
        """A copy of the template in memory that has the designed form.

        :param lines: see :meth:`design_form_save`
        :param variant_id: the regional variant to look at, whose fields belong to the
            form then; False for regions that have none
        :return: a new ``scrm.ticket.template``; nothing is written
        """
        self.ensure_one()
        here = self._design_variants_here(variant_id)
        draft = self.new(origin=self)
        draft.line_ids = [
            Command.clear(),
            *(
                Command.create(
                    {
                        **{name: line.get(name) for name in LINE_VALUES},
                        **self._design_draft_place(line, here),
                        "field_id": self._design_draft_field(line["field"]),
                        "sequence": 10 * number,
                    }
                )
                for number, line in enumerate(lines)
            ),
        ]
        return draft

    def _design_variants_here(self, variant_id):
        """Ids of the variants that count in all regions of this one."""
        chosen = self.variant_ids.filtered(lambda variant: variant.id == variant_id)
        regions = set(chosen._scrm_regions()) if chosen else set()
        return {
            variant.id
            for variant in self.variant_ids
            if chosen and regions <= set(variant._scrm_regions())
        }

    def _design_draft_place(self, line, here):
        """Hides what other variants than these ask for."""
        variant = line.get("variant_id")
        return {"shown_when": _ELSEWHERE} if variant and variant not in here else {}

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

    def design_form_preview(self, lines, values=None, variant_id=False) -> dict:
        """How a ticket with the designed form looks to the user, and what it answers.

        :param lines: see :meth:`design_form_save`
        :param values: field key -> what was typed so far; None for a form that is just
            opened, with its defaults
        :param variant_id: the regional variant to look at; False for regions without
        :return: ``definition`` (of the properties, with values) and ``state`` (see
            ``helpdesk.ticket._scrm_form_state``)
        """
        self.check_access("write")
        draft = self._design_draft(lines, variant_id)
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
