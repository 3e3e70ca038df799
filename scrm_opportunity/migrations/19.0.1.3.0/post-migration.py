"""Keys of opportunities have a table of their own now."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    api.Environment(cr, SUPERUSER_ID, {})["scrm.lead.key"]._fill()
