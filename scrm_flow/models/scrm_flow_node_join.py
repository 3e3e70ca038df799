from odoo import fields, models


class ScrmFlowNode(models.Model):
    """How many branches a parallel gateway waits for."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.flow.node"

    join_rule = fields.Selection(
        [
            ("all", "All branches"),
            ("any", "The first branch"),
            ("count", "A number of branches"),
        ],
        default="all",
        required=True,
        string="Goes on after",
        help="When it goes on before all branches have arrived, the others are "
        "cancelled.",
    )
    join_count = fields.Integer(
        string="Branches", default=1, help="How many branches must arrive."
    )

    def _join_needs(self) -> int | None:
        """How many branches must arrive, None for all of them."""
        self.ensure_one()
        if self.join_rule == "all":
            return None
        return 1 if self.join_rule == "any" else self.join_count
