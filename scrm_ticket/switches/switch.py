from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class ScrmSwitch(models.AbstractModel):
    """Switches can shut entries for tickets as well."""

    _inherit = "scrm.switch"

    #: Keys of entries (``scrm.ticket.door``) that let nobody in.
    _doors = ()

    @api.model
    def _shut_door(self, door):
        """The switch that shuts an entry, None while it is open."""
        return next((kind for kind in self._off() if door in kind._doors), None)


class ScrmTicketDoor(models.AbstractModel):
    _inherit = "scrm.ticket.door"

    @api.model
    def _template_domain(self):
        if self.env["scrm.switch"]._shut_door(self._kind_key()):
            return Domain.FALSE
        return super()._template_domain()


class HelpdeskTicket(models.Model):
    # who asks whether an entry is open
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    def _scrm_submit(self, door, data, idempotency_key=None):
        switch = self.env["scrm.switch"]._shut_door(door)
        if switch is not None:
            raise UserError(switch._refusal())
        return super()._scrm_submit(door, data, idempotency_key)
