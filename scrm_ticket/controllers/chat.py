from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..doors import chat_message
from ..doors.errors import Unproven
from .signed_door import SignedDoor, signed_route

#: Largest message, in bytes.
BODY_LIMIT = 64 * 1024


class ScrmChat(SignedDoor, http.Controller):
    """Callbacks of WeCom and of WeChat official accounts.

    A message that was taken in is answered with ``success``, as the platforms want
    it; a refusal says why in plain text.
    """

    @signed_route("/scrm/chat/<string:key>", BODY_LIMIT, "GET")
    def scrm_chat_verify(self, key, **kw):
        """Show the platform that this address is ours: the echo it asks for.

        An official account sends its echo in the open, WeCom in an envelope.
        """

        def echo():
            account = self._scrm_account(key)
            said = kw.get("echostr") or ""
            is_sealed = bool(kw.get("msg_signature"))
            account._check_sender(kw, said if is_sealed else "")
            return self._scrm_say(account._unseal(said) if is_sealed else said)

        return self._scrm_answer(echo)

    @signed_route("/scrm/chat/<string:key>", BODY_LIMIT)
    def scrm_chat(self, key, **kw):
        """Take a message in: once, however often it is delivered."""

        def take():
            account = self._scrm_account(key)
            text = self._scrm_unsealed(account, request.httprequest.get_data())
            self._scrm_take(account, text)
            return self._scrm_say("success")

        return self._scrm_answer(take)

    def _scrm_unsealed(self, account, body):
        """The text in the envelope that a platform sends.

        :raise UserError: it is no message
        :raise Unproven: it is not sealed, or not by the platform for this account
        """
        try:
            said = chat_message.elements(body.decode(errors="replace"))
        except chat_message.NoMessage as error:
            raise UserError(request.env._("The message is no XML.")) from error
        sealed = said.get("Encrypt") or ""
        if not sealed:
            raise Unproven(
                request.env._("The message is not sealed: choose the safe mode.")
            )
        account._check_sender(request.httprequest.args, sealed)
        return account._unseal(sealed)

    def _scrm_take(self, account, text):
        """Make a ticket of the message in an envelope."""
        request.update_env(user=account.user_id.id, su=False)
        try:
            message = chat_message.read(text)
        except chat_message.NoMessage as error:
            name = str(error)
            raise UserError(
                request.env._("“%s” of the message is missing or wrong.", name)
            ) from error
        if message:
            with request.env.cr.savepoint():
                request.env["helpdesk.ticket"]._scrm_take_chat(account, message)

    def _scrm_account(self, key):
        missing = request.env._("There is no such chat account.")
        return self._scrm_by_key("scrm.door.chat", key, missing)

    def _scrm_refuse(self, status, text):
        return self._scrm_say(text, status)

    def _scrm_say(self, text, status=200):
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        return request.make_response(text, headers, status=status)
