from odoo import models


class AccountPaymentRegister(models.TransientModel):
    _inherit = "account.payment.register"

    def _create_payments(self):
        # paid by hand: the provider must not pay it, too
        # sudo: the bookkeeper need not read settlements
        self.line_ids.move_id.scrm_statement_id.sudo()._stop_payouts()
        return super()._create_payments()
