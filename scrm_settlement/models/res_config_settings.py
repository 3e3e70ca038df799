from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """What can be switched off; see ``scrm.switch``."""

    _inherit = "res.config.settings"

    scrm_switch_settlement = fields.Boolean("Settlement")
    scrm_switch_settlement_board = fields.Boolean("Boards of Settlement")
