from odoo import api, models
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmHandoverKindAppointment(models.AbstractModel):
    """Booked appointments go with the step of their ticket, to somebody free then."""

    _name = "scrm.handover.kind.appointment"
    _inherit = "scrm.handover.kind"
    _description = "Handover of Appointments"

    _label = _lt("Appointments")
    _kind_rank = 35
    _model = "scrm.appointment"

    @api.model
    def _domain(self):
        return Domain("state", "=", "booked")

    @api.model
    def _own_proposals(self, records, leaver, plan):
        heirs = {
            share.record.res_id: share.person
            for share in plan.get("step", ())
            if share.record.res_model == "helpdesk.ticket"
        }
        return {
            one.id: ("work", heirs[one.ticket_id.id], None)
            for one in records
            if one.ticket_id.id in heirs
        }

    @api.model
    def _leaders(self, record, leaver):
        tickets = self.env["scrm.handover.kind.ticket"]
        return tickets._leaders(record.ticket_id, leaver)

    @api.model
    def _is_able(self, record, person):
        company = self._company(record)
        if company and company not in person.company_ids:
            return False
        busy = record._scrm_busy(person, record.start, record.end)
        return not any(
            start < record.end and end > record.start
            for start, end in busy.get(person.id, ())
        )

    @api.model
    def _give(self, shares, leaver):
        for share in shares:
            if share.person:
                share.record.leave_id.unlink()
                share.record.user_id = share.person
                share.record._scrm_block()
