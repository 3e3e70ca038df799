from odoo import api, fields, models
from odoo.fields import Domain


class ResourceCalendarLeaves(models.Model):
    """When somebody's leave begins, their open steps go to others."""

    _name = "resource.calendar.leaves"
    _inherit = ["resource.calendar.leaves", "scrm.flow.due.mixin"]

    scrm_due_at = fields.Datetime(compute="_compute_scrm_due_at", store=True)

    _scrm_due_idx = models.Index("(scrm_due_at) WHERE scrm_due_at IS NOT NULL")

    @api.depends("date_from", "date_to", "time_type", "resource_id.user_id")
    def _compute_scrm_due_at(self):
        now = self.env["scrm.clock"].now()
        for leave in self:
            counts = leave._scrm_is_personal() and leave.date_to > now
            leave.scrm_due_at = leave.date_from if counts else False

    def _scrm_is_personal(self):
        """Is it the leave of a user, and not a holiday of a whole calendar?"""
        self.ensure_one()
        # sudo: whose resource it is decides, whoever enters the leave
        user = self.sudo().resource_id.user_id
        return bool(user) and self.time_type == "leave"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._scrm_wake()
        return leaves

    def write(self, vals):
        result = super().write(vals)
        if {"date_from", "date_to", "time_type", "resource_id"} & set(vals):
            self._scrm_wake()
        return result

    def _scrm_begin(self, now):
        self.ensure_one()
        self.scrm_due_at = False
        if not self._scrm_is_on(now):
            return []
        steps = self.env["scrm.flow.step"]
        user = self.resource_id.user_id
        steps = steps.search(steps._held_domain(user) & Domain("state", "=", "open"))
        steps = steps.filtered(
            lambda step: step._is_held_by(user) and step._is_reassigned_on_leave()
        )
        return self._scrm_timer_rows(steps, "leave", self.id)

    def _scrm_is_on(self, now):
        self.ensure_one()
        return self._scrm_is_personal() and self.date_from <= now < self.date_to
