from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from odoo import api, models, tools
from odoo.exceptions import UserError

from odoo.addons.scrm_flow.engine import decision

from ..engine import money, pricing, tier_rules


@dataclass(slots=True)
class Request:
    """One thing whose price is asked.

    :param product: ``product.product``
    :param pricelist: the tier
    :param quantity: in the product's unit, below zero for a return
    :param values: what the ticket says, by dimension
    :param discount: percent granted by hand
    :param lot: the batch it comes from, ``stock.lot``; empty: the oldest
    :param base: a price that stands in for the tier's, in the tier's currency; no
        coefficient or promotion works on it
    """

    product: Any
    pricelist: Any
    quantity: Decimal = Decimal(1)
    values: Mapping = field(default_factory=dict)
    discount: Decimal = Decimal(0)
    lot: Any = None
    base: Decimal | None = None


@dataclass(slots=True)
class Answer:
    """The price of a :class:`Request`, with everything it was made from."""

    request: Request
    currency: Any
    rule: int | None
    terms: pricing.Terms
    price: pricing.Price
    inputs: dict
    cost: Decimal
    covers: tuple

    @property
    def cover(self):
        """Percent that others pay: the best there is, they do not add up."""
        return max((cover.value for cover in self.covers), default=Decimal(0))


class ScrmPricing(models.AbstractModel):
    """Prices many things at once: as many queries for a thousand as for one."""

    _name = "scrm.pricing"
    _description = "Pricing"

    @api.model
    @api.private
    def price(self, requests, company=None, now=None):
        """Price them.

        :param requests: list of :class:`Request`
        :param company: ``res.company`` whose costs, stock and adjustments count
        :param now: moment the price is for, UTC; now if left out
        :return: list of :class:`Answer`, in order
        :raise UserError: a rule's bands have none for a cost
        """
        return _Batch(
            self.with_company(company or self.env.company),
            requests,
            now or self.env["scrm.clock"].now(),
        ).answers()

    @api.model
    @tools.ormcache("pricelist_id")
    def _tier(self, pricelist_id):
        """The rules of a tier as the engine reads them, kept until one changes."""
        # sudo: what the tier says decides, whoever asks for the price
        items = self.env["product.pricelist.item"].sudo()
        rules = items.search([("pricelist_id", "=", pricelist_id)])
        return tier_rules.Tier([item._scrm_rule() for item in rules])

    @api.model
    @tools.ormcache("company_id")
    def _adjustments(self, company_id):
        """The adjustments of a company, kept until one changes."""
        # sudo: as above
        adjustments = self.env["scrm.price.adjustment"].sudo()
        found = adjustments.search([("company_id", "=", company_id)])
        return tuple(adjustment._compiled() for adjustment in found)

    @api.model
    @api.private
    def surcharges(self, pricelist, values, company, now):
        """The surcharges that apply to a ticket, and how many of each.

        :return: list of (adjustment, quantity as Decimal)
        """
        found = []
        for adjustment in self._adjustments(company.id):
            if (
                adjustment.kind != "surcharge"
                or not adjustment.valid(pricelist.id, now)
                or not decision.matches(adjustment.conditions, values)
            ):
                continue
            quantity = Decimal(1)
            if adjustment.quantity:
                value = values.get(adjustment.quantity)
                quantity = money.decimal(value or 0)
            if quantity > 0:
                found.append((adjustment, quantity))
        return found

    @api.model
    @api.private
    def reads(self, pricelists, company):
        """The dimensions that the tiers and adjustments ask for."""
        keys = set()
        seen, todo = set(), list(pricelists.ids)
        while todo:
            pricelist = todo.pop()
            if pricelist in seen:
                continue
            seen.add(pricelist)
            tier = self._tier(pricelist)
            keys |= tier.reads
            todo += [r.base_ref for r in tier.rules if r.base == "pricelist"]
        for adjustment in self._adjustments(company.id):
            keys |= {condition.dimension for condition in adjustment.conditions}
            keys |= {adjustment.quantity} - {None}
        return keys


class _Batch:
    """One call of :meth:`ScrmPricing.price`: what is read once for all of it."""

    def __init__(self, model, requests, now):
        self.model = model
        self.env = model.env
        self.company = model.env.company
        self.now = now
        self.requests = requests
        products = self.env["product.product"].browse(
            dict.fromkeys(request.product.id for request in requests)
        )
        # sudo: cost and stock decide a price; who sees them is decided on the line
        self.products = products.sudo()
        pricelists = self.env["product.pricelist"].browse(
            dict.fromkeys(request.pricelist.id for request in requests)
        )
        self.reads = model.reads(pricelists, self.company)
        lots = self.env["stock.lot"].browse(
            dict.fromkeys(r.lot.id for r in requests if r.lot)
        )
        self.facts = self.env["scrm.pricing.facts"].of(
            self.products,
            lots.sudo(),  # sudo: as above
            self.reads
            | (
                {"product.market"}
                if any(pricelists.sudo().mapped("scrm_market_limited"))
                else set()
            ),
            now,
        )
        self.list_prices = self.products._price_compute("list_price")
        self.adjustments = [
            adjustment
            for adjustment in model._adjustments(self.company.id)
            if adjustment.kind != "surcharge"
        ]
        self.places, self.rates, self.matched, self.working = {}, {}, {}, {}

    def answers(self):
        return [self._answer(request) for request in self.requests]

    def _answer(self, request):
        # sudo: the limits of the tier hold for everybody
        pricelist = request.pricelist.sudo()
        currency = pricelist.currency_id
        product = self.products.browse(request.product.id)
        facts = self.facts.of(product.id, request.lot and request.lot.id)
        values = {**request.values, **facts, "quantity": request.quantity}
        key = id(request.values), product.id, request.lot and request.lot.id

        def matches(conditions, _values, key=key):
            return self._matches(conditions, values, key)

        cost = self._converted(
            facts["product.cost"], product.cost_currency_id, currency
        )
        if request.base is None:
            rule, base = self._base(
                pricelist.id, request, product, values, currency, cost, matches
            )
        else:
            rule, base = None, request.base
        working = [
            adjustment
            for adjustment in self._working(pricelist.id)
            # a price that stands in for the tier's is final, somebody may pay it
            if (request.base is None or adjustment.kind == "cover")
            and matches(adjustment.conditions, values)
        ]
        of_kind = {
            kind: tuple(one for one in working if one.kind == kind)
            for kind in ("coefficient", "promotion", "cover")
        }
        terms = pricing.Terms(
            base=base,
            coefficients=tuple(
                pricing.Step(one.ref, one.value) for one in of_kind["coefficient"]
            ),
            promotions=tuple(
                pricing.Promotion(one.ref, one.value, one.stacks)
                for one in of_kind["promotion"]
            ),
            discount=request.discount,
            market=self._market(pricelist, facts, currency),
            floor=pricing.Floor(cost, money.decimal(pricelist.scrm_margin_floor))
            if pricelist.scrm_margin_limited
            else None,
            rounding=money.decimal(currency.rounding),
        )
        return Answer(
            request=request,
            currency=currency,
            rule=rule.ref if rule else None,
            terms=terms,
            price=pricing.compute(terms),
            inputs={
                name: self._plain(values[name])
                for name in sorted(self.reads)
                if values.get(name) not in (None, "")
            },
            cost=cost,
            covers=of_kind["cover"],
        )

    @staticmethod
    def _plain(value):
        return money.text(value) if isinstance(value, Decimal) else value

    def _working(self, tier):
        """The adjustments of a tier, valid now."""
        if tier not in self.working:
            self.working[tier] = [
                one for one in self.adjustments if one.valid(tier, self.now)
            ]
        return self.working[tier]

    def _matches(self, conditions, values, key):
        """Whether all hold; each is asked once for the same values."""
        if not conditions:
            return True
        by_line = any(condition.dimension == "quantity" for condition in conditions)
        if by_line:
            return decision.matches(conditions, values)
        of_product = any(
            condition.dimension.startswith("product.") for condition in conditions
        )
        key = (id(conditions), key if of_product else key[0])
        if key not in self.matched:
            self.matched[key] = decision.matches(conditions, values)
        return self.matched[key]

    def _base(self, tier, request, product, values, currency, cost, matches):
        """(rule, price of one) of a tier in a currency."""
        sources = tier_rules.Sources(
            self._converted(
                money.decimal(self.list_prices[product.id]),
                product.currency_id,
                currency,
            ),
            cost,
            lambda other: self._other(
                other, request, product, values, currency, matches
            ),
        )
        try:
            choice = self.model._tier(tier).choose(
                self._place(product),
                request.quantity,
                values,
                sources,
                self.now,
                matches,
            )
        except tier_rules.NoBand as error:
            rule = self.env["product.pricelist.item"].browse(error.args[0])
            raise UserError(
                self.env._(
                    "Rule “%(rule)s” of “%(tier)s” has no band for “%(product)s”.",
                    rule=rule.sudo().display_name,  # sudo: its name, in a message
                    tier=request.pricelist.name,
                    product=product.display_name,
                )
            ) from error
        return choice.rule, choice.price

    def _other(self, tier, request, product, values, currency, matches):
        """The price of the pricelist that a rule is based on."""
        # sudo: as above
        pricelist = self.env["product.pricelist"].sudo().browse(tier)
        own = pricelist.currency_id
        cost = self._converted(values["product.cost"], product.cost_currency_id, own)
        _rule, price = self._base(tier, request, product, values, own, cost, matches)
        return self._converted(price, own, currency)

    def _market(self, pricelist, facts, currency):
        reference = facts.get("product.market")
        if not pricelist.scrm_market_limited or reference is None:
            return None
        return pricing.Market(
            self._converted(reference, self.company.currency_id, currency),
            money.decimal(pricelist.scrm_market_limit),
        )

    def _place(self, product):
        if product.id not in self.places:
            path = product.categ_id.parent_path or ""
            self.places[product.id] = tier_rules.Product(
                product.id,
                product.product_tmpl_id.id,
                tuple(int(part) for part in reversed(path.split("/")[:-1])),
            )
        return self.places[product.id]

    def _converted(self, amount, source, target):
        """An amount in another currency, not rounded."""
        if source == target or not amount:
            return amount
        key = source.id, target.id
        if key not in self.rates:
            rate = self.env["res.currency"]._get_conversion_rate(
                source, target, self.company, self.now.date()
            )
            self.rates[key] = money.decimal(rate)
        return amount * self.rates[key]
