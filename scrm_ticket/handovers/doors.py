"""Doors that act as somebody: shut to everybody when that person is gone."""

from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmHandoverKindDoor(models.AbstractModel):
    _name = "scrm.handover.kind.door"
    _inherit = "scrm.handover.kind"
    _description = "Handover of Doors"

    @api.model
    def _records(self):
        return super()._records().with_context(active_test=False)

    @api.model
    def _is_able(self, record, person):
        return super()._is_able(record, person) and person.has_group(
            "helpdesk_mgmt.group_helpdesk_user_own"
        )


class ScrmHandoverKindDoorWebhook(models.AbstractModel):
    _name = "scrm.handover.kind.door_webhook"
    _inherit = "scrm.handover.kind.door"
    _description = "Handover of Webhooks"

    _label = _lt("Webhooks that act as the leaver")
    _kind_rank = 70
    _model = "scrm.door.webhook"


class ScrmHandoverKindDoorChat(models.AbstractModel):
    _name = "scrm.handover.kind.door_chat"
    _inherit = "scrm.handover.kind.door"
    _description = "Handover of Chat Accounts"

    _label = _lt("Chat accounts that act as the leaver")
    _kind_rank = 72
    _model = "scrm.door.chat"


class ScrmHandoverKindDoorEvent(models.AbstractModel):
    _name = "scrm.handover.kind.door_event"
    _inherit = "scrm.handover.kind.door"
    _description = "Handover of Event Doors"

    _label = _lt("Event doors that act as the leaver")
    _kind_rank = 74
    _model = "scrm.door.event"
