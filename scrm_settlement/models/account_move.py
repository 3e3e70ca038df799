from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    scrm_statement_id = fields.Many2one(
        "scrm.settlement.statement",
        "Settlement Statement",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )

    _scrm_statement_unique = models.UniqueIndex(
        "(scrm_statement_id) WHERE scrm_statement_id IS NOT NULL"
    )

    def action_view_scrm_statement(self):
        self.ensure_one()
        return self.scrm_statement_id.get_formview_action()
