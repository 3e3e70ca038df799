from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..doors import platform
from ..doors.errors import Unproven

#: The platform's own codes: a code that is wrong, used or too old.
BAD_CODES = ("40029", "40163")
#: Longest code of a login, in characters.
CODE_LIMIT = 512
#: The key of the channel that customers are known by.
CHANNEL = "miniprogram"


class ScrmDoorMini(models.Model):
    """A WeChat mini-program of ours, where customers send and follow tickets.

    A customer logs in with the code of ``wx.login``. The platform says whose code it
    is (code2Session); from then on a session of ours stands for that customer.
    """

    _name = "scrm.door.mini"
    _inherit = "scrm.door.address.mixin"
    _description = "Mini-Program for Tickets"
    _door_path = "/scrm/mini"

    name = fields.Char(help="The mini-program, as customers know it.")
    app_id = fields.Char(string="AppID", required=True)
    secret = fields.Char(
        string="AppSecret",
        copy=False,
        help="As the platform shows it. Without it nobody can log in.",
    )
    api_url = fields.Char(
        string="Platform's Server",
        required=True,
        default="https://api.weixin.qq.com",
        help="Says whose code a login brings.",
    )
    session_days = fields.Integer(
        string="Sessions End After (Days)", required=True, default=30
    )
    session_ids = fields.One2many(
        comodel_name="scrm.door.mini.session",
        inverse_name="door_id",
        string="Sessions",
        copy=False,
    )
    session_count = fields.Integer(compute="_compute_session_count")

    _key_unique = models.Constraint(
        "UNIQUE(key)", "Another mini-program already has this key."
    )
    _session_days_positive = models.Constraint(
        "CHECK(session_days > 0)", "A session must last a day at least."
    )

    @api.depends("session_ids")
    def _compute_session_count(self):
        for door in self:
            door.session_count = len(door.session_ids)

    @api.constrains("api_url")
    def _check_api_url(self):
        for door in self:
            if not door.api_url.startswith(("https://", "http://")):
                raise ValidationError(
                    self.env._(
                        "The platform's server of “%s” must begin with https://.",
                        door.name,
                    )
                )

    def action_end_sessions(self):
        """Everybody has to log in anew."""
        self.session_ids.unlink()

    def action_sessions(self):
        """Open the list of the sessions."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Sessions"),
            "res_model": "scrm.door.mini.session",
            "view_mode": "list",
            "domain": [("door_id", "=", self.id)],
        }

    def _log_in(self, code, name=None):
        """Begin a session for who got this code of ``wx.login``.

        :param code: text
        :param name: what a customer who is new is called, may be left out
        :return: (``scrm.door.mini.session``, its token)
        :raise Unproven: the platform does not know the code
        :raise UserError: the platform cannot be asked
        """
        self.ensure_one()
        openid = self._ask_whose(code)
        partner = self.env["res.partner"]._scrm_recognise(
            {"channel": CHANNEL, "id": openid, "name": name or None}
        )
        if not partner.active:
            raise Unproven(self.env._("This account is closed. Please ask us."))
        now = self.env["scrm.clock"].now()
        return self.session_ids._begin(
            self, partner, now + timedelta(days=self.session_days)
        )

    def _ask_whose(self, code):
        """The openid that the platform gives for a code. The key of the platform's
        own session, which it gives as well, is not kept: nothing here needs it."""
        if not isinstance(code, str) or not 0 < len(code) <= CODE_LIMIT:
            raise Unproven(self.env._("“code” must be the code of wx.login."))
        if not self.secret:
            raise UserError(self.env._("“%s” has no AppSecret yet.", self.name))
        try:
            said = platform.ask(
                self.api_url,
                "/sns/jscode2session",
                appid=self.app_id,
                secret=self.secret,
                js_code=code,
                grant_type="authorization_code",
            )
        except platform.Refused as error:
            if error.code in BAD_CODES:
                raise Unproven(
                    self.env._("The code is wrong, too old, or was used before.")
                ) from error
            raise UserError(
                self.env._("The platform refused the login: %s", error)
            ) from error
        except platform.Silent as error:
            raise UserError(
                self.env._("The platform cannot be asked now. Please try again.")
            ) from error
        openid = said.get("openid")
        if not isinstance(openid, str) or not openid:
            raise UserError(self.env._("The platform did not say who logs in."))
        return openid
