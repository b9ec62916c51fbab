"""Tiny operations for tests of the job runner."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quantgpt.foundations.errors import BadRequest
from quantgpt.services._base import App, operation

STAGES = ("validating", "fetching_data", "backtesting")


@dataclass(frozen=True, kw_only=True)
class Probe:
    """Ask for a small piece of work: `steps` pauses, then an end of a chosen kind."""

    steps: int = 3
    pause: float = 0.0
    end: str = "ok"
    value: int = 1
    marker: str = ""


@operation("test.probe", ask=Probe, run="job")
def probe(app: App, ask: Probe, progress: Any) -> dict[str, Any]:
    """Work a little."""
    if ask.marker:
        Path(ask.marker).write_text(str(os.getpid()))
    for step in range(ask.steps):
        progress(STAGES[step % len(STAGES)], step / max(ask.steps, 1))
        time.sleep(ask.pause)
    if ask.end == "refuse":
        raise BadRequest("不行", hint="try another", field="value")
    if ask.end == "break":
        raise RuntimeError("broken on purpose")
    if ask.end == "exit":
        os._exit(3)
    if ask.end == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if ask.end == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(60)
    if ask.end == "eat":
        hog = [bytearray(1 << 20) for _ in range(1500)]
        time.sleep(30)
        del hog
    if ask.end == "spawn":
        pid = os.fork()
        if pid == 0:
            time.sleep(60)
            os._exit(0)
        Path(ask.marker + ".grandchild").write_text(str(pid))
    return {"value": ask.value, "sum": sum(range(ask.value)), "text": "好" * (ask.value if ask.end == "big" else 1)}
