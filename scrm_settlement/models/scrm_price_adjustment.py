from dataclasses import dataclass
from decimal import Decimal

from odoo import api, fields, models

from odoo.addons.scrm_flow.engine.decision import Condition

from ..engine import money


@dataclass(frozen=True, slots=True)
class Adjustment:
    """An adjustment as the engine reads it."""

    ref: str
    id: int
    kind: str
    value: Decimal
    stacks: bool
    method: str
    product: int | None
    quantity: str | None
    currency: int
    tiers: frozenset
    conditions: tuple[Condition, ...]
    start: object
    end: object

    def valid(self, tier, now):
        """Whether it works on this tier now, its conditions aside."""
        return (
            (not self.tiers or tier in self.tiers)
            and not (self.start and now < self.start)
            and not (self.end and now >= self.end)
        )


class ScrmPriceAdjustment(models.Model):
    """What changes a tier's price, adds a line to it, or says who pays.

    Kinds: ``coefficient`` multiplies, ``promotion`` takes percents off inside its
    dates, ``surcharge`` adds a priced line (night, urgent, remote, special part),
    ``cover`` lets a warranty or contract pay.
    """

    _name = "scrm.price.adjustment"
    _description = "Price Adjustment"
    _inherit = ["scrm.key.mixin", "scrm.price.part.mixin"]
    _order = "kind, sequence, id"

    key = fields.Char(required=True, copy=False, help="Stable name used by packs.")
    name = fields.Char(
        required=True, translate=True, help="The customer reads it on his price."
    )
    sequence = fields.Integer(
        default=10, help="Order in lists; no price depends on it."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        [
            ("coefficient", "Coefficient"),
            ("promotion", "Promotion"),
            ("surcharge", "Surcharge"),
            ("cover", "Somebody Else Pays"),
        ],
        required=True,
        default="coefficient",
    )
    pricelist_ids = fields.Many2many(
        "product.pricelist", string="Tiers", help="Empty: every tier."
    )
    condition_ids = fields.One2many(
        "scrm.price.condition", "adjustment_id", "Conditions", copy=True
    )
    date_start = fields.Datetime("From")
    date_end = fields.Datetime("Until", help="No longer valid at this moment.")
    factor = fields.Float(default=1.0, digits=(16, 4), help="1.2 is a fifth more.")
    percent = fields.Float(digits=(16, 2))
    stacks = fields.Boolean(
        "Adds to Others",
        default=True,
        help="Promotions that do not stand alone; of all the customer gets the better.",
    )
    method = fields.Selection(
        [
            ("amount", "Fixed Amount"),
            ("percent", "Percent of the Service"),
            ("tier", "Price in the Tier"),
        ],
        "Priced by",
        required=True,
        default="amount",
    )
    amount = fields.Monetary(help="For one, in the company's currency.")
    product_id = fields.Many2one(
        "product.product",
        "Charged as",
        ondelete="restrict",
        help="Service product of the added line.",
    )
    quantity_dimension = fields.Selection(
        "_selection_quantity",
        "Quantity from",
        help="So many are charged, 0 none. Empty: one.",
    )

    effect = fields.Char(compute="_compute_effect")
    example = fields.Text(compute="_compute_example")

    _key_unique = models.Constraint(
        "UNIQUE(key, company_id)", "Another adjustment already has this key."
    )
    _values = models.Constraint(
        "CHECK (factor >= 0 AND percent >= 0 AND percent <= 100)",
        "A factor is not below 0, a percentage is between 0 and 100.",
    )
    _surcharge_product = models.Constraint(
        "CHECK (kind != 'surcharge' OR product_id IS NOT NULL)",
        "A surcharge needs the product it is charged as.",
    )
    _dates = models.Constraint(
        "CHECK (date_start IS NULL OR date_end IS NULL OR date_start < date_end)",
        "An adjustment ends after it starts.",
    )

    @api.depends("kind", "factor", "percent", "method", "amount")
    @api.depends_context("lang")
    def _compute_effect(self):
        for adjustment in self:
            percent = money.text(money.decimal(adjustment.percent))
            match adjustment.kind, adjustment.method:
                case "coefficient", _method:
                    factor = money.text(money.decimal(adjustment.factor))
                    words = f"× {factor}"
                case "promotion", _method:
                    words = f"−{percent} %"
                case "cover", _method:
                    words = f"{percent} %"
                case _kind, "amount":
                    amount = adjustment.currency_id.format(adjustment.amount)
                    words = f"+ {amount}"
                case _kind, "percent":
                    words = f"+ {percent} %"
                case _:
                    words = adjustment.env._("as in the tier")
            adjustment.effect = words

    @api.depends("kind", "factor", "percent", "method", "amount", "condition_ids")
    @api.depends_context("lang")
    def _compute_example(self):
        """What the saved adjustment does to the latest priced ticket one may read."""
        ticket = self.env["helpdesk.ticket"].search(
            [("scrm_price_line_ids", "!=", False)], limit=1, order="id desc"
        )
        for adjustment in self:
            if not ticket or not adjustment._origin:
                adjustment.example = False
                continue
            key = adjustment._origin.key
            lines = ticket.scrm_price_line_ids.filtered(
                lambda line, key=key: key in line._adjustment_keys()
            )
            words = {
                "ticket": ticket.display_name,
                "total": ticket.scrm_price_currency_id.format(ticket.scrm_price_total),
            }
            adjustment.example = (
                self.env._("For ticket %(ticket)s: it does not apply.", **words)
                if not lines
                else self.env._(
                    "For ticket %(ticket)s, %(total)s in all: %(reasons)s",
                    reasons="\n".join(lines.mapped("reason")),
                    **words,
                )
            )

    def _selection_quantity(self):
        return self._price_dimensions(numbers=True)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for adjustment, vals in zip(self, vals_list, strict=True):
            vals["name"] = self.env._("%s (copy)", adjustment.name)
        return vals_list

    def _compiled(self):
        """Itself as the engine reads it."""
        self.ensure_one()
        value = self.factor if self.kind == "coefficient" else self.percent
        if self.kind == "surcharge" and self.method == "amount":
            value = self.amount
        return Adjustment(
            ref=self.key,
            id=self.id,
            kind=self.kind,
            value=money.decimal(value),
            stacks=self.stacks,
            method=self.method,
            product=self.product_id.id or None,
            quantity=self.quantity_dimension or None,
            currency=self.currency_id.id,
            tiers=frozenset(self.pricelist_ids.ids),
            conditions=tuple(
                condition._as_condition() for condition in self.condition_ids
            ),
            start=self.date_start or None,
            end=self.date_end or None,
        )
