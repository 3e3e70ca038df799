from odoo import api, fields, models

from ..switches.switch import FIELD


class ResConfigSettings(models.TransientModel):
    """Which parts of the product a database has: ``scrm_switch_<key>`` each."""

    _inherit = "res.config.settings"

    scrm_switch_board = fields.Boolean("Boards of Flows")

    @api.model
    def get_values(self):
        switches = self.env["scrm.switch"]
        return {
            **super().get_values(),
            **{
                FIELD + kind._kind_key(): kind.is_on()
                for kind in switches._kinds()
                if FIELD + kind._kind_key() in self._fields
            },
        }

    def set_values(self):
        result = super().set_values()
        self.env["scrm.switch"]._set(
            {
                name.removeprefix(FIELD): self[name]
                for name in self._fields
                if name.startswith(FIELD)
            }
        )
        return result
