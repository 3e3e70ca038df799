"""A running Odoo for tests, scenarios, pictures and the demo."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from . import odoo_config, paths, postgres
from .progress import Fault

_START_SECONDS = 120
_STOP_SECONDS = 20


def free_port() -> int:
    """A TCP port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def port_is_taken(port: int) -> bool:
    """Whether somebody listens on the port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


class Server:
    """An Odoo server on one database, stopped at the end of the block.

    >>> with Server("some_copy") as server:      # doctest: +SKIP
    ...     urllib.request.urlopen(server.url + "/web/login")

    :param database: the only database it serves
    :param cluster: where the database is
    :param port: HTTP port; a free one by default
    :param env: more environment variables, such as ``SCRM_TEST_CLOCK``
    :param options: more options of the odoo command
    """

    def __init__(
        self,
        database: str,
        *,
        cluster: postgres.Cluster = postgres.TEST,
        port: int | None = None,
        env: dict[str, str] | None = None,
        options: tuple[str, ...] = (),
    ) -> None:
        self.database = database
        self.cluster = cluster
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log: Path = paths.LOGS / f"server-{database}.log"
        self._env = env or {}
        self._options = options
        self._process: subprocess.Popen | None = None

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start and wait until pages are served."""
        self.cluster.start()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        command = odoo_config.command(
            *("-d", self.database, f"--db-filter=^{self.database}$"),
            *(f"--http-port={self.port}", "--no-database-list", *self._options),
        )
        with self.log.open("wb") as out:
            self._process = subprocess.Popen(
                command,
                env={**odoo_config.environment(self.cluster), **self._env},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=paths.ROOT,
                start_new_session=True,
            )
        try:
            self._wait_until_served()
        except BaseException:
            self.stop()
            raise

    def _wait_until_served(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise Fault(f"Odoo stopped while starting; its log: {self.log}")
            try:
                with urllib.request.urlopen(f"{self.url}/web/login", timeout=60):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise Fault(f"Odoo did not answer in {_START_SECONDS} s; its log: {self.log}")

    def wait(self) -> int:
        """Wait until the server ends by itself; returns its exit code."""
        return self._process.wait()

    def kill(self) -> None:
        """End it at once, as a power cut would (for crash tests)."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Stop it politely, then not so politely."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
