from odoo import fields, models

from odoo.addons.scrm_flow.notices.wecom_chat import GROUP


class ScrmDoorChat(models.Model):
    """Where answers to what was written to the account leave."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.door.chat"

    answer_channel_id = fields.Many2one(
        comodel_name="scrm.notice.channel",
        string="Answers by",
        domain="[('kind', 'in', ['wechat_service', 'wecom_chat'])]",
        ondelete="restrict",
        help="What colleagues write to the customer on the ticket goes out by this "
        "channel: the same account, with its key for sending.",
    )

    def _answer_address(self, ticket):
        """Whom the platform knows the customer of a ticket as.

        :param ticket: ``helpdesk.ticket`` of a message of this account
        """
        _account, group, sender = ticket.scrm_chat_sender.split(":", 2)
        return f"{GROUP}{group}" if group else sender
