"""Tiny operations for tests of the job runner."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from quantgpt.foundations.errors import BadRequest
from quantgpt.foundations.progress import Note, tell
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


@dataclass(frozen=True, kw_only=True)
class Telling:
    """Ask for work that has parts kept before it ends, and that knows what its briefing says."""

    parts: int = 2
    pause: float = 0.0
    refuse_brief: bool = False
    briefing: dict[str, Any] = field(default_factory=dict)


def _brief(app: App, ask: Telling, owner_id: str) -> dict[str, Any]:
    if ask.refuse_brief:
        raise BadRequest("没有可以开始的依据")
    return {"owner": owner_id}


@operation("test.telling", ask=Telling, run="job", brief=_brief, secrets=("deepseek_api_key",))
def telling(app: App, ask: Telling, progress: Any) -> dict[str, Any]:
    """Tell of each part, then end."""
    for number in range(ask.parts):
        tell(progress, Note(facts={"number": number}, part={"number": number}))
        time.sleep(ask.pause)
    key = app.settings.deepseek_api_key
    return {"briefing": ask.briefing, "key": key.get_secret_value() if key else None, "in_environment": bool(
        [name for name in os.environ if "DEEPSEEK" in name]
    )}  # fmt: skip
