"""A task that says what time it is once a second, for measuring how long its words take to reach its readers."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from quantgpt.services._base import App, operation


@dataclass(frozen=True, kw_only=True)
class Steps:
    """Ask for `count` steps, `pause` seconds apart."""

    count: int = 20
    pause: float = 1.0
    briefing: dict[str, Any] = field(default_factory=dict)


@operation("bench.steps", ask=Steps, run="job", task=True)
def steps(app: App, ask: Steps, progress: Any) -> dict[str, Any]:
    """Tell the time."""
    for number in range(ask.count):
        progress("backtesting", number / ask.count, f"{time.time():.6f}")
        time.sleep(ask.pause)
    return {}


def serve_with_steps() -> None:
    """A server that knows the operation."""
    from quantgpt.faces.cli.main import main

    main()


def work_with_steps() -> None:
    """A worker whose children know it."""
    from quantgpt.bootstrap import build_app, build_worker, start_logging

    app = build_app()
    start_logging(app.settings)
    app.records.migrate()
    build_worker(app, plugins=("bench._steps",), warm=False).run()
