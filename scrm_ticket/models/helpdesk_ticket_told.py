from odoo import models
from odoo.tools import plaintext2html

#: The message has gone out, or is on its way.
TOLD = ("queued", "sent")


class HelpdeskTicket(models.Model):
    """What the customer was told on the way, kept where he can read it again."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    def _scrm_told(self) -> list[dict]:
        """The messages of rules to the customer, the latest first.

        What went out by several channels is said once.

        :return: [{"at": datetime, "subject": str, "text": Markup}]
        """
        self.ensure_one()
        # sudo: customers read no deliveries; these are what was sent to them
        deliveries = self.env["scrm.notice.delivery"].sudo()
        partners = self.sudo()._mail_get_partners()[self.id]
        told = {}
        for one in deliveries.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("partner_id", "in", partners.ids),
                ("state", "in", TOLD),
                ("rule_id.to_customer", "=", True),
            ],
            order="due_at, id",
        ):
            text = (one.body or "").strip()
            subject = (one.subject or "").strip()
            told.setdefault(
                (one.event_id, one.number, subject, text),
                {
                    "at": one.sent_at or one.due_at,
                    "subject": subject,
                    "text": plaintext2html(text) if text != subject else "",
                },
            )
        return list(reversed(told.values()))
