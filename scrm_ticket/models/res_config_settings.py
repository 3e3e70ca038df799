from odoo import fields, models

from .scrm_guard_use import BULK, BULK_DEFAULT
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
    scrm_bulk_records = fields.Integer(
        string="Records in One Call",
        config_parameter=BULK,
        default=BULK_DEFAULT,
        help="Who reads more records of customers in one call, by a list or the API, "
        "copies them: that needs the role “Copies Customer Data” and is recorded.",
    )
