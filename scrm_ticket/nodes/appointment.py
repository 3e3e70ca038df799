"""Appointments in flows: offered by a service task, kept by the technician."""

from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ScrmFlowServiceAppointmentOffer(models.AbstractModel):
    """Let the customer choose when somebody comes, on the page of the ticket.

    A later node waits for the choice: its own condition asks the state of the
    appointment, whoever booked it.
    """

    _name = "scrm.flow.service.appointment_offer"
    _inherit = "scrm.flow.service"
    _description = "Service Offer Appointment"

    _label = _lt("Offer an Appointment")
    _kind_rank = 56

    @api.model
    def _check_config(self, model_name, config):
        if model_name != "helpdesk.ticket":
            return [self.env._("only tickets have appointments")]
        return super()._check_config(model_name, config)

    @api.model
    def run(self, record, step, config):
        record._scrm_offer_appointment()

    @api.model
    def simulate(self, record, config):
        return {"values": {"scrm_appointment_state": "offered"}}


class ScrmFlowHandlerAppointment(models.AbstractModel):
    """The technician with whom the appointment was made."""

    _name = "scrm.flow.handler.appointment"
    _inherit = "scrm.flow.handler"
    _description = "Handler Rule Appointment"

    _label = _lt("Technician of the appointment")
    _kind_rank = 46

    @api.model
    def _check(self, node):
        if node.model != "helpdesk.ticket":
            return [self.env._("only tickets have appointments")]
        return []

    @api.model
    def _people(self, case, data):
        appointment = case.record.scrm_appointment_id
        if appointment.state != "booked":
            case.because["nothing"] = True
            return self.env["res.users"]
        case.because["at"] = str(appointment.start)
        return appointment.user_id

    @api.model
    def _words(self, because):
        if "at" not in because:
            return self.env._("there is no appointment")
        return self.env._("has the appointment on %s (UTC)", because["at"])
