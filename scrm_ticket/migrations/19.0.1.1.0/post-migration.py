from odoo import SUPERUSER_ID, api

from odoo.addons.scrm_ticket.models.scrm_condition_mixin import NAMED


def migrate(cr, version):
    """Device models and channels are compared by their names in the source language:
    conditions that were written in another one are translated."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    conditions = env["scrm.decision.condition"].search([("dimension", "in", [*NAMED])])
    for condition in conditions.filtered("value"):
        condition.value = condition.value  # write() puts it into the source language
