"""Results are kept for ninety days, jobs and their metrics for good."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import update
from tests._rig import working
from tests.signed._asking import make

from quantgpt.records import LOCAL_ADMIN
from quantgpt.records.schema import jobs as rows
from quantgpt.services._base import OPERATIONS, App
from quantgpt.services.signed import jobs
from quantgpt.services.signed.backtests import OPERATION
from quantgpt.services.signed.wire import METRICS

pytestmark = pytest.mark.xdist_group("records")

DAY = 86_400.0


def finished_job(app: App, days_ago: float) -> str:
    """A job that was done so long ago."""
    job = make(app)
    claimed = app.records.attempts.claim("w", 15.0)
    assert claimed is not None
    metrics = dict.fromkeys(METRICS, "1.0000")
    result = {"metrics": metrics, "equity_curve": [["2025-01-01T00:00:00Z", "1.00"]], "trades": [{"id": 1}]}
    outcome = json.dumps({"details": {"causes": ["end"]}, "result": json.dumps(result)})
    facts = json.dumps({"metrics": metrics, "warnings": [{"zh": "一", "en": "one"}]})
    app.records.attempts.succeed(job.id, 1, stage="completed", outcome=outcome, outcome_hash="h", facts=facts)
    with app.records.writer.begin() as connection:
        moved = update(rows).values(finished_at=rows.c.finished_at - days_ago * DAY)
        connection.execute(moved.where(rows.c.id == job.id))
    return job.id


def tidy(app: App) -> None:
    hook = OPERATIONS[OPERATION].tidy
    assert hook is not None
    hook(app)


def result_of(app: App, job_id: str) -> dict[str, Any]:
    found: dict[str, Any] = jobs.job_object(jobs.get(app, LOCAL_ADMIN, job_id))["result"]
    return found


def test_an_old_result_goes_and_its_metrics_stay(anywhere: App) -> None:
    old, young = finished_job(anywhere, 90.01), finished_job(anywhere, 89.99)
    before = result_of(anywhere, old)
    tidy(anywhere)
    assert result_of(anywhere, young) == before
    found = result_of(anywhere, old)
    assert (found["metrics"], found["equity_curve"], found["trades"]) == (before["metrics"], [], [])
    assert found["expired_at"].endswith("Z")
    told = jobs.details(anywhere, LOCAL_ADMIN, old)
    assert (told["expired_at"], told["warnings"]) == (found["expired_at"], [{"zh": "一", "en": "one"}])
    assert "causes" not in told
    again = jobs.job_text(jobs.get(anywhere, LOCAL_ADMIN, old))
    tidy(anywhere)
    assert jobs.job_text(jobs.get(anywhere, LOCAL_ADMIN, old)) == again
    brief = [jobs.job_object(job, brief=True)["result"] for job in jobs.page(anywhere, LOCAL_ADMIN, {})[0]]
    assert brief == [{"metrics": before["metrics"]}] * 2


def test_more_than_one_batch_goes_at_once(installed: App) -> None:
    made = [finished_job(installed, 100) for _ in range(5)]
    records = installed.records.signed_jobs
    assert [records.expire(OPERATION, 90 * DAY, most=2) for _ in range(4)] == [2, 2, 1, 0]
    assert all(result_of(installed, job_id)["trades"] == [] for job_id in made)


def test_results_of_other_jobs_are_left_alone(installed: App) -> None:
    job_id = finished_job(installed, 100)
    with installed.records.writer.begin() as connection:
        connection.execute(update(rows).where(rows.c.id == job_id).values(operation="factor.test"))
    tidy(installed)
    job = installed.records.jobs.get(job_id)
    assert job is not None
    assert job.outcome is not None


@pytest.mark.slow
def test_a_worker_clears_away_what_is_old(installed: App) -> None:
    job_id = finished_job(installed, 100)
    with working(installed) as worker:
        worker.tick(0.01)
    assert result_of(installed, job_id)["trades"] == []
