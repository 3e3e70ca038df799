"""Lists of people that a leaver is taken off."""

from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmHandoverKindTeamMember(models.AbstractModel):
    _name = "scrm.handover.kind.team_member"
    _inherit = "scrm.handover.kind.membership"
    _description = "Handover of Team Memberships"

    _label = _lt("Member of teams")
    _kind_rank = 82
    _model = "helpdesk.ticket.team"


class ScrmHandoverKindStoreStaff(models.AbstractModel):
    _name = "scrm.handover.kind.store_staff"
    _inherit = "scrm.handover.kind.membership"
    _description = "Handover of Store Staff"

    _label = _lt("Staff of stores")
    _kind_rank = 84
    _model = "scrm.store"


class ScrmHandoverKindKeeper(models.AbstractModel):
    _name = "scrm.handover.kind.keeper"
    _inherit = "scrm.handover.kind.membership"
    _description = "Handover of Warehouse Keepers"

    _label = _lt("Keeper of warehouses")
    _kind_rank = 86
    _model = "stock.warehouse"
    _field = "scrm_keeper_ids"


class ScrmHandoverKindRegion(models.AbstractModel):
    _name = "scrm.handover.kind.region"
    _inherit = "scrm.handover.kind.membership"
    _description = "Handover of Region Managers"

    _label = _lt("Region manager of templates")
    _kind_rank = 88
    _model = "scrm.ticket.template.variant"
