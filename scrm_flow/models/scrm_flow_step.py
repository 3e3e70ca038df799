from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL


class ScrmFlowStep(models.Model):
    """One activation of a node: work that is open, done, or got stuck."""

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
    _open_user_idx = models.Index("(user_id) WHERE state = 'open'")
    _turn_idx = models.Index("(flow_id, node_key, user_id, id)")

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
        for step in self:
            step.assign_reason = step._describe_assignment(step.assign_trace)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(self.env._("The history of a flow cannot be deleted."))

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
        return {"user_id": users[:1].id, "candidate_ids": [Command.set(shared)]}

    def _worker(self):
        """Who did a done step, whoever pressed the button."""
        self.ensure_one()
        if self.done_by_id in self._handlers():
            return self.done_by_id
        return self.user_id

    @api.model
    def _last_turns(self, place, user_ids) -> dict[int, int]:
        """When each user last got a node: the higher the number, the later.

        One index probe per user, whatever the length of the history.

        :param place: (id of the flow, key of the node)
        """
        if not user_ids:
            return {}
        flow_id, node_key = place
        self.flush_model(["flow_id", "node_key", "user_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT person.id, turn.id
                  FROM unnest(%s) AS person(id)
                 CROSS JOIN LATERAL (
                       SELECT step.id
                         FROM scrm_flow_step step
                        WHERE step.flow_id = %s
                          AND step.node_key = %s
                          AND step.user_id = person.id
                        ORDER BY step.id DESC
                        LIMIT 1
                       ) turn
                """,
                list(user_ids),
                flow_id,
                node_key,
            )
        )
        return dict(rows)

    # Reasons in words --------------------------------------------------------

    @api.model
    def _unavailable_labels(self) -> dict[str, str]:
        """Why somebody was left out, for people."""
        return {
            "inactive": self.env._("inactive"),
            "other_company": self.env._("works for another company"),
            "requester": self.env._("asks for it and does not decide alone"),
        }

    @api.model
    def _describe_assignment(self, trace) -> str | bool:
        """Who was considered, who was chosen, who not and why."""
        if not trace:
            return False
        rules = dict(self.env["scrm.flow.handler"]._selection())
        labels = self._unavailable_labels()

        def names(people):
            return ", ".join(person["name"] for person in people)

        rule = rules.get(trace["rule"], trace["rule"])
        lines = []
        if trace["rule"] == "back":
            return self.env._(
                "%s had it before and gets it back.", trace["chosen"]["name"]
            )
        if not trace["chosen"]:
            lines.append(self.env._("%(rule)s: nobody could be chosen.", rule=rule))
        elif trace["shared"]:
            lines.append(
                self.env._(
                    "%(rule)s: %(chosen)s, together with %(others)s.",
                    rule=rule,
                    chosen=trace["chosen"]["name"],
                    others=names(trace["shared"]),
                )
            )
        elif trace["waiting"]:
            lines.append(
                self.env._(
                    "%(rule)s: %(chosen)s, whose last turn was the longest ago. "
                    "Also considered: %(others)s.",
                    rule=rule,
                    chosen=trace["chosen"]["name"],
                    others=names(trace["waiting"]),
                )
            )
        else:
            lines.append(
                self.env._(
                    "%(rule)s: %(chosen)s, the only one who can.",
                    rule=rule,
                    chosen=trace["chosen"]["name"],
                )
            )
        if trace["left_out"]:
            left_out = ", ".join(
                f"{person['name']} ({labels.get(person['why'], person['why'])})"
                for person in trace["left_out"]
            )
            lines.append(self.env._("Left out: %s.", left_out))
        return "\n".join(lines)
