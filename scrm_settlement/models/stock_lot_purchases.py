from odoo import models

from odoo.addons.scrm_ticket.models.stock_lot_timeline import Event


class StockLot(models.Model):
    """A device's history tells what its owner has bought of it, and where."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.lot"

    def _scrm_events(self):
        events = super()._scrm_events()
        owner = self.scrm_partner_id.commercial_partner_id
        if not owner:
            return events
        # sudo: orders of the device's owner with this model, for who may read the
        # device; names, days and stores only
        orders = self.env["sale.order"].sudo()
        found = orders.search(
            [
                ("partner_id", "child_of", owner.id),
                ("state", "=", "sale"),
                ("order_line.product_id", "=", self.product_id.id),
            ],
            limit=5,
            order="date_order desc",
        )
        # sudo: which store a warehouse serves
        stores = self.env["scrm.store"].sudo()
        for order in found:
            store = stores.search(
                [("warehouse_id", "=", order.warehouse_id.id)], limit=1
            )
            where = store.name or order.warehouse_id.name or ""
            what = self.env._("Order %s", order.name)
            events.append(Event(order.date_order, what, where))
        return events
