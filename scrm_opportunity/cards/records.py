from collections import Counter

from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)
SHOWN = 5


class ScrmCardBlockKindRecords(models.AbstractModel):
    """Earlier tickets of a scenario with some of their answers: trial lessons."""

    _name = "scrm.card.block.kind.records"
    _inherit = "scrm.card.block.kind"
    _description = "Card Block Records"

    _label = _lt("Earlier Records")
    _kind_rank = 20

    @api.model
    def _rows(self, block, partner, text, record):
        keys = set(block.field_ids.mapped("key"))
        rows = []
        for ticket in self._tickets(block, partner, record)[:SHOWN]:
            said = [
                f"{row['label']}: {row['text']}"
                for row in ticket._scrm_values_for_display()
                if not keys or row["key"] in keys
            ]
            label = f"{ticket.create_date:%Y-%m-%d} {ticket.number}"
            url = f"/odoo/helpdesk.ticket/{ticket.id}"
            rows.append(self._row(label, "; ".join(said) or ticket.name, url))
        return rows


class ScrmCardBlockKindPreference(models.AbstractModel):
    """What the customer has answered most often."""

    _name = "scrm.card.block.kind.preference"
    _inherit = "scrm.card.block.kind"
    _description = "Card Block Preference"

    _label = _lt("Preferences")
    _kind_rank = 30

    @api.model
    def _rows(self, block, partner, text, record):
        answers = {}
        for ticket in self._tickets(block, partner, record):
            for row in ticket._scrm_values_for_display():
                answers.setdefault(row["key"], Counter())[row["text"]] += 1
        return [
            self._row(
                field.name,
                ", ".join(
                    self.env._("%(answer)s (%(count)s)", answer=answer, count=count)
                    for answer, count in answers[field.key].most_common(3)
                ),
            )
            for field in block.field_ids.with_context(lang=self.env.lang)
            if field.key in answers
        ]
