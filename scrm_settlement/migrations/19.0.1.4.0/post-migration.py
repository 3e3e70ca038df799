from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Device models, channels, teams and records on forms are compared by their names
    in the source language: conditions that were written in another one are
    translated, those of plan versions in use as well: they ask for the same record as
    before."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in ("scrm.price.condition", "scrm.settlement.condition"):
        env[name].scrm_keep_in_source()
