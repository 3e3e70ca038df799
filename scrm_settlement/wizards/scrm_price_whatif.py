from decimal import Decimal

from odoo import api, fields, models

from ..engine import money, recommend
from ..models.scrm_pricing import Request


class ScrmPriceWhatif(models.TransientModel):
    """Try prices of a ticket: other tiers, discounts, batches, units left out."""

    _name = "scrm.price.whatif"
    _description = "Price What-If"

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="ticket_id.company_id")
    pricelist_id = fields.Many2one(
        "product.pricelist", "Tier", required=True, check_company=True
    )
    discount = fields.Float("Discount (%)", digits=(16, 2))
    line_ids = fields.One2many("scrm.price.whatif.line", "whatif_id", "Lines")
    currency_id = fields.Many2one(related="pricelist_id.currency_id")
    labour = fields.Monetary(compute="_compute_totals")
    material = fields.Monetary(compute="_compute_totals")
    transport = fields.Monetary(compute="_compute_totals")
    total = fields.Monetary(compute="_compute_totals")
    cost = fields.Monetary(compute="_compute_totals")
    margin = fields.Float("Margin (%)", compute="_compute_totals")

    @api.model
    def _of(self, ticket):
        """A trial of what a ticket charges, as it is.

        :return: ``scrm.price.whatif``
        """
        ticket.check_access("read")
        lines = ticket.scrm_price_line_ids
        return self.create(
            {
                "ticket_id": ticket.id,
                "pricelist_id": lines.pricelist_id[:1].id,
                "discount": ticket.scrm_discount,
                "line_ids": [
                    fields.Command.create(
                        {
                            "product_id": line.product_id.id,
                            "quantity": line.quantity,
                            "kind": line.product_id.scrm_price_kind
                            or ("labour" if line.origin == "service" else "material"),
                            "lot_id": line.lot_id.id,
                            "base": line.origin == "surcharge" and line.price_unit,
                            "fixed": line.origin == "surcharge",
                        }
                    )
                    for line in lines
                ],
            }
        )

    @api.depends("line_ids.amount", "line_ids.cost", "line_ids.kind")
    def _compute_totals(self):
        for trial in self:
            lines = trial.line_ids.filtered("included")
            for kind in ("labour", "material", "transport"):
                same = lines.filtered(lambda line, kind=kind: line.kind == kind)
                trial[kind] = sum(same.mapped("amount"))
            trial.total = sum(lines.mapped("amount"))
            trial.cost = sum(line.cost * line.quantity for line in lines)
            trial.margin = recommend.margin(
                money.decimal(trial.total), money.decimal(trial.cost)
            )

    def action_recommend(self):
        """Take for each line the batch that leaves most within all limits."""
        self.ensure_one()
        self.ticket_id.check_access("read")
        for line in self.line_ids.filtered(lambda line: not line.fixed):
            best = recommend.best(line._batches())
            if best:
                line.lot_id = best.ref
        return self._open()

    def action_take_over(self):
        """Give the ticket this tier and discount, as far as one may."""
        self.ensure_one()
        # the tier's rights are checked by the ticket
        self.ticket_id.write(
            {"scrm_tier_id": self.pricelist_id.id, "scrm_discount": self.discount}
        )
        return {"type": "ir.actions.act_window_close"}

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What If"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {**self.env.context, "dialog_size": "extra-large"},
        }


class ScrmPriceWhatifLine(models.TransientModel):
    _name = "scrm.price.whatif.line"
    _description = "Price What-If Line"

    whatif_id = fields.Many2one("scrm.price.whatif", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="whatif_id.currency_id")
    included = fields.Boolean("In", default=True)
    product_id = fields.Many2one("product.product", required=True)
    kind = fields.Selection(
        [
            ("labour", "Labour"),
            ("material", "Material"),
            ("transport", "Transport"),
        ],
        "Belongs to",
        required=True,
        default="material",
    )
    quantity = fields.Float(default=1.0, required=True, digits="Product Unit")
    lot_id = fields.Many2one(
        "stock.lot", "Batch", domain="[('product_id', '=', product_id)]"
    )
    fixed = fields.Boolean(help="A surcharge keeps its own price.")
    base = fields.Float()
    price_unit = fields.Monetary(compute="_compute_price")
    amount = fields.Monetary(compute="_compute_price")
    cost = fields.Monetary("Cost of One", compute="_compute_price")
    margin = fields.Float("Margin (%)", compute="_compute_price")

    @api.depends(
        "product_id",
        "quantity",
        "lot_id",
        "included",
        "whatif_id.pricelist_id",
        "whatif_id.discount",
    )
    def _compute_price(self):
        for trial, lines in self.grouped("whatif_id").items():
            ready = lines.filtered("product_id")
            if not trial.pricelist_id:
                ready = self.browse()
            (lines - ready).update(
                {"price_unit": 0, "amount": 0, "cost": 0, "margin": 0}
            )
            for line, answer in zip(
                ready, ready._answers([line.lot_id for line in ready]), strict=True
            ):
                unit = answer.price.unit
                line.price_unit = float(unit)
                line.amount = (
                    line.currency_id.round(float(unit) * line.quantity)
                    if line.included
                    else 0.0
                )
                line.cost = float(answer.cost)
                line.margin = recommend.margin(unit, answer.cost)

    def _answers(self, lots):
        """Prices of these lines, each from its lot."""
        trial = self.whatif_id
        ticket = trial.ticket_id._origin or trial.ticket_id
        ticket.check_access("read")
        # sudo: what the ticket says to the rules; it may be read
        ticket = ticket.sudo()
        company = ticket.company_id or self.env.company
        tier = trial.pricelist_id._origin or trial.pricelist_id
        values = ticket._scrm_price_values(tier, company)
        discount = min(max(money.decimal(trial.discount), Decimal(0)), Decimal(100))
        return self.env["scrm.pricing"].price(
            [
                Request(
                    product=line.product_id._origin or line.product_id,
                    pricelist=tier,
                    quantity=money.decimal(line.quantity),
                    values=values,
                    discount=Decimal(0) if line.fixed else discount,
                    lot=(lot._origin or lot) if lot else None,
                    base=money.decimal(line.base) if line.fixed else None,
                )
                for line, lot in zip(self, lots, strict=True)
            ],
            company,
        )

    def _batches(self):
        """The batches on the shelf, each with its price."""
        self.ensure_one()
        # sudo: stock decides a proposal; the ticket may be read
        quants = self.env["stock.quant"].sudo()
        company = self.whatif_id.company_id or self.env.company
        found = quants._read_group(
            [
                ("product_id", "=", self.product_id.id),
                ("company_id", "=", company.id),
                ("location_id.usage", "=", "internal"),
                ("quantity", ">", 0),
                ("lot_id", "!=", False),
            ],
            ["lot_id"],
            ["in_date:min", "quantity:sum"],
            having=[("quantity:sum", ">=", self.quantity)],
        )
        now = self.env["scrm.clock"].now()
        answers = [self._answers([lot])[0] for lot, _since, _quantity in found]
        return [
            recommend.Batch(lot.id, answer.price.unit, answer.cost, (now - since).days)
            for (lot, since, _quantity), answer in zip(found, answers, strict=True)
        ]
