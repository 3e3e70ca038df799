"""What the gateways outside have in common: HTTP, and what its failures mean."""

import json
import time

import requests
from urllib3.exceptions import NewConnectionError

from odoo import api, models

from ..engine.notices import BUSY
from .channel_kind import NotDelivered, NotKnown

#: Bytes of an answer that are read.
ANSWER = 65536


class ScrmNoticeChannelKindGateway(models.AbstractModel):
    """A gateway that is called by HTTP. It has no label: it is no kind itself."""

    _name = "scrm.notice.channel.kind.gateway"
    _inherit = "scrm.notice.channel.kind"
    _description = "Notification Gateway"

    _is_outside = True
    _is_personal = False

    @api.model
    def _problem(self, channel):
        url = (channel.url or "").strip()
        if not url.startswith(("https://", "http://")):
            return self.env._("the address must begin with https:// or http://")
        return None

    @api.model
    def _secrets(self, delivery):
        """(address, secret) of the channel of a delivery."""
        # sudo: used for sending only, never shown
        channel = delivery.channel_id.sudo()
        if not channel.url:
            raise NotDelivered("no_address", is_final=True)
        return channel.url.strip(), channel.secret or ""

    @api.model
    def _key(self, delivery) -> str:
        """Names a message for ever, also when it is sent again."""
        # sudo: the name of this database, which is no secret
        parameters = self.env["ir.config_parameter"].sudo()
        return f"{parameters.get_param('database.uuid')}-{delivery.id}"

    @api.model
    def _text(self, delivery) -> str:
        """Subject and text as one, for gateways that know only one."""
        if delivery.message_id:
            return delivery._message_text()
        subject, body = delivery.subject or "", delivery.body or ""
        return body if not subject or subject in body else f"{subject}\n{body}".strip()

    @api.model
    def _request(self, delivery, method, url, **options) -> dict:
        """Call a gateway; its answer as JSON, {} when it is none.

        :raise NotDelivered: it surely did nothing
        :raise NotKnown: it may have done it
        """
        timeout = max(delivery.channel_id.timeout, 1)
        deadline = time.monotonic() + timeout
        try:
            with requests.request(
                method,
                url,
                timeout=timeout,
                allow_redirects=False,
                stream=True,
                **options,
            ) as response:
                return self._answer(response, deadline)
        except (requests.ConnectTimeout, requests.exceptions.SSLError) as error:
            raise NotDelivered(**self._plain(error)) from error
        except requests.ConnectionError as error:
            reason = getattr(error.args and error.args[0], "reason", None)
            if isinstance(reason, NewConnectionError):
                raise NotDelivered(**self._plain(error)) from error
            raise NotKnown(**self._plain(error)) from error
        except (requests.exceptions.InvalidURL, ValueError) as error:
            raise NotDelivered(**self._plain(error), is_final=True) from error
        except requests.RequestException as error:
            raise NotKnown(**self._plain(error)) from error

    @api.model
    def _plain(self, error) -> dict:
        """What went wrong, without the address: it may hold a key."""
        return {"key": "no_answer", "error": type(error).__name__}

    @api.model
    def _answer(self, response, deadline) -> dict:
        content = b""
        for part in response.iter_content(8192):
            content += part
            if len(content) > ANSWER:
                break
            if time.monotonic() > deadline:
                raise NotKnown("too_slow")
        status = response.status_code
        if status in BUSY:
            raise NotDelivered("answered", status=status)
        if status >= 500:
            raise NotKnown("answered", status=status)
        if status >= 300:
            raise NotDelivered("answered", is_final=True, status=status)
        if content.lstrip()[:1] == b"<":  # of somebody between, who knows no messages
            raise NotKnown("web_page")
        try:
            answer = json.loads(content)
        except ValueError:
            return {}
        return answer if isinstance(answer, dict) else {}
