from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ScrmDoorUserMixin(models.AbstractModel):
    """A door that acts as one of us (``user_id``), for nobody comes in by it."""

    _name = "scrm.door.user.mixin"
    _description = "Door That Acts as a User"

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Acts as",
        required=True,
        domain=[("share", "=", False)],
        default=lambda self: self.env.user,
        help="Tickets are created with the rights of this user.",
    )
    template_id = fields.Many2one(
        comodel_name="scrm.ticket.template", string="Template"
    )

    @api.constrains("user_id")
    def _check_user_id(self):
        for door in self:
            if not door.user_id._is_internal():
                raise ValidationError(
                    self.env._(
                        "“%(door)s” acts as %(user)s, who is no employee.",
                        door=door.name,
                        user=door.user_id.name,
                    )
                )
