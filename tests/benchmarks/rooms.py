"""The databases of a benchmark: plain helpdesk_mgmt, the same with rules, ours."""

import os
from contextlib import contextmanager

import odoo
from odoo.modules.registry import Registry

from scripts import database, odoo_config, postgres

SERVER = postgres.TEST


def prepare_odoo():
    """Let this process be an Odoo without a web server."""
    os.environ.update(odoo_config.environment(SERVER))
    odoo.tools.config.parse_config(
        ["--no-http", "--log-level=warn"], setup_logging=True
    )


@contextmanager
def copies(set_name, modules=()):
    """Three fresh databases, deleted afterwards.

    :param set_name: whose template ours is a copy of
    :param modules: more modules for the database with rules
    :return: names of (plain, with rules, ours)
    """
    prefix = f"scrm_bench_{os.getpid()}"
    names = [f"{prefix}_{label}" for label in ("plain", "rules", "ours")]
    try:
        plain = database.outside_layer(set_name)
        database.copy(SERVER, plain, names[0])
        database.copy(SERVER, plain, names[1])
        database.install(SERVER, names[1], list(modules))
        database.copy_template(set_name, names[2])
        yield names
    finally:
        odoo.sql_db.close_all()
        for name in names:
            database.drop(SERVER, name)


@contextmanager
def pair_of(set_name):
    """Two fresh databases, deleted afterwards.

    :param set_name: whose template ours is a copy of
    :return: names of (plain, ours)
    """
    prefix = f"scrm_bench_{os.getpid()}"
    names = [f"{prefix}_{label}" for label in ("plain", "ours")]
    try:
        database.copy(SERVER, database.outside_layer(set_name), names[0])
        database.copy_template(set_name, names[1])
        yield names
    finally:
        odoo.sql_db.close_all()
        for name in names:
            database.drop(SERVER, name)


@contextmanager
def copy_of(set_name):
    """One fresh database with a set of addons, deleted afterwards.

    :return: its name
    """
    name = f"scrm_bench_{os.getpid()}_{set_name}"
    try:
        database.copy_template(set_name, name)
        yield name
    finally:
        odoo.sql_db.close_all()
        database.drop(SERVER, name)


def open_registry(name):
    return Registry(name)
