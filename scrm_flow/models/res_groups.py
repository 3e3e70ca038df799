from odoo import fields, models


class ResGroups(models.Model):
    """A group with a key is a role that flows and packs can name."""

    _inherit = "res.groups"

    scrm_key = fields.Char(
        string="Role Key",
        copy=False,
        help="Stable name by which flows and scenario packs refer to this role.",
    )

    _scrm_key_unique = models.UniqueIndex(
        "(scrm_key) WHERE scrm_key IS NOT NULL", "The key of a role is unique."
    )
