import secrets
from urllib.parse import urlencode, urlsplit

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..doors import jssdk, platform

#: The platform's own codes: a token that it does not know, or not any more.
BAD_TOKENS = ("40014", "42001")
#: What the page asks of the JS-SDK.
CALLS = ("getContext", "getCurExternalContact", "getCurExternalChat")
#: The platform's own types of members of a group.
OUTSIDE = 2
SCRIPTS = """https://res.wx.qq.com/open/js/jweixin-1.2.0.js
https://open.work.weixin.qq.com/wwopen/js/jwxwork-1.0.0.js"""


class ScrmDoorWecom(models.Model):
    """Our app in WeCom: a page beside chats, in groups and on customers' cards.

    Who opens it is known by WeCom (OAuth) and works as the user with that UserID. Which
    customer or group it is about, the page asks the JS-SDK, and we ask the platform
    whether this colleague has that customer, or is in that group.
    """

    _name = "scrm.door.wecom"
    _inherit = "scrm.door.address.mixin"
    _description = "WeCom App for Tickets"
    _door_path = "/scrm/wecom"

    name = fields.Char(help="The app, as colleagues know it.")
    corp_id = fields.Char(string="CorpID", required=True)
    agent_id = fields.Char(string="AgentID", required=True)
    secret = fields.Char(
        copy=False, help="Of the app, as the platform shows it. Nothing works without."
    )
    account_id = fields.Many2one(
        comodel_name="scrm.door.chat",
        string="Messages From",
        domain=[("platform", "=", "wecom")],
        help="Messages that this chat account keeps are shown beside the chat.",
    )
    api_url = fields.Char(
        string="Platform's Server", required=True, default="https://qyapi.weixin.qq.com"
    )
    login_url = fields.Char(
        string="Login Page",
        required=True,
        default="https://open.weixin.qq.com/connect/oauth2/authorize",
    )
    script_urls = fields.Text(
        string="Scripts",
        required=True,
        default=SCRIPTS,
        help="The platform's JS-SDK, an address a line.",
    )

    _key_unique = models.Constraint(
        "UNIQUE(key)", "Another WeCom app already has this key."
    )

    @api.constrains("api_url", "login_url", "script_urls")
    def _check_addresses(self):
        for door in self:
            for address in (door.api_url, door.login_url, *door._scripts()):
                if not address.startswith(("https://", "http://")):
                    raise ValidationError(
                        self.env._(
                            "“%(door)s”: “%(address)s” must begin with https://.",
                            door=door.name,
                            address=address[:60],
                        )
                    )

    def _scripts(self):
        return (self.script_urls or "").split()

    # Asking the platform

    def _ask(self, path, message=None, **arguments):
        """What the platform answers to the app.

        :raise UserError: it cannot be asked, or refuses
        """
        self.ensure_one()
        tokens = self.env["scrm.door.wecom.token"]
        for is_last in (False, True):
            token = tokens._get(self, "access", self._fetch_token)
            try:
                return platform.ask(
                    self.api_url, path, message, access_token=token, **arguments
                )
            except platform.Refused as error:
                if error.code in BAD_TOKENS and not is_last:
                    tokens._forget(self, "access")  # taken back before its time
                    continue
                raise UserError(self.env._("WeCom refused: %s", error)) from error
            except platform.Silent as error:
                raise self._no_answer() from error
        return None

    def _no_answer(self):
        return UserError(self.env._("WeCom cannot be asked now. Please try again."))

    def _fetch_token(self):
        """(access token, seconds it is good for)."""
        if not self.secret:
            raise UserError(self.env._("“%s” has no secret yet.", self.name))
        try:
            said = platform.ask(
                self.api_url,
                "/cgi-bin/gettoken",
                corpid=self.corp_id,
                corpsecret=self.secret,
            )
        except platform.Refused as error:
            raise UserError(self.env._("WeCom refused: %s", error)) from error
        except platform.Silent as error:
            raise self._no_answer() from error
        return said.get("access_token") or "", int(said.get("expires_in") or 0)

    def _fetch_ticket(self):
        """(the company's ticket for pages, seconds it is good for)."""
        said = self._ask("/cgi-bin/get_jsapi_ticket")
        return said.get("ticket") or "", int(said.get("expires_in") or 0)

    def _fetch_agent_ticket(self):
        """(the app's ticket for pages, seconds it is good for)."""
        said = self._ask("/cgi-bin/ticket/get", type="agent_config")
        return said.get("ticket") or "", int(said.get("expires_in") or 0)

    # Who it is

    def _login_address(self, state):
        """Where WeCom tells us who opens the page, and comes back."""
        self.ensure_one()
        arguments = {
            "appid": self.corp_id,
            "redirect_uri": f"{self.url}/enter",
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
            "agentid": self.agent_id,
        }
        return f"{self.login_url}?{urlencode(arguments)}#wechat_redirect"

    def _user_of_code(self, code):
        """The colleague whom WeCom gave this code.

        :return: ``res.users``
        :raise AccessError: nobody of us
        :raise UserError: WeCom refuses, or cannot be asked
        """
        said = self._ask("/cgi-bin/auth/getuserinfo", code=code)
        name = said.get("userid") or said.get("UserId")
        users = self.env["res.users"].browse()
        if isinstance(name, str) and name:
            users = users.search([("scrm_wecom_userid", "=", name)])
        if not users or not users._is_internal():
            raise AccessError(
                self.env._(
                    "No colleague here has the WeCom UserID “%s”. Please ask an "
                    "administrator to enter it.",
                    (name or "")[:60],
                )
            )
        return users

    def _is_own(self, url, host):
        """Whether an address is that of the page, in any language.

        :param host: where the request for it went, besides our own address
        """
        if not isinstance(url, str):
            return False
        page, own = urlsplit(url), urlsplit(self.url)
        lang, place = page.path.partition(f"{self._door_path}/")[::2]
        return (
            page.netloc in (own.netloc, host)
            and place == self.key
            and lang.count("/") == bool(lang)
        )

    def _sdk(self, url, host):
        """What the page hands to the JS-SDK.

        :param url: address of the page
        :param host: see :meth:`_is_own`
        :raise UserError: it is no page of this app
        """
        self.ensure_one()
        if not self._is_own(url, host):
            raise UserError(self.env._("This is no address of the app: %s", self.url))
        tokens = self.env["scrm.door.wecom.token"]
        nonce = secrets.token_hex(8)
        now = self.env["scrm.clock"].now() - fields.Datetime.to_datetime("1970-01-01")
        moment = str(int(now.total_seconds()))
        tickets = {
            "signature": tokens._get(self, "corp", self._fetch_ticket),
            "agent_signature": tokens._get(self, "agent", self._fetch_agent_ticket),
        }
        return {
            "corp_id": self.corp_id,
            "agent_id": self.agent_id,
            "nonce": nonce,
            "timestamp": int(moment),
            "calls": CALLS,
            **{
                name: jssdk.signature(ticket, nonce, moment, url)
                for name, ticket in tickets.items()
            },
        }

    # Whom it is about

    def _contact(self, identity, user):
        """What WeCom knows of a customer of a colleague.

        :return: {"id", "name"}
        :raise AccessError: the colleague does not have this customer
        """
        said = self._ask("/cgi-bin/externalcontact/get", external_userid=identity)
        mine = user.scrm_wecom_userid
        followers = {one.get("userid") for one in said.get("follow_user") or ()}
        if not mine or mine not in followers:
            raise AccessError(self.env._("This is no customer of yours in WeCom."))
        return {
            "id": identity,
            "name": (said.get("external_contact") or {}).get("name") or identity,
        }

    def _group(self, identity, user):
        """What WeCom knows of a group that a colleague is in.

        :return: {"id", "name", "outside": [{"id", "name"}] of the customers in it}
        :raise AccessError: the colleague is not in it
        """
        asked = {"chat_id": identity, "need_name": 1}
        said = self._ask("/cgi-bin/externalcontact/groupchat/get", asked)
        said = said.get("group_chat") or {}
        members = said.get("member_list") or ()
        mine = user.scrm_wecom_userid
        if not mine or mine not in {
            one.get("userid") for one in members if one.get("type") != OUTSIDE
        }:
            raise AccessError(self.env._("You are not in this group."))
        return {
            "id": identity,
            "name": said.get("name") or self.env._("Group"),
            "outside": [
                {"id": one["userid"], "name": one.get("name") or one["userid"]}
                for one in members
                if one.get("type") == OUTSIDE and one.get("userid")
            ],
        }
