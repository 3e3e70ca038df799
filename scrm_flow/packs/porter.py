"""Import and export of whole packs."""

import psycopg2

from . import reader, registry
from .errors import PackError, PackErrors
from .pack import Pack, Verbatim
from .schema import FORMAT


def load(env, data):
    """Import a pack, all of it or nothing.

    :param env: environment of who imports; their rights are asked everywhere
    :param data: the pack's JSON as a dict
    :return: the :class:`Pack`, with counts of what was created and changed
    :raises PackErrors: with JSON paths, when anything is wrong
    """
    pack = Pack(env, data)
    reader.check(pack)
    try:
        with env.cr.savepoint():
            sections = [
                section
                for section in registry.sections()
                if section.key in data and pack.is_installed(section.addon)
            ]
            for section in sections:
                with pack.at(f".{section.key}"):
                    section.load(pack, data[section.key])
                    pack.env.flush_all()
            for section in sections:
                with pack.at(f".{section.key}"):
                    section.finish(pack, data[section.key])
    except PackError as fault:
        env.invalidate_all(flush=False)
        raise PackErrors([_in_words(env, fault)]) from fault
    return pack


def _in_words(env, fault):
    """A fault that the database found, as Odoo tells people about it."""
    cause = fault.__cause__
    if not isinstance(cause, psycopg2.IntegrityError):
        return fault
    for name, model in env.registry.items():
        if model._table == cause.diag.table_name and not model._abstract:
            return PackError(fault.path, env[name]._sql_error_to_message(cause))
    return fault


def dump(env, head):
    """The pack of everything in this database that packs can carry.

    :param head: its ``key``, ``name`` and so on
    :return: the pack's JSON as a dict; lists are in the order of their keys
    """
    pack = Pack(env)
    while True:
        invented = pack.invented
        data = _dump_once(pack, head)
        if pack.invented == invented:  # else a key was given to what was dumped already
            return data


def _dump_once(pack, head):
    data = {"format": FORMAT, **head}
    addons = set(head.get("requires") or ())
    for section in registry.sections():
        if not pack.is_installed(section.addon):
            continue
        value = tidy(section.dump(pack))
        if value:
            data[section.key] = value
            addons.add(section.addon)
    data["requires"] = sorted(addons)
    return data


def tidy(value):
    """The JSON without what says nothing.

    >>> tidy({"name": "x", "help": False, "rows": [], "portal": None, "n": {"a": ""}})
    {'name': 'x'}
    >>> tidy([{"required": 0, "rank": 10}])
    [{'required': 0, 'rank': 10}]
    """
    if isinstance(value, Verbatim):
        return value.value
    if isinstance(value, dict):
        parts = {key: tidy(part) for key, part in value.items()}
        return {key: part for key, part in parts.items() if not _empty(part)}
    if isinstance(value, list | tuple):
        return [tidy(part) for part in value]
    return value


def _empty(value):
    return value is None or value is False or value in ("", [], {})
