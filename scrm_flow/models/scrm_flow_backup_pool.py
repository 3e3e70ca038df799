from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class ScrmFlowBackupPool(models.Model):
    """People who join in while there is too much to do, for a time that ends."""

    _name = "scrm.flow.backup.pool"
    _inherit = ["scrm.key.mixin", "mail.thread"]
    _description = "Backup Pool"
    _order = "name, id"

    key = fields.Char(required=True, copy=False)
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", help="Only its people see the pool; empty: everybody."
    )
    user_ids = fields.Many2many(
        "res.users", "scrm_flow_backup_pool_user_rel", "pool_id", "user_id", "People"
    )
    group_id = fields.Many2one(
        "res.groups", string="Role", ondelete="restrict", help="Its members as well."
    )
    takes_over = fields.Boolean(
        string="Takes Over from Leavers",
        help="What a leaver had, and no successor, superior or leader can take, is "
        "shared evenly by its people, whether it is switched on or not.",
    )
    hours = fields.Float(
        string="Switched On for (Hours)",
        required=True,
        default=8.0,
        help="When nothing else is said; it ends by itself.",
    )
    on_from = fields.Datetime(tracking=True, copy=False)
    on_until = fields.Datetime(tracking=True, copy=False)
    is_on = fields.Boolean(compute="_compute_is_on", search="_search_is_on")
    node_count = fields.Integer(compute="_compute_node_count", string="Used by Nodes")

    _key_unique = models.UniqueIndex("(key)", "Another backup pool has this key.")
    _hours_positive = models.Constraint(
        "CHECK (hours > 0)", "A backup pool is switched on for some time."
    )
    _right_order = models.Constraint(
        "CHECK (on_until IS NULL OR on_from IS NOT NULL AND on_until >= on_from)",
        "A backup pool is switched off after it was switched on.",
    )

    @api.depends("on_from", "on_until")
    def _compute_is_on(self):
        now = self.env["scrm.clock"].now()
        for pool in self:
            pool.is_on = pool._is_on_at(now)

    def _is_on_at(self, moment):
        self.ensure_one()
        until = self.on_until
        return bool(self.on_from and self.on_from <= moment) and (
            not until or moment < until
        )

    def _search_is_on(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = self.env["scrm.clock"].now()
        is_on = Domain("on_from", "<=", now) & (
            Domain("on_until", "=", False) | Domain("on_until", ">", now)
        )
        if set(value) == {True, False}:
            return Domain.TRUE
        return is_on if True in value else ~is_on

    def _compute_node_count(self):
        groups = self.env["scrm.flow.node"]._read_group(
            [
                ("backup_pool_id", "in", self.ids),
                ("version_id.state", "=", "published"),
            ],
            ["backup_pool_id"],
            ["__count"],
        )
        counts = {pool.id: count for pool, count in groups}
        for pool in self:
            pool.node_count = counts.get(pool.id, 0)

    def action_switch_on(self):
        """Let these people join in from now on, for the pool's hours."""
        self.check_access("write")
        for pool in self:
            pool._switch_on()
        return True

    def action_switch_off(self):
        """Let nobody of these join in any more; what they have stays theirs."""
        self.check_access("write")
        for pool in self:
            pool._switch_off()
        return True

    def _switch_on(self, hours=None):
        """Switch it on from now; while it is on already, only later ends count.

        :param hours: for how long; the pool's own hours when left out
        :raise UserError: nobody is in the pool
        """
        self.ensure_one()
        if not self.user_ids and not self.group_id:
            raise UserError(self.env._("Nobody is in the backup pool “%s”.", self.name))
        now = self.env["scrm.clock"].now()
        until = now + timedelta(hours=hours or self.hours)
        if self._is_on_at(now):
            if self.on_until and self.on_until < until:
                self.on_until = until
            return
        self.write({"on_from": now, "on_until": until})

    def _switch_off(self):
        self.ensure_one()
        now = self.env["scrm.clock"].now()
        if self._is_on_at(now):
            self.on_until = now

    @api.private
    def members(self):
        """Everybody in the pools that are switched on now: ``res.users``."""
        now = self.env["scrm.clock"].now()
        # sudo: who is in a role is asked by the flow, not by the user
        pools = self.sudo().filtered(lambda pool: pool.active and pool._is_on_at(now))
        users = pools.user_ids
        for group in pools.group_id:
            users |= group.all_user_ids
        return users.filtered(lambda user: user.id != SUPERUSER_ID).sorted("id")
