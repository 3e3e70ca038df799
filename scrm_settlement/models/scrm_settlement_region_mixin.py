from odoo import api, fields, models
from odoo.fields import Domain


class ScrmSettlementRegionMixin(models.AbstractModel):
    """Rows that belong to a region: a dealer sees those of his own.

    A dealer's regions are those of the stores he manages or works for, whenever he
    looks: a new store counts at once.
    """

    _name = "scrm.settlement.region.mixin"
    _description = "Board by Region"

    is_own_region = fields.Boolean(
        compute="_compute_is_own_region", search="_search_is_own_region"
    )

    @api.model
    def _own_regions(self):
        # sudo: which stores are the user's own, not what is in them
        stores = (
            self.env["scrm.store"]
            .sudo()
            .search(
                [
                    "|",
                    ("user_ids", "in", self.env.uid),
                    ("manager_id", "=", self.env.uid),
                ]
            )
        )
        return sorted({store.region for store in stores if store.region})

    @api.depends_context("uid")
    def _compute_is_own_region(self):
        regions = self._own_regions()
        for row in self:
            row.is_own_region = row.region in regions

    @api.model
    def _search_is_own_region(self, operator, value):
        if operator != "in":
            return NotImplemented
        own = Domain("region", "in", self._own_regions())
        return own if True in value else ~own
