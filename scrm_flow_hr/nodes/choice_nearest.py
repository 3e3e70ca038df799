from odoo import api, models

from odoo.addons.scrm_flow.engine import geo


class ScrmFlowChoiceNearest(models.AbstractModel):
    """People without coordinates of their own start from where they work."""

    _inherit = "scrm.flow.choice.nearest"

    @api.model
    def _points(self, users):
        points = super()._points(users)
        missing = [user_id for user_id in users.ids if user_id not in points]
        if not missing:
            return points
        # sudo: a distance decides over the step; the place itself is not shown
        employees = self.env["hr.employee"].sudo()
        for employee in employees.search([("user_id", "in", missing)], order="id"):
            address = employee.work_location_id.address_id or employee.address_id
            found = geo.point(address.partner_latitude, address.partner_longitude)
            if found:
                points.setdefault(employee.user_id.id, found)
        return points
