"""WeCom on this machine: its server, its login page and its JS-SDK, as the
developer documentation describes them."""

import hashlib
from urllib.parse import urlencode

from .platform_server import Moved, PlatformServer

#: The JS-SDK: it asks the platform whether the page was signed well.
SCRIPT = """
window.wx = (() => {
    const BASE = "%(base)s";
    const calls = {};
    const ask = async (path, said) => {
        const query = new URLSearchParams(said);
        return (await fetch(`${BASE}${path}?${query}`)).json();
    };
    const check = (kind, said, id) =>
        ask("/verify", {
            kind,
            id,
            nonce: said.nonceStr,
            timestamp: said.timestamp,
            signature: said.signature,
            url: window.location.href.split("#")[0],
        });
    let ready = () => {};
    let failed = () => {};
    let allowed = [];
    return {
        async config(said) {
            const answer = await check("corp", said, said.appId);
            answer.ok ? ready() : failed({errMsg: "config:invalid signature"});
        },
        ready(act) {
            ready = act;
        },
        error(act) {
            failed = act;
        },
        async agentConfig(said) {
            const answer = await check("agent", said, `${said.corpid}/${said.agentid}`);
            allowed = answer.ok ? said.jsApiList : [];
            answer.ok ? said.success({}) : said.fail({errMsg: "agentConfig:fail"});
        },
        async invoke(name, said, act) {
            if (!allowed.includes(name)) {
                return act({err_msg: `${name}:no permission`});
            }
            const context = await ask("/context", {});
            const answer = context[name];
            act({...answer, err_msg: `${name}:${answer ? "ok" : "fail"}`});
        },
    };
})();
"""


class WecomPlatform(PlatformServer):
    """``people``: code -> UserID that the login page gives next; ``contacts``:
    external_userid -> (name, UserIDs that have this customer); ``groups``: chat_id ->
    (name, UserIDs, external_userids); ``context``: what the JS-SDK says of the page.
    """

    speaks = {
        "/cgi-bin/gettoken": "_token",
        "/cgi-bin/get_jsapi_ticket": "_corp_ticket",
        "/cgi-bin/ticket/get": "_agent_ticket",
        "/cgi-bin/auth/getuserinfo": "_user",
        "/cgi-bin/externalcontact/get": "_contact",
        "/cgi-bin/externalcontact/groupchat/get": "_group",
        "/connect/oauth2/authorize": "_authorize",
        "/sdk.js": "_script",
        "/verify": "_verify",
        "/context": "_context",
    }

    def __init__(self, corp="ww1", agent="1000002", secret="s1"):
        super().__init__()
        self.account = (corp, agent, secret)
        self.tokens = 0
        self.codes = {}
        self.used = set()
        self.person = None
        self.contacts = {}
        self.groups = {}
        self.context = {}

    def code_of(self, person):
        code = f"code{len(self.codes)}"
        self.codes[code] = person
        return code

    def forget_token(self):
        """The token is taken back before its time."""
        self.tokens += 1

    def signature(self, kind, nonce, timestamp, url):
        """As the documentation puts it together."""
        ticket = f"{kind}-ticket"
        words = (
            f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url}"
        )
        return hashlib.sha1(words.encode()).hexdigest()  # noqa: S324

    def _token(self, said, message):
        if (said.get("corpid"), said.get("corpsecret")) != self.account[::2]:
            return {"errcode": 40001, "errmsg": "invalid credential"}
        self.tokens += 1
        token = f"token{self.tokens}"
        return {"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": 7200}

    def _bad(self, said):
        if said.get("access_token") != f"token{self.tokens}":
            return {"errcode": 42001, "errmsg": "access_token expired"}
        return None

    def _corp_ticket(self, said, message):
        return self._bad(said) or self._ticket("corp")

    def _agent_ticket(self, said, message):
        if said.get("type") != "agent_config":
            return {"errcode": 40097, "errmsg": "invalid args"}
        return self._bad(said) or self._ticket("agent")

    def _ticket(self, kind):
        ticket = f"{kind}-ticket"
        return {"errcode": 0, "errmsg": "ok", "ticket": ticket, "expires_in": 7200}

    def _user(self, said, message):
        if bad := self._bad(said):
            return bad
        code = said.get("code")
        if code not in self.codes or code in self.used:
            return {"errcode": 40029, "errmsg": "invalid code"}
        self.used.add(code)
        person = self.codes[code]
        if person is None:  # somebody who is no member of the company
            return {"errcode": 0, "errmsg": "ok", "openid": "o-guest"}
        return {"errcode": 0, "errmsg": "ok", "userid": person}

    def _contact(self, said, message):
        if bad := self._bad(said):
            return bad
        identity = said.get("external_userid")
        if identity not in self.contacts:
            return {"errcode": 84061, "errmsg": "not external contact"}
        name, followers = self.contacts[identity]
        return {
            "errcode": 0,
            "errmsg": "ok",
            "external_contact": {"external_userid": identity, "name": name, "type": 1},
            "follow_user": [{"userid": one} for one in followers],
        }

    def _group(self, said, message):
        if bad := self._bad(said):
            return bad
        identity = message.get("chat_id")
        if identity not in self.groups:
            return {"errcode": 86001, "errmsg": "chat id is invalid"}
        name, members, outside = self.groups[identity]
        return {
            "errcode": 0,
            "errmsg": "ok",
            "group_chat": {
                "chat_id": identity,
                "name": name,
                "owner": members[0],
                "member_list": [
                    *({"userid": one, "type": 1, "name": one} for one in members),
                    *(
                        {"userid": one, "type": 2, "name": self.contacts[one][0]}
                        for one in outside
                    ),
                ],
            },
        }

    def _authorize(self, said, message):
        code = {"code": self.code_of(self.person), "state": said["state"]}
        return Moved(f"{said['redirect_uri']}?{urlencode(code)}")

    def _script(self, said, message):
        return SCRIPT % {"base": self.url}

    def _verify(self, said, message):
        corp, agent, _secret = self.account
        is_app = said["id"] == (corp if said["kind"] == "corp" else f"{corp}/{agent}")
        wanted = self.signature(
            said["kind"], said["nonce"], said["timestamp"], said["url"]
        )
        return {"ok": is_app and said["signature"] == wanted}

    def _context(self, said, message):
        return self.context
