from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: The field that names the receiver, by kind of share.
RECEIVERS = {
    "node": "payee_node_key",
    "partner": "partner_id",
    "analytic": "analytic_account_id",
}

#: Kinds of shares that say where in the analytic books an amount goes.
CENTRES = ("analytic", "hours")


class ScrmSettlementShare(models.Model):
    """Who or what gets a part of a component's amount.

    Shares of people say who is paid; shares of cost centres say where in the
    analytic books each payee's amount goes. The parts always add up to the amount.
    """

    _name = "scrm.settlement.share"
    _description = "Settlement Share"
    _inherit = ["scrm.settlement.frozen"]
    _order = "component_id, rank, id"
    _check_company_auto = True

    component_id = fields.Many2one(
        "scrm.settlement.component", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="component_id.company_id")
    rank = fields.Integer(default=10)
    receiver = fields.Selection(
        [
            ("node", "Who completed a node"),
            ("partner", "A partner"),
            ("analytic", "A cost centre"),
            ("hours", "The ticket's projects, by hours"),
        ],
        required=True,
        default="node",
        help="The ticket's projects, by hours: whichever projects hours were worked "
        "for on the ticket, in proportion to these hours.",
    )
    payee_node_key = fields.Char("Node", help="Key of the flow node.")
    partner_id = fields.Many2one("res.partner", ondelete="restrict")
    analytic_account_id = fields.Many2one(
        "account.analytic.account",
        "Cost Centre",
        ondelete="restrict",
        check_company=True,
    )
    weight = fields.Float(
        required=True,
        default=1,
        min_display_digits=2,
        help="Parts are in proportion to the weights: 3 and 1 are 75 % and 25 %.",
    )
    dimension = fields.Selection(
        "_selection_dimension",
        "Times",
        help="The weight is multiplied by this measured value, for example by the "
        "hours worked for a project.",
    )

    _weight_positive = models.Constraint(
        "CHECK (weight >= 0)", "The weight of a share cannot be negative."
    )

    def _selection_dimension(self):
        return self.env["scrm.settlement.rule"]._selection_dimension()

    @api.constrains("receiver", *RECEIVERS.values(), "component_id")
    def _check_receiver(self):
        for share in self:
            named_by = RECEIVERS.get(share.receiver)
            if named_by and not share[named_by]:
                raise ValidationError(
                    self.env._(
                        "Component “%(component)s”: a share does not say who gets it.",
                        component=share.component_id.name,
                    )
                )
            if share.receiver not in CENTRES and share.component_id.scope == "period":
                raise ValidationError(
                    self.env._(
                        "Component “%(component)s”: the result of a period belongs to "
                        "one payee; only cost centres can share it.",
                        component=share.component_id.name,
                    )
                )

    def _frozen_version(self):
        return self.component_id.version_id
