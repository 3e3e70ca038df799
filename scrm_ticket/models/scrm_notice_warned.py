"""What tickets are counted by: service points, models, batches."""

from odoo import api, fields, models


class ScrmStore(models.Model):
    _name = "scrm.store"
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = ["scrm.store", "scrm.notice.warned.mixin"]


class ProductProduct(models.Model):
    _name = "product.product"
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = ["product.product", "scrm.notice.warned.mixin"]


class StockLot(models.Model):
    _name = "stock.lot"
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = ["stock.lot", "scrm.notice.warned.mixin"]


class ProductTemplate(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "product.template"

    scrm_warning = fields.Char(string="Warning", compute="_compute_scrm_warning")
    scrm_is_warned = fields.Boolean(string="Warned of", compute="_compute_scrm_warning")

    @api.depends_context("lang")
    def _compute_scrm_warning(self):
        for template in self:
            warned = template.product_variant_ids.filtered("scrm_is_warned")
            template.scrm_warning = ", ".join(warned.mapped("scrm_warning"))
            template.scrm_is_warned = bool(warned)
