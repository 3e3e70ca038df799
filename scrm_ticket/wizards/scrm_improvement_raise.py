from odoo import api, fields, models


class ScrmImprovementRaise(models.TransientModel):
    """What customers say is handed to those who make the product better."""

    _name = "scrm.improvement.raise"
    _description = "Raise an Improvement"

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket", string="From Ticket", required=True
    )
    template_ids = fields.Many2many(
        comodel_name="scrm.ticket.template", compute="_compute_template_ids"
    )
    template_id = fields.Many2one(
        comodel_name="scrm.ticket.template", string="Goes to", required=True
    )
    name = fields.Char(string="What to Improve", required=True)
    text = fields.Text(string="Why")
    alike_count = fields.Integer(
        string="Similar Feedback",
        compute="_compute_alike_count",
        help="Tickets of the last three months that speak of the same matter.",
    )

    @api.depends("ticket_id")
    @api.depends_context("uid")
    def _compute_template_ids(self):
        templates = self.env["scrm.ticket.template"]
        for wizard in self:
            company = wizard.ticket_id.company_id or self.env.company
            wizard.template_ids = templates._scrm_improvements(company)

    @api.depends("ticket_id")
    @api.depends_context("uid")
    def _compute_alike_count(self):
        for wizard in self:
            wizard.alike_count = wizard.ticket_id and len(
                wizard.ticket_id._scrm_alike()
            )

    def action_raise(self):
        """Open the improvement."""
        self.ensure_one()
        ticket = self.ticket_id.scrm_raise_improvement(
            self.template_id.id, self.name, self.text
        )
        return ticket._scrm_open_action()
