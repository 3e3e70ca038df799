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
    scrm_switch_portal_form = fields.Boolean("Forms on the Portal")
    scrm_switch_public_form = fields.Boolean("Forms on the Website")
    scrm_switch_webhook = fields.Boolean("Webhooks")
    scrm_switch_chat = fields.Boolean("Chat Accounts")
    scrm_switch_event = fields.Boolean("Tickets from Events")
    scrm_switch_part_alert = fields.Boolean("Parts Alert")
    scrm_switch_maintenance = fields.Boolean("Maintenance of Devices")
    scrm_switch_appointment = fields.Boolean("Appointments")
    scrm_switch_care = fields.Boolean("Customer Care")
    scrm_switch_work = fields.Boolean("Page for Work on the Road")
    scrm_bulk_records = fields.Integer(
        string="Records in One Call",
        config_parameter=BULK,
        default=BULK_DEFAULT,
        help="Who reads more records of customers in one call, by a list or the API, "
        "copies them: that needs the role “Copies Customer Data” and is recorded.",
    )
