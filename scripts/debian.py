"""Fetching Debian packages without installing them into the machine.

A private apt state keeps the machine's own sources, lists and packages as
they are. The mirror is the one the machine itself uses.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from . import paths, shell
from .progress import Fault

_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_SOURCES = Path("/etc/apt")


def mirror() -> str:
    """The address of the machine's Debian mirror."""
    for path in sorted((_SOURCES / "sources.list.d").glob("*.sources")):
        for line in path.read_text().splitlines():
            if line.lower().startswith("uris:"):
                for address in line.split()[1:]:
                    if _is_main_archive(address):
                        return address
    lists = [_SOURCES / "sources.list", *(_SOURCES / "sources.list.d").glob("*.list")]
    for path in sorted(lists):
        if not path.is_file():
            continue
        for line in path.read_text().splitlines():
            found = re.match(r"deb\s+(?:\[[^]]*\]\s+)?(\S+)", line)
            if found and _is_main_archive(found[1]):
                return found[1]
    raise Fault(
        "no Debian mirror in this machine's apt sources to take Odoo 19 from:"
        " set ODOO_HOME=/path to an Odoo 19 you have"
    )


def _is_main_archive(address: str) -> bool:
    return bool(re.search(r"/debian(/\d+T\d+Z)?/?$", address))


def download(wanted: dict[str, list[str]], target: Path) -> None:
    """Download packages into ``target``; those already there are kept.

    :param wanted: suite -> names of packages
    """
    target.mkdir(parents=True, exist_ok=True)
    address = mirror()
    for suite, names in wanted.items():
        names = [name for name in names if not list(target.glob(f"{name}_*.deb"))]
        if names:
            _download_from(address, suite, names, target)


def _download_from(address: str, suite: str, names: list[str], target: Path) -> None:
    state = paths.CACHE / "apt" / suite
    for folder in ("lists/partial", "cache/archives/partial"):
        (state / folder).mkdir(parents=True, exist_ok=True)
    sources = state / "sources.list"
    sources.write_text(f"deb [signed-by={_KEYRING}] {address} {suite} main\n")
    options = [
        f"-oDir::Etc::SourceList={sources}",
        "-oDir::Etc::SourceParts=/dev/null",
        f"-oDir::State::Lists={state / 'lists'}",
        f"-oDir::Cache={state / 'cache'}",
        "-oAPT::Sandbox::User=",
        "-oAcquire::Languages=none",
        "-oAcquire::Retries=2",
    ]
    fault = (
        f"Debian's packages ({suite}) could not be fetched: is there a network?"
        " Call again to continue, or set ODOO_HOME=/path to an Odoo 19 you have"
    )
    update = ["apt-get", "-q", "-oAPT::Update::Error-Mode=any", *options, "update"]
    shell.run_logged(update, f"debian-{suite}-lists", fault=fault)
    with tempfile.TemporaryDirectory(dir=state) as folder:
        shell.run_logged(
            ["apt-get", "-q", *options, "download", *names],
            f"debian-{suite}-packages",
            fault=fault,
            cwd=Path(folder),
        )
        for package in Path(folder).glob("*.deb"):
            package.replace(target / package.name)


def unpack(package: Path, target: Path, excludes: list[str]) -> None:
    """Unpack a package's files below ``target``."""
    script = 'dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --no-same-owner "${@:3}"'
    options = [f"--exclude={pattern}" for pattern in excludes]
    shell.run_logged(
        ["bash", "-eo", "pipefail", "-c", script, "unpack", package, target, *options],
        f"unpack-{package.name}",
        fault=f"{package.name} could not be unpacked",
    )
