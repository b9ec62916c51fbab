"""The task object: one shape, whichever kind, whenever it is looked at."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from tests._rig import make_app

from quantgpt.faces.rest.shapes import TaskObject
from quantgpt.faces.rest.wire import task_json
from quantgpt.foundations.errors import BadRequest, NotFound
from quantgpt.foundations.series import Series
from quantgpt.records import Job, JobEvent
from quantgpt.services.artifacts import Artifacts

ASK = {"n_candidates": 3, "run_rolling_validation": True, "expression": "rank(close)"}
FACTS = {"expression": "rank(close)", "params": {"universe": "hs300", "n_groups": 5}}
ITERATION = Job(
    id="iter_0123456789", operation="factor.iterate", owner_id="u", state="running", stage="iterating", fraction=0.5,
    message="候选 1/3", session_id="s", parent_id="a1b2c3d4e5f6", lineage_id="a1b2c3d4e5f6", selected=None,
    ask=json.dumps(ASK), facts=json.dumps(FACTS), priority=0, attempt=2, losses=0, worker_id="w", lease_until=1.0,
    idempotency_key=None, idempotency_hash=None, last_seq=6, error=None, error_facts=None, outcome=None,
    outcome_hash=None, created_at=0.0, updated_at=1.0, started_at=0.5, finished_at=None,
)  # fmt: skip
BACKTEST = replace(
    ITERATION,
    id="a1b2c3d4e5f6",
    operation="factor.test",
    parent_id=None,
    ask='{"prompt":"rank(close)","market":"demo"}',
)


def event(seq: int, attempt: int = 2, part: dict[str, Any] | None = None, stage: str = "iterating") -> JobEvent:
    text = None if part is None else json.dumps(part)
    return JobEvent(
        job_id=ITERATION.id, seq=seq, attempt=attempt, at=seq, state="running", stage=stage, fraction=seq / 10,
        message="", part=text,
    )  # fmt: skip


def candidate(number: int) -> dict[str, Any]:
    return {"expression": f"rank({number})", "status": "success", "score": float(number), "backtest_summary": {"a": 1}}


PARTS = [event(3, attempt=1, part=candidate(9)), event(5, part=candidate(1)), event(6, part=candidate(2))]


def shown(job: Job, *args: Any, **how: Any) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(task_json(job, *args, **how))
    TaskObject.model_validate(body, extra="forbid", strict=True)
    assert set(body) == set(TaskObject.model_fields)
    return body


def scores(body: dict[str, Any]) -> list[float]:
    return [row["score"] for row in body["candidates"]]


def test_candidates_come_as_they_were_finished_by_this_attempt() -> None:
    now = shown(ITERATION, parts=PARTS)
    assert (scores(now), now["candidates_done"], now["candidates_total"]) == ([1.0, 2.0], 2, 3)
    then = shown(ITERATION, event(5), parts=PARTS)
    assert (scores(then), then["candidates_done"], then["progress"]["pct"]) == ([1.0], 1, 50.0)
    assert scores(shown(ITERATION, event(4), parts=PARTS)) == []
    assert scores(shown(ITERATION, event(3, attempt=1), parts=PARTS)) == [9.0]


def test_a_finished_iteration_shows_its_sorted_result() -> None:
    outcome = {"candidates": [candidate(7), candidate(5)], "parent_score": 1.5}
    done = replace(ITERATION, state="succeeded", stage="iteration_completed", outcome=json.dumps(outcome), selected=1)
    body = shown(done, parts=PARTS)
    assert (scores(body), body["result"]) == ([7.0, 5.0], outcome)
    assert (body["candidates_done"], body["candidates_total"], body["selected_candidate_index"]) == (2, 3, 1)
    assert scores(shown(done, event(5), parts=PARTS)) == [1.0]
    assert shown(done, event(5), parts=PARTS)["result"] is None


def test_a_failed_iteration_keeps_what_it_had() -> None:
    failed = replace(ITERATION, state="failed", stage="failed", error="任务超时", error_facts="{}")
    body = shown(failed, parts=PARTS)
    assert (scores(body), body["status"], body["error"], body["result"]) == ([1.0, 2.0], "failed", "任务超时", None)


def test_brief_candidates_are_short() -> None:
    body = shown(ITERATION, parts=PARTS, brief=True)
    assert body["candidates"][0] == {"expression": "rank(1)", "status": "success", "score": 1.0}
    brief = {"parent_score": 1.0, "candidates": [candidate(3)]}
    facts = json.dumps({**FACTS, "brief": brief})
    done = replace(ITERATION, state="succeeded", stage="iteration_completed", facts=facts)
    listed = shown(done, brief=True)
    assert (scores(listed), listed["result"], listed["candidates_done"]) == ([3.0], brief, 1)


def test_params_are_those_of_the_parent_and_its_own() -> None:
    assert shown(ITERATION)["params"] == {
        "universe": "hs300",
        "n_groups": 5,
        "parent_task_id": "a1b2c3d4e5f6",
        "n_candidates": 3,
        "run_rolling_validation": True,
    }
    assert (shown(ITERATION)["task_type"], shown(ITERATION)["lineage_id"]) == ("iteration", "a1b2c3d4e5f6")


def test_a_backtest_has_the_same_keys_without_candidates() -> None:
    body = shown(BACKTEST, q_values={"q_bh": 0.5})
    assert (body["task_type"], body["candidates"], body["candidates_done"]) == ("backtest", None, None)
    assert (body["q_values"], body["params"]["prompt"]) == ({"q_bh": 0.5}, "rank(close)")
    assert "owner_id" not in json.dumps(body)
    assert "user_id" not in body


def test_what_a_briefing_told_is_nobodys_business() -> None:
    told = replace(BACKTEST, ask='{"prompt":"x","briefing":{"secret":1},"snapshot":"abc"}')
    assert "secret" not in task_json(told)


def test_a_report_is_made_from_the_archive_of_its_candidate(tmp_path: Any) -> None:
    artifacts = Artifacts(tmp_path)
    series = {"nav": Series(name="nav", index_name="day", index=["d"], columns={"nav": [1.0]})}
    for name in ("iter_0123456789", "iter_0123456789_aaaaaaaa"):
        artifacts.write_task(name, {"of": name}, series)

    def source(digest: str) -> str:
        return artifacts.source_of(f"backtest_report_20260101_iter_0123456789_{digest}.html", "iter_0123456789")

    assert source("aaaaaaaa") == "iter_0123456789_aaaaaaaa"
    assert source("bbbbbbbb") == "iter_0123456789"
    assert artifacts.load(source("aaaaaaaa"))[0] == {"of": "iter_0123456789_aaaaaaaa"}
    with pytest.raises(BadRequest):
        artifacts.source_of("../x.html", "iter_0123456789")
    artifacts.forget_task("iter_0123456789")
    assert not list((tmp_path / "tasks").iterdir())
    for odd in ("../x", "A" * 32, "0" * 31, ""):
        with pytest.raises(NotFound):
            artifacts.picture_path(odd)


def test_reports_of_one_user_are_limited_and_those_of_others_left_alone(tmp_path: Any) -> None:
    from quantgpt.records import NewJob
    from quantgpt.services.reports import purge_reports

    app = make_app(tmp_path / "home", max_reports=3)
    owners = [app.records.accounts.ensure(f"{name}@example.com").id for name in ("ann", "bob")]
    for owner, job in zip(owners, ("a1", "b1"), strict=True):
        names = [f"backtest_report_20260101_{job}_{number:08x}.html" for number in range(5)]
        app.records.jobs.submit(NewJob(id=job, operation="factor.iterate", owner_id=owner, ask="{}"))
        app.records.attempts.claim("w", 60)
        for name in names:
            app.artifacts.write_report(name, b"x")
        app.records.attempts.succeed(
            job, 1, stage="iteration_completed", outcome="{}", outcome_hash="x", facts="{}", reports=names
        )
    purge_reports(app, owners[0])
    kept = sorted(path.name for path in (app.settings.artifacts_folder / "reports").iterdir())
    assert [sum(f"_{job}_" in name for name in kept) for job in ("a1", "b1")] == [3, 5]
    app.records.close()
