"""The ways in for tickets, each of which a business can do without."""

from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmSwitchPortalForm(models.AbstractModel):
    _name = "scrm.switch.portal_form"
    _inherit = "scrm.switch"
    _description = "Switch Forms on the Portal"

    _label = _lt("Forms on the portal")
    _kind_rank = 20
    _routes = ("/my/scrm/new",)
    _doors = ("portal",)


class ScrmSwitchPublicForm(models.AbstractModel):
    _name = "scrm.switch.public_form"
    _inherit = "scrm.switch"
    _description = "Switch Public Forms"

    _label = _lt("Forms on the website")
    _kind_rank = 22
    _routes = ("/scrm/new",)
    _doors = ("public_form",)


class ScrmSwitchWebhook(models.AbstractModel):
    _name = "scrm.switch.webhook"
    _inherit = "scrm.switch"
    _description = "Switch Webhooks"

    _label = _lt("Webhooks")
    _kind_rank = 24
    _models = ("scrm.door.webhook",)
    _routes = ("/scrm/hook/",)
    _doors = ("webhook", "phone")


class ScrmSwitchChat(models.AbstractModel):
    _name = "scrm.switch.chat"
    _inherit = "scrm.switch"
    _description = "Switch Chat"

    _label = _lt("Chat accounts")
    _kind_rank = 26
    _models = ("scrm.door.chat", "scrm.door.mini", "scrm.door.wecom")
    _routes = ("/scrm/chat/", "/scrm/mini/", "/scrm/wecom/")
    _doors = ("chat", "mini", "wecom")


class ScrmSwitchEvent(models.AbstractModel):
    """What happens while it is off opens no ticket later either."""

    _name = "scrm.switch.event"
    _inherit = "scrm.switch"
    _description = "Switch Event Doors"

    _label = _lt("Tickets from events")
    _kind_rank = 28
    _models = ("scrm.door.event", "scrm.door.event.entry")
    _crons = ("scrm_ticket.ir_cron_events",)
    _doors = ("event",)

    @api.model
    def _switched(self, on):
        if on:
            # sudo: the product's own rows; whose conditions hold by now is no news
            doors = self.env["scrm.door.event"].sudo()
            doors.search([])._note_present()  # pylint: disable=no-search-all


class ScrmDoorEvent(models.Model):
    _inherit = "scrm.door.event"

    def _look(self, ids):
        if not self.env["scrm.switch"].is_on("event"):
            return None
        return super()._look(ids)
