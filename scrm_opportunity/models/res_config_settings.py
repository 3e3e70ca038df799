from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """What can be switched off; see ``scrm.switch``."""

    _inherit = "res.config.settings"

    scrm_switch_opportunity = fields.Boolean("Opportunity Matching")
    scrm_switch_opportunity_board = fields.Boolean("Opportunity Boards")
