from odoo import api, fields, models


class ScrmPriceCondition(models.Model):
    """One thing that must hold before a tier rule or an adjustment applies."""

    _name = "scrm.price.condition"
    _description = "Price Condition"
    _inherit = ["scrm.condition.mixin", "scrm.price.part.mixin"]

    dimension = fields.Selection("_price_dimensions")
    item_id = fields.Many2one(
        "product.pricelist.item",
        "Pricelist Rule",
        ondelete="cascade",
        index="btree_not_null",
    )
    adjustment_id = fields.Many2one(
        "scrm.price.adjustment", ondelete="cascade", index="btree_not_null"
    )
    offer_id = fields.Many2one(
        "scrm.price.offer", ondelete="cascade", index="btree_not_null"
    )

    _owner = models.Constraint(
        "CHECK (num_nonnulls(item_id, adjustment_id, offer_id) = 1)",
        "A price condition belongs to one rule.",
    )

    @api.depends("dimension", "operator", "value")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._price_dimensions())
        for condition in self:
            label = labels.get(condition.dimension, condition.dimension or "")
            operator = condition._operator_label() if condition.operator else ""
            condition.display_name = f"{label} {operator} {condition.value or ''}"

    def _condition_model(self):
        return "scrm.price.line"
