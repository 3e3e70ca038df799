from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.scrm_settlement_fact import PROJECT_HOURS

#: Texts that mean a number, a yes or a no, by the type of the dimension.
YES = {"1", "true", "yes", "y"}


class ScrmSettlementCorrect(models.TransientModel):
    """Correct a fact, or take it back: the difference is settled today."""

    _name = "scrm.settlement.correct"
    _description = "Correct a Settlement Fact"

    fact_id = fields.Many2one(
        "scrm.settlement.fact", required=True, readonly=True, ondelete="cascade"
    )
    is_void = fields.Boolean(
        "Take Back Everything",
        help="Nothing is owed for this any more; what was paid is deducted.",
    )
    is_hours = fields.Boolean(
        "Project Hours as on the Ticket Now",
        help="Share out to the projects by the hours that the ticket has today.",
    )
    line_ids = fields.One2many(
        "scrm.settlement.correct.line", "wizard_id", "Corrected Values"
    )
    reason = fields.Char(required=True)

    def action_correct(self):
        """Settle the difference, then show its records."""
        self.ensure_one()
        if self.is_void:
            new = self.fact_id.action_void(self.reason)
        else:
            if not (self.line_ids or self.is_hours):
                raise UserError(self.env._("Enter what has to be corrected."))
            values = {line.dimension: line._typed() for line in self.line_ids}
            if self.is_hours:
                values[PROJECT_HOURS] = self.fact_id._hours_now()
            new = self.fact_id.correct(values, self.reason)
        return new.get_formview_action()


class ScrmSettlementCorrectLine(models.TransientModel):
    """One corrected value."""

    _name = "scrm.settlement.correct.line"
    _description = "Corrected Value"

    wizard_id = fields.Many2one(
        "scrm.settlement.correct", required=True, ondelete="cascade"
    )
    dimension = fields.Selection("_selection_dimension", "What", required=True)
    current = fields.Char("Until Now", compute="_compute_current")
    value = fields.Char("Corrected")

    def _selection_dimension(self):
        definitions = self.env["scrm.dimension"]._definitions("helpdesk.ticket")
        return [(key, item.label) for key, item in definitions.items()]

    @api.depends("dimension", "wizard_id.fact_id")
    def _compute_current(self):
        for line in self:
            value = (line.wizard_id.fact_id.inputs or {}).get(line.dimension)
            line.current = "" if value is None else str(value)

    def _typed(self):
        """The text as a value of the dimension's type.

        :raise UserError: a number is not one
        """
        definitions = self.env["scrm.dimension"]._definitions("helpdesk.ticket")
        item = definitions[self.dimension]
        written = (self.value or "").strip()
        if not written:
            return None
        if item.type == "boolean":
            return written.lower() in YES
        if item.type != "number":
            return written
        try:
            return float(written)
        except ValueError:
            raise UserError(
                self.env._(
                    "%(dimension)s is not a number: %(value)s",
                    dimension=item.label,
                    value=written,
                )
            ) from None
