from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import money, tier_rules
from ..engine.formulas import BadFormula

#: Odoo's scopes in the engine's order.
SCOPES = {
    "0_product_variant": (tier_rules.VARIANT, "product_id"),
    "1_product": (tier_rules.PRODUCT, "product_tmpl_id"),
    "2_product_category": (tier_rules.CATEGORY, "categ_id"),
    "3_global": (tier_rules.ALL, None),
}


class ProductPricelistItem(models.Model):
    """A rule of a tier: for whom, and by bands of what a unit has cost."""

    _name = "product.pricelist.item"
    _inherit = ["product.pricelist.item", "scrm.price.part.mixin"]

    compute_price = fields.Selection(
        selection_add=[("scrm_matrix", "Cost × Band")],
        ondelete={"scrm_matrix": "set default"},
    )
    scrm_rank = fields.Integer(
        "Rank",
        default=10,
        help="Of rules with conditions for the same goods the lower rank answers; of "
        "equal ranks the customer gets the lowest price.",
    )
    scrm_condition_ids = fields.One2many(
        "scrm.price.condition",
        "item_id",
        "Conditions",
        copy=True,
        help="All must hold. Rules with conditions price tickets, not plain orders.",
    )
    scrm_row_dimension = fields.Selection(
        "_scrm_number_dimensions", "Band of", default="product.cost"
    )
    scrm_column_dimension = fields.Selection("_scrm_number_dimensions", "And of")
    scrm_cell_ids = fields.One2many(
        "scrm.price.cell", "item_id", "Multipliers", copy=True
    )
    scrm_ticket_only = fields.Boolean(
        "Only for Tickets", compute="_compute_scrm_ticket_only", store=True
    )

    @api.model
    def _scrm_number_dimensions(self):
        return self._price_dimensions(numbers=True)

    @api.depends("scrm_condition_ids", "compute_price")
    def _compute_scrm_ticket_only(self):
        for item in self:
            item.scrm_ticket_only = bool(
                item.scrm_condition_ids or item.compute_price == "scrm_matrix"
            )

    @api.depends("compute_price", "scrm_cell_ids")
    def _compute_price_label(self):
        banded = self.filtered(lambda item: item.compute_price == "scrm_matrix")
        result = super(ProductPricelistItem, self - banded)._compute_price_label()
        for item in banded:
            item.price = self.env._("Cost × band")
        return result

    @api.constrains(
        "compute_price",
        "scrm_row_dimension",
        "scrm_column_dimension",
        "scrm_cell_ids",
    )
    def _check_scrm_matrix(self):
        for item in self.filtered(lambda item: item.compute_price == "scrm_matrix"):
            try:
                item._scrm_matrix()
            except (BadFormula, money.NotANumber) as error:
                raise ValidationError(
                    self.env._(
                        "The bands of “%(rule)s” need at least one multiplier; each "
                        "is a number or a range such as “50, 90”, and no two may "
                        "share a value (%(fault)s).",
                        rule=item.display_name,
                        fault=", ".join(
                            str(part) for part in (*error.args, *self._words_of(error))
                        ),
                    )
                ) from error

    @staticmethod
    def _words_of(error):
        return getattr(error, "values", {}).values()

    def _scrm_matrix(self):
        return tier_rules.bands(
            self.scrm_row_dimension or "",
            self.scrm_column_dimension or "",
            [(cell.row, cell.column, cell.factor) for cell in self.scrm_cell_ids],
        )

    def _scrm_rule(self):
        """The rule as the engine reads it."""
        self.ensure_one()
        scope, target = SCOPES[self.applied_on]
        formula = self.compute_price == "formula"
        percent = self.percent_price
        if formula:
            percent = (
                -self.price_markup
                if self.base == "standard_price"
                else self.price_discount
            )
        matrix = self._scrm_matrix() if self.compute_price == "scrm_matrix" else None
        decimal = money.decimal
        return tier_rules.TierRule(
            ref=self.id,
            scope=scope,
            kind="matrix" if matrix else self.compute_price,
            target=self[target].id if target else None,
            base="standard_price" if matrix else self.base,
            base_ref=self.base_pricelist_id.id or None,
            min_quantity=decimal(self.min_quantity),
            rank=self.scrm_rank,
            conditions=tuple(
                condition._as_condition() for condition in self.scrm_condition_ids
            ),
            amount=decimal(self.fixed_price),
            percent=decimal(percent),
            rounding=decimal(self.price_round if formula else 0),
            extra=decimal(self.price_surcharge if formula else 0),
            min_margin=decimal(self.price_min_margin if formula else 0),
            max_margin=decimal(self.price_max_margin if formula else 0),
            matrix=matrix,
            start=self.date_start or None,
            end=self.date_end or None,
        )
