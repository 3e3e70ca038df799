"""Databases: templates with our addons installed, and copies of them.

A template is built in two layers, so that a change of our code installs only
our code again: first what our addons need from Odoo and the OCA (named by the
hash of the pins), then our addons (named by the hash of their code).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from . import manifests, odoo_config, odoo_source, paths, postgres, shell, stamps
from .lock import exclusive
from .postgres import Cluster
from .progress import Fault, timed

ALL = "all"
#: What only the tests of an addon need: Odoo's own provider of payments that are none.
TEST_MODULES = {"scrm_settlement": ["payment_demo"]}
LANGUAGES = "en_US,zh_CN"
_MAIN_COMPANY_IN_CHINA = """
    UPDATE res_partner SET country_id = (SELECT id FROM res_country WHERE code = 'CN')
    WHERE id = (SELECT partner_id FROM res_company ORDER BY id LIMIT 1)
"""


# ------------------------------------------------------------ whole databases


def exists(cluster: Cluster, name: str) -> bool:
    """Whether the database is there."""
    return bool(cluster.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))


def drop(cluster: Cluster, name: str) -> None:
    """Delete a database and its file store, if they are there."""
    cluster.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(odoo_config.filestore(cluster, name), ignore_errors=True)


def copy(cluster: Cluster, source: str, target: str) -> None:
    """Make ``target`` a copy of ``source``, replacing what was there."""
    drop(cluster, target)
    with exclusive(f"copy-{source}"):  # PostgreSQL copies for one at a time
        cluster.sql(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
    files = odoo_config.filestore(cluster, source)
    if files.is_dir():
        shutil.copytree(files, odoo_config.filestore(cluster, target))


def rename(cluster: Cluster, source: str, target: str) -> None:
    """Give a database another name."""
    drop(cluster, target)
    files = odoo_config.filestore(cluster, source)
    if files.is_dir():
        files.rename(odoo_config.filestore(cluster, target))
    cluster.sql(f'ALTER DATABASE "{source}" RENAME TO "{target}"')


def run_odoo(
    cluster: Cluster, *arguments: str, log: str, fault: str, **env: str
) -> Path:
    """Run one odoo command to its end; returns the path of its log."""
    return shell.run_logged(
        odoo_config.command(*arguments),
        log,
        fault=fault,
        env={**odoo_config.environment(cluster), **env},
    )


def install(
    cluster: Cluster, database: str, modules: list[str], *, upgrade: bool = False
) -> Path:
    """Install (or upgrade) modules; returns the path of Odoo's log."""
    option = "-u" if upgrade else "-i"
    verb = "upgrade" if upgrade else "install"
    names = ",".join(modules)
    return run_odoo(
        cluster,
        *("-d", database, option, names, f"--load-language={LANGUAGES}"),
        *("--stop-after-init", "--no-http", "--max-cron-threads=0"),
        log=f"{verb}-{database}",
        fault=f"Odoo could not {verb} {names}",
    )


def uninstall(cluster: Cluster, database: str, modules: list[str]) -> Path:
    """Uninstall modules; returns the path of Odoo's log."""
    return run_odoo(
        cluster,
        *("module", "uninstall", "-d", database, *modules),
        log=f"uninstall-{database}",
        fault=f"Odoo could not uninstall {','.join(modules)}",
    )


def settle_in_china(cluster: Cluster, database: str) -> None:
    """Put the main company in China, so that accounting brings China's chart."""
    cluster.sql(_MAIN_COMPANY_IN_CHINA, database)


# ------------------------------------------------------------------ templates


def addons_of(set_name: str) -> list[str]:
    """The addons of a module set: ``all``, or one addon and what it needs."""
    if set_name == ALL:
        return manifests.ours()
    name = set_name if set_name.startswith("scrm_") else f"scrm_{set_name}"
    return manifests.closure([name])


def outside_modules(set_name: str) -> list[str]:
    """What a module set needs that is not ours."""
    modules = manifests.outside_dependencies(addons_of(set_name))
    absent = [name for name in modules if name.startswith("scrm_")]
    if absent:
        raise Fault(f"{set_name} depends on {', '.join(absent)}, not found here")
    chart = odoo_source.packages_folder() / "odoo/addons/l10n_cn"
    if set_name == ALL and "account" in modules and chart.is_dir():
        modules.append("l10n_cn")
    return modules


def template(set_name: str) -> str:
    """The name of the template database of a module set, built when needed.

    :param set_name: ``all``, or one addon (``ticket`` or ``scrm_ticket``)
    """
    cluster = postgres.TEST
    cluster.start()
    addons = addons_of(set_name)
    code = stamps.digest(*map(manifests.code_digest, addons))
    label = set_name.removeprefix("scrm_")
    with exclusive(f"template-{label}"):
        outside = _outside_layer(cluster, set_name)
        name = f"scrm_tpl_{label}_{stamps.digest(outside, code)[:10]}"
        if not exists(cluster, name):
            with timed(f"      template {label}: {', '.join(addons)}"):
                _build(cluster, name, outside, addons)
        _drop_older(cluster, f"scrm_tpl_{label}_", name)
    return name


def outside_layer(set_name: str) -> str:
    """The name of the database with all that a set needs and none of ours."""
    postgres.TEST.start()
    return _outside_layer(postgres.TEST, set_name)


def _outside_layer(cluster: Cluster, set_name: str) -> str:
    """The database with what a set needs that is not ours.

    It grows from the layer of an addon below, so that Odoo's modules are
    installed once for all sets that share them.
    """
    modules = outside_modules(set_name)
    below = _set_below(set_name, modules)
    modules += TEST_MODULES.get(f"scrm_{set_name.removeprefix('scrm_')}", ())
    if below:
        source = _outside_layer(cluster, below)
    else:
        source = _base_layer(cluster)
    missing = sorted(set(modules) - set(outside_modules(below) if below else ()))
    if not missing:
        return source
    china = set_name == ALL
    pins = paths.REQUIREMENTS / "addons.txt"
    label = set_name.removeprefix("scrm_")
    name = f"scrm_tpl0_{label}_{stamps.digest(source, pins, china, *missing)[:10]}"
    with exclusive(f"layer-{name}"):
        if not exists(cluster, name):
            with timed(f"      template of Odoo's modules: {', '.join(missing)}"):
                _build(cluster, name, source, missing, china=china)
                _drop_older(cluster, f"scrm_tpl0_{label}_", name)
    return name


def _set_below(set_name: str, modules: list[str]) -> str | None:
    """The addon whose layer a set's layer grows from, if any.

    Accounting picks its chart by the country at installation, so the layer of
    ``all``, which is for China, must not grow from one with accounting.
    """
    found, best = None, 0
    for addon in addons_of(set_name):
        those = outside_modules(addon)
        if f"scrm_{set_name}" == addon or set_name == addon:
            continue
        if set_name == ALL and _brings_accounting(those):
            continue
        if set(those) <= set(modules) and len(those) > best:
            found, best = addon, len(those)
    return found


def _brings_accounting(modules: list[str]) -> bool:
    """Whether Odoo's module ``account`` is among what ``modules`` need."""
    folders = [odoo_source.packages_folder() / "odoo/addons"]
    folders += paths.VENV.glob("lib/python3*/site-packages/odoo/addons")
    todo, seen = list(modules), set(modules)
    while todo:
        name = todo.pop()
        for folder in folders:
            path = folder / name / "__manifest__.py"
            if path.is_file():
                depends = manifests.read(path).get("depends", [])
                todo += set(depends) - seen
                seen.update(depends)
    return "account" in seen


def _base_layer(cluster: Cluster) -> str:
    pins = paths.REQUIREMENTS / "debian.txt"
    home = str(odoo_source.packages_folder())
    name = f"scrm_tpl0_base_{stamps.digest(pins, home, LANGUAGES)[:10]}"
    with exclusive(f"layer-{name}"):
        if not exists(cluster, name):
            with timed("      template of Odoo's base, English and Chinese"):
                drop(cluster, f"{name}_new")
                install(cluster, f"{name}_new", ["base"])
                rename(cluster, f"{name}_new", name)
    return name


def _build(
    cluster: Cluster,
    name: str,
    source: str,
    modules: list[str],
    *,
    china: bool = False,
) -> None:
    draft = f"{name}_new"
    copy(cluster, source, draft)
    if china:
        settle_in_china(cluster, draft)
    log = install(cluster, draft, modules)
    shutil.copyfile(log, install_log(name))
    rename(cluster, draft, name)


def derived(
    label: str, source: str, inputs: object, fill: Callable[[str], None]
) -> str:
    """The name of a database grown from a template, made when needed.

    :param label: what is in it
    :param source: name of the template database
    :param inputs: what it is made of, besides the template
    :param fill: fills a copy of the template, by its name
    """
    cluster = postgres.TEST
    name = f"scrm_tpl_{label}_{stamps.digest(source, inputs)[:10]}"
    with exclusive(f"template-{label}"):
        if not exists(cluster, name):
            copy(cluster, source, f"{name}_new")
            fill(f"{name}_new")
            rename(cluster, f"{name}_new", name)
        _drop_older(cluster, f"scrm_tpl_{label}_", name)
    return name


def drop_derived(label: str) -> None:
    """Delete what ``derived`` made, so that it is made again today."""
    postgres.TEST.start()
    with exclusive(f"template-{label}"):
        _drop_older(postgres.TEST, f"scrm_tpl_{label}_", keep="")


def install_log(template_name: str) -> Path:
    """The log of the installation that made a template."""
    folder = paths.LOGS / "templates"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{template_name}.log"


def _drop_older(cluster: Cluster, prefix: str, keep: str) -> None:
    names = cluster.sql(
        f"SELECT datname FROM pg_database WHERE datname ~ '^{prefix}[0-9a-f]{{10}}$'"
    )
    for name in names.splitlines():
        if name != keep:
            drop(cluster, name)


def copy_template(set_name: str, database: str) -> str:
    """Make ``database`` on the test cluster a fresh copy of a template.

    :param set_name: ``all``, or one addon (``ticket`` or ``scrm_ticket``)
    :returns: ``database``
    """
    copy(postgres.TEST, template(set_name), database)
    return database


def drop_copy(database: str) -> None:
    """Delete a database that ``copy_template`` made."""
    drop(postgres.TEST, database)
