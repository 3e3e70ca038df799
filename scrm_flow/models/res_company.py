from odoo import models


class ResCompany(models.Model):
    _inherit = "res.company"

    def cache_invalidation_fields(self):
        # see ``_scrm_members`` of users
        return super().cache_invalidation_fields() | {"user_ids"}
