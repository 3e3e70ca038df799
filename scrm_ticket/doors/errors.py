"""Why a door lets nobody in, beside the errors of Odoo that say it already."""

from odoo.exceptions import UserError


class NotThere(UserError):
    """What was asked for is not there, or not for who asks."""


class Unproven(UserError):
    """Nothing proves that a message is from who it says, or from just now."""
