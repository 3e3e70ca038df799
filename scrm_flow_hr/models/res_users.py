from odoo import models


class ResUsers(models.Model):
    """Who leads somebody, as the employees say."""

    _inherit = "res.users"

    def _scrm_superiors(self):
        self.ensure_one()
        # sudo: who leads whom is asked by the handover; people may not read HR data
        employees = self.env["hr.employee"].sudo().with_context(active_test=False)
        superiors = super()._scrm_superiors()
        for employee in employees.search([("user_id", "=", self.id)], order="id"):
            above, seen = employee.parent_id, employee
            while above and above not in seen:
                seen |= above
                superiors |= above.user_id
                above = above.parent_id
            department = employee.department_id
            while department:
                superiors |= department.manager_id.user_id
                department = department.parent_id
        return superiors - self
