from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..engine import money, pricing
from .scrm_pricing import Request


class HelpdeskTicket(models.Model):
    """What a ticket charges: its service, parts, added items and surcharges."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    scrm_charge_ids = fields.One2many(
        "scrm.price.charge", "ticket_id", "Added Items", copy=False
    )
    scrm_price_untaxed = fields.Monetary(
        "Untaxed Price",
        compute="_compute_scrm_price_taxes",
        compute_sudo=True,
        currency_field="scrm_price_currency_id",
    )
    scrm_price_tax = fields.Monetary(
        "Taxes on the Price",
        compute="_compute_scrm_price_taxes",
        compute_sudo=True,
        currency_field="scrm_price_currency_id",
    )
    scrm_price_gross = fields.Monetary(
        "Price with Taxes",
        compute="_compute_scrm_price_taxes",
        compute_sudo=True,
        currency_field="scrm_price_currency_id",
    )
    scrm_price_covered = fields.Monetary(
        "Paid by Others",
        compute="_compute_scrm_price_taxes",
        compute_sudo=True,
        currency_field="scrm_price_currency_id",
    )

    @api.depends(
        "scrm_price_line_ids.amount_untaxed",
        "scrm_price_line_ids.amount_total",
        "scrm_price_line_ids.cover_amount",
    )
    def _compute_scrm_price_taxes(self):
        for ticket in self:
            lines = ticket.scrm_price_line_ids
            ticket.scrm_price_untaxed = sum(lines.mapped("amount_untaxed"))
            ticket.scrm_price_gross = sum(lines.mapped("amount_total"))
            ticket.scrm_price_tax = ticket.scrm_price_gross - ticket.scrm_price_untaxed
            ticket.scrm_price_covered = sum(lines.mapped("cover_amount"))

    def _scrm_price_tier(self):
        """The tier of the ticket: (pricelist, rule that chose it, its inputs)."""
        return self._scrm_decided_tier()

    def _scrm_decided_tier(self):
        """The tier that the price table finds, as :meth:`_scrm_price_tier`."""
        self.ensure_one()
        decided = self.template_id.price_table_id.decide(self)
        if decided is None:
            return self.env["product.pricelist"], None, {}
        return decided.rule._result(), decided.rule, decided.inputs

    def _scrm_price_vals(self, tier=None):
        """Compute what the ticket charges.

        :param tier: a pricelist to ask instead of the ticket's own
        :return: (values of its price lines, in order; what is wrong, in words)
        """
        self.ensure_one()
        company = self.company_id or self.env.company
        ticket = self.with_company(company)
        rule, inputs = None, {}
        if not tier:
            tier, rule, inputs = ticket._scrm_price_tier()
        if not tier:
            return [], False
        values = ticket._scrm_price_values(tier, company)
        now = self.env["scrm.clock"].now()
        wanted = ticket._scrm_price_wanted(tier, values)
        model = self.env["scrm.pricing"]
        try:
            answers = model.price(
                [request for _origin, request in wanted], company, now
            )
            surcharges = ticket._scrm_price_surcharges(
                tier, values, answers, company, now
            )
            answers += model.price(
                [request for _origin, request in surcharges], company, now
            )
        except (UserError, money.NotANumber, pricing.BadTerms) as error:
            return [], str(error)
        return [
            {
                **ticket._scrm_price_line_vals(answer),
                "origin": origin,
                "origin_ref": ref,
                "rule_id": rule.id if rule else False,
                "inputs": {
                    **inputs,
                    **answer.inputs,
                    **(
                        {"covered_by": [cover.ref for cover in answer.covers]}
                        if answer.cover
                        else {}
                    ),
                },
            }
            for ((origin, ref), _request), answer in zip(
                [*wanted, *surcharges], answers, strict=True
            )
        ], False

    def _scrm_price_values(self, tier, company):
        """What the tiers and adjustments ask of the ticket, by dimension."""
        dimensions = self.env["scrm.dimension"]
        known = dimensions._definitions(self._name)
        keys = self.env["scrm.pricing"].reads(tier, company)
        return {key: known[key].getter(self) for key in sorted(keys) if key in known}

    def _scrm_price_wanted(self, tier, values):
        """What the ticket charges without surcharges: ((origin, ref), request)."""
        template = self.template_id

        def request(product, quantity=1.0, lot=None):
            return Request(
                product=product,
                pricelist=tier,
                quantity=money.decimal(quantity),
                values=values,
                discount=self._scrm_price_discount(),
                lot=lot or None,
            )

        wanted = [(("service", False), request(template.price_product_id))]
        if template.price_parts:
            wanted += [
                (
                    ("part", str(line.id)),
                    request(line.product_id, line._scrm_priced_quantity()),
                )
                for line in self.part_line_ids
                if line._scrm_priced_quantity() > 0
            ]
        wanted += [
            (
                ("charge", str(charge.id)),
                request(charge.product_id, charge.quantity, charge.lot_id),
            )
            for charge in self.scrm_charge_ids
        ]
        return wanted

    def _scrm_price_discount(self):
        """Percent granted by hand on this ticket."""
        return money.decimal(0)

    def _scrm_price_surcharges(self, tier, values, answers, company, now):
        """The requests of the surcharges that apply: ((origin, ref), request)."""
        currency = tier.currency_id
        service = answers[0].price.unit
        found = []
        model = self.env["scrm.pricing"]
        for adjustment, quantity in model.surcharges(tier, values, company, now):
            base = None
            if adjustment.method == "percent":
                base = service * adjustment.value / 100
            elif adjustment.method == "amount":
                own = self.env["res.currency"].browse(adjustment.currency)
                rate = (
                    1
                    if own == currency
                    else money.decimal(
                        own._get_conversion_rate(own, currency, company, now.date())
                    )
                )
                base = adjustment.value * rate
            found.append(
                (
                    ("surcharge", adjustment.ref),
                    Request(
                        product=self.env["product.product"].browse(adjustment.product),
                        pricelist=tier,
                        quantity=quantity,
                        values=values,
                        base=base,
                    ),
                )
            )
        return found

    def _scrm_price_line_vals(self, answer):
        """The values of a price line for one answer."""
        request, currency = answer.request, answer.currency
        unit, cover = answer.price.unit, answer.cover
        taxes = self._scrm_price_taxes(request.product)
        return {
            "product_id": request.product.id,
            "quantity": float(request.quantity),
            "price_unit": float(unit),
            "currency_id": currency.id,
            "pricelist_id": request.pricelist.id,
            "item_id": answer.rule or False,
            "lot_id": request.lot.id if request.lot else False,
            "terms": answer.terms.dump(),
            "steps": list(answer.price.steps),
            "cost": currency.round(float(answer.cost)),
            "cover": float(cover),
            "tax_ids": [Command.set(taxes.ids)],
            **self._scrm_price_amounts(
                request.product, unit, request.quantity, cover, currency, taxes
            ),
        }

    def _scrm_price_amounts(self, product, unit, quantity, cover, currency, taxes):
        """What a line comes to: values of the price line, rounded to the currency.

        :param unit: price of one, as a Decimal like ``quantity`` and ``cover``
        :param cover: percent that others pay
        """
        charged, covered = pricing.amount(
            unit, quantity, cover, money.decimal(currency.rounding)
        )
        untaxed = total = float(charged)
        if taxes:
            computed = taxes.compute_all(
                float(unit * (100 - cover) / 100),
                currency=currency,
                quantity=float(quantity),
                product=product,
                partner=self.partner_id,
                rounding_method="round_per_line",
            )
            untaxed, total = computed["total_excluded"], computed["total_included"]
        return {
            "amount": float(charged),
            "cover_amount": float(covered),
            "amount_untaxed": untaxed,
            "amount_tax": currency.round(total - untaxed),
            "amount_total": total,
        }

    def _scrm_price_taxes(self, product):
        """The taxes of a product for this customer."""
        company = self.env.company
        # sudo: the taxes that hold for the customer, whoever asks
        taxes = product.sudo().taxes_id._filter_taxes_by_company(company)
        positions = self.env["account.fiscal.position"].sudo()
        position = positions._get_fiscal_position(self.partner_id)
        return position.map_tax(taxes).sorted()
