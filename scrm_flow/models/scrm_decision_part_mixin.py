from odoo import api, models


class ScrmDecisionPartMixin(models.AbstractModel):
    """A part of a decision table, which is kept compiled until a part changes."""

    _name = "scrm.decision.part.mixin"
    _description = "Part of a Decision Table"

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        self._forget_compiled()
        return parts

    def write(self, vals):
        result = super().write(vals)
        self._forget_compiled()
        return result

    def unlink(self):
        result = super().unlink()
        self._forget_compiled()
        return result

    def _forget_compiled(self):
        """See ``scrm.decision.table._compiled``."""
        self.env.registry.clear_cache()
