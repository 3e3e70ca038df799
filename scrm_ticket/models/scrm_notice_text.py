from odoo import api, models

from ..forms import masks


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
    def _message(self, rule, event, record, recipient):
        return self._scrm_masked_for(
            super()._message(rule, event, record, recipient), record, recipient
        )

    @api.model
    def _from_templates(self, rule, kind, record, recipient):
        return self._scrm_masked_for(
            super()._from_templates(rule, kind, record, recipient), record, recipient
        )

    @api.model
    def _scrm_masked_for(self, texts, record, recipient):
        """The texts as the recipient may read them: messages tell colleagues no more
        of customers than their screens do.

        :param texts: {"subject", "body", "body_html"}, any of them
        """
        user = recipient.user
        if not user or not hasattr(record, "_scrm_masked"):
            return texts
        if not record.with_user(user)._scrm_masked():
            return texts
        return {
            name: masks.masked_html(text)
            if name == "body_html"
            else masks.masked_text(text)
            for name, text in texts.items()
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
