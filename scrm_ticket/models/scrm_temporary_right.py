from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

#: Roles that nobody gets for a while.
NEVER = ("base.group_system", "base.group_erp_manager")


class ScrmTemporaryRight(models.Model):
    """A role that some people have for a period, as while a product is launched.

    It begins and ends by itself. Who had the role before keeps it afterwards; who has
    it by another period that is still going on keeps it until that one ends.
    """

    _name = "scrm.temporary.right"
    _inherit = ["mail.thread", "scrm.flow.due.mixin"]
    _description = "Temporary Right"
    _order = "date_from desc, id desc"
    _rec_name = "reason"

    reason = fields.Char(required=True, tracking=True)
    group_id = fields.Many2one(
        comodel_name="res.groups", string="Role", required=True, ondelete="cascade"
    )
    user_ids = fields.Many2many(
        comodel_name="res.users", string="People", required=True
    )
    date_from = fields.Datetime(
        string="Begins",
        required=True,
        tracking=True,
        default=lambda self: self.env["scrm.clock"].now(),
    )
    date_to = fields.Datetime(string="Until", required=True, tracking=True)
    state = fields.Selection(
        selection=[("planned", "Planned"), ("active", "In Force"), ("ended", "Ended")],
        default="planned",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    given_user_ids = fields.Many2many(
        comodel_name="res.users",
        relation="scrm_temporary_right_given_rel",
        string="Have It by This",
        readonly=True,
        copy=False,
        help="Those who did not have the role before; they lose it at the end.",
    )
    scrm_due_at = fields.Datetime(compute="_compute_scrm_due_at", store=True)

    _scrm_due_idx = models.Index("(scrm_due_at) WHERE scrm_due_at IS NOT NULL")
    _period = models.Constraint(
        "CHECK (date_from < date_to)", "The period must end after it begins."
    )

    @api.depends("state", "date_from", "date_to")
    def _compute_scrm_due_at(self):
        for right in self:
            right.scrm_due_at = {
                "planned": right.date_from,
                "active": right.date_to,
            }.get(right.state, False)

    def _scrm_check_giver(self):
        """Refuse to give what the user does not have.

        No constraint: those are looked at with sudo.

        :raise AccessError: naming the role
        """
        own = self.env.user.all_group_ids
        for right in self:
            never = any(
                right.group_id == self.env.ref(name)
                or self.env.ref(name) in right.group_id.all_implied_ids
                for name in NEVER
            )
            if never or not (self.env.su or right.group_id in own):
                raise AccessError(
                    self.env._(
                        "You may give roles that you have yourself, and none of the "
                        "administration: not “%s”.",
                        right.group_id.display_name,
                    )
                )
            if not right.user_ids:
                raise ValidationError(self.env._("Name at least one person."))

    @api.model_create_multi
    def create(self, vals_list):
        rights = super().create(vals_list)
        rights._scrm_check_giver()
        rights._scrm_look()
        return rights

    def write(self, vals):
        if vals.keys() & {"group_id", "user_ids", "date_from"}:
            if any(right.state != "planned" for right in self):
                raise UserError(
                    self.env._(
                        "This right has begun. End it, or change when it ends; for "
                        "other people give another one."
                    )
                )
        if not self.env.su and vals.keys() & {"state", "given_user_ids"}:
            raise AccessError(self.env._("Rights begin and end by their dates."))
        result = super().write(vals)
        if vals.keys() & {"group_id", "user_ids", "date_to"}:
            self._scrm_check_giver()
        if vals.keys() & {"date_from", "date_to"}:
            self._scrm_look()
        return result

    def action_end(self):
        """End these rights now."""
        self.check_access("write")
        now = self.env["scrm.clock"].now()
        for right in self.sudo():  # sudo: checked above
            if right.state == "planned":
                right.state = "ended"
            elif right.state == "active":
                right._scrm_end(now)
        return True

    def _scrm_look(self):
        """Begin or end what is due already, wait for the rest."""
        now = self.env["scrm.clock"].now()
        for right in self.sudo():  # sudo: roles of people; who may is checked
            right._scrm_begin(now)
        self._scrm_wake()

    def _scrm_begin(self, now):
        self.ensure_one()
        if self.state == "planned" and self.date_from <= now:
            if self.date_to > now:
                given = self.user_ids.filtered(
                    lambda user: self.group_id not in user.all_group_ids
                )
                self.group_id.user_ids = [Command.link(user.id) for user in given]
                self.write(
                    {"state": "active", "given_user_ids": [Command.set(given.ids)]}
                )
            else:
                self.state = "ended"
        if self.state == "active" and self.date_to <= now:
            self._scrm_end(now)
        return []

    def _scrm_end(self, now):
        """Take the role back from whom this right gave it."""
        self.ensure_one()
        others = self.search(
            [
                ("state", "=", "active"),
                ("group_id", "=", self.group_id.id),
                ("id", "!=", self.id),
                ("date_to", ">", now),
            ]
        )
        for user in self.given_user_ids:
            other = others.filtered(lambda one, user=user: user in one.user_ids)[:1]
            if other:
                other.given_user_ids = [Command.link(user.id)]
            else:
                self.group_id.user_ids = [Command.unlink(user.id)]
        self.state = "ended"


class ScrmFlowTimer(models.Model):
    # what runs out by itself
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.timer"

    @api.model
    def _due_models(self):
        return [*super()._due_models(), "scrm.temporary.right", "scrm.look.through"]
