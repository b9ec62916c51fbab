"""A short task of the contract, and servers and workers that know it, each as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import psutil
from tests._rig import ROOT, is_alive, wait_until

from quantgpt.services._base import App, operation

PLUGIN = "tests.faults.serving"


@dataclass(frozen=True, kw_only=True)
class Errand:
    """Ask for `steps` steps; each run of it leaves a line in `diary`."""

    number: int = 0
    steps: int = 3
    pause: float = 0.05
    diary: str = ""


@operation("test.errand", ask=Errand, run="job", task=True)
def errand(app: App, ask: Errand, progress: Any) -> dict[str, Any]:
    """Work a little and remember it."""
    if ask.diary:
        with Path(ask.diary).open("a") as diary:
            diary.write(f"{ask.number}\n")
    for step in range(ask.steps):
        progress("backtesting", step / max(ask.steps, 1), f"step {step}")
        time.sleep(ask.pause)
    return {"number": ask.number, "square": ask.number**2}


class Serving:
    """A server or a worker that knows the errand."""

    def __init__(self, what: str, home: Path, **settings: Any) -> None:
        body = {"home": str(home), "workers": 2, "rate_limit": 10_000, "max_active_tasks": 1_000, **settings}
        with (home / f"{what}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", f"from {PLUGIN} import {what}; {what}()", json.dumps(body)],
                cwd=home,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stderr=log,
            )

    def kill(self) -> None:
        """SIGKILL; its children go with it."""
        family = [process.pid for process in psutil.Process(self.process.pid).children(recursive=True)]
        self.process.kill()
        self.process.wait(10)
        wait_until(lambda: not any(map(is_alive, family)), 3)

    def stop(self, seconds: float = 10.0) -> int:
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)


def answers(port: int) -> bool:
    """The server of that port is up."""
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/api/v1/health").status_code == 200
    except httpx2.HTTPError:
        return False


def _app() -> App:
    from quantgpt.bootstrap import build_app, load_plugins, start_logging
    from quantgpt.foundations.settings import load_settings

    load_plugins((PLUGIN,))
    app = build_app(load_settings(**json.loads(sys.argv[1])))
    start_logging(app.settings)
    app.records.migrate()
    return app


def server() -> None:
    """Entry of a server process."""
    from quantgpt.faces.rest.server import serve

    serve(_app())


def worker() -> None:
    """Entry of a worker process, cold."""
    from quantgpt.bootstrap import build_worker

    os.environ["PYTHONPATH"] = str(ROOT)
    build_worker(_app(), plugins=(PLUGIN,), warm=False).run()
