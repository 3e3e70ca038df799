"""Make a database ready to be played: the only part of scenarios inside Odoo."""

import json

from ..models.scrm_clock import SCENARIO_PARAMETER

ADMIN = "base.user_admin"


def prepare(env, content, clock=True):
    """Import a pack and give each of its users an API key.

    :param env: the superuser's environment in the database
    :param content: the pack's JSON text
    :param clock: let administrators set the test clock of this database; it takes
        a server started with ``SCRM_TEST_CLOCK=1`` besides
    :return: {"database", "users": {key: {"login", "password", "key", "lang"}}}
    :raises UserError: when the pack is not right
    """
    env["scrm.pack"].import_pack(content)
    if clock:
        env["ir.config_parameter"].set_param(SCENARIO_PARAMETER, "1")
    pack = json.loads(content)
    passwords = {item["key"]: item.get("password") for item in pack.get("users", ())}
    users = {ADMIN: _access(env.ref(ADMIN), None)}
    for key, password in passwords.items():
        user = env.ref(f"__scrm_pack__.user__{key}")
        users[key] = _access(user, password)
    return {"database": env.cr.dbname, "users": users}


def _access(user, password):
    # sudo: a key without end, which only the system itself may give to others
    keys = user.env["res.users.apikeys"].with_user(user).sudo()
    return {
        "login": user.login,
        "password": password,
        "key": keys._generate("rpc", "scenario", None),
        "lang": user.lang or "en_US",
    }
