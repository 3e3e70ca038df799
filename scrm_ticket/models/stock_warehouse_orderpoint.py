from markupsafe import Markup

from odoo import api, fields, models


class StockWarehouseOrderpoint(models.Model):
    """A part below its minimum raises a warning, once until it is filled up again."""

    _inherit = "stock.warehouse.orderpoint"

    scrm_warn = fields.Boolean(
        string="Warn when Low",
        help="Below the minimum, the keepers of the warehouse get an activity.",
    )
    scrm_warned = fields.Boolean(string="Warned", readonly=True, copy=False)

    @api.model
    def _cron_scrm_low_stock(self):
        """Warn of parts that fell below their minimum; forget those filled up."""
        points = self.search([("scrm_warn", "=", True)])
        low = points.filtered(
            lambda point: point.product_uom.compare(
                point.qty_on_hand, point.product_min_qty
            )
            < 0
        )
        low.filtered(lambda point: not point.scrm_warned)._scrm_raise_warning()
        (points - low).scrm_warned = False
        low.scrm_warned = True

    def _scrm_raise_warning(self):
        for point in self:
            keepers = point.warehouse_id.scrm_keeper_ids
            for user in keepers or point.product_id.responsible_id:
                words = point.with_context(lang=user.lang)
                point.product_id.activity_schedule(
                    "mail.mail_activity_data_warning",
                    user_id=user.id,
                    summary=words.env._(
                        "Low stock: %(product)s in %(warehouse)s",
                        product=words.product_id.name,
                        warehouse=words.warehouse_id.name,
                    ),
                    note=Markup("<p>%s</p>")
                    % words.env._(
                        "%(there)g are there, at least %(minimum)g are wanted.",
                        there=point.qty_on_hand,
                        minimum=point.product_min_qty,
                    ),
                )
