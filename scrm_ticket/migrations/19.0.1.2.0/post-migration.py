from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Device models, channels, teams and records on forms are compared by their names
    in the source language: conditions that were written in another one are
    translated."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["scrm.decision.condition"].scrm_keep_in_source()
