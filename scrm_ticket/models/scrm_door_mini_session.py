import hashlib
import secrets

from odoo import api, fields, models
from odoo.tools.misc import hmac

from ..doors import request_signature
from ..doors.errors import Unproven
from ..doors.signature import is_recent

#: Seconds that a request may be old, or ahead of our clock.
TOLERANCE = 300
#: What the headers of a signed request are called, after this.
PREFIX = "X-Scrm-"
SCOPE = "scrm_ticket.mini_session"


class ScrmDoorMiniSession(models.Model):
    """A customer's session in a mini-program, until it ends or is ended.

    Only a digest of its token is kept. The secret that requests are signed with is
    worked out of the token and the secret of the database: neither is enough alone,
    and nothing that is stored here opens a session.
    """

    _name = "scrm.door.mini.session"
    _description = "Session in a Mini-Program"
    _order = "id desc"
    _rec_name = "partner_id"

    door_id = fields.Many2one(
        comodel_name="scrm.door.mini",
        string="Mini-Program",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    digest = fields.Char(required=True, readonly=True, groups="base.group_system")
    valid_until = fields.Datetime(required=True, readonly=True, index=True)

    _digest_unique = models.UniqueIndex("(digest)")

    @api.model
    def _begin(self, door, partner, end):
        """A new session.

        :return: (the session, its token)
        """
        token = secrets.token_urlsafe(32)
        session = self.create(
            {
                "door_id": door.id,
                "partner_id": partner.id,
                "digest": self._digest(token),
                "valid_until": end,
            }
        )
        return session, token

    @api.model
    def _digest(self, token):
        return hashlib.sha256(token.encode()).hexdigest()

    @api.model
    def _secret(self, token):
        """What requests of a session are signed with."""
        # sudo: the secret of the database goes into a digest
        return hmac(self.env(su=True), SCOPE, token)

    @api.model
    def _of_token(self, token):
        """The session of this token that has not ended, may be empty."""
        if not isinstance(token, str) or not token:
            return self.browse()
        return self.search(
            [
                ("digest", "=", self._digest(token)),
                ("door_id.active", "=", True),
                ("partner_id.active", "=", True),
                ("valid_until", ">", self.env["scrm.clock"].now()),
            ]
        )

    @api.model
    def _check_request(self, door, headers, method, path, body):
        """Whose request it is.

        :param door: ``scrm.door.mini``
        :param headers: name -> text
        :param body: bytes
        :return: (the session, its token)
        :raise Unproven: naming the header that is missing or wrong
        """
        said = {}
        for name in ("Session", "Timestamp", "Signature"):
            said[name] = headers.get(f"{PREFIX}{name}") or ""
            if not said[name]:
                raise Unproven(
                    self.env._("The header %s is missing.", f"{PREFIX}{name}")
                )
        token, moment = said["Session"], said["Timestamp"]
        session = self._of_token(token)
        if not session or session.door_id != door:
            raise Unproven(self.env._("The session has ended. Please log in again."))
        if not request_signature.is_signed(
            said["Signature"], self._secret(token), method, path, moment, body
        ):
            raise Unproven(
                self.env._("The signature does not fit this request and session.")
            )
        if not is_recent(moment, self.env["scrm.clock"].now(), TOLERANCE):
            raise Unproven(
                self.env._(
                    "The request was signed more than %s minutes before or after now.",
                    TOLERANCE // 60,
                )
            )
        return session, token

    def action_end(self):
        """End these sessions at once."""
        self.unlink()

    @api.autovacuum
    def _gc_ended(self):
        self.search([("valid_until", "<", self.env["scrm.clock"].now())]).unlink()
