from odoo import api, fields, models

#: What a shift is; somebody who changes that of a rotation's shift means it.
PLAN = {"roster_id", "user_id", "start_at", "end_at"}


class ScrmFlowRosterShift(models.Model):
    """Somebody is on duty on a roster for a while."""

    _name = "scrm.flow.roster.shift"
    _description = "Shift of a Roster"
    _order = "start_at, id"

    roster_id = fields.Many2one("scrm.flow.roster", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="roster_id.company_id")
    user_id = fields.Many2one("res.users", string="Person", required=True)
    start_at = fields.Datetime(string="From", required=True)
    end_at = fields.Datetime(string="Until", required=True)
    rotation_id = fields.Many2one(
        "scrm.flow.roster.rotation", readonly=True, ondelete="set null", copy=False
    )
    slot_at = fields.Datetime(
        string="Planned From",
        readonly=True,
        copy=False,
        help="Where the rotation had put it.",
    )
    is_changed = fields.Boolean(
        string="Changed by Hand",
        readonly=True,
        copy=False,
        help="The rotation leaves it alone.",
    )

    _end_idx = models.Index("(roster_id, end_at, start_at)")
    _slot_unique = models.UniqueIndex(
        "(rotation_id, slot_at)", "The rotation has put this shift there already."
    )
    _right_order = models.Constraint(
        "CHECK (end_at > start_at)", "A shift ends after it has begun."
    )

    @api.depends("user_id.name", "roster_id.name")
    def _compute_display_name(self):
        for shift in self:
            shift.display_name = self.env._(
                "%(person)s, %(roster)s",
                person=shift.user_id.name or "",
                roster=shift.roster_id.name or "",
            )

    @api.model_create_multi
    def create(self, vals_list):
        shifts = super().create(vals_list)
        shifts.roster_id._plan_changed()
        return shifts

    def write(self, vals):
        planned = PLAN & set(vals)
        rosters = self.roster_id
        if planned and not self.env.context.get("scrm_rotation"):
            vals = {**vals, "is_changed": True}
        result = super().write(vals)
        if planned:
            (rosters | self.roster_id)._plan_changed()
        return result

    def _follow(self, slot):
        """Become what the rotation has now, if that is something else."""
        self.ensure_one()
        planned = (slot.who, slot.start, slot.end)
        if planned != (self.user_id, self.start_at, self.end_at):
            self.write(
                {
                    "user_id": slot.who.id,
                    "start_at": slot.start,
                    "end_at": slot.end,
                }
            )

    def unlink(self):
        rosters = self.roster_id
        result = super().unlink()
        rosters._plan_changed()
        return result
