from odoo import fields, models

from ..guard import keyring
from ..guard.sealing import SealError
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
    scrm_chat_key = fields.Char(
        string="Key of Chat Records", compute="_compute_scrm_chat_key"
    )
    scrm_chat_key_place = fields.Char(
        string="Where the Key Is", compute="_compute_scrm_chat_key"
    )
    scrm_chat_key_problem = fields.Char(
        string="Problem with the Key", compute="_compute_scrm_chat_key"
    )

    def _compute_scrm_chat_key(self):
        key = place = problem = False
        # where a server keeps its keys is the administrators' business
        if self.env.user.has_group("base.group_system"):
            place = keyring.VARIABLE if keyring.is_told() else str(keyring.path())
            try:
                key = keyring.ring().current
                if keyring.is_open_to_others():
                    problem = self.env._(
                        "Others on the server may read the file: let its owner alone "
                        "read it (mode 600)."
                    )
            except SealError as error:
                problem = self.env["scrm.sealed"]._unreadable(error)
        self.scrm_chat_key = key
        self.scrm_chat_key_place = place
        self.scrm_chat_key_problem = problem

    def action_scrm_new_chat_key(self):
        """Seal chat records with a new key."""
        self.env["scrm.sealed"]._rotate()
        return {"type": "ir.actions.client", "tag": "reload"}

    def action_scrm_chat_keys(self):
        """Show which keys there are and what each is needed for."""
        return self.env["scrm.sealed.key"]._open()
