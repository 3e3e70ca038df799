from odoo import http
from odoo.exceptions import AccessError, LockError, UserError
from odoo.http import request

from ..doors import chat_message

#: Largest message, in bytes.
BODY_LIMIT = 64 * 1024


class ScrmChat(http.Controller):
    """Callbacks of WeCom and of WeChat official accounts.

    A message that was taken in is answered with ``success``, as the platforms want
    it; a refusal says why in plain text.
    """

    @http.route(
        "/scrm/chat/<string:key>",
        type="http",
        auth="public",
        methods=["GET"],
        save_session=False,
    )
    def scrm_chat_verify(self, key, **kw):
        """Show the platform that this address is ours: the echo it asks for.

        An official account sends its echo in the open, WeCom in an envelope.
        """
        account = self._scrm_account(key)
        if not account:
            return self._scrm_say(request.env._("There is no such chat account."), 404)
        echo = kw.get("echostr") or ""
        is_sealed = bool(kw.get("msg_signature"))
        try:
            account._check_sender(kw, echo if is_sealed else "")
            echo = account._unseal(echo) if is_sealed else echo
        except UserError as error:
            return self._scrm_say(str(error), 401)
        return self._scrm_say(echo)

    @http.route(
        "/scrm/chat/<string:key>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        max_content_length=BODY_LIMIT,
    )
    def scrm_chat(self, key, **kw):
        """Take a message in: once, however often it is delivered."""
        account = self._scrm_account(key)
        if not account:
            return self._scrm_say(request.env._("There is no such chat account."), 404)
        body = request.httprequest.get_data()
        try:
            sealed = chat_message.elements(body.decode(errors="replace"))
            sealed = sealed.get("Encrypt") or ""
        except chat_message.NoMessage:
            return self._scrm_say(request.env._("The message is no XML."), 422)
        if not sealed:
            text = request.env._("The message is not sealed: choose the safe mode.")
            return self._scrm_say(text, 401)
        try:
            account._check_sender(request.httprequest.args, sealed)
            text = account._unseal(sealed)
        except UserError as error:
            return self._scrm_say(str(error), 401)
        return self._scrm_take(account, text)

    def _scrm_take(self, account, text):
        """Make a ticket of the message in an envelope, or answer why not."""
        request.update_env(user=account.user_id.id, su=False)
        try:
            message = chat_message.read(text)
            if message:
                with request.env.cr.savepoint():
                    tickets = request.env["helpdesk.ticket"]
                    tickets._scrm_take_chat(account, message)
        except chat_message.NoMessage as error:
            name = str(error)
            said = request.env._("“%s” of the message is missing or wrong.", name)
            return self._scrm_say(said, 422)
        except AccessError as error:
            return self._scrm_say(str(error), 403)
        except LockError as error:  # somebody is at it: platforms try again
            return self._scrm_say(str(error), 503)
        except UserError as error:
            return self._scrm_say(str(error), 422)
        return self._scrm_say("success")

    def _scrm_account(self, key):
        # sudo: an account is found by its key; the signature proves the sender
        return request.env["scrm.door.chat"].sudo().search([("key", "=", key)])

    def _scrm_say(self, text, status=200):
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        return request.make_response(text, headers, status=status)
