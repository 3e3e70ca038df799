from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

#: States of steps at which a token stands.
LIVE = ("open", "incident", "waiting")
#: The window of somebody's own steps.
STEPS = "scrm_flow.scrm_flow_step_action"


class ScrmFlowStep(models.Model):
    """One activation of a node: work that is open, done, or got stuck.

    ``waiting``: it stands at a join until enough branches of its split arrive.
    The step of a parallel gateway that split is done at once; what is inside of its
    branches refers to it by ``split_id``.
    """

    _name = "scrm.flow.step"
    _inherit = "scrm.flow.trace.mixin"
    _description = "Flow Step"
    _order = "id"

    run_id = fields.Many2one(
        "scrm.flow.run", required=True, readonly=True, index=True, ondelete="cascade"
    )
    flow_id = fields.Many2one(
        "scrm.flow", required=True, readonly=True, ondelete="cascade"
    )
    node_id = fields.Many2one(
        "scrm.flow.node", required=True, readonly=True, ondelete="cascade"
    )
    node_key = fields.Char(required=True, readonly=True)
    state = fields.Selection(
        [
            ("open", "Open"),
            ("waiting", "Waiting for Branches"),
            ("done", "Done"),
            ("rejected", "Sent Back"),
            ("cancelled", "Cancelled"),
            ("incident", "Incident"),
        ],
        required=True,
        default="open",
        readonly=True,
    )
    user_id = fields.Many2one("res.users", string="Handler", readonly=True)
    candidate_ids = fields.Many2many(
        "res.users",
        "scrm_flow_step_candidate_rel",
        "step_id",
        "user_id",
        string="Shared by",
        readonly=True,
        context={"active_test": False},
        help="Everybody who may complete the step, when these are several people.",
    )
    previous_id = fields.Many2one(
        "scrm.flow.step",
        string="Opened by",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="The step whose end opened this one.",
    )
    split_id = fields.Many2one(
        "scrm.flow.step",
        string="Branch of",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="The innermost split that this step is inside of.",
    )
    branch_step_ids = fields.One2many(
        "scrm.flow.step", "split_id", string="In Its Branches", readonly=True
    )
    accepted_at = fields.Datetime(string="Accepted", readonly=True)
    accepted_by_id = fields.Many2one("res.users", readonly=True)
    assign_trace = fields.Json(readonly=True)
    assign_reason = fields.Text(
        compute="_compute_assign_reason", string="Why This Handler"
    )
    opened_at = fields.Datetime(required=True, readonly=True)
    ended_at = fields.Datetime(readonly=True)
    hours = fields.Float(
        compute="_compute_hours", help="Hours from opening to the end of the step."
    )
    done_by_id = fields.Many2one("res.users", readonly=True)
    transition_id = fields.Many2one(
        "scrm.flow.transition", readonly=True, ondelete="set null"
    )
    incident_code = fields.Char(readonly=True)
    incident_reason = fields.Text(readonly=True)

    _record_idx = models.Index("(res_model, res_id)")
    _turn_idx = models.Index("(flow_id, node_key, user_id, id)")
    _open_user_idx = models.Index("(user_id) WHERE state = 'open'")

    @api.depends("node_id.name")
    def _compute_display_name(self):
        for step in self:
            step.display_name = step.node_id.name or step.node_key

    @api.depends("opened_at", "ended_at")
    def _compute_hours(self):
        for step in self:
            step.hours = (
                (step.ended_at - step.opened_at).total_seconds() / 3600
                if step.ended_at
                else 0.0
            )

    @api.depends("assign_trace")
    @api.depends_context("lang")
    def _compute_assign_reason(self):
        words = self.env["scrm.flow.assignment"]
        for step in self:
            step.assign_reason = words._describe(step.assign_trace)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(self.env._("The history of a flow cannot be deleted."))

    @api.model
    def _held_domain(self, user):
        """Where to look for what :meth:`_is_held_by` somebody."""
        return Domain("user_id", "=", user.id)

    def _is_held_by(self, user):
        """Does the step wait for this person, whose absence matters then?"""
        self.ensure_one()
        return self.user_id == user

    def _handlers(self):
        """Everybody who may complete the step."""
        return self.user_id | self.candidate_ids

    def _transfer_vals(self, user, giver=None) -> dict:
        """Values with which ``user`` handles the step instead.

        :param giver: whose part it was, where several people have parts of their own
        :raise UserError: it cannot be handed over like this
        """
        return {
            "user_id": user.id,
            "candidate_ids": [Command.clear()],
            "is_dispatch": False,
            "accepted_at": False,
            "accepted_by_id": False,
        }

    def _add_handler_vals(self, user) -> dict:
        """Values with which ``user`` handles the step as well."""
        return {"candidate_ids": [Command.set((self._handlers() | user).ids)]}

    def _reassign_vals(self, users) -> dict:
        """Values with which these people handle the step; the first one leads.

        :raise UserError: they cannot take it over
        """
        shared = users.ids if len(users) > 1 else []
        return {
            "user_id": users[:1].id,
            "candidate_ids": [Command.set(shared)],
            "is_dispatch": False,
        }

    def _is_handled_by(self, user) -> bool:
        """Whether the user may complete the step; asks no more than needed."""
        return user == self.user_id or user in self.candidate_ids

    def _worker(self):
        """Who did a done step, whoever pressed the button."""
        self.ensure_one()
        if self.done_by_id in self._handlers():
            return self.done_by_id
        return self.user_id

    @api.model
    def action_open_mine(self):
        """What the application opens with: the user's own steps."""
        screen = self._scrm_first_screen()
        action = self.env["ir.actions.act_window"]._for_xml_id(screen)
        if screen == STEPS:
            # the page is found in the menu again when it is loaded anew
            menu = self.env["ir.actions.server"]._for_xml_id(f"{STEPS}_first")
            action |= {"id": menu["id"], "path": menu["path"]}
        return action

    @api.model
    def _scrm_first_screen(self) -> str:
        """The XML id of the window that the application opens with."""
        return STEPS
