from odoo import models
from odoo.exceptions import AccessError


class IrAttachment(models.Model):
    """Files of a form follow the right to their field."""

    _inherit = "ir.attachment"

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if self.env.su:
            return result
        forbidden, error = result or (self.browse(), None)
        hidden = (self - forbidden)._scrm_out_of_reach(operation)
        if not hidden:
            return result

        def refuse():
            return AccessError(
                self.env._("You may not open or change this file of the form.")
            )

        return forbidden + hidden, error or refuse

    def _scrm_out_of_reach(self, operation):
        """Those of these files whose field the user may not read, or not edit."""
        refused = ("hidden",) if operation == "read" else ("hidden", "read")
        found = self.browse()
        if not self.env["scrm.form.right"]._scrm_versions():
            return found
        # sudo: to which field a file belongs; access is what is asked here
        for file in self.sudo():
            if file.res_model == "helpdesk.ticket" and file.res_field == "scrm_values":
                ticket = self.env["helpdesk.ticket"].browse(file.res_id)
                levels = ticket._scrm_form_rights(self.env.user)
                values = ticket.sudo()["scrm_values"]._values  # sudo: as above
                for key, level in levels.items():
                    if level in refused and file.id in (values.get(key) or ()):
                        found |= self.browse(file.id)
        return found
