from odoo import fields, models


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    scrm_keeper_ids = fields.Many2many(
        comodel_name="res.users",
        relation="scrm_warehouse_keeper_rel",
        string="Keepers",
        domain=[("share", "=", False)],
        help="Who is told which parts a ticket needs, and what runs low.",
    )
