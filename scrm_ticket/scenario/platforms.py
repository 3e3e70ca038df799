"""WeChat and WeCom in a scenario: what apps of ours ask them.

Their addresses and secrets are never part of a pack. A scenario connects its apps to
platforms of its own: a server on this machine, in the player's process, that answers
as their documentation says, and checks secrets, tokens and codes as they do.
"""

from urllib.parse import parse_qs, urlencode, urlsplit

from odoo.addons.scrm_flow.scenario.local_server import JsonHandler, serve

#: What the apps of a scenario prove themselves with.
SECRET = "of-the-scenario"
#: Seconds that a token and a ticket are good for.
GOOD_FOR = 7200
OK = {"errcode": 0, "errmsg": "ok"}


class Platforms:
    """``customers`` is external_userid -> (name, UserIDs of who has this customer),
    ``groups`` is chat_id -> (name, UserIDs, external_userids); ``person`` is the UserID
    of who is at WeCom just now."""

    speaks = {
        "/sns/jscode2session": "_whose_code",
        "/cgi-bin/gettoken": "_token",
        "/cgi-bin/get_jsapi_ticket": "_corp_ticket",
        "/cgi-bin/ticket/get": "_agent_ticket",
        "/cgi-bin/auth/getuserinfo": "_member",
        "/cgi-bin/externalcontact/get": "_customer",
        "/cgi-bin/externalcontact/groupchat/get": "_group",
    }

    def __init__(self):
        self.codes = {}
        self.customers = {}
        self.groups = {}
        self.person = None
        platforms = self

        class Handler(JsonHandler):
            def do_GET(self):
                platforms._serve(self, {})

            def do_POST(self):
                platforms._serve(self, self.said())

        self.url = serve(Handler)
        self.login_url = f"{self.url}/connect/oauth2/authorize"

    def new_code(self, whose):
        """A code that stands for somebody, once."""
        code = f"code{len(self.codes)}"
        self.codes[code] = whose
        return code

    def _serve(self, request, message):
        address = urlsplit(request.path)
        said = {name: words[0] for name, words in parse_qs(address.query).items()}
        if f"{self.url}{address.path}" == self.login_url:
            code = {"code": self.new_code(self.person), "state": said["state"]}
            request.send_response(302)
            request.send_header("Location", f"{said['redirect_uri']}?{urlencode(code)}")
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        speak = self.speaks.get(address.path)
        answer = getattr(self, speak)(said, message) if speak else {}
        request.answer(answer, 200 if speak else 404)

    # Mini-programs

    def _whose_code(self, said, message):
        if said.get("secret") != SECRET:
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        openid = self.codes.pop(said.get("js_code"), None)
        if openid is None:
            return {"errcode": 40029, "errmsg": "invalid code"}
        return {"openid": openid, "session_key": "bm90IG91cnM="}

    # WeCom

    def _token(self, said, message):
        if said.get("corpsecret") != SECRET:
            return {"errcode": 40001, "errmsg": "invalid credential"}
        return {**OK, "access_token": self._token_of_app(), "expires_in": GOOD_FOR}

    def _token_of_app(self):
        return f"token-{SECRET}"

    def _refusal(self, said):
        """Why a call is not answered, None if it is."""
        if said.get("access_token") != self._token_of_app():
            return {"errcode": 40014, "errmsg": "invalid access_token"}
        return None

    def ticket(self, kind):
        """What pages are signed with, for the company or for the app."""
        return f"ticket-of-the-{kind}"

    def _corp_ticket(self, said, message):
        answer = {**OK, "ticket": self.ticket("corp"), "expires_in": GOOD_FOR}
        return self._refusal(said) or answer

    def _agent_ticket(self, said, message):
        if said.get("type") != "agent_config":
            return {"errcode": 40097, "errmsg": "invalid args"}
        answer = {**OK, "ticket": self.ticket("agent"), "expires_in": GOOD_FOR}
        return self._refusal(said) or answer

    def _member(self, said, message):
        if refusal := self._refusal(said):
            return refusal
        person = self.codes.pop(said.get("code"), None)
        if person is None:
            return {"errcode": 40029, "errmsg": "invalid code"}
        return {**OK, "userid": person}

    def _customer(self, said, message):
        if refusal := self._refusal(said):
            return refusal
        identity = said.get("external_userid")
        if identity not in self.customers:
            return {"errcode": 84061, "errmsg": "not external contact"}
        name, colleagues = self.customers[identity]
        return {
            **OK,
            "external_contact": {"external_userid": identity, "name": name, "type": 1},
            "follow_user": [{"userid": one} for one in colleagues],
        }

    def _group(self, said, message):
        if refusal := self._refusal(said):
            return refusal
        identity = message.get("chat_id")
        if identity not in self.groups:
            return {"errcode": 86001, "errmsg": "chat id is invalid"}
        name, colleagues, customers = self.groups[identity]
        members = [{"userid": one, "type": 1, "name": one} for one in colleagues]
        members += [
            {"userid": one, "type": 2, "name": self.customers[one][0]}
            for one in customers
        ]
        group = {"chat_id": identity, "name": name, "member_list": members}
        return {**OK, "group_chat": group}


def platforms(play):
    """The platforms of a play, started when they are first needed."""
    if "platforms" not in play.kept:
        play.kept["platforms"] = Platforms()
    return play.kept["platforms"]
