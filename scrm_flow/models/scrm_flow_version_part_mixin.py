from odoo import api, fields, models
from odoo.exceptions import UserError


class ScrmFlowVersionPartMixin(models.AbstractModel):
    """A part of a flow version: changed while that is a draft, never afterwards."""

    _name = "scrm.flow.version.part.mixin"
    _description = "Part of a Flow Version"

    version_id = fields.Many2one(
        "scrm.flow.version", required=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(related="version_id.state")
    model = fields.Char(related="version_id.flow_id.model", string="Model Name")

    @api.model_create_multi
    def create(self, vals_list):
        version_ids = {vals.get("version_id") for vals in vals_list}
        self.env["scrm.flow.version"].browse(version_ids - {None})._check_is_draft()
        return super().create(vals_list)

    def write(self, vals):
        self.version_id._check_is_draft()
        if "version_id" in vals:
            raise UserError(
                self.env._("Nodes and transitions stay in their flow version.")
            )
        return super().write(vals)

    def update_field_translations(self, field_name, translations, source_lang=""):
        self.version_id._check_is_draft()
        return super().update_field_translations(field_name, translations, source_lang)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self.version_id._check_is_draft()
