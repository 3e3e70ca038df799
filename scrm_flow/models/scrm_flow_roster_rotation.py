from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine import rotation

WEEKDAYS = {"all": range(7), "working": range(5), "weekend": (5, 6)}
#: Days that a rotation may span, so that a typing error plans no century.
LONGEST = 750


class ScrmFlowRosterRotation(models.Model):
    """People who are on duty in turn; it makes the shifts of a roster."""

    _name = "scrm.flow.roster.rotation"
    _description = "Rotation of a Roster"
    _order = "roster_id, date_from, id"

    roster_id = fields.Many2one(
        "scrm.flow.roster", required=True, index=True, ondelete="cascade"
    )
    name = fields.Char(required=True)
    member_ids = fields.One2many(
        "scrm.flow.roster.member", "rotation_id", string="In Turn", copy=True
    )
    date_from = fields.Date(string="First Day", required=True)
    date_to = fields.Date(string="Last Day", required=True)
    days = fields.Integer(
        string="Days per Turn", required=True, default=7, help="7: a week each."
    )
    hour_from = fields.Float(string="From")
    hour_to = fields.Float(
        string="Until", default=24.0, help="Not after the beginning: on the next day."
    )
    weekdays = fields.Selection(
        [
            ("all", "Every day"),
            ("working", "Monday to Friday"),
            ("weekend", "Saturday and Sunday"),
        ],
        required=True,
        default="all",
    )

    _days_positive = models.Constraint(
        "CHECK (days > 0)", "A turn has at least one day."
    )
    _right_hours = models.Constraint(
        "CHECK (hour_from >= 0 AND hour_from < 24 AND hour_to >= 0 AND hour_to <= 24)",
        "Hours of a day are between 0 and 24.",
    )

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for turns in self:
            length = (turns.date_to - turns.date_from).days
            if not 0 <= length <= LONGEST:
                raise ValidationError(
                    self.env._(
                        "The rotation “%(rotation)s” must end after its first day and "
                        "at most %(days)s days later.",
                        rotation=turns.name,
                        days=LONGEST,
                    )
                )

    def action_generate(self):
        """Make the shifts of these rotations; once more changes nothing.

        Shifts that have begun and those changed by hand stay as they are. Later ones
        that the rotation does not have any more are taken out.

        :raise UserError: a rotation has no people
        """
        self.check_access("write")
        now = self.env["scrm.clock"].now()
        shifts = self.env["scrm.flow.roster.shift"].with_context(scrm_rotation=True)
        new, gone = [], shifts.browse()
        for turns in self:
            if not turns.member_ids:
                raise UserError(
                    self.env._("Nobody is in the rotation “%s”.", turns.name)
                )
            turns.lock_for_update(allow_referencing=True)
            present = shifts.search([("rotation_id", "=", turns.id)])
            fixed = present.filtered(lambda s: s.is_changed or s.start_at <= now)
            begun = fixed.filtered(lambda shift: not shift.is_changed)
            planned = {shift.slot_at: shift for shift in present - fixed}
            taken = set(fixed.mapped("slot_at"))
            ended = max(begun.mapped("end_at"), default=None)
            for slot in rotation.after(turns._slots(), ended):
                shift = planned.pop(slot.start, None)
                if shift:
                    shift._follow(slot)
                elif slot.start not in taken:
                    new.append(turns._shift_values(slot))
            gone |= shifts.union(*planned.values())
        gone.unlink()
        shifts.create(new)
        return True

    def _shift_values(self, slot):
        return {
            "roster_id": self.roster_id.id,
            "rotation_id": self.id,
            "slot_at": slot.start,
            "user_id": slot.who.id,
            "start_at": slot.start,
            "end_at": slot.end,
        }

    def _slots(self):
        self.ensure_one()
        return rotation.slots(
            [member.user_id for member in self.member_ids],
            self.date_from,
            self.date_to,
            self.roster_id.timezone,
            self.days,
            (self.hour_from, self.hour_to),
            WEEKDAYS[self.weekdays],
        )


class ScrmFlowRosterMember(models.Model):
    """A place in a rotation; somebody can have several."""

    _name = "scrm.flow.roster.member"
    _description = "Place in a Rotation"
    _order = "rotation_id, rank, id"

    rotation_id = fields.Many2one(
        "scrm.flow.roster.rotation", required=True, index=True, ondelete="cascade"
    )
    rank = fields.Integer(default=10)
    user_id = fields.Many2one("res.users", string="Person", required=True)
