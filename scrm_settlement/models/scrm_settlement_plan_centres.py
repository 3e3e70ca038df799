from odoo import models
from odoo.tools import SQL

from ..engine import formulas, money
from ..engine.split import BadWeights, split


class ScrmSettlementPlan(models.Model):
    """Where in the analytic books an amount goes: its parts of cost centres."""

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.settlement.plan"

    def _centre_parts(self, inputs, component, amount, rounding):
        """([{"analytic", "amount"}] or None, reason or None)."""
        if not component.centres:
            return None, None
        try:
            weights = [
                weight * (formulas.units(inputs, key) if key else 1)
                for _account, weight, key in component.centres
            ]
            parts = split(amount, weights, rounding)
        except (BadWeights, formulas.Unpayable):
            return None, self.env._(
                "the cost centres have no positive weight to go by."
            )
        return [
            {"analytic": account, "amount": money.text(part)}
            for (account, _weight, _key), part in zip(
                component.centres, parts, strict=True
            )
            if part
        ], None

    def _settled_parts(self, source_keys):
        """Rows of (source, component, payee, centre, amount) that were settled."""
        return self.env.execute_query(
            SQL(
                """
                SELECT record.source_key, record.component_key, record.payee_id,
                       (part ->> 'analytic')::int, SUM((part ->> 'amount')::numeric)
                  FROM scrm_settlement_record record
            CROSS JOIN LATERAL jsonb_array_elements(record.parts) part
                 WHERE record.plan_id = %s AND record.source_key = ANY(%s)
                   AND jsonb_typeof(record.parts) = 'array'
              GROUP BY 1, 2, 3, 4
              ORDER BY 1, 2, 3, 4
                """,
                self.id,
                list(source_keys),
            )
        )
