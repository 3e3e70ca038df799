from collections import defaultdict
from decimal import Decimal

from odoo import models
from odoo.tools import SQL

from ..engine import formulas, money
from ..engine.split import BadWeights, split
from .scrm_settlement_fact import PROJECT_HOURS


class ScrmSettlementPlan(models.Model):
    """Where in the analytic books an amount goes: its parts of cost centres."""

    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.settlement.plan"

    def _centre_parts(self, inputs, component, amount, rounding):
        """([{"analytic", "amount"}] or None, reason or None)."""
        if not component.centres:
            return None, None
        try:
            weights = self._centre_weights(inputs, component)
            if not weights:
                return None, self.env._(
                    "no hours for a project are entered on the ticket."
                )
            parts = split(amount, list(weights.values()), rounding)
        except (BadWeights, formulas.Unpayable):
            return None, self.env._(
                "the cost centres have no positive weight to go by."
            )
        return [
            {"analytic": account, "amount": money.text(part)}
            for account, part in zip(weights, parts, strict=True)
            if part
        ], None

    @staticmethod
    def _centre_weights(inputs, component):
        """Id of the cost centre -> weight; the ticket's projects by their hours.

        :raise Unpayable: a value that a weight is multiplied by is no number
        """
        weights = defaultdict(Decimal)
        for account, weight, key in component.centres:
            times = weight * (formulas.units(inputs, key) if key else 1)
            if account:
                weights[account] += times
                continue
            for project, hours in (inputs.get(PROJECT_HOURS) or {}).items():
                weights[int(project)] += times * money.decimal(hours)
        return weights

    @staticmethod
    def _all_hours(facts):
        """The hours for each project of all these facts together."""
        together = defaultdict(Decimal)
        for inputs in facts:
            for project, hours in (inputs.get(PROJECT_HOURS) or {}).items():
                together[project] += money.decimal(hours)
        return together

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
