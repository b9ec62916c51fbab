"""Apps, workers and whole processes for tests, each in a home folder of its own."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from quantgpt.bootstrap import build_app, build_worker, load_plugins
from quantgpt.foundations.errors import QuantError
from quantgpt.foundations.hashing import canonical_json, hash_value
from quantgpt.foundations.settings import load_settings
from quantgpt.records import LOCAL_ADMIN, Job
from quantgpt.services._base import OPERATIONS, App
from quantgpt.services.jobs.child import refusal_of
from quantgpt.services.jobs.worker import Worker

ROOT = Path(__file__).resolve().parent.parent
PLUGINS = ("tests.faults.operations",)
load_plugins(PLUGINS)


def make_app(home: Path, **settings: Any) -> App:
    """A migrated App with the test operations."""
    plain = {"workers": 2, "rate_limit": 10_000, "max_active_tasks": 1_000, "database_url": None, **settings}
    app = build_app(load_settings(home=home, **plain))
    app.records.migrate()
    return app


@lru_cache(maxsize=1)
def demo_market() -> Path:
    """The folder of a market store with the demo market, made once and shared."""
    from quantgpt.market import MarketStore

    folder = Path(tempfile.mkdtemp(prefix="quantgpt-demo-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    MarketStore(folder).make_demo()
    return folder


def lend_demo(app: App) -> App:
    """Give an App the shared demo market."""
    app.settings.home.mkdir(parents=True, exist_ok=True)
    app.settings.market_folder.symlink_to(demo_market())
    return app


def make_worker(app: App, *, warm: bool = False) -> Worker:
    """A worker with the test operations, cold unless told otherwise."""
    os.environ["PYTHONPATH"] = str(ROOT)
    return build_worker(app, plugins=PLUGINS, warm=warm)


@contextmanager
def working(app: App, *, warm: bool = False) -> Iterator[Worker]:
    """A worker in a thread of this process."""
    worker = make_worker(app, warm=warm)
    opened = threading.Event()

    def run() -> None:
        worker.open()
        opened.set()
        try:
            while not worker.stopping:
                worker.patiently()
        finally:
            worker.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert opened.wait(60)
    try:
        yield worker
    finally:
        worker.stopping = True
        thread.join(20)
        assert not thread.is_alive()


@contextmanager
def doing_jobs(app: App) -> Iterator[None]:
    """Does the jobs of an App one after the other in a thread of this process; starting children takes longer. For
    operations that keep nothing."""
    stopped = threading.Event()

    def run() -> None:
        while not stopped.wait(0.02):
            job = app.records.attempts.claim("hand", 60.0)
            if job is None:
                continue
            how = OPERATIONS[job.operation]
            try:
                outcome = how.function(app, how.read_ask(job.ask), lambda *_: None)
                done = {"outcome": canonical_json(outcome), "outcome_hash": hash_value(outcome), "facts": None}
                app.records.attempts.succeed(job.id, job.attempt, stage=how.last_stage, **done)
            except QuantError as error:
                app.records.attempts.fail(job.id, job.attempt, refusal_of(error, how))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join(30)
        assert not thread.is_alive()


def wait_until(true: Callable[[], bool], seconds: float = 20.0, step: float = 0.02) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(step)


def finished(app: App, job_id: str, seconds: float = 30.0) -> Job:
    """The job, once it is finished."""
    wait_until(lambda: read(app, job_id).is_finished, seconds)
    return read(app, job_id)


def read(app: App, job_id: str) -> Job:
    """The job as it stands."""
    job = app.records.jobs.get(job_id)
    assert job is not None
    return job


def submit(app: App, ask: Any) -> Job:
    """Queue a job of the local admin."""
    return app.submit(ask, owner_id=LOCAL_ADMIN)


def is_alive(pid: int) -> bool:
    """The process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """A worker or a server as a process of its own."""

    def __init__(self, what: str, home: Path, **settings: Any) -> None:
        body = {"home": str(home), "workers": 2, "rate_limit": 10_000, "max_active_tasks": 1_000, **settings}
        with (home / f"{what}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", f"from tests._rig import {what}; {what}()", json.dumps(body)],
                cwd=home,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stderr=log,
            )

    @property
    def pid(self) -> int:
        """Process id."""
        return self.process.pid

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait(10)

    def stop(self, seconds: float = 10.0) -> int:
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)


def worker_process() -> None:
    """Entry of a worker process."""
    from quantgpt.bootstrap import start_logging

    app = build_app(load_settings(**json.loads(sys.argv[1])))
    start_logging(app.settings)
    app.records.migrate()
    make_worker(app).run()


def server_process() -> None:
    """Entry of a server process."""
    from quantgpt.bootstrap import start_logging
    from quantgpt.faces.rest.server import serve

    app = build_app(load_settings(**json.loads(sys.argv[1])))
    start_logging(app.settings)
    serve(app)
