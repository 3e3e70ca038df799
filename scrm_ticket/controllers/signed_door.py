import json

from odoo import http
from odoo.exceptions import AccessError, LockError, UserError
from odoo.http import request

from ..doors.errors import NotThere, Unproven

#: What an error is answered with: the status of the first kind that it is of.
STATUSES = (
    (NotThere, 404),
    (Unproven, 401),
    (AccessError, 403),
    (LockError, 503),  # somebody is at it: senders try again
    (UserError, 422),
)


def signed_route(path, limit, method="POST"):
    """A route for other systems: what they sign proves who they are.

    :param limit: largest message, in bytes
    """
    return http.route(
        path,
        type="http",
        auth="public",
        methods=[method],
        csrf=False,
        save_session=False,
        max_content_length=limit,
    )


class SignedDoor:
    """A door for other systems, which are answered in JSON: what they asked for, or
    {"error": text} with a status that says what kind of refusal it is."""

    def _scrm_answer(self, take):
        """The response to a request.

        :param take: function() -> what to answer, or a response
        """
        try:
            answer = take()
        except UserError as error:
            status = next(code for kind, code in STATUSES if isinstance(error, kind))
            return self._scrm_refuse(status, str(error))
        if isinstance(answer, http.Response):
            return answer
        return request.make_json_response(answer)

    def _scrm_refuse(self, status, text):
        return request.make_json_response({"error": text}, status=status)

    def _scrm_by_key(self, model, key, missing):
        """The record that an address names by its key, sudo.

        :param missing: what to answer where there is none
        :raise NotThere: there is none
        """
        # sudo: found by what stands in the address; a signature proves who calls it
        found = request.env[model].sudo().search([("key", "=", key)])
        if not found:
            raise NotThere(missing)
        return found

    def _scrm_json(self, body):
        """What a message says.

        :raise UserError: it is no JSON
        """
        try:
            return json.loads(body)
        except (ValueError, RecursionError) as error:  # broken, or nested for ever
            raise UserError(
                request.env._("The message is no JSON: %s", error)
            ) from error
