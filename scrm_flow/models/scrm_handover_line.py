from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class ScrmHandoverLine(models.Model):
    """What of one kind goes from a leaver to one person, and why there."""

    _name = "scrm.handover.line"
    _description = "Handover Line"
    _order = "handover_id, id"

    handover_id = fields.Many2one(
        "scrm.handover", required=True, readonly=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(related="handover_id.state")
    kind = fields.Selection(
        selection=lambda self: self.env["scrm.handover.kind"]._selection(),
        string="What",
        required=True,
        readonly=True,
    )
    count = fields.Integer(string="How Many", readonly=True)
    res_ids = fields.Json(readonly=True)
    person_id = fields.Many2one("res.users", string="Goes to", readonly=True)
    by = fields.Selection(
        [
            ("chosen", "Chosen by hand"),
            ("work", "Gets the step it belongs to"),
            ("colleagues", "Shares it already"),
            ("successor", "Successor"),
            ("rule", "Rule of the node"),
            ("superior", "Superior"),
            ("leader", "Leader of the team or store"),
            ("pool", "Pool"),
            ("keeper", "Owner or manager of flows"),
            ("ends", "Ends"),
            ("nobody", "Nobody can"),
        ],
        string="Why",
        required=True,
        readonly=True,
    )
    chosen_id = fields.Many2one(
        "res.users",
        string="To Somebody Else",
        domain="[('id', '!=', parent.user_id)]",
        help="Who can have it gets it; who cannot does not, and the rule decides.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("What happened is not written by hand."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            if vals.keys() - {"chosen_id"}:
                raise AccessError(self.env._("What happened is not written by hand."))
            if any(line.state == "done" for line in self):
                raise UserError(self.env._("This handover is done."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_by_hand(self):
        if not self.env.su:
            raise AccessError(self.env._("What happened is not written by hand."))

    def action_open(self):
        """Show the records of the line, those the user may see."""
        self.ensure_one()
        kind = self.env["scrm.handover.kind"]._kind(self.kind)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(kind._label),
            "res_model": kind._model,
            "view_mode": "list,form",
            "domain": [("id", "in", self.res_ids)],
            "context": {"active_test": False},
        }
