import json

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request

from .webhook import ScrmWebhook

#: Largest message, in bytes.
BODY_LIMIT = 64 * 1024


class ScrmTrack(ScrmWebhook):
    """Signed messages of carriers about parts on their way.

    Each answer is JSON: {"tickets": numbers}, or {"error": text}.
    """

    @http.route(
        "/scrm/hook/<string:key>/track",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        max_content_length=BODY_LIMIT,
    )
    def scrm_track(self, key, **kw):
        """Take in where parts are and when they are expected."""
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
            with request.env.cr.savepoint():
                tickets = request.env["helpdesk.ticket"]._scrm_take_track(
                    message_id, message
                )
        except ValueError as error:
            text = request.env._("The message is no JSON: %s", error)
            return self._scrm_refuse(422, text)
        except AccessError as error:
            return self._scrm_refuse(403, str(error))
        except UserError as error:
            return self._scrm_refuse(422, str(error))
        return request.make_json_response({"tickets": tickets.mapped("number")})
