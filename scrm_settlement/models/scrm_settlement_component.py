from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.compute import Component


class ScrmSettlementComponent(models.Model):
    """One part of what is paid; the components of a version add up."""

    _name = "scrm.settlement.component"
    _description = "Settlement Component"
    _order = "version_id, rank, key"
    _inherit = ["scrm.key.mixin", "scrm.settlement.frozen"]
    _key_suffix = None

    version_id = fields.Many2one(
        "scrm.settlement.plan.version", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="version_id.company_id", store=True)
    key = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    rank = fields.Integer(default=10)
    payee_node_key = fields.Char(
        "Paid to who completed",
        help="Key of the flow node whose handler is paid. Empty: as the plan says.",
    )
    scope = fields.Selection(
        [("fact", "Each fact by itself"), ("period", "A whole period")],
        "Pays For",
        required=True,
        default="fact",
        help="A whole period: values are added up over the payee's facts of the "
        "period before the rules look at them.",
    )
    period = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter"), ("year", "Year")],
        required=True,
        default="month",
    )
    standing_payee_ids = fields.Many2many(
        "res.partner",
        "scrm_settlement_component_standing_rel",
        string="Also Without Facts",
        help="Paid for each period even when they have nothing in it, for example a "
        "base fee.",
    )
    store_ids = fields.Many2many(
        "scrm.store",
        "scrm_settlement_component_store_rel",
        string="Stores to Serve",
        help="The share of stores served in a period is of these; empty: every store "
        "counts, and there is no share.",
    )
    share_ids = fields.One2many(
        "scrm.settlement.share", "component_id", "Shares", copy=True
    )
    product_id = fields.Many2one(
        "product.product",
        required=True,
        ondelete="restrict",
        check_company=True,
        help="Product of the line on the vendor bill.",
    )
    tax_ids = fields.Many2many(
        "account.tax",
        "scrm_settlement_component_tax_rel",
        string="Taxes",
        domain="[('type_tax_use', 'in', ('purchase', 'sale'))]",
        check_company=True,
        help="Taxes on top of the amount: of purchases on the payee's bill, of sales "
        "on an invoice to him; a negative one is withheld.",
    )
    account_id = fields.Many2one(
        "account.account",
        ondelete="restrict",
        check_company=True,
        help="Expense account of the line, or income account of an invoice. Empty: "
        "the product's.",
    )
    analytic_account_id = fields.Many2one(
        "account.analytic.account", ondelete="restrict", check_company=True
    )
    rule_ids = fields.One2many(
        "scrm.settlement.rule", "component_id", "Rules", copy=True
    )

    _key_unique = models.Constraint(
        "UNIQUE (version_id, key)",
        "The key of a component must be unique in its plan version.",
    )

    @api.constrains("rule_ids")
    def _check_rules(self):
        for component in self:
            keys = component.rule_ids.mapped("key")
            if len(keys) != len(set(keys)):
                raise ValidationError(
                    self.env._(
                        "Two rules of “%(component)s” have the same key.",
                        component=component.name,
                    )
                )

    @api.constrains("tax_ids")
    def _check_taxes(self):
        for component in self:
            if included := component.tax_ids.filtered("price_include"):
                raise ValidationError(
                    self.env._(
                        "Tax “%(tax)s” is included in its price: what is settled is "
                        "the amount before taxes.",
                        tax=included[0].name,
                    )
                )

    @api.constrains("scope")
    def _check_scope(self):
        self.rule_ids._check_formula()
        self.share_ids._check_receiver()

    def _frozen_version(self):
        return self.version_id

    def _compile(self):
        """The component as the pure engine reads it.

        :raise BadFormula: a rule's parameters contradict each other
        """
        self.ensure_one()
        return Component(self.key, [rule._compile() for rule in self.rule_ids])
