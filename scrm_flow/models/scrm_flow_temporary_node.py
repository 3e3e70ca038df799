import logging
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import (
    AccessError,
    LockError,
    UserError,
    ValidationError,
)
from odoo.tools import SQL

from .scrm_flow_work import INTERRUPTIONS

_logger = logging.getLogger(__name__)

#: How long to wait for who still works on a node whose time is over.
PATIENCE = timedelta(minutes=10)


class ScrmFlowTemporaryNode(models.Model):
    """A node that stands on a transition from one moment to another.

    Two scheduled publishes with a migration each: at its start a version with the
    node, at its end one without it. Both change the version that is published then;
    what others have published meanwhile stays. Where its place is gone by then,
    nothing is changed and who scheduled it is told.

    ``planned``: waits for its start;
    ``active``: the node is there;
    ``ending``: new work passes it by, work that had come to it is being finished;
    ``done``: over; ``cancelled``: never came; ``failed``: could not, see the reason.
    """

    _name = "scrm.flow.temporary.node"
    _inherit = "scrm.key.mixin"
    _description = "Temporary Flow Node"
    _order = "starts_at desc, id desc"
    _key_suffix = None

    flow_id = fields.Many2one(
        "scrm.flow", required=True, index=True, ondelete="cascade"
    )
    published_version_id = fields.Many2one(related="flow_id.published_version_id")
    transition_id = fields.Many2one(
        "scrm.flow.transition",
        string="On the Way",
        required=True,
        ondelete="cascade",
        domain="[('version_id', '=', published_version_id),"
        " ('call_node_id', '=', False)]",
        help="Work that takes this transition comes to the node first.",
    )
    way = fields.Char(compute="_compute_way", string="Between")
    name = fields.Char(required=True, translate=True)
    key = fields.Char(
        required=True, help="Key of the node, which the flow does not use yet."
    )
    user_ids = fields.Many2many(
        "res.users",
        "scrm_flow_temporary_node_user_rel",
        "temporary_id",
        "user_id",
        string="People",
    )
    group_id = fields.Many2one(
        "res.groups",
        string="Role",
        ondelete="restrict",
        help="Its members get the steps in turn, when no people are named.",
    )
    deadline_hours = fields.Float(string="Deadline (Hours)")
    is_private = fields.Boolean(string="Hidden from Customers")
    starts_at = fields.Datetime(string="From", required=True)
    ends_at = fields.Datetime(string="To", required=True)
    running = fields.Selection(
        [("migrate", "Come along"), ("stay", "Finish on their version")],
        string="Running Records",
        required=True,
        default="migrate",
        help="Whether records that are under way at the start pass the node too.",
    )
    at_end = fields.Selection(
        [
            ("go_on", "Goes on along its transition"),
            ("finish", "Is finished first"),
        ],
        string="Work There at the End",
        required=True,
        default="go_on",
    )
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("active", "In Force"),
            ("ending", "Ending"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
            ("failed", "Failed"),
        ],
        required=True,
        default="planned",
        readonly=True,
        copy=False,
    )
    next_at = fields.Datetime(readonly=True, copy=False)
    reason = fields.Text(readonly=True, copy=False)
    user_id = fields.Many2one(
        "res.users",
        string="By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    start_version_id = fields.Many2one(
        "scrm.flow.version", string="Version With It", readonly=True, copy=False
    )
    end_version_id = fields.Many2one(
        "scrm.flow.version", string="Version Without It", readonly=True, copy=False
    )

    _next_idx = models.Index("(next_at, id) WHERE next_at IS NOT NULL")
    _period = models.Constraint(
        "CHECK (starts_at < ends_at)", "A temporary node ends after its start."
    )

    @api.depends("transition_id")
    def _compute_way(self):
        for node in self:
            way = node.transition_id
            node.way = f"{way.source_id.name} → {way.target_id.name}" if way else False

    @api.constrains("user_ids", "group_id")
    def _check_people(self):
        for node in self:
            if not node.user_ids and not node.group_id:
                raise ValidationError(
                    self.env._("Say who handles “%s”: people or a role.", node.name)
                )

    @api.constrains("transition_id", "flow_id")
    def _check_transition(self):
        for node in self:
            if node.transition_id.version_id.flow_id != node.flow_id:
                raise ValidationError(
                    self.env._("“%s” is to stand on a way of its flow.", node.name)
                )

    @api.model_create_multi
    def create(self, vals_list):
        nodes = super().create(vals_list)
        now = self.env["scrm.clock"].now()
        for node in nodes:
            if node.ends_at <= now:
                raise ValidationError(
                    self.env._("The period of “%s” is over already.", node.name)
                )
            if node.key in node.published_version_id.node_ids.mapped("key"):
                raise ValidationError(
                    self.env._("The flow has a node with the key “%s”.", node.key)
                )
            node._wait_for(node.starts_at)
        return nodes

    def write(self, vals):
        managed = {"state", "next_at", "user_id", "start_version_id", "end_version_id"}
        if not self.env.su and managed & set(vals):
            raise UserError(self.env._("A temporary node is changed by its buttons."))
        fixed = set(vals) - managed - {"ends_at", "at_end", "reason"}
        over = {"done", "cancelled", "failed", "ending"}
        for node in self:
            if (fixed and node.state != "planned") or (
                node.state in over and not self.env.su
            ):
                raise UserError(
                    self.env._("“%s” has begun and cannot be changed.", node.name)
                )
        result = super().write(vals)
        for node in self:
            if node.state == "planned" and "starts_at" in vals:
                node._wait_for(node.starts_at)
            elif node.state == "active" and "ends_at" in vals:
                node._wait_for(node.ends_at)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        if any(node.state in ("active", "ending", "done") for node in self):
            raise UserError(self.env._("A temporary node that began is history."))

    # Buttons -----------------------------------------------------------------

    def action_cancel(self):
        """Let planned nodes never come.

        :raise UserError: one has begun
        """
        self.check_access("write")
        # sudo: the state is the machine's
        for node in self.sudo():
            node.lock_for_update()
            if node.state != "planned":
                raise UserError(
                    self.env._(
                        "“%s” has begun: end it now instead of cancelling it.",
                        node.name,
                    )
                )
            node.write({"state": "cancelled", "next_at": False})
        return True

    def action_end_now(self):
        """End an active node before its time."""
        self.check_access("write")
        # sudo: the state is the machine's
        for node in self.sudo():
            node.lock_for_update()
            if node.state == "active":
                node.write({"ends_at": max(node._now(), node.starts_at + SECOND)})
                node._step()
        return True

    # By time -----------------------------------------------------------------

    def _now(self):
        return self.env["scrm.clock"].now()

    def _wait_for(self, moment):
        # sudo: the state is the machine's
        self.sudo().next_at = moment
        self.env["scrm.flow.timer"]._wake([moment])

    @api.model
    def _run_due(self):
        """Begin and end what is due; commits after each."""
        while node := self._claim(self._now()):
            node._step()
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _claim(self, now):
        """One node that is due and that no other process holds."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id
                  FROM scrm_flow_temporary_node
                 WHERE next_at <= %s
                 ORDER BY next_at, id
                 LIMIT 1
                   FOR NO KEY UPDATE SKIP LOCKED
                """,
                now,
            )
        )
        return self.browse(node_id for (node_id,) in rows)

    def _step(self):
        """Do what is due; what keeps it from being done is kept and told."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                if self.state == "planned":
                    self._begin()
                elif self.state == "active":
                    self._end()
                else:
                    self._finish()
        except (*INTERRUPTIONS, LockError):
            raise  # somebody else is at work: repeated
        except (UserError, AccessError) as error:
            self._fail(str(error))
        except Exception as error:
            # the savepoint undid what was done; the node keeps the reason
            _logger.exception("temporary node %s failed", self.id)
            self._fail(f"{type(error).__name__}: {error}")

    def _fail(self, reason):
        self.write({"state": "failed", "next_at": False, "reason": reason})
        text = self.env._(
            "The temporary node “%(node)s” of “%(flow)s” could not be set: %(reason)s",
            node=self.name,
            flow=self.flow_id.name,
            reason=reason,
        )
        self.env["mail.thread"].message_notify(
            partner_ids=self.user_id.partner_id.ids,
            subject=self.name,
            body=Markup("<p>%s</p>") % text,
        )

    def _begin(self):
        """Publish the version with the node."""
        before = self.flow_id.published_version_id
        draft = before.with_user(self.user_id)._copy_as_draft()
        if self.key in draft.node_ids.mapped("key"):
            raise UserError(
                self.env._("The flow has a node with the key “%s”.", self.key)
            )
        old = self.transition_id
        way = draft.transition_ids.filtered(lambda way: way.key == old.key)
        ends = (way.source_id.key, way.target_id.key)
        if ends != (old.source_id.key, old.target_id.key):
            raise UserError(
                self.env._("The published version has no way “%s” any more.", self.way)
            )
        node = self.env["scrm.flow.node"].with_env(draft.env)
        node = node.create(self._node_values(draft, way))
        self._copy_names(node)
        keys = draft.transition_ids.mapped("key")
        key = f"{self.key}_done"
        while key in keys:
            key += "_"
        self.env["scrm.flow.transition"].with_env(draft.env).create(
            {
                "version_id": draft.id,
                "key": key,
                "source_id": node.id,
                "target_id": way.target_id.id,
            }
        )
        way.target_id = node
        self._publish(draft, before)
        self.write({"state": "active", "start_version_id": draft.id})
        self._wait_for(self.ends_at)

    def _node_values(self, draft, way):
        rule = "people" if self.user_ids else "role"
        source, target = way.source_id, way.target_id
        return {
            "version_id": draft.id,
            "key": self.key,
            "name": self.name,
            "type": "user_task",
            "rank": source.rank + 1 if source.rank < target.rank else target.rank,
            "handler_rule": rule,
            "handler_user_ids": [(6, 0, self.user_ids.ids)],
            "handler_group_id": self.group_id.id if rule == "role" else False,
            "deadline_hours": self.deadline_hours,
            "is_private": self.is_private,
            "pos_x": (source.pos_x + target.pos_x) / 2,
            "pos_y": (source.pos_y + target.pos_y) / 2 + 80,
        }

    def _copy_names(self, node):
        translations = self._fields["name"]._get_stored_translations(self) or {}
        if len(translations) > 1:
            node.update_field_translations("name", translations)

    def _end(self):
        """Publish the version without the node."""
        before = self.flow_id.published_version_id
        if self.key not in before.node_ids.mapped("key"):
            # somebody published a version without it
            self.write({"state": "ending"})
            self._finish()
            return
        draft = before.with_user(self.user_id)._copy_as_draft()
        node = draft.node_ids.filtered(lambda node: node.key == self.key)
        ways = draft.transition_ids
        out = ways.filtered(lambda way: way.source_id == node)
        if len(out) != 1:
            raise UserError(
                self.env._(
                    "“%s” has more than one way out by now: take it out by hand.",
                    self.name,
                )
            )
        ways.filtered(lambda way: way.target_id == node).target_id = out.target_id
        node.unlink()
        self._publish(draft, before)
        self.write({"state": "ending", "end_version_id": draft.id})
        self._finish()

    def _publish(self, draft, before):
        draft.action_publish()
        if self.running == "migrate":
            plan = self._new_plan(draft, before)
            if plan.run_ids:
                plan.action_start()
            else:
                plan.unlink()

    def _new_plan(self, version, before):
        """A migration of what runs on ``before``, other records stay where they are."""
        plan = (
            self.env["scrm.flow.migration"]
            .with_user(self.user_id)
            .create(
                {"version_id": version.id, "from_version_ids": [(6, 0, before.ids)]}
            )
        )
        if self.at_end == "go_on":
            mine = plan.line_ids.filtered(lambda line: line.node_id.key == self.key)
            if not self._is_in(version):
                mine.how = "leave"
        plan.action_preview()
        return plan

    def _is_in(self, version):
        return self.key in version.node_ids.mapped("key")

    def _finish(self):
        """Take along who has left the node since its end; done when nobody is left."""
        version = self.flow_id.published_version_id
        with_it = self.flow_id.version_ids.filtered(
            lambda other: other.state == "retired" and self._is_in(other)
        )
        plan = self._new_plan(version, with_it)
        if self.running == "stay" or not plan.run_ids:
            plan.unlink()
            self.write({"state": "done", "next_at": False})
            return
        if plan.ready_count:
            plan.action_start()
        else:
            plan.unlink()
        self._wait_for(self._now() + PATIENCE)


SECOND = timedelta(seconds=1)


class ScrmFlow(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow"

    temporary_node_ids = fields.One2many("scrm.flow.temporary.node", "flow_id")


class ScrmFlowTimer(models.Model):
    # what else happens by time, by the same crons
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.timer"

    @api.model
    def _fire_due(self):
        self.env["scrm.flow.temporary.node"]._run_due()
        return super()._fire_due()
