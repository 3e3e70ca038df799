"""Plays the scenarios of a pack against a running server and looks at the outcome."""

from dataclasses import dataclass, field

from . import registry
from .doors import Json2Door, PortalDoor
from .errors import Refused, ScenarioError
from .registry import Seen

ADMIN = "base.user_admin"


@dataclass
class Row:
    """One line of the table: a step, or one of its expectations."""

    number: int
    at: str
    who: str
    door: str
    what: str
    expected: str
    seen: str
    as_expected: bool


@dataclass
class Access:
    """Where the server is and who may enter; what ``scrm_scenario --prepare`` wrote.

    :param users: user key -> {"login", "password", "key", "lang"}
    """

    url: str
    database: str
    users: dict = field(default_factory=dict)


class Player:
    """One play of one pack.

    :param pack: the pack's JSON
    :param access: an :class:`Access`
    :param on_row: called with each :class:`Row` as soon as it is known
    """

    def __init__(self, pack, access, on_row=lambda row: None):
        self.pack = pack
        self.access = access
        self.saved = {}
        #: what verbs keep for the whole play: sessions of apps, platforms they ask
        self.kept = {}
        self.marks = {}
        self.at = None
        self.step = None
        self.result = {}
        self.refusal = None
        self.number = 0
        self._on_row = on_row
        self._doors = {}
        self._ids = {}
        self._probes = set()
        self.admin = self.json2(ADMIN)

    # Who

    def _user(self, key):
        try:
            return self.access.users[key]
        except KeyError:
            raise ScenarioError(f"there is no access for the user {key}") from None

    def json2(self, user):
        """The API door of a user, by the user's key in the pack."""
        if ("json2", user) not in self._doors:
            who = self._user(user)
            self._doors["json2", user] = Json2Door(
                self.access.url, self.access.database, who["key"], who["lang"]
            )
        return self._doors["json2", user]

    def portal(self, user=None):
        """The browser session of a user; without a user a visitor's."""
        if ("portal", user) not in self._doors:
            who = self._user(user) if user else {}
            self._doors["portal", user] = PortalDoor(
                self.access.url,
                who.get("login"),
                who.get("password"),
                who.get("lang", "en_US"),
            )
        return self._doors["portal", user]

    def actor(self, step):
        """The step's user at the step's door."""
        if step["door"] == "portal":
            return self.portal(step.get("as"))
        if step["door"] == "clock":
            return self.admin
        return self.json2(step.get("as", ADMIN))

    # What keys mean

    def id_of(self, kind, key, model=None):
        """Database id of what a key of the pack, or an Odoo XML id, stands for.

        :param kind: kind of record, as the pack's sections call it
        :param model: its model, when that has a ``key`` field of its own
        """
        if (kind, key) not in self._ids:
            self._ids[kind, key] = self._find(kind, key, model)
        return self._ids[kind, key]

    def _find(self, kind, key, model):
        module, name = "__scrm_pack__", f"{kind}__{key}"
        if "." in key:
            module, _dot, name = key.partition(".")
        elif model:
            found = self.admin.search_read(
                model, [("key", "=", key)], ["id"], context={"active_test": False}
            )
            if found:
                return found[0]["id"]
        rows = self.admin.search_read(
            "ir.model.data",
            [("module", "=", module), ("name", "=", name)],
            ["res_id"],
        )
        if not rows:
            raise ScenarioError(f"the server knows no {kind} {key}")
        return rows[0]["res_id"]

    def key_of_user(self, user_id):
        """A user's key in the pack, or the login of a user the pack does not know."""
        for key in self.access.users:
            if self.id_of("user", key) == user_id:
                return key
        return self.admin.read("res.users", [user_id], ["login"])[0]["login"]

    def resolve(self, value):
        """The JSON value with what was saved in place of ``${name}``."""
        if isinstance(value, dict):
            return {key: self.resolve(part) for key, part in value.items()}
        if isinstance(value, list):
            return [self.resolve(part) for part in value]
        if not isinstance(value, str):
            return value
        whole = registry.NAME.fullmatch(value)
        if whole:
            return self._saved(whole[1])
        return registry.NAME.sub(lambda found: str(self._saved(found[1])), value)

    def _saved(self, name):
        try:
            value = self.saved[name]
        except KeyError:
            raise ScenarioError(f"nothing was saved as {name}") from None
        if value is None:
            raise ScenarioError(
                f"{name} is empty: the step that saved it found nothing"
            )
        return value

    # Playing

    def play(self, scenarios):
        """Play scenarios one after the other, until a step is not as expected.

        :param scenarios: scenarios of the pack
        :return: whether all was as expected
        """
        for scenario in scenarios:
            self.saved, self.marks = {}, {}
            self._probes = {
                name
                for name, probe in registry.probes.items()
                if any(
                    expectation["that"] in probe.serves
                    for step in scenario["steps"]
                    for expectation in step.get("expect", ())
                )
            }
            self._note("start")
            for step in scenario["steps"]:
                self.number += 1
                if not self._play_step(step):
                    return False
        return True

    def _note(self, name):
        self.marks[name] = {
            probe: registry.probes[probe].function(self) for probe in self._probes
        }

    def set_clock(self, at):
        """Set the test clock; what is due by then happens at once.

        :param at: "YYYY-MM-DD HH:MM:SS" in UTC
        """
        self.at = at
        self.admin.call("scrm.clock", "test_set", at=at, stand_still=True)
        self.admin.call("scrm.flow.timer", "run_due")

    def _play_step(self, step):
        self.step, self.result, self.refusal = step, {}, None
        if step.get("at"):
            self.set_clock(step["at"])
        self._note("before")
        expectations = list(step.get("expect", ()))
        refused = [one for one in expectations if one["that"] == "refused"]
        try:
            self.result = self._do(step) or {}
        except Refused as refusal:
            self.refusal = refusal
        rows = [self._outcome(refused)]
        if rows[0].as_expected:
            for name, path in step.get("save", {}).items():
                self.saved[name] = pick(self.result, path)
            if step.get("name"):
                self._note(step["name"])
            for expectation in expectations:
                if expectation["that"] != "refused":
                    rows += self._look(expectation)
        good = True
        for seen in rows:
            good = good and seen.as_expected
            self._on_row(
                Row(
                    self.number,
                    step.get("at", ""),
                    step.get("as", ""),
                    step["door"],
                    seen.what,
                    _short(seen.expected),
                    _short(seen.seen),
                    seen.as_expected,
                )
            )
        return good

    def _do(self, step):
        try:
            verb = registry.verbs[step["door"], step["do"]]
        except KeyError:
            raise ScenarioError(
                f"nobody can “{step['do']}” at the door {step['door']}"
            ) from None
        return verb.function(self.actor(step), self.resolve(step.get("with", {})), self)

    def _outcome(self, refused):
        what = self.step.get("title") or self.step["do"]
        if not refused:
            seen = self._refusal_text() if self.refusal else "done"
            return Seen(what, "done", seen)
        wanted = self.resolve(refused[0])
        texts = wanted.get("text", [])
        texts = [texts] if isinstance(texts, str) else texts
        expected = " ".join(["refused", *map(str, wanted.get("status", [])), *texts])
        if not self.refusal:
            return Seen(what, expected, "done")
        status = wanted.get("status")
        good = (status is None or self.refusal.status in status) and all(
            text in self.refusal.text for text in texts
        )
        return Seen(what, expected, self._refusal_text(), good)

    def _refusal_text(self):
        return f"refused {self.refusal.status} {self.refusal.text}"

    def _look(self, expectation):
        try:
            entry = registry.expectations[expectation["that"]]
        except KeyError:
            raise ScenarioError(f"nobody can look at “{expectation['that']}”") from None
        wanted = self.resolve(expectation)
        try:
            return list(entry.function(self, wanted, self.step))
        except Refused as refusal:
            return [Seen(expectation["that"], "readable", str(refusal), ok=False)]


def pick(result, path):
    """The part of a result at a dotted path.

    >>> pick({"rows": [{"id": 7}]}, "rows.0.id")
    7
    """
    for part in path.split("."):
        try:
            result = result[int(part) if isinstance(result, list) else part]
        except (KeyError, IndexError, TypeError, ValueError):
            raise ScenarioError(f"the answer has no {path}") from None
    return result


def _short(value):
    text = value if isinstance(value, str) else _plain_text(value)
    text = " ".join(text.split())
    return text if len(text) <= 100 else text[:99] + "…"


def _plain_text(value):
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain_text, value))
    if isinstance(value, dict):
        return ", ".join(f"{key} {_plain_text(part)}" for key, part in value.items())
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return "none" if value is None else str(value)
