from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Give statements with an instant payout the deduction that says so."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    statements = env["scrm.settlement.statement"].search(
        [
            ("state", "in", ("confirmed", "approved", "posted")),
            ("payout", "=", "instant"),
            ("deduction_ids", "=", False),
        ]
    )
    env["scrm.settlement.deduction"]._make(
        [
            {
                "statement_id": statement.id,
                "kind": "fee",
                "amount": -statement.fee_amount,
                "product_id": statement.plan_id.instant_fee_product_id.id,
            }
            for statement in statements
            if statement.fee_amount
        ]
    )
