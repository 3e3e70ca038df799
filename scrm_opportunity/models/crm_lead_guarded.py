from odoo import models


class CrmLead(models.Model):
    """An opportunity holds a customer's name, phone and mail: what is read and copied
    of them is counted."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "scrm.guard.mixin"]
