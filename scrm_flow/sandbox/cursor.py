"""A cursor on which a flow may run without leaving anything behind.

It works in a savepoint of the caller's transaction, so it sees a draft that is
not saved yet, and ends by going back to that savepoint. Its commit is refused;
what waits for a commit (mails, bus messages, webhooks) is dropped. Whatever has to
behave differently in there asks :func:`sandbox_of`.
"""

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from odoo import api
from odoo.exceptions import UserError
from odoo.orm.environments import Transaction
from odoo.sql_db import BaseCursor, Savepoint
from odoo.tools import SQL


class SandboxError(UserError):
    """Something that must not happen in a sandbox."""


@dataclass
class Sandbox:
    """What one sandbox remembers while it lasts.

    :param now: its time, naive UTC
    """

    now: datetime
    #: id of a version -> its graph, or (id, language) -> its labels
    compiled: dict = field(default_factory=dict)
    #: what services said, in order: {"node", "service", "simulated"}
    services: list = field(default_factory=list)
    #: conditions in the order in which moves asked them:
    #: {"edge": key, "holds": bool}
    asked: list = field(default_factory=list)
    #: ids of the draft versions that run in here
    versions: set = field(default_factory=set)


class SandboxCursor(BaseCursor):
    """A cursor on top of another one, which can only go back."""

    def __init__(self, outer: BaseCursor, sandbox: Sandbox, refusal: str):
        super().__init__()
        self.sandbox = sandbox
        self._outer = outer
        self._refusal = refusal
        self._is_closed = False
        self._savepoint = Savepoint(outer)

    def __getattr__(self, name):
        return getattr(self._outer, name)

    @property
    def closed(self) -> bool:
        return self._is_closed or bool(self._outer.closed)

    def execute(self, query, params=None, log_exceptions=True):
        if self._is_closed:
            raise SandboxError(self._refusal)
        return self._outer.execute(query, params, log_exceptions)

    def dictfetchone(self):
        return self._outer.dictfetchone()

    def dictfetchall(self):
        return self._outer.dictfetchall()

    def commit(self):
        raise SandboxError(self._refusal)

    def rollback(self):
        raise SandboxError(self._refusal)

    def close(self):
        if self._is_closed:
            return
        self._is_closed = True
        self.clear()
        for callbacks in (self.postcommit, self.prerollback, self.postrollback):
            callbacks.clear()
        self._savepoint.close(rollback=True)


def sandbox_of(env) -> Sandbox | None:
    """The sandbox in which this environment works, None outside of any.

    The cursor says so, not the context, which everybody may send.
    """
    return env.cr.sandbox if isinstance(env.cr, SandboxCursor) else None


@contextmanager
def opened(env, now: datetime, lock_seconds: int = 2):
    """Inside: an environment of the same user whose work vanishes at the end.

    :param now: the time that the sandbox shows, naive UTC
    :param lock_seconds: how long it waits for rows that others are changing
    """
    env.flush_all()
    refusal = env._(
        "In the sandbox nothing is saved: what runs there cannot commit or roll back."
    )
    sandbox = Sandbox(now)
    registry = env.registry
    # caches that are emptied in there were filled with what vanishes again
    changed = set(registry.cache_invalidated)
    registry.cache_invalidated.clear()
    cr = SandboxCursor(env.cr, sandbox, refusal)
    try:
        cr.transaction = Transaction(registry)
        cr.execute(SQL("SET LOCAL lock_timeout = %s", f"{lock_seconds}s"))
        yield api.Environment(cr, env.uid, env.context, env.su)
    finally:
        cr.close()
        inner = set(registry.cache_invalidated)
        if inner:
            registry.clear_cache(*inner)
        # nobody else has seen anything of it: there is nothing to tell them
        registry.cache_invalidated.clear()
        registry.cache_invalidated.update(changed)
