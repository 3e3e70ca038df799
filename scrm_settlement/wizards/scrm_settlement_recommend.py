from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..engine import money, proposal


class ScrmSettlementRecommend(models.TransientModel):
    """Tiers that a plan's own past suggests, with the past they come from."""

    _name = "scrm.settlement.recommend"
    _inherit = "scrm.wizard.mixin"
    _description = "Recommended Tiers"

    plan_id = fields.Many2one("scrm.settlement.plan", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="plan_id.currency_id")
    dimension = fields.Selection(
        lambda self: self.env["scrm.settlement.rule"]._selection_dimension(),
        "Tiers of",
        required=True,
        default="price_total",
    )
    date_from = fields.Date(
        "First Day",
        required=True,
        default=lambda self: fields.Date.subtract(
            self.env["scrm.clock"].today(), months=6
        ),
    )
    date_to = fields.Date(
        "Last Day", required=True, default=lambda self: self.env["scrm.clock"].today()
    )
    number = fields.Integer("Number of Tiers", required=True, default=3)
    share = fields.Float(
        "Cost against the Past (%)",
        required=True,
        default=100.0,
        help="100: as much in all as was paid; 90 saves a tenth.",
    )
    line_ids = fields.One2many("scrm.settlement.recommend.line", "recommend_id")

    def action_propose(self):
        """Look at the past and propose."""
        self.ensure_one()
        if not 1 <= self.number <= 12:
            raise UserError(self.env._("Propose between 1 and 12 tiers."))
        self.plan_id.check_access("read")
        # sudo: settlement staff see sums of facts; the facts stay unread
        proposed = self.sudo().plan_id._propose_tiers(
            self.dimension, self.date_from, self.date_to, self.number, self.share
        )
        self.line_ids = [
            Command.clear(),
            *(
                Command.create(
                    {
                        "rule_id": rule.id,
                        "above": float(tier.above),
                        "up_to": float(tier.up_to or 0),
                        "rate": float(tier.rate),
                        "fact_count": tier.count,
                        "total": float(tier.total),
                        "paid": float(tier.paid),
                    }
                )
                for rule, tiers in proposed.items()
                for tier in tiers
            ),
        ]
        return self._stay_open(self.env._("Recommended Tiers"))

    def action_draft(self):
        """Make a version with these tiers, and try it over the same days."""
        self.ensure_one()
        self.plan_id.check_access("write")
        proposed = {
            rule: [line._tier() for line in lines]
            for rule, lines in self.line_ids.grouped("rule_id").items()
        }
        draft = self.plan_id._draft_tiers(self.dimension, proposed)
        backtest = self.env["scrm.settlement.backtest"].create(
            {
                "version_id": draft.id,
                "date_from": self.date_from,
                "date_to": self.date_to,
            }
        )
        return backtest.action_run()

    def action_facts(self):
        """The past that the proposal comes from."""
        self.ensure_one()
        # sudo: ids only; the list is read with the user's own rights
        facts = self.sudo().plan_id._past_facts(self.date_from, self.date_to)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "scrm_settlement.scrm_settlement_fact_action"
        )
        return {**action, "domain": [("id", "in", [fact["id"] for fact in facts])]}


class ScrmSettlementRecommendLine(models.TransientModel):
    _name = "scrm.settlement.recommend.line"
    _description = "Recommended Tier"
    _order = "id"

    recommend_id = fields.Many2one(
        "scrm.settlement.recommend", required=True, ondelete="cascade"
    )
    rule_id = fields.Many2one(
        "scrm.settlement.rule",
        "Instead Of",
        required=True,
        readonly=True,
        ondelete="cascade",
        help="The tiers apply under the conditions of this rule.",
    )
    currency_id = fields.Many2one(related="recommend_id.currency_id")
    above = fields.Float(min_display_digits=2)
    up_to = fields.Float(min_display_digits=2)
    rate = fields.Float("Pays (%)", min_display_digits=2)
    fact_count = fields.Integer("Past Facts", readonly=True)
    total = fields.Float("Their Value", readonly=True, min_display_digits=2)
    paid = fields.Monetary("Was Paid", readonly=True)

    def _tier(self):
        self.ensure_one()
        return proposal.ProposedTier(
            money.decimal(self.above),
            money.decimal(self.up_to) or None,
            money.decimal(self.rate),
            *(self.fact_count, self.total, self.paid),
        )
