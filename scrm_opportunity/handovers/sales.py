from odoo import api, models
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmHandoverKindCustomer(models.AbstractModel):
    """Customers of a salesperson: the leader of the sales team knows them."""

    _inherit = "scrm.handover.kind.customer"

    @api.model
    def _leaders(self, record, leaver):
        # sudo: see the family; who led the leaver until now
        members = self.env["crm.team.member"].sudo().with_context(active_test=False)
        teams = members.search([("user_id", "=", leaver.id)], order="id").crm_team_id
        return super()._leaders(record, leaver) | teams.user_id


class ScrmHandoverKindLead(models.AbstractModel):
    """Opportunities that are neither won nor lost."""

    _name = "scrm.handover.kind.lead"
    _inherit = "scrm.handover.kind"
    _description = "Handover of Opportunities"

    _label = _lt("Open opportunities")
    _kind_rank = 20
    _model = "crm.lead"

    @api.model
    def _domain(self):
        return Domain("stage_id.is_won", "!=", True)

    @api.model
    def _leaders(self, record, leaver):
        customers = self.env["scrm.handover.kind.customer"]
        return record.team_id.user_id | customers._leaders(record, leaver)

    @api.model
    def _is_able(self, record, person):
        return super()._is_able(record, person) and person.has_group(
            "sales_team.group_sale_salesman"
        )


class ScrmHandoverKindOffer(models.AbstractModel):
    _name = "scrm.handover.kind.offer"
    _inherit = "scrm.handover.kind.lead"
    _description = "Handover of Offers"

    _label = _lt("Salesperson of offers")
    _kind_rank = 69
    _model = "scrm.offer"

    @api.model
    def _domain(self):
        return Domain.TRUE

    @api.model
    def _leaders(self, record, leaver):
        return self.env["scrm.handover.kind.customer"]._leaders(record, leaver)


class ScrmHandoverKindNeed(models.AbstractModel):
    _name = "scrm.handover.kind.need"
    _inherit = "scrm.handover.kind"
    _description = "Handover of Needs"

    _label = _lt("Open needs")
    _kind_rank = 45
    _model = "scrm.need"

    @api.model
    def _domain(self):
        return Domain("state", "=", "open")


class ScrmHandoverKindNeedKind(models.AbstractModel):
    _name = "scrm.handover.kind.need_kind"
    _inherit = "scrm.handover.kind.membership"
    _description = "Handover of Operations Staff"

    _label = _lt("People for kinds of needs")
    _kind_rank = 89
    _model = "scrm.need.kind"


class ScrmHandoverKindSalesTeam(models.AbstractModel):
    _name = "scrm.handover.kind.sales_team"
    _inherit = "scrm.handover.kind"
    _description = "Handover of Sales Teams"

    _label = _lt("Leader of sales teams")
    _kind_rank = 63
    _model = "crm.team"


class ScrmHandoverKindSalesMember(models.AbstractModel):
    """A membership of its own record, which is kept in the archive."""

    _name = "scrm.handover.kind.sales_member"
    _inherit = "scrm.handover.kind"
    _description = "Handover of Sales Team Memberships"

    _label = _lt("Member of sales teams")
    _kind_rank = 83
    _model = "crm.team.member"
    _ends = True

    @api.model
    def _give(self, shares, leaver):
        for share in shares:
            share.record.action_archive()
