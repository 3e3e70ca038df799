import base64
import json

from odoo import api, fields, models


class ScrmPackExport(models.TransientModel):
    """Write this database's flows, templates, people and so on into one pack."""

    _name = "scrm.pack.export"
    _inherit = "scrm.wizard.mixin"
    _description = "Export a Scenario Pack"

    pack_id = fields.Many2one(
        "scrm.pack",
        default=lambda self: self.env["scrm.pack"].search([], limit=1),
        help="The pack whose key and name the file gets.",
    )
    file = fields.Binary(readonly=True, attachment=False)
    filename = fields.Char(compute="_compute_filename")

    @api.depends("pack_id")
    def _compute_filename(self):
        for wizard in self:
            wizard.filename = f"{wizard.pack_id.key or 'export'}.json"

    def action_export(self):
        """Make the file and offer it for download."""
        self.ensure_one()
        data = self.env["scrm.pack"].export_pack(self.pack_id.key or None)
        text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
        self.file = base64.b64encode(text.encode())
        return self._stay_open(self.env._("Export a Scenario Pack"))
