from dataclasses import dataclass
from typing import Any

import requests

from odoo import api, models

from odoo.addons.scrm_ticket.doors.errors import Unproven

#: Seconds that a platform has for its answer.
TIMEOUT = 20
#: Seconds that a push may be old, or ahead of our clock.
TOLERANCE = 600


class Unanswered(Exception):
    """The platform gave no answer, or refused; says why."""


@dataclass(frozen=True)
class Push:
    """What somebody called the address of a shop with."""

    headers: Any
    arguments: Any
    body: bytes


class ScrmShopPlatform(models.AbstractModel):
    """Where shops are. Addons add ``scrm.shop.platform.<key>``.

    A platform checks what is sent to a shop's address, says what it is about, and
    asks for what changed. What becomes of it is the same for all of them.
    """

    _name = "scrm.shop.platform"
    _inherit = "scrm.flow.kind"
    _description = "Shop Platform"

    #: By which channel its customers are known, and its conversations are shown.
    _channel = ""
    #: Whether it can be asked for what changed.
    _pulls = False

    @api.model
    def _check_push(self, shop, push) -> None:
        """See that a push comes from the platform, for this shop.

        :param shop: ``scrm.shop``, sudo
        :raise Unproven: saying what of it is missing or wrong
        """
        raise NotImplementedError(self._name)

    @api.model
    def _not_signed(self):
        text = self.env._("The signature fits neither this message nor us.")
        return Unproven(text)

    @api.model
    def _arrivals(self, shop, push) -> list[tuple[str, str, dict]]:
        """What a push tells: [(kind, its id on the platform, what was said)].

        :return: kinds are ``order``, ``message`` and ``notice`` (an order changed:
            the platform has to be asked which way)
        :raise NoOrder: it cannot be understood
        """
        raise NotImplementedError(self._name)

    @api.model
    def _accepted(self, shop, push):
        """(what the platform wants to hear, its content type)"""
        return '{"code": 0, "msg": "success"}', "application/json"

    @api.model
    def _order_of(self, shop, said):
        """An ``order.Order`` of what was said.

        :raise NoOrder: naming what of it is missing or wrong
        """
        raise NotImplementedError(self._name)

    @api.model
    def _message(self, shop, said):
        """A ``chat_message.Message`` of what was said, or None."""
        return None

    @api.model
    def _sender_name(self, said) -> str:
        """How who wrote a message is called there, may be empty."""
        return ""

    @api.model
    def _order_asked(self, shop, order_id) -> dict:
        """What the platform says of one order.

        :raise Unanswered: why it did not
        """
        raise NotImplementedError(self._name)

    @api.model
    def _changed(self, shop, since, until):
        """Yield (id, what was said) of orders that changed in this time.

        :param since: ``datetime``, UTC
        :raise Unanswered: why it did not say
        """
        raise NotImplementedError(self._name)

    @api.model
    def _call(self, method, url, **options) -> dict:
        """Call a platform; its answer as JSON.

        :raise Unanswered: it gave none
        """
        try:
            response = requests.request(
                method, url, timeout=TIMEOUT, allow_redirects=False, **options
            )
            if response.status_code != 200:
                raise Unanswered(
                    self.env._("The platform answered %s.", response.status_code)
                )
            answer = response.json()
        except (requests.RequestException, ValueError) as error:
            # the address of the call holds keys: only the kind of fault is told
            name = type(error).__name__
            raise Unanswered(
                self.env._("The platform did not answer (%s).", name)
            ) from error
        if not isinstance(answer, dict):
            raise Unanswered(self.env._("The platform gave no answer to read."))
        return answer
