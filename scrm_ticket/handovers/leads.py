"""What people lead or stand for by name."""

from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmHandoverKindTeam(models.AbstractModel):
    _name = "scrm.handover.kind.team"
    _inherit = "scrm.handover.kind"
    _description = "Handover of Team Leaders"

    _label = _lt("Leader of teams")
    _kind_rank = 62
    _model = "helpdesk.ticket.team"

    @api.model
    def _leaders(self, record, leaver):
        team, leaders = record.parent_id, self.env["res.users"]
        while team:
            leaders |= team.user_id
            team = team.parent_id
        return leaders


class ScrmHandoverKindStore(models.AbstractModel):
    _name = "scrm.handover.kind.store"
    _inherit = "scrm.handover.kind"
    _description = "Handover of Stores"

    _label = _lt("Manager of stores")
    _kind_rank = 64
    _model = "scrm.store"
    _field = "manager_id"


class ScrmHandoverKindVan(models.AbstractModel):
    """The parts in somebody's van need somebody who answers for them."""

    _name = "scrm.handover.kind.van"
    _inherit = "scrm.handover.kind"
    _description = "Handover of Vans"

    _label = _lt("Vans")
    _kind_rank = 66
    _model = "stock.location"
    _field = "scrm_van_user_id"


class ScrmHandoverKindServicePlan(models.AbstractModel):
    _name = "scrm.handover.kind.service_plan"
    _inherit = "scrm.handover.kind"
    _description = "Handover of Service Plans"

    _label = _lt("Adviser of service plans")
    _kind_rank = 68
    _model = "scrm.service.plan"
    _field = "adviser_id"
