"""Why messages do not arrive: kept by key, said in the language of who reads it."""

from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: Texts by key. What they name is kept beside the key.
PROBLEMS = {
    "opted_out": _lt("does not want such messages"),
    "no_login": _lt("has no login to do it with"),
    "no_email": _lt("has no e-mail address"),
    "no_phone": _lt("has no phone number"),
    "bad_phone": _lt("has a phone number that cannot be dialled"),
    "no_wecom": _lt("has no WeCom account"),
    "no_wechat": _lt("does not follow the WeChat account"),
    "others_told": _lt("Others are told by now, or by another channel."),
    "nobody_concerned": _lt("Nobody was concerned when it was due."),
    "server_stopped": _lt("The server stopped while it was being sent."),
    "no_address": _lt("The channel has no address."),
    "no_answer": _lt("The gateway did not answer (%(error)s)."),
    "too_slow": _lt("The gateway is too slow."),
    "answered": _lt("The gateway answered %(status)s."),
    "web_page": _lt("The gateway answered with a web page."),
    "refused": _lt("The gateway refused: %(answer)s"),
    "no_token": _lt("The gateway gives no token: %(code)s %(message)s"),
    "robot_unreadable": _lt("The robot gave no answer that can be read."),
    "robot_refused": _lt("The robot refused: %(code)s %(message)s"),
    "apprise_missing": _lt(
        "the Python package “apprise” is not installed on the server"
    ),
    "apprise_unknown": _lt("Apprise does not know this address"),
    "apprise_failed": _lt("Apprise could not send it."),
}


class ScrmNoticeProblem(models.AbstractModel):
    """Puts a problem into words.

    A problem is a list, ``[key, {name: what the text says of it}]``, or a text where
    it comes from outside: from a mail server, or from Odoo itself. Addons with channels
    of their own add their texts.
    """

    _name = "scrm.notice.problem"
    _description = "Problem of a Notification"

    @api.model
    def _texts(self) -> dict:
        """Text of each problem that has a key."""
        return PROBLEMS

    @api.model
    def _words(self, problem) -> str | bool:
        """The problem in the language of who reads it; False when there is none."""
        if not problem or isinstance(problem, str):
            return problem or False
        key, about = problem
        if key == "queue":
            return self._queue_words(**about)
        text = self._texts().get(key)
        if text is None:  # the addon that knew it is gone, or it is a text
            return key
        said = self.env._(text)
        return said % about

    @api.model
    def _queue_words(self, model, failure):
        """What the queue for e-mails or SMS calls a failure."""
        field = self.env[model]._fields["failure_type"]
        return dict(field._description_selection(self.env)).get(failure, failure)
