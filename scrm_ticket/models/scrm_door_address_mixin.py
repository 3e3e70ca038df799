from odoo import api, fields, models


class ScrmDoorAddressMixin(models.AbstractModel):
    """A door with an address of its own, which its key is part of."""

    _name = "scrm.door.address.mixin"
    _inherit = "scrm.key.mixin"
    _description = "Door with an Address"
    _order = "name, id"

    #: What stands before the key in the address.
    _door_path = "/scrm"

    name = fields.Char(required=True)
    key = fields.Char(
        copy=False,
        help="Part of the address. Lower-case letters, digits and underscores.",
    )
    active = fields.Boolean(default=True)
    url = fields.Char(string="Address", compute="_compute_url")

    @api.depends("key")
    def _compute_url(self):
        for door in self:
            path = f"{door._door_path}/{door.key}"
            door.url = f"{door.get_base_url()}{path}" if door.key else False
