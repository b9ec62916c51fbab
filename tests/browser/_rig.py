"""Chromium and a running installation for the tests of the page."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "web"
QUANTGPT = Path(sys.executable).with_name("quantgpt")
READY_SECONDS = 120.0
PATIENCE_SECONDS = 240


def _absent(why: str) -> None:
    """A browser test that cannot run is a failure in CI and a skip elsewhere."""
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)


def node_and_chromium() -> tuple[str, str]:
    """The programs that the tests drive; the built page must belong to its sources."""
    node = shutil.which("node")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not node:
        _absent("no Node: the browser test needs it")
    if not chromium:
        _absent("no Chromium: the browser test needs it")
    if not (WEB / "node_modules" / "playwright-core").is_dir():
        _absent("web/node_modules is missing: run `npm ci` in web/")
    fresh = subprocess.run([str(node), "scripts/stamp.mjs", "--check"], cwd=WEB, check=False, timeout=60)
    if fresh.returncode != 0:
        _absent("the built page is missing or older than its sources: run `npm run build` in web/")
    return str(node), str(chromium)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _get(url: str) -> object:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return json.load(answer)


def _wait_until_ready(base: str, processes: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        assert all(process.poll() is None for process in processes), "the server or the worker ended"
        try:
            _get(f"{base}/api/v1/health/ready")
            return
        except OSError:
            assert time.monotonic() < deadline, "the server did not become ready"
            time.sleep(0.25)


@contextmanager
def installation(home: Path) -> Iterator[str]:
    """The address of a server and a worker with a demo market; their logs lie in `home`."""
    node_and_chromium()
    port = _free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "QUANTGPT_HOME": str(home),
        "QUANTGPT_PORT": str(port),
        "QUANTGPT_WORKERS": "1",
        "QUANTGPT_RATE_LIMIT": "1000",
    }
    subprocess.run([QUANTGPT, "data", "demo"], env=environment, cwd=home, check=True, timeout=120, capture_output=True)
    with ExitStack() as stack:
        processes = []
        for command in ("serve", "worker"):
            log = stack.enter_context((home / f"{command}.log").open("wb"))
            processes.append(
                subprocess.Popen([QUANTGPT, command], env=environment, cwd=home, stdout=log, stderr=subprocess.STDOUT)
            )
        try:
            base = f"http://127.0.0.1:{port}"
            _wait_until_ready(base, processes)
            yield base
        finally:
            for process in processes:
                process.send_signal(signal.SIGTERM)
            for process in processes:
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait(10)


def drive(script: str, folder: Path, *arguments: str, address: str | None = None) -> None:
    """Run a script of web/e2e to its end; it must hold. Pictures go to `QUANTGPT_SHOTS` or into `folder`."""
    node, chromium = node_and_chromium()
    shots = Path(os.environ.get("QUANTGPT_SHOTS", folder / "shots"))
    done = subprocess.run(
        [node, f"e2e/{script}", *arguments],
        cwd=WEB,
        env={
            **os.environ,
            **({"BASE_URL": address} if address else {}),
            "CHROMIUM": chromium,
            "QUANTGPT": str(QUANTGPT),
            "SHOTS": str(shots),
            "PATIENCE_MS": str(PATIENCE_SECONDS * 1000),
        },
        check=False,
        capture_output=True,
        text=True,
        timeout=560,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\npictures: {shots}"
