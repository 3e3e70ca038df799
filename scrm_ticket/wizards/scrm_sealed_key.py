from odoo import api, fields, models


class ScrmSealedKey(models.TransientModel):
    """The keys of chat records, and how many texts need each."""

    _name = "scrm.sealed.key"
    _description = "Key of Chat Records"
    _order = "id"

    name = fields.Char(string="Name of the Key", readonly=True)
    state = fields.Selection(
        [
            ("seals", "Seals what is written now"),
            ("opens", "Opens what was written before"),
            ("missing", "Missing: these records cannot be read"),
            ("plain", "Not sealed yet"),
        ],
        readonly=True,
    )
    texts = fields.Integer(string="Stored Texts", readonly=True)

    @api.model
    def _open(self):
        """Show the keys as they are now.

        :return: an action
        """
        sealed = self.env["scrm.sealed"]
        state = sealed._state()
        ring = sealed._ring()
        rows = self.create(
            [
                {
                    "name": name,
                    "state": self._state_of(name, ring),
                    "texts": count,
                }
                for name, count in state.items()
            ]
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Keys of Chat Records"),
            "res_model": self._name,
            "view_mode": "list",
            "domain": [("id", "in", rows.ids)],
            "target": "new",
        }

    @api.model
    def _state_of(self, name, ring):
        if name is None:
            return "plain"
        if name == ring.current:
            return "seals"
        return "opens" if name in ring.names else "missing"
