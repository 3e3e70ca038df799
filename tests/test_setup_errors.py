"""Set-up that cannot go on says in one line what to do, and exits non-zero."""

import os
import shutil
import socket
import subprocess
import sys

import pytest

from scripts import paths

NOWHERE = "http://127.0.0.1:9"  # the discard port: nobody listens


def command(*arguments, cwd=paths.ROOT, **env):
    """Run one of the repository's commands; returns (exit code, lines it wrote)."""
    done = subprocess.run(
        [sys.executable, "-m", "scripts", *arguments],
        cwd=cwd,
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    return done.returncode, done.stdout.strip().splitlines()


@pytest.fixture
def fresh_clone(tmp_path):
    """What a fresh clone has of the commands, with nothing installed."""
    for name in ("scripts", "requirements"):
        shutil.copytree(
            paths.ROOT / name,
            tmp_path / name,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    return tmp_path


def assert_one_clear_line(lines, *words):
    errors = [line for line in lines if line.startswith("error: ")]
    assert len(errors) == 1, lines
    assert not [line for line in lines if "Traceback" in line], lines
    for word in words:
        assert word in errors[0] or word in lines[-1], lines


def test_port_taken():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        code, lines = command("run", str(port))
    assert code == 1
    assert_one_clear_line(lines, str(port), "PORT=")


def test_not_a_port():
    code, lines = command("run", "many")
    assert code == 1
    assert_one_clear_line(lines, "many")


def test_own_postgresql_unreachable():
    code, lines = command("psql", "-c", "SELECT 1", PGHOST="127.0.0.1", PGPORT="9")
    assert code == 1
    assert_one_clear_line(lines, "PGHOST")


def test_no_network(fresh_clone):
    """No package index and no Debian mirror can be reached."""
    code, lines = command(
        "setup",
        cwd=fresh_clone,
        **{
            name: NOWHERE
            for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")
        },
        no_proxy="",
        NO_PROXY="",
        PIP_INDEX_URL=f"{NOWHERE}/simple",
        PIP_NO_INDEX="0",
        PIP_FIND_LINKS="",
        PIP_RETRIES="0",
        PIP_TIMEOUT="2",
        PIP_CONFIG_FILE=os.devnull,
    )
    assert code == 1
    assert_one_clear_line(lines, "network")


def test_unknown_command():
    code, lines = command("fly")
    assert code == 1
    assert_one_clear_line(lines, "fly")


def test_pack_that_is_not_there():
    code, lines = command("scenario", "no_such_pack.json")
    assert code == 1
    assert_one_clear_line(lines, "no_such_pack.json", "PACK=")
