import secrets

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.scrm_flow.notices.wecom_chat import GROUP

from ..doors import envelope
from ..doors.errors import Unproven
from ..doors.signature import is_recent

#: Seconds that a message may be old, or ahead of our clock.
TOLERANCE = 300


class ScrmDoorChat(models.Model):
    """An account where customers chat with us, whose messages become tickets.

    The platform sends them to :attr:`url`, signed with the token and sealed with the
    key that are written down in both places.
    """

    _name = "scrm.door.chat"
    _inherit = "scrm.door.talk.mixin"
    _description = "Chat Account for Tickets"
    _door_path = "/scrm/chat"

    name = fields.Char(help="The account, as customers know it.")
    platform = fields.Selection(
        selection=[("wechat", "WeChat official account"), ("wecom", "WeCom")],
        required=True,
        default="wechat",
        help="Customers are known by what this platform calls them.",
    )
    receiver = fields.Char(
        string="AppID or CorpID",
        required=True,
        help="Messages for another one are refused.",
    )
    token = fields.Char(
        required=True,
        copy=False,
        default=lambda self: secrets.token_hex(8),
        help="The same on the platform.",
    )
    aes_key = fields.Char(
        string="EncodingAESKey",
        required=True,
        copy=False,
        default=lambda self: envelope.new_key(),
        help="The same on the platform. Messages that are not sealed with it are "
        "refused: choose the safe mode.",
    )
    answer_channel_id = fields.Many2one(
        domain="[('kind', 'in', ['wechat_service', 'wecom_chat'])]",
        help="What colleagues write to the customer on the ticket goes out by this "
        "channel: the same account, with its key for sending.",
    )
    intake = fields.Selection(
        selection=[
            ("ticket", "Become a ticket"),
            ("panel", "Wait for a colleague in WeCom"),
        ],
        string="Messages to Us",
        required=True,
        default="ticket",
        help="A colleague makes a ticket of a message on the page beside the chat (see "
        "WeCom Apps). What follows belongs to it in either case.",
    )
    keep_hours = fields.Integer(
        string="Kept for WeCom (h)",
        default=0,
        help="How long messages, also those of groups, are shown on the page beside "
        "the chat. Zero: none is kept.",
    )

    _key_unique = models.Constraint(
        "UNIQUE(key)", "Another chat account already has this key."
    )
    _keep_hours_positive = models.Constraint(
        "CHECK(keep_hours >= 0)", "The hours that messages are kept cannot be negative."
    )
    _intake_is_kept = models.Constraint(
        "CHECK(intake = 'ticket' OR keep_hours > 0)",
        "Messages that wait for a colleague must be kept for some hours.",
    )

    @api.constrains("aes_key")
    def _check_aes_key(self):
        for account in self:
            try:
                envelope.key_of(account.aes_key)
            except envelope.Unreadable as error:
                raise ValidationError(
                    self.env._(
                        "The EncodingAESKey of “%s” must be the 43 characters that "
                        "the platform shows.",
                        account.name,
                    )
                ) from error

    def _check_sender(self, said, sealed=""):
        """Refuse what the platform did not sign, or not just now.

        :param said: arguments of the address
        :param sealed: the envelope, "" where there is none yet
        :raise Unproven: naming the argument that is missing or wrong
        """
        self.ensure_one()
        name = "msg_signature" if sealed else "signature"
        for needed in (name, "timestamp", "nonce"):
            if not said.get(needed):
                raise Unproven(self.env._("The argument %s is missing.", needed))
        if not envelope.is_signed(
            said[name], self.token, said["timestamp"], said["nonce"], sealed
        ):
            raise Unproven(
                self.env._("The signature fits neither this message nor our token.")
            )
        now = self.env["scrm.clock"].now()
        if not is_recent(said["timestamp"], now, TOLERANCE):
            raise Unproven(
                self.env._(
                    "The message was signed more than %s minutes before or after now.",
                    TOLERANCE // 60,
                )
            )

    def _unseal(self, sealed):
        """The text of an envelope.

        :raise Unproven: it is of another key, or for another account
        """
        self.ensure_one()
        try:
            return envelope.unseal(self.aes_key, self.receiver, sealed)
        except envelope.Unreadable as error:
            raise Unproven(
                self.env._("The message was not sealed for “%s”.", self.name)
            ) from error

    def _answer_address(self, ticket):
        _account, group, sender = ticket.scrm_chat_sender.split(":", 2)
        return f"{GROUP}{group}" if group else sender
