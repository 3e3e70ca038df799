from odoo import api, models


class ScrmNoticeText(models.AbstractModel):
    """What texts about tickets may name beside the words of every record."""

    _inherit = "scrm.notice.text"

    @api.model
    def _words(self):
        return {
            **super()._words(),
            "badge": self.env._("address of the engineer's badge"),
            "confirmation": self.env._("address where the customer confirms the visit"),
            "evaluation": self.env._("address where the customer rates the service"),
        }

    @api.model
    def _value(self, name, rule, event, record, recipient):
        is_ticket = record._name == "helpdesk.ticket"
        if name == "badge":
            return record._scrm_badge_url() if is_ticket else ""
        if name == "confirmation":
            visit = is_ticket and record.scrm_appointment_id
            return visit._scrm_confirm_url() if visit else ""
        if name == "evaluation":
            return record._scrm_evaluation_url() if is_ticket else ""
        return super()._value(name, rule, event, record, recipient)
