import base64

from odoo import fields, models
from odoo.exceptions import UserError


class ScrmPackImport(models.TransientModel):
    """Choose a pack's file, see what is wrong with it, import it."""

    _name = "scrm.pack.import"
    _inherit = "scrm.wizard.mixin"
    _description = "Import a Scenario Pack"

    file = fields.Binary(string="Pack (JSON)", required=True, attachment=False)
    filename = fields.Char()
    faults = fields.Text(readonly=True)
    report = fields.Text(readonly=True)

    def action_check(self):
        """Show every fault, with its place in the file; nothing is imported."""
        self.ensure_one()
        faults = self.env["scrm.pack"].check_pack(self._content())
        self.faults = "\n".join(f"{row['path']}: {row['message']}" for row in faults)
        self.report = False if faults else self.env._("Nothing is wrong.")
        return self._reopen()

    def action_import(self):
        """Import the pack, all of it or nothing."""
        self.ensure_one()
        outcome = self.env["scrm.pack"].import_pack(self._content())
        self.faults = False
        lines = [
            self.env._(
                "%(created)s created, %(updated)s changed, %(unchanged)s as they were.",
                created=outcome["created"],
                updated=outcome["updated"],
                unchanged=outcome["unchanged"],
            )
        ]
        if outcome["skipped_languages"]:
            lines.append(
                self.env._(
                    "Texts in %(languages)s were left out: these languages are not "
                    "active in this database. Activate them and import the pack "
                    "again to have them.",
                    languages=", ".join(outcome["skipped_languages"]),
                )
            )
        self.report = "\n".join(lines)
        return self._reopen()

    def _content(self):
        if not self.file:
            raise UserError(self.env._("Choose the pack's file first."))
        return base64.b64decode(self.with_context(bin_size=False).file)

    def _reopen(self):
        return self._stay_open(self.env._("Import a Scenario Pack"))
