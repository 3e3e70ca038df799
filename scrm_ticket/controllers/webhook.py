import json

from odoo import http
from odoo.exceptions import AccessError, LockError, UserError
from odoo.http import request

#: Largest message, in bytes.
BODY_LIMIT = 40 * 1024 * 1024
#: What a message may say, by the names of ``scrm_submit``.
ARGUMENTS = ("template", "values", "subject", "description", "store", "partner")


class ScrmWebhook(http.Controller):
    """Signed messages of other systems become tickets.

    Each answer is JSON: {"id", "number", "repeated"}, or {"error": text}.
    """

    @http.route(
        "/scrm/hook/<string:key>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        max_content_length=BODY_LIMIT,
    )
    def scrm_hook(self, key, **kw):
        """Take a message in: once, however often it is delivered."""

        def submit(hook, message_id, message):
            ticket = request.env["helpdesk.ticket"]._scrm_submit(
                "webhook",
                self._scrm_data(hook, message),
                f"webhook:{hook.key}:{message_id}",
            )
            return {name: ticket[name] for name in ("id", "number", "repeated")}

        return self._scrm_receive(key, submit)

    def _scrm_receive(self, key, act):
        """Check who sends a message and do what it says, or answer why not.

        :param key: of the webhook
        :param act: function(webhook, id of the message, its JSON) -> what to answer
        """
        # sudo: a webhook is found by its key; the signature proves the sender
        hook = request.env["scrm.door.webhook"].sudo().search([("key", "=", key)])
        if not hook:
            return self._scrm_refuse(404, request.env._("There is no such webhook."))
        body = request.httprequest.get_data()
        try:
            message_id = hook._check_signature(request.httprequest.headers, body)
        except UserError as error:
            return self._scrm_refuse(401, str(error))
        request.update_env(user=hook.user_id.id, su=False)
        try:
            message = json.loads(body)
        except (ValueError, RecursionError) as error:  # broken, or nested for ever
            text = request.env._("The message is no JSON: %s", error)
            return self._scrm_refuse(422, text)
        try:
            with request.env.cr.savepoint():
                answer = act(hook, message_id, message)
        except AccessError as error:
            return self._scrm_refuse(403, str(error))
        except LockError as error:  # somebody is at it: senders try again
            return self._scrm_refuse(503, str(error))
        except UserError as error:
            return self._scrm_refuse(422, str(error))
        return request.make_json_response(answer)

    def _scrm_data(self, hook, message):
        """What the message says, by the names of ``scrm_submit``.

        :raise UserError: it is no JSON object, or says what nobody asked
        """
        if not isinstance(message, dict):
            raise UserError(request.env._("The message must be a JSON object."))
        if unknown := message.keys() - set(ARGUMENTS):
            raise UserError(
                request.env._(
                    "The message has no place for “%(name)s”, but for: %(names)s.",
                    name=min(unknown)[:60],
                    names=", ".join(ARGUMENTS),
                )
            )
        data = {name: message.get(name) for name in ARGUMENTS}
        # sudo: the key of the webhook's own template
        own = hook.sudo().template_id.key
        if own and data["template"] not in (None, own):
            raise UserError(
                request.env._("This webhook is for the template “%s” only.", own)
            )
        data["template"] = own or data["template"]
        if data["values"] is None:
            data["values"] = {}
        return data

    def _scrm_refuse(self, status, text):
        return request.make_json_response({"error": text}, status=status)
