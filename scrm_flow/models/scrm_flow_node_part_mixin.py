from odoo import api, fields, models


class ScrmFlowNodePartMixin(models.AbstractModel):
    """A row of a node: changed while its version is a draft, never afterwards."""

    _name = "scrm.flow.node.part.mixin"
    _description = "Part of a Flow Node"

    node_id = fields.Many2one(
        "scrm.flow.node", required=True, index=True, ondelete="cascade"
    )

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts.node_id.version_id._check_is_draft()
        return parts

    def write(self, vals):
        self.node_id.version_id._check_is_draft()
        result = super().write(vals)
        self.node_id.version_id._check_is_draft()  # of another node, too
        return result

    def update_field_translations(self, field_name, translations, source_lang=""):
        self.node_id.version_id._check_is_draft()
        return super().update_field_translations(field_name, translations, source_lang)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self.node_id.version_id._check_is_draft()
