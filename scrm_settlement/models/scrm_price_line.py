from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tools.misc import formatLang

from odoo.addons.scrm_flow.engine import decision
from odoo.addons.scrm_flow.engine.inside import INSIDE, is_marked

from ..engine import money, pricing


class ScrmPriceLine(models.Model):
    """What a ticket costs, and the whole reason.

    Lines are computed while the ticket's run is open and stay as they are after
    its end: pricelist, rule, inputs and sentence are copies, not links that move.
    """

    _name = "scrm.price.line"
    _description = "Price Line"
    _order = "ticket_id, id"

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="ticket_id.company_id")
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="restrict"
    )
    quantity = fields.Float(
        required=True, readonly=True, default=1.0, digits="Product Unit"
    )
    price_unit = fields.Monetary(required=True, readonly=True)
    amount = fields.Monetary(required=True, readonly=True)
    currency_id = fields.Many2one(
        "res.currency", required=True, readonly=True, ondelete="restrict"
    )
    pricelist_id = fields.Many2one(
        "product.pricelist", required=True, readonly=True, ondelete="restrict"
    )
    rule_id = fields.Many2one("scrm.decision.rule", readonly=True, ondelete="set null")
    rule_name = fields.Char(readonly=True, translate=True)
    inputs = fields.Json(readonly=True, groups="base.group_user")
    reason = fields.Char(readonly=True, translate=True)
    origin = fields.Selection(
        [
            ("service", "Service"),
            ("part", "Part"),
            ("charge", "Added"),
            ("surcharge", "Surcharge"),
        ],
        readonly=True,
        default="service",
        help="Why the ticket has the line.",
    )
    origin_ref = fields.Char(
        readonly=True, help="Key of the surcharge, or the added item or part."
    )
    item_id = fields.Many2one(
        "product.pricelist.item",
        "Tier Rule",
        readonly=True,
        ondelete="set null",
        groups="base.group_user",
    )
    lot_id = fields.Many2one("stock.lot", "Batch", readonly=True, ondelete="set null")
    terms = fields.Json(
        readonly=True,
        groups="base.group_user",
        help="All the price was made of: computed again it gives the same number.",
    )
    steps = fields.Json(readonly=True, groups="base.group_user")
    reason_internal = fields.Text(
        "How It Was Computed", readonly=True, translate=True, groups="base.group_user"
    )
    cost = fields.Monetary("Cost of One", readonly=True, groups="base.group_user")
    margin = fields.Float(
        "Margin (%)",
        compute="_compute_margin",
        groups="base.group_user",
        help="Of the price without taxes, whoever pays it.",
    )
    cover = fields.Float("Paid by Others (%)", readonly=True)
    cover_amount = fields.Monetary("Paid by Others", readonly=True)
    tax_ids = fields.Many2many(
        "account.tax", string="Taxes", readonly=True, context={"active_test": False}
    )
    amount_untaxed = fields.Monetary("Untaxed", readonly=True)
    amount_tax = fields.Monetary("Tax", readonly=True)
    amount_total = fields.Monetary("Total", readonly=True)

    # A price is read by who reads its ticket

    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access):
            tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
            readable = Domain("ticket_id", "in", tickets._search([]))
            domain = Domain(domain) & readable
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if not self or self.env.su:
            return result
        rows = self - result[0] if result else self
        # sudo: only to learn which tickets decide
        tickets = self.env["helpdesk.ticket"].browse(rows.sudo().ticket_id.ids)
        readable = set(tickets._filtered_access("read").ids)
        forbidden = rows.filtered(lambda row: row.sudo().ticket_id.id not in readable)
        if not forbidden:
            return result
        if result:
            forbidden += result[0]
        return forbidden, lambda: AccessError(
            self.env._("You may read prices only of tickets you may read.")
        )

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise UserError(self.env._("Prices are computed, not entered."))

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("Prices are computed, not entered."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_engine(self):
        # Only _scrm_update_prices deletes lines, with sudo and while they are open,
        # and an accepted quotation replaces them.
        if is_marked(self.env.context, "scrm_accepted"):
            return
        if not self.env.su or not all(
            ticket._scrm_prices_open() for ticket in self.ticket_id
        ):
            raise UserError(self.env._("Prices are computed, not entered."))

    @api.depends("terms", "amount_untaxed", "quantity", "cost", "cover_amount")
    def _compute_margin(self):
        for line in self:
            untaxed = line._untaxed_of(line.price_unit * line.quantity)
            cost = line.cost * line.quantity
            line.margin = 100 * (untaxed - cost) / untaxed if untaxed else 0.0

    def _untaxed_of(self, amount):
        """An amount like the line's without the taxes in it, as the line's is."""
        if not self.amount:
            return amount
        return amount * self.amount_untaxed / self.amount

    def price_again(self):
        """The price of one, computed again from what is stored with the line.

        :return: number; False for a line from before terms were stored
        """
        self.ensure_one()
        if not self.terms:
            return False
        return float(pricing.compute(pricing.Terms.load(self.terms)).unit)

    def _same(self, vals):
        """Whether this line already says all that."""
        self.ensure_one()

        def plain(name):
            value = self[name]
            kind = self._fields[name].type
            if kind == "json":
                return value or {}  # an empty one is stored as nothing
            if kind == "many2many":
                return [Command.set(value.ids)]
            if kind in ("char", "selection"):
                return value or False
            return value.id if kind == "many2one" else value

        return all(plain(name) == value for name, value in vals.items())

    def _quoted(self, name):
        value = self[name]
        return value.id if self._fields[name].type == "many2one" else value

    def _replace(self, ticket, vals_list):
        """Put what a customer accepted in the place of these lines."""
        self.with_context(scrm_accepted=INSIDE).unlink()
        self._store(ticket, vals_list)
        ticket.invalidate_recordset(["scrm_price_line_ids"])

    @api.model
    def _store(self, ticket, vals_list):
        """Write the computed lines with their sentences in every language."""
        lines = super().create([{"ticket_id": ticket.id, **vals} for vals in vals_list])
        return lines._explain()

    def _explain(self):
        """Write the sentences of these lines in every language; returns them."""
        for code, _name in self.env["res.lang"].get_installed():
            for line in self.with_context(lang=code):
                super(ScrmPriceLine, line).write(
                    {
                        "rule_name": line.rule_id.name,
                        "reason": line._sentence(),
                        "reason_internal": line._sentence(internal=True),
                    }
                )
        return self

    def _lower(self, quantity):
        """Charge fewer of it than before, at the same price; none: nothing at all."""
        self.ensure_one()
        line = self.with_context(scrm_accepted=INSIDE)
        if quantity <= 0:
            line.unlink()
            return
        amounts = self.ticket_id._scrm_price_amounts(
            self.product_id,
            money.decimal(self.price_unit),
            money.decimal(quantity),
            money.decimal(self.cover),
            self.currency_id,
            self.tax_ids,
        )
        super().write({"quantity": quantity, **amounts})
        self._explain()

    def _adjustment_keys(self):
        """Keys of the adjustments that worked on the price."""
        self.ensure_one()
        keys = {step["ref"] for step in self.steps or () if "ref" in step}
        keys |= set((self.inputs or {}).get("covered_by", ()))
        return keys | ({self.origin_ref} if self.origin == "surcharge" else set())

    def _sentence(self, internal=False):
        """Why this price, in the language of env.

        :param internal: with what customers need not know: cost, market, margin
        """
        parts = [
            self.env._(
                "%(reasons)s. Pricelist “%(pricelist)s”: %(product)s %(amount)s.",
                reasons=self._origin_words(),
                pricelist=self.pricelist_id.name,
                product=self.product_id.name,
                amount=self._money(
                    self.terms["base"]
                    if internal or len(self.steps or ()) > 1
                    else self.price_unit
                ),
            )
        ]
        if internal and self.item_id:
            parts.append(self._item_words())
        parts += [self._step_words(step, internal) for step in self.steps or ()]
        if self.quantity != 1:
            parts.append(
                self.env._(
                    "%(quantity)s × %(price)s.",
                    quantity=money.text(money.decimal(self.quantity)),
                    price=self._money(self.price_unit),
                )
            )
        if self.cover:
            parts.append(
                self.env._(
                    "%(cover)s %% paid by others: %(why)s.",
                    cover=money.text(money.decimal(self.cover)),
                    why=", ".join(
                        self._adjustment_name(ref)
                        for ref in (self.inputs or {}).get("covered_by", ())
                    ),
                )
            )
        return " ".join(part for part in parts if part)

    def _money(self, amount):
        return formatLang(self.env, float(amount), currency_obj=self.currency_id)

    def _adjustment_name(self, ref):
        # sudo: the customer reads why, not the adjustment behind it
        adjustments = self.env["scrm.price.adjustment"].sudo()
        company = self.ticket_id.company_id or self.env.company
        return (
            adjustments.with_context(active_test=False)
            .search([("key", "=", ref), ("company_id", "=", company.id)], limit=1)
            .name
            or ref
        )

    def _origin_words(self):
        """What brought the line onto the ticket, and its tier."""
        definitions = self.env["scrm.dimension"]._definitions("scrm.price.line")
        words = [
            self._condition_words(condition, definitions, self.inputs or {})
            for condition in self.rule_id.condition_ids
        ]
        if not self.rule_id:
            words.append(self.env._("Tier chosen by hand"))
        if self.origin == "surcharge":
            words.insert(0, self._adjustment_name(self.origin_ref))
        return "; ".join(words) or self.env._("Always")

    def _item_words(self):
        """The rule of the tier that gave the base price, and what it asked."""
        definitions = self.env["scrm.dimension"]._definitions("scrm.price.line")
        item = self.item_id
        item.invalidate_recordset(["name", "price"], flush=False)  # of any language
        words = [
            self._condition_words(condition, definitions, self.inputs or {})
            for condition in item.scrm_condition_ids
        ]
        return self.env._(
            "Tier rule “%(rule)s” (%(price)s)%(reasons)s.",
            rule=item.name,
            price=item.price,
            reasons=": " + "; ".join(words) if words else "",
        )

    def _step_words(self, step, internal):
        """One step of the computation; None when the customer need not know it."""
        words = {**step, "result": self._money(step["result"])}
        if "ref" in step:
            words["name"] = self._adjustment_name(step["ref"])
        match step["step"]:
            case "coefficient":
                return self.env._("%(name)s × %(value)s: %(result)s.", **words)
            case "promotion":
                return self.env._("%(name)s −%(value)s %%: %(result)s.", **words)
            case "discount":
                return self.env._("Discount −%(value)s %%: %(result)s.", **words)
        if not internal:
            return None
        match step["step"]:
            case "market":
                words["reference"] = self._money(step["reference"])
                return self.env._(
                    "Market price %(reference)s ± %(value)s %%: %(result)s.", **words
                )
            case "floor":
                words["cost"] = self._money(step["cost"])
                return self.env._(
                    "Cost %(cost)s with a margin of at least %(value)s %%: %(result)s.",
                    **words,
                )
        return None

    def _condition_words(self, condition, definitions, inputs):
        """One condition with the value that met it: "Area 61 is above 60 and ..."."""
        key = condition.dimension
        actual = inputs.get(key)
        if isinstance(actual, int | float) and not isinstance(actual, bool):
            actual = money.text(money.decimal(actual))
        words = {
            "dimension": definitions[key].label if key in definitions else key,
            "actual": self.env._("(none)") if actual is None else actual,
            "value": condition.value or "",
        }
        match condition.operator:
            case "=":
                return self.env._("%(dimension)s is %(actual)s", **words)
            case "!=":
                return self.env._("%(dimension)s %(actual)s is not %(value)s", **words)
            case "<":
                return self.env._(
                    "%(dimension)s %(actual)s is below %(value)s", **words
                )
            case "<=":
                return self.env._(
                    "%(dimension)s %(actual)s is at most %(value)s", **words
                )
            case ">":
                return self.env._(
                    "%(dimension)s %(actual)s is above %(value)s", **words
                )
            case ">=":
                return self.env._(
                    "%(dimension)s %(actual)s is at least %(value)s", **words
                )
            case "in":
                return self.env._(
                    "%(dimension)s %(actual)s is one of %(value)s", **words
                )
        low, high = decision.items(words["value"], keep_empty=True)
        words |= {"low": low, "high": high}
        if not low:
            return self.env._("%(dimension)s %(actual)s is at most %(high)s", **words)
        if not high:
            return self.env._("%(dimension)s %(actual)s is above %(low)s", **words)
        return self.env._(
            "%(dimension)s %(actual)s is above %(low)s and at most %(high)s", **words
        )
