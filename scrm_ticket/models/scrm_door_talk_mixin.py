from odoo import fields, models


class ScrmDoorTalkMixin(models.AbstractModel):
    """A door where customers talk with us: what they write becomes tickets, and what
    follows soon belongs to the same one."""

    _name = "scrm.door.talk.mixin"
    _inherit = ["scrm.door.address.mixin", "scrm.door.user.mixin"]
    _description = "Door Where Customers Talk with Us"

    template_id = fields.Many2one(help="Of messages in which no template's words fall.")
    urgent_words = fields.Char(
        help="Tickets of messages with one of these words get the highest priority. "
        "Separated by commas.",
    )
    join_hours = fields.Integer(
        string="Same Conversation (h)",
        default=24,
        help="What somebody writes within this time belongs to the open ticket of the "
        "message before. Zero: each message is a ticket of its own.",
    )

    answer_channel_id = fields.Many2one(
        comodel_name="scrm.notice.channel",
        string="Answers by",
        ondelete="restrict",
        help="What colleagues write to the customer on the ticket goes out by it.",
    )

    _join_hours_positive = models.Constraint(
        "CHECK(join_hours >= 0)", "The hours of a conversation cannot be negative."
    )

    def _answer_address(self, ticket):
        """Whom the platform knows the customer of a ticket as.

        :param ticket: ``helpdesk.ticket`` of a message that came by this door
        """
        raise NotImplementedError(self._name)
