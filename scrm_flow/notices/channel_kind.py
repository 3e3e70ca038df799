from odoo import api, models


class NotArrived(Exception):
    """A message did not arrive, or perhaps not.

    :param key: of the text in ``problem.py``
    :param about: what the text names
    """

    def __init__(self, key, **about):
        super().__init__(key, about)
        self.problem = [key, about]


class NotDelivered(NotArrived):
    """The gateway surely did not take the message; it may be tried again.

    :param is_final: trying again is of no use
    """

    def __init__(self, key, is_final=False, **about):
        super().__init__(key, **about)
        self.is_final = is_final


class NotKnown(NotArrived):
    """Nobody can tell whether the gateway took the message."""


class ScrmNoticeChannelKind(models.AbstractModel):
    """How messages go out. Addons add ``scrm.notice.channel.kind.<key>``.

    What a kind inside does is in our own database: it happens in one transaction
    with the mark that it was done. What a kind outside does cannot be undone: the
    delivery is marked and committed before, and after a crash it is tried again
    only where the gateway drops what it already has by its key.
    """

    _name = "scrm.notice.channel.kind"
    _inherit = "scrm.flow.kind"
    _description = "Kind of Notification Channel"

    #: Whether the effect is outside of our own database.
    _is_outside = False
    #: Whether the gateway drops a message that it already has, by its key.
    _is_idempotent = False
    #: Whether each person gets a message; if not, one goes to the channel itself.
    _is_personal = True
    #: Whether a message can call everybody who is in the group of the channel.
    _can_mention_all = False

    @api.model
    def _problem(self, channel) -> str | None:
        """Why this channel cannot work as it is set up; None when it can."""
        return None

    @api.model
    def _unreachable(self, partner, user) -> list | None:
        """Why somebody cannot be reached this way, as ``scrm.notice.problem`` says;
        None when he can.

        :param partner: ``res.partner``
        :param user: his ``res.users``, may be empty
        """
        return None

    @api.model
    def _send(self, deliveries) -> None:
        """Let messages inside the database arrive, all of one channel.

        :param deliveries: ``scrm.notice.delivery`` with the cron's rights
        """
        raise NotImplementedError(self._name)

    @api.model
    def _call(self, delivery) -> str | None:
        """Hand one message to a gateway outside; the transaction has ended before.

        :return: the gateway's own name for the message, if it has one
        :raise NotDelivered: it surely was not taken
        :raise NotKnown: it may have been taken
        """
        raise NotImplementedError(self._name)
