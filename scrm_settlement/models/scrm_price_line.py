from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools.misc import formatLang

from odoo.addons.scrm_flow.engine import decision

from ..engine import money


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
    inputs = fields.Json(readonly=True)
    reason = fields.Char(readonly=True, translate=True)

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
        # Only _scrm_update_prices deletes lines, with sudo and while they are open.
        if not self.env.su or not all(
            ticket._scrm_prices_open() for ticket in self.ticket_id
        ):
            raise UserError(self.env._("Prices are computed, not entered."))

    @api.model
    def _compute_vals(self, ticket):
        """Decide and ask Odoo's pricelist what the ticket's service costs.

        :return: values of the line; None when no rule of the table applies
        """
        template = ticket.template_id
        decided = template.price_table_id.decide(ticket)
        if decided is None:
            return None
        pricelist = decided.rule._result()
        if not pricelist:
            return None
        product = template.price_product_id
        currency = pricelist.currency_id
        quantity = 1.0
        price, _item = pricelist._get_product_price_rule(
            product,
            quantity,
            uom=product.uom_id,
            currency=currency,
            date=self.env["scrm.clock"].now(),
        )
        price = currency.round(price)
        return {
            "product_id": product.id,
            "quantity": quantity,
            "price_unit": price,
            "amount": currency.round(price * quantity),
            "currency_id": currency.id,
            "pricelist_id": pricelist.id,
            "rule_id": decided.rule.id,
            "inputs": decided.inputs,
        }

    def _same(self, vals):
        """Whether this line already says all that."""
        self.ensure_one()

        def plain(name):
            value = self[name]
            if self._fields[name].type == "json":
                return value or {}  # an empty one is stored as nothing
            return value.id if self._fields[name].type == "many2one" else value

        return all(plain(name) == value for name, value in vals.items())

    @api.model
    def _store(self, ticket, vals):
        """Write the computed line with its sentence in every language."""
        line = super().create({"ticket_id": ticket.id, **vals})
        for code, _name in self.env["res.lang"].get_installed():
            here = line.with_context(lang=code)
            super(ScrmPriceLine, here).write(
                {
                    "rule_name": here.rule_id.name,
                    "reason": here._sentence(ticket.with_context(lang=code)),
                }
            )
        return line

    def _sentence(self, ticket):
        """Why this price, in the language of env."""
        definitions = self.env["scrm.dimension"]._definitions(ticket._name)
        reasons = [
            self._condition_words(condition, definitions, self.inputs or {})
            for condition in self.rule_id.condition_ids
        ]
        return self.env._(
            "%(reasons)s. Pricelist “%(pricelist)s”: %(product)s %(amount)s.",
            reasons="; ".join(reasons) or self.env._("Always"),
            pricelist=self.pricelist_id.name,
            product=self.product_id.name,
            amount=formatLang(self.env, self.amount, currency_obj=self.currency_id),
        )

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
