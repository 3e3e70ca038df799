"""Verbs and expectations of scenarios: what a pack can do and see over HTTP.

Everything here runs outside Odoo: it knows a server's address, users' passwords
and API keys, nothing else. No ``env``.

An addon adds its own in ``<addon>/scenario/``, a package that imports its modules;
it is imported when a pack names the addon in ``requires`` (not by the addon)::

    from odoo.addons.scrm_flow.scenario.registry import (
        Seen, register_expectation, register_verb,
    )

    @register_verb("json2", "submit_ticket", schema={
        "template": {"type": "string"}, "values": {"type": "object"},
    }, required=["template"])
    def submit_ticket(actor, args, play):
        '''Create a ticket through the API.'''
        return actor.call(
            "helpdesk.ticket", "scrm_submit",
            template=args["template"], values=args.get("values", {}),
        )

    @register_expectation("price", schema={
        "ticket": {"type": "string"}, "amount": {"type": "string"},
    }, required=["ticket", "amount"])
    def price(play, args, step):
        '''Price of a ticket.'''
        rows = play.admin.search_read(
            "scrm.price.line", [("ticket_id", "=", int(args["ticket"]))], ["amount"])
        yield Seen("price", args["amount"], sum(row["amount"] for row in rows))

A verb gets

``actor``
    the step's user at the step's door: :class:`doors.PortalDoor` (a logged-in
    session: ``get``, ``post_form``) or :class:`doors.Json2Door` (``call``,
    ``search_read``, ``read``).
``args``
    the step's ``with``, where ``${name}`` is replaced by what was saved.
``play``
    the :class:`player.Player`: ``admin`` (Json2Door of the administrator), ``saved``,
    ``json2(user)`` and ``portal(user)`` (another user's door), ``at`` (the step's
    moment), ``marks`` (values noted at the start, for changes), ``step``, ``kept``
    (what verbs keep for later steps of the whole play).

and returns a dict; ``"save": {"ticket": "id"}`` in the step keeps its ``id`` as
``${ticket}``. A door that is refused raises :class:`doors.Refused`; the step then
passes only when it expects ``{"that": "refused", ...}``.

An expectation yields :class:`Seen` rows. Values are compared as numbers when both
are numbers (``"399.00"`` equals ``399``), else as they are.

A probe notes figures for expectations about changes, in scenarios that have such
expectations: at the start of the scenario, before each step and after each step
that has a ``name``::

    @register_probe("quants", serves=["quant"])
    def quants(play):
        return {...}   # kept in play.marks["start" | "before" | <step name>]["quants"]
"""

import importlib
import importlib.util
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

#: ``${name}`` in a step stands for what an earlier step saved under that name
NAME = re.compile(r"\$\{([a-z][a-z0-9_]*)\}")


def _plain(value):
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float | str | Decimal):
        try:
            return Decimal(str(value)).normalize()
        except InvalidOperation:
            return value
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    return value


@dataclass
class Seen:
    """One thing looked at.

    :param what: its name in the table
    :param expected: what the pack says
    :param seen: what the server says
    :param ok: given when equality is not the question

    >>> Seen("price", "399.00", 399.0).as_expected
    True
    >>> Seen("node", "visit", "done").as_expected
    False
    """

    what: str
    expected: object
    seen: object
    ok: bool | None = None

    @property
    def as_expected(self):
        if self.ok is not None:
            return self.ok
        return _plain(self.expected) == _plain(self.seen)


@dataclass(frozen=True)
class Entry:
    """A registered verb or expectation: its function and what its JSON may hold."""

    function: object
    schema: dict
    required: tuple
    addon: str

    @property
    def description(self):
        return (self.function.__doc__ or "").strip().split("\n")[0]


@dataclass(frozen=True)
class Probe:
    """A registered probe: its function and the expectations that compare with it."""

    function: object
    serves: tuple


verbs = {}
expectations = {}
probes = {}


def _addon_of(function):
    parts = function.__module__.split(".")
    return parts[2] if parts[:2] == ["odoo", "addons"] else parts[0]


def register_verb(door, name, schema=None, required=()):
    """Function decorator: something a user can do at a door.

    :param door: portal, json2, backend, webhook, mini, wecom, clock or stock
    :param name: the step's ``do``
    :param schema: JSON Schema properties of the step's ``with``
    :param required: those that must be there
    """

    def register(function):
        verbs[door, name] = Entry(
            function, schema or {}, tuple(required), _addon_of(function)
        )
        return function

    return register


def register_expectation(name, schema=None, required=()):
    """Function decorator: something a step can expect.

    :param name: the expectation's ``that``
    :param schema: JSON Schema properties of the expectation besides ``that``
    :param required: those that must be there
    """

    def register(function):
        expectations[name] = Entry(
            function, schema or {}, tuple(required), _addon_of(function)
        )
        return function

    return register


def register_probe(name, serves):
    """Function decorator: figures noted before each step.

    :param serves: names of the expectations that compare with them
    """

    def register(function):
        probes[name] = Probe(function, tuple(serves))
        return function

    return register


def import_verbs(addons):
    """Import the verbs and expectations of the addons that have some.

    :raises ModuleNotFoundError: when an addon is not on the addons path
    """
    for addon in addons:
        name = f"odoo.addons.{addon}.scenario"
        if importlib.util.find_spec(name):
            importlib.import_module(name)
