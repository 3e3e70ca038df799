from odoo import api, fields, models
from odoo.tools import SQL, format_datetime

from odoo.addons.base.models.res_partner import _tz_get

from ..engine import rotation

#: Lines of gaps and overlaps that a form shows of each.
SHOWN = 8


class ScrmFlowRoster(models.Model):
    """An on-call roster: who receives what comes in, shift by shift."""

    _name = "scrm.flow.roster"
    _inherit = ["scrm.key.mixin", "scrm.flow.due.mixin"]
    _description = "On-Call Roster"
    _order = "name, id"

    key = fields.Char(required=True, copy=False)
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", help="Only its people see the roster; empty: everybody."
    )
    timezone = fields.Selection(
        _tz_get,
        required=True,
        default=lambda self: self.env.user.tz or "UTC",
        help="Where the hours of rotations are read from the clock.",
    )
    shift_ids = fields.One2many("scrm.flow.roster.shift", "roster_id")
    rotation_ids = fields.One2many("scrm.flow.roster.rotation", "roster_id", copy=True)
    on_duty_ids = fields.Many2many(
        "res.users", compute="_compute_on_duty_ids", string="On Duty Now"
    )
    planned_until = fields.Datetime(compute="_compute_plan")
    gap_text = fields.Text(compute="_compute_plan", string="Nobody on Duty")
    overlap_text = fields.Text(compute="_compute_plan", string="Several on Duty")

    _key_unique = models.UniqueIndex("(key)", "Another roster has this key.")
    _due_idx = models.Index("(scrm_due_at) WHERE scrm_due_at IS NOT NULL")

    @api.depends("shift_ids.user_id", "shift_ids.start_at", "shift_ids.end_at")
    def _compute_on_duty_ids(self):
        on_duty = self.on_duty()
        for roster in self:
            roster.on_duty_ids = on_duty.get(roster.id)

    @api.depends("shift_ids.user_id", "shift_ids.start_at", "shift_ids.end_at")
    @api.depends_context("lang", "tz")
    def _compute_plan(self):
        now = self.env["scrm.clock"].now()
        for roster in self:
            plan = [
                rotation.Slot(shift.start_at, shift.end_at, shift.user_id)
                for shift in roster.shift_ids
                if shift.start_at and shift.end_at and shift.end_at > now
            ]
            end = max((slot.end for slot in plan), default=False)
            roster.planned_until = end
            gaps = rotation.gaps(plan, now, end) if end else []
            roster.gap_text = roster._lines(
                self.env._(
                    "%(start)s to %(end)s",
                    start=roster._when(start),
                    end=roster._when(until),
                )
                for start, until in gaps
            )
            roster.overlap_text = roster._lines(
                self.env._(
                    "%(start)s to %(end)s: %(people)s",
                    start=roster._when(max(one.start, other.start)),
                    end=roster._when(min(one.end, other.end)),
                    people=", ".join((one.who | other.who).mapped("name")),
                )
                for one, other in rotation.overlaps(plan)
                if one.who != other.who
            )

    def _when(self, moment):
        """A moment in the roster's own time."""
        return format_datetime(self.env, moment, tz=self.timezone, dt_format="short")

    def _lines(self, texts):
        texts = list(texts)
        if len(texts) > SHOWN:
            more = self.env._("… and %s more", len(texts) - SHOWN)
            texts = [*texts[:SHOWN], more]
        return "\n".join(texts) or False

    # Who is on duty ----------------------------------------------------------

    @api.private
    def on_duty(self, at=None) -> dict:
        """Who is on duty on each of these rosters: one query for all of them.

        :param at: naive UTC; now when left out
        :return: {id of the roster: ``res.users``}, longest on duty first; rosters
            on which nobody is on duty are left out
        """
        at = at or self.env["scrm.clock"].now()
        shifts = self.env["scrm.flow.roster.shift"]
        shifts.flush_model(["roster_id", "user_id", "start_at", "end_at"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT roster_id, user_id
                  FROM scrm_flow_roster_shift
                 WHERE roster_id IN %s
                   AND end_at > %s
                   AND start_at <= %s
                 ORDER BY start_at, id
                """,
                tuple(self.ids) or (0,),
                at,
                at,
            )
        )
        found = {}
        for roster_id, user_id in rows:
            found.setdefault(roster_id, {})[user_id] = None
        users = self.env["res.users"]
        return {roster_id: users.browse(ids) for roster_id, ids in found.items()}

    # Changes of shift --------------------------------------------------------

    def _plan_changed(self):
        """Look at once whether open steps have to be passed on."""
        if self:
            # sudo: when the engine looks next is no business of who edits shifts
            self.sudo().scrm_due_at = self.env["scrm.clock"].now()
            self.sudo()._scrm_wake()

    def _scrm_begin(self, now):
        self.ensure_one()
        self.scrm_due_at = self._next_change(now)
        on_duty = self.on_duty(now).get(self.id)
        if not on_duty:  # nobody to pass on to: it waits for the next shift
            return []
        # sudo: the engine's own rows
        steps = (
            self.env["scrm.flow.step"]
            .sudo()
            .search([("roster_id", "=", self.id), ("state", "=", "open")])
        )
        steps = steps.filtered(lambda step: not step._handlers() & on_duty)
        return self._scrm_timer_rows(steps, "roster")

    def _next_change(self, now):
        """The next moment at which a shift begins or ends, False for never."""
        shifts = self.env["scrm.flow.roster.shift"]
        shifts.flush_model(["roster_id", "start_at", "end_at"])
        ((moment,),) = self.env.execute_query(
            SQL(
                """
                SELECT LEAST(
                       MIN(start_at) FILTER (WHERE start_at > %(now)s), MIN(end_at))
                  FROM scrm_flow_roster_shift
                 WHERE roster_id = %(roster)s
                   AND end_at > %(now)s
                """,
                now=now,
                roster=self.id,
            )
        )
        return moment or False
