from odoo import fields, models


class StockScrap(models.Model):
    _inherit = "stock.scrap"

    scrm_part_line_id = fields.Many2one(
        comodel_name="scrm.part.line",
        string="Ticket Part",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        readonly=True,
        help="The ticket whose part was thrown away.",
    )


class ScrmPartLine(models.Model):
    # what was thrown away, so that rules can count it
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.part.line"

    scrap_ids = fields.One2many(
        comodel_name="stock.scrap",
        inverse_name="scrm_part_line_id",
        string="Thrown Away",
        readonly=True,
    )
