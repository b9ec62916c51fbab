"""An installation in a folder of its own: real server and worker processes, real tokens."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx2

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 180.0
MAIN = "from quantgpt.faces.cli.main import main; main()"
STEPS = "from bench._steps import serve_with_steps, work_with_steps; {}_with_steps()"


class Installation:
    """A home folder, a port and the environment of its processes."""

    def __init__(self, home: str, **settings: str) -> None:
        self.home, self.port = Path(home), free_port()
        own = {"QUANTGPT_HOME": home, "QUANTGPT_PORT": str(self.port), "PYTHONPATH": str(ROOT)}
        self.environment: Mapping[str, str] = {**os.environ, "QUANTGPT_RATE_LIMIT": "100000", **own, **settings}

    @contextmanager
    def process(self, command: str, code: str = MAIN) -> Iterator[subprocess.Popen[bytes]]:
        """One process of the installation, told to stop in the end."""
        with (self.home / f"{command}.log").open("ab") as log:
            process = subprocess.Popen([sys.executable, "-c", code, command], env=self.environment, stderr=log)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """Server and worker, ready; gives the server's process."""
        with self.process("serve") as server, self.process("worker"):
            self.wait_for("health/ready")
            yield server

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One command, to its end."""
        command = [sys.executable, "-c", MAIN, *arguments]
        return subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True)

    def client(self, token: str | None = None) -> httpx2.Client:
        """A client of its interface."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx2.Client(base_url=f"http://127.0.0.1:{self.port}/api/v1", timeout=60, headers=headers)

    def token(self, email: str) -> str:
        """An access token of an account, which is created."""
        return self.run("token", "--email", email).stdout.strip().splitlines()[-1]

    def wait_for(self, what: str) -> None:
        """Until a path answers 200."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            try:
                if httpx2.get(f"http://127.0.0.1:{self.port}/api/v1/{what}").status_code == 200:
                    return
            except httpx2.HTTPError:
                pass
            time.sleep(0.02)
        raise AssertionError(f"{what} did not answer")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def quantile(values: list[float], share: float) -> float:
    """The value that so large a share does not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
