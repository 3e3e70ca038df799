from odoo import fields, models

from .scrm_masking_mixin import SETTING


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    scrm_mask_personal_data = fields.Boolean(
        string="Mask Personal Data",
        config_parameter=SETTING,
        help="Phone numbers, e-mail addresses, identity numbers and addresses of "
        "customers are shown with asterisks to colleagues without the role “Sees "
        "Personal Data”: on screens, in exports and in the API.",
    )
