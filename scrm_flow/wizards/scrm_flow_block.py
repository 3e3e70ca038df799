from odoo import fields, models
from odoo.exceptions import UserError


class ScrmFlowBlockSave(models.TransientModel):
    """Asks which nodes of a version become a block."""

    _name = "scrm.flow.block.save"
    _inherit = "scrm.key.mixin"
    _description = "Save Nodes as Block"

    version_id = fields.Many2one(
        "scrm.flow.version", required=True, readonly=True, ondelete="cascade"
    )
    node_ids = fields.Many2many(
        "scrm.flow.node",
        string="Nodes",
        domain="[('version_id', '=', version_id), ('call_node_id', '=', False),"
        " ('type', 'not in', ('start', 'end'))]",
    )
    name = fields.Char(required=True)
    key = fields.Char(required=True, help="A block with this key gets a new version.")

    def action_save(self):
        self.ensure_one()
        self.version_id.check_access("read")
        block = self.version_id._save_block(self.node_ids, self.name, self.key)
        return block.get_formview_action()


class ScrmFlowBlockInsert(models.TransientModel):
    """Asks which block is to stand on which transition of a draft."""

    _name = "scrm.flow.block.insert"
    _description = "Insert a Block"

    version_id = fields.Many2one(
        "scrm.flow.version", required=True, readonly=True, ondelete="cascade"
    )
    flow_model_id = fields.Many2one(related="version_id.flow_id.model_id")
    block_id = fields.Many2one(
        "scrm.flow",
        required=True,
        ondelete="cascade",
        domain="[('is_block', '=', True), ('published_version_id', '!=', False),"
        " ('model_id', '=', flow_model_id)]",
    )
    transition_id = fields.Many2one(
        "scrm.flow.transition",
        string="On the Way",
        required=True,
        ondelete="cascade",
        domain="[('version_id', '=', version_id), ('call_node_id', '=', False)]",
    )

    def action_insert(self):
        self.ensure_one()
        self.version_id.check_access("write")
        if self.transition_id.version_id != self.version_id:
            raise UserError(self.env._("Choose a transition of this version."))
        self.version_id._insert_block(self.block_id, self.transition_id)
        return {"type": "ir.actions.act_window_close"}
