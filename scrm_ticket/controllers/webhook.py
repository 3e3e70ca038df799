from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from .signed_door import SignedDoor, signed_route

#: Largest message, in bytes.
BODY_LIMIT = 40 * 1024 * 1024
#: What a message may say, by the names of ``scrm_submit``.
ARGUMENTS = ("template", "values", "subject", "description", "store", "partner")


class WebhookDoor(SignedDoor):
    """What other systems send to an address of one of our webhooks."""

    def _scrm_receive(self, key, act):
        """Check who sends a message and do what it says, or answer why not.

        :param key: of the webhook
        :param act: function(webhook, id of the message, its JSON) -> what to answer
        """

        def take():
            missing = request.env._("There is no such webhook.")
            hook = self._scrm_by_key("scrm.door.webhook", key, missing)
            body = request.httprequest.get_data()
            message_id = hook._check_signature(request.httprequest.headers, body)
            request.update_env(user=hook.user_id.id, su=False)
            message = self._scrm_json(body)
            with request.env.cr.savepoint():
                return act(hook, message_id, message)

        return self._scrm_answer(take)


class ScrmWebhook(WebhookDoor, http.Controller):
    """Signed messages of other systems become tickets.

    Each answer is JSON: {"id", "number", "repeated"}, or {"error": text}.
    """

    @signed_route("/scrm/hook/<string:key>", BODY_LIMIT)
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
