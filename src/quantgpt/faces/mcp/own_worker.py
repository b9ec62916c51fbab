"""A worker of the stdio server's own, where nobody else works on the jobs of this home."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from quantgpt.services._base import App

log = logging.getLogger(__name__)

STOP_SECONDS = 8.0
AGAIN_SECONDS = 5.0
MARKET_SECONDS = 300.0
NO_MARKET = "没有行情数据，演示行情未能生成"
MARKET_ENTRY = "from quantgpt.faces.mcp.own_worker import make_market; make_market()"
ENTRY = "from quantgpt.faces.mcp.own_worker import main; main()"


class OwnWorker:
    """At most one worker process, ended with us. Start it from the main thread: the kernel ties its life to that."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._next = 0.0

    def is_wanted(self, app: App) -> bool:
        """Neither ours runs nor anybody else's."""
        from quantgpt.services.errands import is_worked_on

        runs = self._process is not None and self._process.poll() is None
        return not runs and time.monotonic() >= self._next and not is_worked_on(app)

    def start(self, app: App) -> None:
        """Start ours."""
        from quantgpt.foundations.settings import part_environment

        self._next = time.monotonic() + AGAIN_SECONDS
        log.info("no worker is running: starting one for as long as this server runs")
        self._process = subprocess.Popen(
            [sys.executable, "-c", ENTRY, str(os.getpid())],
            stdin=subprocess.DEVNULL,
            stdout=2,
            env=part_environment(app.settings),
        )

    def provide_market(self, app: App) -> None:
        """With no market at all have the demo market, as a first start of the whole installation would; it is marked
        as synthetic in everything that comes of it. Raises Unavailable when it could not be written."""
        from quantgpt.foundations.errors import Unavailable
        from quantgpt.foundations.settings import part_environment

        if app.markets.names():
            return
        log.warning("there are no market data: writing the demo market (synthetic)")
        try:
            code = subprocess.run(
                [sys.executable, "-c", MARKET_ENTRY],
                stdin=subprocess.DEVNULL,
                stdout=2,
                env=part_environment(app.settings),
                timeout=MARKET_SECONDS,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired as error:
            hint = f"it was not written within {MARKET_SECONDS:.0f} s; run `quantgpt data demo`"
            raise Unavailable(NO_MARKET, hint=hint) from error
        if code != 0:
            raise Unavailable(
                NO_MARKET, hint=f"its process ended with {code}; see the log, or run `quantgpt data demo`"
            )

    def stop(self) -> None:
        """End ours; what it had not finished is queued again."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(STOP_SECONDS)


def main(*, plugins: Sequence[str] = (), warm: bool = True) -> None:
    """Entry of the worker process: the argument is the pid of the server, with which it ends."""
    from quantgpt.bootstrap import build_app, build_worker, start_logging
    from quantgpt.foundations.processes import die_with_parent

    die_with_parent(int(sys.argv[1]))
    app = build_app()
    start_logging(app.settings)
    app.ensure_room()
    with suppress(BlockingIOError):
        lock = _hold(app, "agent-worker")
        app.records.migrate()
        build_worker(app, plugins=plugins, warm=warm).run()
        lock.close()


def make_market() -> None:
    """Entry of the process that writes the demo market; of several at once the first writes it."""
    from quantgpt.bootstrap import build_app
    from quantgpt.foundations.progress import silent
    from quantgpt.services.data import DataDemo, make_demo

    app = build_app()
    with _hold(app, "agent-market", patient=True):
        if not app.markets.names():
            make_demo(app.markets, DataDemo(), silent)


def _hold(app: App, name: str, *, patient: bool = False) -> IO[bytes]:
    """A lock that one process of a home has, as long as it lives. Raises BlockingIOError unless `patient`."""
    import fcntl

    app.settings.run_folder.mkdir(parents=True, exist_ok=True)
    handle = (app.settings.run_folder / f"{name}.lock").open("ab")
    fcntl.flock(handle, fcntl.LOCK_EX | (0 if patient else fcntl.LOCK_NB))
    return handle
