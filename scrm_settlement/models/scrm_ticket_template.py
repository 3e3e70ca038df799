from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .scrm_dimension import PRICES

PRICE_FIELDS = {"price_enabled", "price_table_id", "price_product_id", "price_parts"}


class ScrmTicketTemplate(models.Model):
    _inherit = "scrm.ticket.template"

    price_enabled = fields.Boolean(
        "Enable Price Calculation",
        help="Tickets of this template are priced: the table chooses the pricelist, "
        "the pricelist says what the service costs.",
    )
    price_table_id = fields.Many2one(
        "scrm.decision.table",
        "Price Table",
        ondelete="restrict",
        domain="[('model', '=', 'helpdesk.ticket')]",
        help="Chooses the pricelist by what was measured and who asks. A range of "
        "values excludes its lower and includes its upper limit.",
    )
    price_product_id = fields.Many2one(
        "product.product",
        "Priced Service",
        ondelete="restrict",
        check_company=True,
    )
    purchases_first = fields.Boolean(
        "Open with Purchases",
        help="Tickets show what the customer has bought and where it is, above all "
        "else: for returns.",
    )
    price_parts = fields.Boolean(
        "Price the Parts",
        help="The parts of a ticket become priced lines, besides the service.",
    )

    @api.constrains("price_enabled", "price_table_id", "price_product_id")
    def _check_price(self):
        for template in self.filtered("price_enabled"):
            if not template.price_table_id or not template.price_product_id:
                raise ValidationError(
                    self.env._(
                        "“%(template)s” calculates a price: it needs a price table "
                        "and a priced service.",
                        template=template.name,
                    )
                )
            template._check_price_table()

    def _check_price_table(self):
        table = self.price_table_id
        if table.model != "helpdesk.ticket":
            raise ValidationError(
                self.env._(
                    "The price table “%(table)s” does not decide about tickets.",
                    table=table.name,
                )
            )
        for rule in table.rule_ids:
            if rule.result_model != "product.pricelist":
                raise ValidationError(
                    self.env._(
                        "Rule “%(rule)s” of the price table “%(table)s” does not "
                        "lead to a pricelist.",
                        rule=rule.name,
                        table=table.name,
                    )
                )
            for condition in rule.condition_ids:
                if condition.dimension in PRICES:
                    raise ValidationError(
                        self.env._(
                            "Rule “%(rule)s” of the price table “%(table)s” asks for "
                            "the price it is to find.",
                            rule=rule.name,
                            table=table.name,
                        )
                    )

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & PRICE_FIELDS:
            # sudo: prices of open tickets follow the template whoever may see them
            self.sudo().ticket_ids._scrm_update_prices()
        return result
