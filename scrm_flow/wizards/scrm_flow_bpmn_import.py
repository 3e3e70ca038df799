import base64

from odoo import fields, models
from odoo.exceptions import UserError


class ScrmFlowBpmnImport(models.TransientModel):
    """Choose a BPMN file, see what is wrong with it, make a draft of it."""

    _name = "scrm.flow.bpmn.import"
    _inherit = "scrm.wizard.mixin"
    _description = "Import a BPMN File"

    file = fields.Binary(string="BPMN File", required=True, attachment=False)
    filename = fields.Char()
    flow_id = fields.Many2one(
        "scrm.flow",
        help="The file becomes a new draft of this flow; empty: a new flow.",
    )
    model = fields.Selection(
        selection=lambda self: self._selection_model(),
        string="Records",
        help="The records that run through a new flow. A file that was exported here "
        "says so itself.",
    )
    faults = fields.Text(readonly=True)
    todos = fields.Text(readonly=True, string="Still to Do")
    is_right = fields.Boolean(readonly=True)
    version_id = fields.Many2one("scrm.flow.version", readonly=True)

    def _selection_model(self):
        """The models whose records can run through a flow, by their names."""
        names = self.env["scrm.flow"]._flow_models()
        # sudo: only the models' names are shown
        models = self.env["ir.model"].sudo().search([("model", "in", names)])
        return [(model.model, model.name) for model in models]

    def action_check(self):
        """Show every fault with its line, and what is still to do; import nothing."""
        self.ensure_one()
        found = self.env["scrm.flow.bpmn"].check_bpmn(
            self._content(), self.flow_id.key, self.model
        )
        self.faults = "\n".join(found["faults"])
        self.todos = "\n".join(found["todos"])
        self.is_right = not found["faults"]
        return self._reopen()

    def action_import(self):
        """Make a draft of the file, all of it or nothing.

        :raise UserError: listing every fault with its line
        """
        self.ensure_one()
        outcome = self.env["scrm.flow.bpmn"].import_bpmn(
            self._content(), self.flow_id.key, self.model
        )
        self.faults = False
        self.todos = "\n".join(outcome["todos"])
        self.version_id = outcome["version_id"]
        return self._reopen()

    def action_open(self):
        """Open the draft."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "scrm.flow.version",
            "res_id": self.version_id.id,
            "view_mode": "form",
        }

    def _content(self):
        if not self.file:
            raise UserError(self.env._("Choose the BPMN file first."))
        return base64.b64decode(self.with_context(bin_size=False).file)

    def _reopen(self):
        return self._stay_open(self.env._("Import a BPMN File"))
