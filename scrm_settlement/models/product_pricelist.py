from odoo import api, fields, models


class ProductPricelist(models.Model):
    """A tier: what it may not go below, and who may use it."""

    _inherit = "product.pricelist"

    scrm_margin_limited = fields.Boolean(
        "Margin Floor",
        help="No price of this tier leaves less above the cost, whatever promotion "
        "or discount works on it.",
    )
    scrm_margin_floor = fields.Float(
        "Least Margin (%)",
        digits=(16, 2),
        help="Percent of the price: 20 on a cost of 80 is a price of 100.",
    )
    scrm_market_limited = fields.Boolean(
        "Market Limit",
        help="Prices stay near the market's reference price, where there is one.",
    )
    scrm_market_limit = fields.Float("Away from the Market at Most (%)", digits=(16, 2))
    scrm_group_id = fields.Many2one(
        "res.groups",
        "Role",
        ondelete="restrict",
        help="Only they may choose this tier on a ticket. Empty: whoever may price.",
    )
    scrm_node_keys = fields.Char(
        "Only at Nodes",
        help="Keys of the flow's nodes at which the tier may be chosen, with commas. "
        "Empty: at every node.",
    )
    scrm_discount_limit = fields.Float(
        "Discount without Role up to (%)",
        digits=(16, 2),
        help="Further discounts need the role.",
    )
    scrm_beyond = fields.Selection(
        [("refuse", "Refused"), ("approval", "Waits for approval")],
        "Beyond That",
        required=True,
        default="refuse",
        help="What happens to a choice or a discount of somebody without the role.",
    )

    scrm_example = fields.Text("Example", compute="_compute_scrm_example")

    _scrm_margin_floor_range = models.Constraint(
        "CHECK (scrm_margin_floor < 100)",
        "The least margin is a percentage of the price: below 100.",
    )
    _scrm_market_limit_positive = models.Constraint(
        "CHECK (scrm_market_limit >= 0)", "The market limit is at least 0 percent."
    )
    _scrm_discount_limit_range = models.Constraint(
        "CHECK (scrm_discount_limit >= 0 AND scrm_discount_limit <= 100)",
        "The discount limit is between 0 and 100 percent.",
    )

    @api.depends(
        "item_ids",
        "scrm_margin_limited",
        "scrm_margin_floor",
        "scrm_market_limited",
        "scrm_market_limit",
    )
    @api.depends_context("lang", "uid")
    def _compute_scrm_example(self):
        """What the latest priced ticket one may read costs in the saved tier."""
        ticket = self.env["helpdesk.ticket"].search(
            [("scrm_price_line_ids", "!=", False)], limit=1, order="id desc"
        )
        for pricelist in self:
            tier = pricelist._origin
            if not ticket or not tier:
                pricelist.scrm_example = False
                continue
            # sudo: the ticket may be read, its price is nothing new
            vals_list, fault = ticket.sudo()._scrm_price_vals(tier)
            lines = [
                self.env._(
                    "%(product)s: %(amount)s",
                    product=self.env["product.product"]
                    .browse(vals["product_id"])
                    .display_name,
                    amount=tier.currency_id.format(vals["amount"]),
                )
                for vals in vals_list
            ]
            pricelist.scrm_example = self.env._(
                "For ticket %(ticket)s in this tier:\n%(lines)s",
                ticket=ticket.display_name,
                lines=fault or "\n".join(lines),
            )

    def _get_applicable_rules_domain(self, products, date, **kwargs):
        """Rules that ask for a ticket do not price what has none."""
        domain = super()._get_applicable_rules_domain(products, date, **kwargs)
        return [*domain, ("scrm_ticket_only", "=", False)]

    def _scrm_has_role(self):
        """Whether the user has the role of the tier."""
        self.ensure_one()
        return bool(self.scrm_group_id) and self.scrm_group_id in (
            self.env.user.all_group_ids
        )

    def _scrm_choice_fault(self, ticket, by_hand, discount):
        """Why the user may not give this tier or discount on a ticket.

        :param by_hand: whether he chose the tier himself
        :param discount: percent
        :return: a sentence; None when he may
        """
        self.ensure_one()
        words = {"tier": self.name, "role": self.scrm_group_id.name}
        nodes = [key.strip() for key in (self.scrm_node_keys or "").split(",") if key]
        if by_hand and nodes and ticket.scrm_node_key not in nodes:
            return self.env._(
                "The tier “%(tier)s” may be chosen only at: %(nodes)s.",
                nodes=", ".join(nodes),
                **words,
            )
        if self._scrm_has_role():
            return None
        if by_hand and self.scrm_group_id:
            return self.env._("The tier “%(tier)s” needs the role “%(role)s”.", **words)
        if discount > self.scrm_discount_limit:
            return self.env._(
                "In the tier “%(tier)s” a discount of %(discount)g %% is beyond "
                "%(limit)g %%: it needs the role of the tier.",
                discount=discount,
                limit=self.scrm_discount_limit,
                **words,
            )
        return None
