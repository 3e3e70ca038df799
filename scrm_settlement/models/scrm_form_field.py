from odoo import api, models
from odoo.tools import float_is_zero, formatLang

PROJECT = "account.analytic.account"


class ScrmFormField(models.Model):
    """Orders and projects that a ticket names say where they stand."""

    _inherit = "scrm.form.field"

    @api.model
    def _scrm_record_models(self):
        more = [(PROJECT, self.env._("Project (Analytic Account)"))]
        return super()._scrm_record_models() + more

    @api.model
    def _scrm_telling_models(self):
        return [*super()._scrm_telling_models(), "sale.order", PROJECT]

    @api.model
    def _scrm_record_note(self, record):
        if record._name == "sale.order":
            return {"text": self._scrm_order_words(record), "is_bad": False}
        if record._name == PROJECT:
            return self._scrm_budget_note(record)
        return super()._scrm_record_note(record)

    @api.model
    def _scrm_order_words(self, order):
        """The state of an order, and where each of its deliveries is."""
        states = dict(order._fields["state"]._description_selection(self.env))
        deliveries = order.picking_ids.filtered(
            lambda picking: picking.picking_type_code == "outgoing"
        )
        words = [states[order.state], *map(self._scrm_delivery_words, deliveries)]
        return "; ".join(words)

    @api.model
    def _scrm_budget_note(self, project):
        """How much of a project's budget its costs have used; nothing for customers."""
        if not self.env.user._is_internal():
            return {"text": "", "is_bad": False}
        currency = project.currency_id
        cost, budget = project.debit, project.scrm_budget
        words = {
            "cost": formatLang(self.env, cost, currency_obj=currency),
            "budget": formatLang(self.env, budget, currency_obj=currency),
        }
        if float_is_zero(budget, precision_rounding=currency.rounding):
            text = self.env._("Costs of %(cost)s, and no budget", **words)
            return {"text": text, "is_bad": False}
        return {
            "text": self.env._("%(cost)s of a budget of %(budget)s", **words),
            "is_bad": currency.compare_amounts(cost, budget) > 0,
            "percent": round(100 * cost / budget, 1),
        }
