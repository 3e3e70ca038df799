from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    scrm_load_limit = fields.Integer(
        string="Open Steps at Most",
        groups="scrm_flow.group_manager",
        help="Who has so many open steps in hand gets no more from flows; 0: as many "
        "as come. People may still hand steps over, and take them.",
    )

    _scrm_load_limit_positive = models.Constraint(
        "CHECK (scrm_load_limit >= 0)", "The number of open steps cannot be negative."
    )

    def write(self, vals):
        # sudo: flow managers set this one value, and nothing else of users
        is_limit = set(vals) == {"scrm_load_limit"}
        if is_limit and self.env.user.has_group("scrm_flow.group_manager"):
            self.check_access("read")
            self = self.sudo()
        return super().write(vals)
