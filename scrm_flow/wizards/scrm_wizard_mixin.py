from odoo import models


class ScrmWizardMixin(models.AbstractModel):
    """A dialog that shows what came of its own buttons."""

    _name = "scrm.wizard.mixin"
    _description = "Dialog That Stays Open"

    def _stay_open(self, title):
        """What a button answers so that the dialog is shown again."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "name": title,
        }
