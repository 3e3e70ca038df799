from odoo import api, fields, models
from odoo.tools.misc import formatLang


class ScrmCompensationChoose(models.TransientModel):
    """The compensations that the company prepared, to choose one of."""

    _name = "scrm.compensation.choose"
    _description = "Choose a Compensation"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, ondelete="cascade")
    offered_ids = fields.Many2many(related="ticket_id.scrm_compensation_option_ids")
    option_id = fields.Many2one(
        "scrm.compensation.option",
        "Compensation",
        required=True,
        ondelete="cascade",
        domain="[('id', 'in', offered_ids)]",
    )
    worth = fields.Char(compute="_compute_worth")

    @api.depends("option_id", "ticket_id")
    @api.depends_context("lang")
    def _compute_worth(self):
        for wizard in self:
            wizard.worth = wizard.option_id and wizard._words()

    def _words(self):
        option = self.option_id.sudo()  # sudo: what is offered on this very ticket
        amount, points = option._worth(self.ticket_id)
        worth = formatLang(self.env, amount, currency_obj=option.currency_id)
        if points:
            return self.env._(
                "%(points)s points, %(worth)s", points=points, worth=worth
            )
        return worth

    def action_grant(self):
        """Grant what was chosen."""
        self.ticket_id.scrm_compensate(self.option_id.key)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
