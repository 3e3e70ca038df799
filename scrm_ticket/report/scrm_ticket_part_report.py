from odoo import api, fields, models
from odoo.tools import SQL


class ScrmTicketPartReport(models.Model):
    """Every part that a ticket needed, with how long the ticket took.

    It says which parts, in which region, are worth being stored nearer. Parts that
    were given back are left out.
    """

    _name = "scrm.ticket.part.report"
    _inherit = "scrm.ticket.report"
    _description = "Duration by Part"
    _auto = False
    _depends = {
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id"],
        "scrm.part.line": [
            "product_id",
            "quantity",
            "quantity_used",
            "state",
            "ticket_id",
        ],
    }

    product_id = fields.Many2one("product.product", string="Part", readonly=True)
    categ_id = fields.Many2one(
        "product.category", string="Category of Part", readonly=True
    )
    quantity = fields.Float(readonly=True, digits="Product Unit")

    @api.model
    def _report_columns(self):
        return {
            **super()._report_columns(),
            "id": SQL("part.id"),
            "product_id": SQL("part.product_id"),
            "categ_id": SQL("template.categ_id"),
            "quantity": SQL("part.quantity"),
        }

    @api.model
    def _report_joins(self):
        return [
            *super()._report_joins(),
            SQL(
                """
                JOIN (
                     SELECT MIN(id) AS id, ticket_id, product_id,
                            SUM(COALESCE(NULLIF(quantity_used, 0), quantity))
                                AS quantity
                       FROM scrm_part_line
                      WHERE state <> 'released'
                      GROUP BY ticket_id, product_id
                     ) part ON part.ticket_id = ticket.id
                JOIN product_product product ON product.id = part.product_id
                JOIN product_template template ON template.id = product.product_tmpl_id
                """
            ),
        ]
