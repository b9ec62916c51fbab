"""Many kills at random moments; runs in `just gate` only."""

from __future__ import annotations

import random
import time
from pathlib import Path

import psutil
import pytest
from tests._rig import Process, finished, is_alive, read, submit, wait_until
from tests.faults.operations import Probe

from quantgpt.services._base import App

ROUNDS = 25

pytestmark = [pytest.mark.soak, pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.xdist_group("faults")]


def test_a_worker_killed_at_random_moments_never_loses_or_doubles_a_job(app: App, tmp_path: Path) -> None:
    draw = random.Random(7)
    worker = Process("worker_process", app.settings.home)
    undisturbed = finished(app, submit(app, Probe(value=11)).id)
    for number in range(ROUNDS):
        marker = tmp_path / f"pid{number}"
        job_id = submit(app, Probe(value=11, steps=6, pause=0.1, marker=str(marker))).id
        if number % 5:
            wait_until(marker.exists)
        time.sleep(draw.uniform(0, 0.9))
        family = [process.pid for process in psutil.Process(worker.pid).children(recursive=True)]
        worker.kill()
        wait_until(lambda family=family: not any(map(is_alive, family)), 2)  # type: ignore[misc]
        worker = Process("worker_process", app.settings.home)
        job = finished(app, job_id)
        assert (job.state, job.outcome_hash) == ("succeeded", undisturbed.outcome_hash)
        assert read(app, job_id).attempt in (1, 2)
        ends = [event for event in app.records.jobs.events(job_id) if event.state == "succeeded"]
        assert len(ends) == 1
    assert worker.stop() == 0
