from odoo import api, models
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmHandoverKindTicket(models.AbstractModel):
    """Open tickets without a flow; those in one go with their steps."""

    _name = "scrm.handover.kind.ticket"
    _inherit = "scrm.handover.kind"
    _description = "Handover of Tickets"

    _label = _lt("Open tickets without a flow")
    _kind_rank = 40
    _model = "helpdesk.ticket"

    @api.model
    def _domain(self):
        return Domain("stage_id.closed", "=", False)

    @api.model
    def _held(self, leaver):
        tickets = super()._held(leaver)
        return tickets - tickets._scrm_with_open_step()

    @api.model
    def _leaders(self, record, leaver):
        team, leaders = record.team_id, self.env["res.users"]
        while team:
            leaders |= team.user_id
            team = team.parent_id
        return leaders | record.store_id.manager_id

    @api.model
    def _is_able(self, record, person):
        return super()._is_able(record, person) and person.has_group(
            "helpdesk_mgmt.group_helpdesk_user_own"
        )


class ScrmHandoverKindAdviser(models.AbstractModel):
    """Open tickets whose customer was promised this person as an adviser."""

    _name = "scrm.handover.kind.adviser"
    _inherit = "scrm.handover.kind.ticket"
    _description = "Handover of Advisers"

    _label = _lt("Adviser of open tickets")
    _kind_rank = 42
    _field = "scrm_adviser_id"

    @api.model
    def _held(self, leaver):
        return self._records().search(
            Domain(self._field, "=", leaver.id) & self._domain()
        )


class ScrmHandoverKindStep(models.AbstractModel):
    """The steps of a ticket: its team and its store know who leads."""

    _inherit = "scrm.handover.kind.step"

    @api.model
    def _leaders(self, record, leaver):
        document = record._record()
        if document._name != "helpdesk.ticket":
            return super()._leaders(record, leaver)
        tickets = self.env["scrm.handover.kind.ticket"]
        return tickets._leaders(document, leaver)
