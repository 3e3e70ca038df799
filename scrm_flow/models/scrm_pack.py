from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..packs import PackErrors, porter, reader
from ..packs.pack import Pack


class ScrmPack(models.Model):
    """A scenario pack that was imported: one JSON file that describes a business."""

    _name = "scrm.pack"
    _description = "Scenario Pack"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    key = fields.Char(required=True, readonly=True, copy=False)
    description = fields.Text(translate=True)
    requires = fields.Json(readonly=True)
    imported_at = fields.Datetime(readonly=True)
    imported_by_id = fields.Many2one("res.users", readonly=True)

    _key_unique = models.UniqueIndex("(key)", "The key of a pack is unique.")

    @api.model
    def import_pack(self, data):
        """Import a pack: all of it, or nothing when one thing is wrong.

        Needs the right of a manager of flows, and for everything in the pack the
        rights of the user, as if it were entered by hand.

        :param data: the pack's JSON, as a dict or as text
        :return: {"key", "created", "updated", "unchanged", "skipped_languages"}
        :raises UserError: lists every fault with its JSON path
        """
        self._check_manager()
        try:
            if isinstance(data, str | bytes):
                data = reader.parse(self.env, data)
            pack = porter.load(self.env, data)
        except PackErrors as faults:
            raise UserError(self._faults_text(faults)) from faults
        report = {
            "key": data["key"],
            **pack.counts,
            "skipped_languages": sorted(pack.skipped_languages),
        }
        self._remember(pack)
        return report

    @api.model
    def check_pack(self, data):
        """Look a pack through without importing it.

        :param data: the pack's JSON, as a dict or as text
        :return: list of {"path", "message"}, empty when nothing is wrong
        """
        self._check_manager()
        try:
            if isinstance(data, str | bytes):
                data = reader.parse(self.env, data)
            reader.check(Pack(self.env, data))
        except PackErrors as faults:
            return [
                {"path": fault.path, "message": fault.message}
                for fault in faults.errors
            ]
        return []

    @api.model
    def export_pack(self, key=None):
        """Everything in this database that packs can carry, as one pack.

        :param key: key of the imported pack whose name the export gets
        :return: the pack's JSON as a dict
        """
        self._check_manager()
        pack = self.search([("key", "=", key)] if key else [], limit=1)
        head = {"key": key or "export", "name": self.env.company.name}
        if pack:
            reading = Pack(self.env)
            record = pack.with_env(reading.env)
            head = {
                "key": pack.key,
                "name": reading.dump_text(record, "name"),
                "description": reading.dump_text(record, "description"),
                "requires": pack.requires,
            }
        return porter.dump(self.env, {k: v for k, v in head.items() if v})

    def _remember(self, pack):
        """Keep the head of an imported pack; a second import changes nothing."""
        data = pack.data
        key = data["key"]
        record = pack.env["scrm.pack"].search([("key", "=", key)])
        vals = {
            "name": pack.text(data["name"]),
            "description": pack.text(data.get("description")),
            "requires": data.get("requires") or False,
        }
        changed = pack.counts["created"] or pack.counts["updated"]
        if record and not changed and not pack.differs(record, vals):
            return
        vals["imported_at"] = self.env["scrm.clock"].now()
        vals["imported_by_id"] = self.env.uid
        if record:
            pack.write(record, vals)
        else:
            pack.create("scrm.pack", {"key": key, **vals})

    def _check_manager(self):
        if not self.env.su and not self.env.user.has_group("scrm_flow.group_manager"):
            raise AccessError(
                self.env._("Only a manager of flows may import or export packs.")
            )

    @api.model
    def _faults_text(self, faults):
        lines = "\n".join(str(fault) for fault in faults.errors)
        return self.env._("Nothing was imported:\n%(faults)s", faults=lines)
