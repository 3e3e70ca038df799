from odoo import SUPERUSER_ID, api
from odoo.tools import SQL

from odoo.addons.scrm_ticket.models.scrm_condition_mixin import NAMED


def migrate(cr, version):
    """Device models and channels are compared by their names in the source language:
    conditions that were written in another one are translated, those of plan versions
    in use as well: they ask for the same device as before."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in ("scrm.price.condition", "scrm.settlement.condition"):
        model = env[name]
        for condition in model.search([("dimension", "in", [*NAMED])]):
            value = condition.value or ""
            source = value and condition._scrm_in_source(condition.dimension, value)
            if source != value:
                cr.execute(
                    SQL(
                        "UPDATE %s SET value = %s WHERE id = %s",
                        SQL.identifier(model._table),
                        source,
                        condition.id,
                    )
                )
    env.registry.clear_cache()
