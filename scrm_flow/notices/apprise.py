"""Whatever Apprise knows by an address: Slack, Teams, Telegram and a hundred more."""

import logging
import warnings

from odoo import api, models
from odoo.tools.translate import LazyTranslate

from ..engine import apprise_log
from .channel_kind import NotDelivered, NotKnown

try:
    import apprise
except ImportError:  # only channels of this kind need it
    apprise = None

_lt = LazyTranslate(__name__)

#: Robots that we speak to ourselves, by their scheme: signed as their documents say,
#: and what counts is the code in the answer. Apprise takes every 200 for success.
OURS = {
    "dingtalk": "dingtalk_robot",
    "feishu": "feishu_robot",
    "wecombot": "wecom_robot",
}

# Apprise asks for a module of Python's that is no more in 3.13, and can do without.
warnings.filterwarnings("ignore", "'imghdr' is deprecated", DeprecationWarning)

# Its log names addresses with their keys, and is read here alone.
_apprise_log = logging.getLogger("apprise")
_apprise_log.addHandler(logging.NullHandler())
_apprise_log.setLevel(logging.DEBUG)
_apprise_log.propagate = False


class ScrmNoticeChannelKindApprise(models.AbstractModel):
    """A service that Apprise reaches by an address, such as ``slack://...``.

    The address of the channel is the whole of Apprise's, with its keys.
    """

    _name = "scrm.notice.channel.kind.apprise"
    _inherit = "scrm.notice.channel.kind.gateway"
    _description = "Notification Channel Apprise"

    _label = _lt("Apprise address")
    _kind_rank = 70

    @api.model
    def _problem(self, channel):
        key = self._fault(channel.url.strip(), channel.timeout)
        return self.env["scrm.notice.problem"]._words([key, {}]) if key else None

    @api.model
    def _fault(self, url, timeout):
        """The key of the problem of an address, if it has one."""
        if apprise is None:
            return "apprise_missing"
        return None if self._service(url, timeout) else "apprise_unknown"

    @api.model
    def _service(self, url, timeout):
        """What Apprise makes of an address; None when it does not know it.

        A message is one call that is made once: whether and when it is repeated is
        the outbox's business.
        """
        asset = apprise.AppriseAsset(
            async_mode=False, http_redirects=False, pgp_autogen=False, pem_autogen=False
        )
        service = apprise.Apprise.instantiate(url, asset=asset)
        if service:
            service.socket_connect_timeout = service.socket_read_timeout = timeout
            service.retry = 0
            service.optional = False
            service.redirects = False
        return service

    @api.model
    def _call(self, delivery):
        url, _secret = self._secrets(delivery)
        channel = delivery.channel_id
        if fault := self._fault(url, channel.timeout):
            raise NotDelivered(fault)
        service = self._service(url, channel.timeout)
        if ours := OURS.get(service.schema):
            kind = self.env["scrm.notice.channel.kind"]._kind(ours)
            return self._by_ours(kind, service, delivery)
        return self._by_apprise(service, delivery)

    @api.model
    def _by_ours(self, kind, service, delivery):
        """Hand a message to a robot that Apprise knows too."""
        return kind._hand(
            delivery,
            service.notify_url.format(**vars(service)),
            getattr(service, "secret", None) or "",
            mentioned=getattr(service, "targets", None),
        )

    @api.model
    def _by_apprise(self, service, delivery):
        subject, body = delivery.subject or "", delivery.body or ""
        result = apprise.Apprise(service, asset=service.asset).notify(
            title=subject if body and subject not in body else "",
            body=body or subject,
            body_format=apprise.NotifyFormat.TEXT,
            log_level=logging.DEBUG,
        )
        if result:
            return ""
        fate, status = apprise_log.fate(entry.message for entry in result.logs())
        problem = {"key": "apprise_failed"}
        if status:
            problem = {"key": "answered", "status": status}
        if len(service) > 1 or fate == "unknown":  # some may have got it
            raise NotKnown(**problem)
        raise NotDelivered(**problem, is_final=fate == "refused")
