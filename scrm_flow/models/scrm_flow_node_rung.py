from odoo import api, fields, models


class ScrmFlowNodeRung(models.Model):
    """One rung of a node's escalation ladder: what happens when it stays open."""

    _name = "scrm.flow.node.rung"
    _inherit = "scrm.flow.node.part.mixin"
    _description = "Flow Escalation"
    _order = "node_id, rank, id"

    rank = fields.Integer(default=10)
    hours = fields.Float(required=True)
    anchor = fields.Selection(
        [("deadline", "After the deadline"), ("opening", "After the opening")],
        string="From",
        required=True,
        default="deadline",
    )
    action = fields.Selection(
        selection=lambda self: self.env["scrm.flow.escalation"]._selection(),
        required=True,
        default="notify",
    )
    user_ids = fields.Many2many(
        "res.users", "scrm_flow_rung_user_rel", "rung_id", "user_id", string="People"
    )
    group_id = fields.Many2one("res.groups", string="Role", ondelete="restrict")
    is_activity = fields.Boolean(
        string="As Activity", help="Something to do on the record, not just a message."
    )
    transition_key = fields.Char(
        string="Transition", help="Key of the transition that is taken."
    )

    _hours_positive = models.Constraint(
        "CHECK (hours >= 0)", "An escalation comes after its beginning."
    )

    @api.depends("action", "hours")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["action"]._description_selection(self.env))
        for rung in self:
            rung.display_name = self.env._(
                "%(action)s (%(hours)s h)",
                action=labels.get(rung.action, ""),
                hours=f"{rung.hours:g}",
            )

    def _compile(self) -> dict:
        """The rung as plain values, kept in the compiled node."""
        self.ensure_one()
        return {
            "hours": self.hours,
            "anchor": self.anchor,
            "action": self.action,
            "user_ids": self.with_context(active_test=False).user_ids.ids,
            "group_id": self.group_id.id,
            "activity": self.is_activity,
            "transition": self.transition_key or None,
        }
