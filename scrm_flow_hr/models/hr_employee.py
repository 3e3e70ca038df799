from odoo import models
from odoo.exceptions import UserError


class HrEmployee(models.Model):
    """An employee who is archived has left: the user goes as well."""

    _inherit = "hr.employee"

    def write(self, vals):
        ends = "active" in vals and not vals["active"]
        leavers = self.filtered("active") if ends else self.browse()
        result = super().write(vals)
        leavers._scrm_end_users()
        return result

    def _scrm_end_users(self):
        """Archive the users of these employees who are employed nowhere else.

        :raise UserError: the user is the caller, or an administrator whom only
            another administrator may archive
        """
        # sudo: whoever may end an employment ends what came with it
        users = self.sudo().user_id.filtered("active")
        if not users:
            return
        left = self.env["hr.employee"].sudo().search([("user_id", "in", users.ids)])
        users -= left.user_id
        for user in users:
            is_admin = user.has_group("base.group_erp_manager")
            may = self.env.su or self.env.user.has_group("base.group_erp_manager")
            if user == self.env.user or is_admin and not may:
                raise UserError(
                    self.env._(
                        "%s is an administrator, or yourself: another administrator "
                        "archives that user first.",
                        user.name,
                    )
                )
        users.action_archive()
