from odoo import fields, models


class ScrmSettlementStatementPrepare(models.TransientModel):
    """Ask for plan, period and payee, then prepare the statements."""

    _name = "scrm.settlement.statement.prepare"
    _description = "Prepare Settlement Statements"

    plan_id = fields.Many2one("scrm.settlement.plan", required=True)
    date_from = fields.Date(
        "First Day",
        required=True,
        default=lambda self: self.env["scrm.clock"].today().replace(day=1),
    )
    date_to = fields.Date(
        "Last Day",
        required=True,
        default=lambda self: fields.Date.end_of(
            self.env["scrm.clock"].today(), "month"
        ),
    )
    payee_id = fields.Many2one("res.partner", help="Empty: everybody.")

    def action_prepare(self):
        """Prepare, then show the statements."""
        self.ensure_one()
        statements = self.env["scrm.settlement.statement"].prepare(
            self.plan_id.id,
            [self.date_from, self.date_to],
            payee=self.payee_id.id or None,
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "scrm_settlement.scrm_settlement_statement_action"
        )
        return {**action, "domain": [("id", "in", statements.ids)]}
