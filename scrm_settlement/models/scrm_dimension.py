from odoo import api, models

from odoo.addons.scrm_flow.models.scrm_dimension import Dimension
from odoo.addons.scrm_ticket.models.scrm_condition_mixin import SOURCE

from ..engine import limits, period, stages

#: Dimensions that say what a price is: a price cannot ask for them.
PRICES = (
    *("price_total", "price_currency", "price_extras"),
    *("price_service", "price_parts"),
)


class ScrmDimension(models.AbstractModel):
    _inherit = "scrm.dimension"

    @api.model
    def _definitions(self, model_name):
        """Let settlement ask for a ticket's price."""
        if model_name == "scrm.settlement.fact":
            return self._settlement_definitions()
        if model_name == "scrm.price.line":
            return self._price_definitions()
        dimensions = super()._definitions(model_name)
        if model_name == "helpdesk.ticket":
            dimensions |= self._customer_definitions()
            dimensions["price_total"] = Dimension(
                "price_total",
                self.env._("Price"),
                "number",
                lambda ticket: ticket.scrm_price_total
                if ticket.scrm_price_line_ids
                else None,
            )
            dimensions["price_currency"] = Dimension(
                "price_currency",
                self.env._("Currency of the Price"),
                "text",
                lambda ticket: ticket.scrm_price_currency_id.name
                if ticket.scrm_price_line_ids
                else None,
            )
        return dimensions

    @api.model
    def _customer_definitions(self):
        """Who asks, and for what device: what tiers are given by."""

        def partner(name):
            return lambda ticket: ticket.commercial_partner_id[name] or None

        found = [
            Dimension(
                "customer_level",
                self.env._("Customer Level"),
                "text",
                partner("scrm_level"),
            ),
            Dimension(
                "contract",
                self.env._("Service Contract"),
                "text",
                partner("scrm_contract"),
            ),
            Dimension(
                "channel",
                self.env._("Channel"),
                "text",
                lambda ticket: ticket.channel_id.with_context(lang=SOURCE).name or None,
            ),
            Dimension(
                "device_class",
                self.env._("Device Class"),
                "text",
                lambda ticket: ticket._scrm_device_model().scrm_device_class
                or ticket.scrm_lot_product_id.categ_id.name
                or None,
            ),
            Dimension(
                "under_warranty",
                self.env._("Under Warranty"),
                "boolean",
                self._under_warranty,
            ),
            Dimension(
                "device_visits",
                self.env._("Earlier Tickets of the Device"),
                "number",
                self._device_visits,
            ),
            Dimension(
                "price_extras",
                self.env._("Price of Items Added on Site"),
                "number",
                lambda ticket: sum(
                    ticket.scrm_price_line_ids.filtered(
                        lambda line: line.origin == "charge"
                    ).mapped("amount")
                )
                if ticket.scrm_price_line_ids
                else None,
            ),
        ]
        return {dimension.key: dimension for dimension in found}

    @api.model
    def _under_warranty(self, ticket):
        """Whether the ticket's device is covered today; None without a device."""
        if not ticket.scrm_lot_id:
            return None
        end = ticket.scrm_lot_warranty_end
        return bool(end and end >= self.env["scrm.clock"].today())

    @api.model
    def _device_visits(self, ticket):
        """How often the ticket's device was worked on before; None without one."""
        if not ticket.scrm_lot_id:
            return None
        # sudo: how often, not what
        tickets = self.env["helpdesk.ticket"].sudo()
        return tickets.with_context(active_test=False).search_count(
            [("scrm_lot_id", "=", ticket.scrm_lot_id.id), ("id", "!=", ticket.id)]
        )

    @api.model
    def _price_definitions(self):
        """What a tier's rule or an adjustment may ask: of the ticket and the goods.

        The values of goods are read for many at once, so they have no getter.
        """
        dimensions = self._definitions("helpdesk.ticket")
        dimensions = {
            key: item for key, item in dimensions.items() if key not in PRICES
        }
        texts = {
            "product.code": self.env._("Internal Reference of the Product"),
            "product.category": self.env._("Product Category"),
            "product.kind": self.env._("Price Unit"),
            "product.batch": self.env._("Purchase Batch"),
        }
        numbers = {
            "quantity": self.env._("Quantity"),
            "product.cost": self.env._("Cost"),
            "product.on_hand": self.env._("Quantity on Hand"),
            "product.stock_age": self.env._("Days in Stock"),
            "product.idle_days": self.env._("Days since Last Movement"),
            "product.market": self.env._("Market Price"),
        }
        for kind, labels in (("text", texts), ("number", numbers)):
            for key, label in labels.items():
                dimensions[key] = Dimension(key, label, kind, lambda line: None)
        return dimensions

    @api.model
    def _settlement_definitions(self):
        """What a settlement rule may ask: of a ticket, and of a whole period.

        The values come from frozen facts, so nothing here has a getter.
        """
        dimensions = dict(self._definitions("helpdesk.ticket"))
        dimensions[stages.STAGE] = Dimension(
            stages.STAGE, self.env._("Stage"), "text", lambda fact: None
        )
        for key, label, kind in (
            ("compensation", self.env._("Compensation"), "text"),
            ("compensation_amount", self.env._("Worth of the Compensation"), "number"),
            ("compensation_points", self.env._("Points Granted"), "number"),
        ):
            dimensions[key] = Dimension(key, label, kind, lambda fact: None)
        averages = {
            f"{period.AVERAGE}{key}": self.env._("Average: %(name)s", name=item.label)
            for key, item in dimensions.items()
            if item.type == "number"
        }
        for key, label in {
            period.COUNT: self.env._("Number in the Period"),
            period.STORES: self.env._("Stores Served in the Period"),
            period.COVERAGE: self.env._("Share of Stores Served (%)"),
            limits.PAID: self.env._("Earned in the Period"),
            **averages,
        }.items():
            dimensions[key] = Dimension(key, label, "number", lambda fact: None)
        return dimensions
