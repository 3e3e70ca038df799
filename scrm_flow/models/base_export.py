from odoo import models


class Base(models.AbstractModel):
    """An export asks for access before it gives external ids to records.

    Odoo makes these for any number that somebody names, read or not.
    """

    _inherit = "base"

    def export_data(self, fields_to_export):
        self.check_access("read")
        return super().export_data(fields_to_export)
