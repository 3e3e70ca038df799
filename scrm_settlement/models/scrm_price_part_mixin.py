from odoo import api, models


class ScrmPricePartMixin(models.AbstractModel):
    """A part of the prices that are kept compiled until one of them changes."""

    _name = "scrm.price.part.mixin"
    _inherit = "scrm.decision.part.mixin"
    _description = "Part of a Price"

    def _forget_compiled(self):
        """See ``scrm.pricing._tier`` and ``_adjustments``."""
        return super()._forget_compiled()

    @api.model
    def _price_dimensions(self, numbers=False):
        """What a price may ask, to choose from: (key, label) each."""
        definitions = self.env["scrm.dimension"]._definitions("scrm.price.line")
        return [
            (key, item.label)
            for key, item in definitions.items()
            if not numbers or item.type == "number"
        ]
