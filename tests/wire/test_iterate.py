"""Iterations over REST: ask, follow, read, choose, iterate on the choice, see the lineage."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests._rig import finished
from tests.wire._events import stream

from quantgpt.services._base import App

pytestmark = pytest.mark.xdist_group("wire")

API = "/api/v1"
EXPRESSION = "rank(close/ts_mean(close, 20))"
ASK = {
    "prompt": EXPRESSION, "universe": "small_scale", "start_date": "2023-07-03", "end_date": "2025-09-30",
    "holding_period": 3,
}  # fmt: skip
SHORT = {"prompt": EXPRESSION, "start_date": "2024-07-01", "end_date": "2025-03-31", "universe": "small_scale"}
CANDIDATE_KEYS = {
    "expression", "status", "score", "grade", "component_scores", "backtest_summary", "anti_overfit", "report_metrics",
    "report_url", "report_filename",
}  # fmt: skip


def run(client: TestClient, served: App, body: dict[str, Any]) -> dict[str, Any]:
    """A finished backtest."""
    answer = client.post(f"{API}/auto_backtest", json=body)
    assert answer.status_code == 202, answer.text
    task_id = answer.json()["task_id"]
    finished(served, task_id, 60)
    found: dict[str, Any] = client.get(f"{API}/tasks/{task_id}").json()
    assert found["status"] == "completed", found["error"]
    return found


@pytest.fixture(scope="module")
def parent(client: TestClient, served: App) -> dict[str, Any]:
    return run(client, served, ASK)


@pytest.fixture(scope="module")
def followed(client: TestClient, parent: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    """An iteration and the events of its stream."""
    body = {"n_candidates": 4, "run_rolling_validation": True, "unheard_of": 1}
    answer = client.post(f"{API}/tasks/{parent['task_id']}/iterate", json=body)
    assert answer.status_code == 202, answer.text
    told = answer.json()
    assert told["status"] == "pending"
    assert re.fullmatch(r"iter_[0-9a-f]{10}", told["task_id"])
    events = stream(client, told["task_id"])
    return client.get(f"{API}/tasks/{told['task_id']}").json(), events


def test_the_stream_counts_candidates_one_by_one(followed: tuple[dict[str, Any], list[Any]]) -> None:
    task, events = followed
    updates = [event.data for event in events if event.name == "update"]
    assert list(dict.fromkeys(update["status"] for update in updates)) == [
        "pending", "iterating", "iteration_completed",
    ]  # fmt: skip
    done = [update["candidates_done"] for update in updates]
    assert done == sorted(done)
    assert set(done) == {0, 1, 2, 3, 4}
    assert {update["candidates_total"] for update in updates} == {4}
    assert all(len(update["candidates"]) == update["candidates_done"] for update in updates)
    seen = [json.dumps(update["candidates"]) for update in updates if update["status"] == "iterating"]
    assert all(later[1:].startswith(earlier[1:-1]) for earlier, later in pairwise(seen))
    assert (events[-1].name, events[-1].data) == ("done", {"status": "iteration_completed"})
    again = updates[-1]
    assert again["candidates"] == task["candidates"]


def test_the_task_has_the_shape_of_the_contract(
    followed: tuple[dict[str, Any], list[Any]], parent: dict[str, Any]
) -> None:
    task, _ = followed
    assert (task["task_type"], task["parent_task_id"]) == ("iteration", parent["task_id"])
    assert task["expression"] == EXPRESSION
    assert task["params"]["n_candidates"] == 4
    assert task["params"]["parent_task_id"] == parent["task_id"]
    assert task["params"]["universe"] == "small_scale"
    result = task["result"]
    assert set(result) >= {"parent_task_id", "parent_expression", "parent_score", "parent_grade", "candidates"}
    assert result["candidates"] == task["candidates"]
    scores = [row["score"] for row in task["candidates"] if row["status"] == "success"]
    assert scores == sorted(scores, reverse=True)
    assert scores
    for row in task["candidates"]:
        if row["status"] == "failed":
            assert set(row) >= {"expression", "error"}
            continue
        assert set(row) >= CANDIDATE_KEYS | {"rolling_validation", "search", "origin", "strategy"}
        assert row["anti_overfit"]["mode"] == "fast"
        assert row["anti_overfit"]["total_count"] == len(row["anti_overfit"]["tests"])
        assert set(row["component_scores"]) == set(result["parent"]["component_scores"])
        assert row["rolling_validation"]["summary"]["n_windows"] >= 1
        assert row["origin"] == "offline"
        assert 0 <= row["search"]["dsr"] <= 1
        assert row["search"]["trials"] == result["search"]["trials"]


def test_the_sealed_slice_stays_out(followed: tuple[dict[str, Any], list[Any]], client: TestClient) -> None:
    """By hand: 545 sessions have a last quarter of 136, of which no candidate sees a single one."""
    task, _ = followed
    sealed = task["result"]["search"]["sealed"]
    assert sealed["state"] == "sealed"
    assert sealed["sessions"] == (sealed["open_sessions"] + sealed["sessions"]) // 4 >= 120
    best = task["candidates"][0]
    name = best["report_filename"]
    assert best["report_url"] == f"{API}/reports/{name}"
    report = client.get(best["report_url"])
    assert report.status_code == 200
    assert sealed["open_last_day"] in report.text
    assert best["direction"]["calibration_end"] < sealed["first_day"]
    assert all(window["test_period"][-10:] < sealed["first_day"] for window in best["rolling_validation"]["windows"])


def test_parent_and_candidates_are_scored_alike(
    followed: tuple[dict[str, Any], list[Any]], parent: dict[str, Any]
) -> None:
    """The parent's score is that of a test which keeps out of the slice, not the one over the whole range."""
    result = followed[0]["result"]
    assert result["parent_grade"] in "ABCD"
    assert "anti_overfit" in result["parent"]["component_scores"]
    assert result["parent"]["anti_overfit"]["mode"] == "fast"
    assert result["parent"]["metrics"] != parent["result"]["metrics"]


def test_every_trial_is_booked_once(
    followed: tuple[dict[str, Any], list[Any]], parent: dict[str, Any], served: App
) -> None:
    task, _ = followed
    job = served.records.jobs.get(task["task_id"])
    assert job is not None
    rows = served.records.trials.of_jobs(job.owner_id, [job.id])
    tested = {row["expression"] for row in task["candidates"] if row.get("expression_hash")}
    assert {row.expression for row in rows} == tested
    assert len(rows) == task["result"]["search"]["trials_added"]
    assert {row.kind for row in rows} == {"candidate"}
    assert {row.lineage_id for row in rows} == {parent["task_id"]}


def test_a_choice_is_kept_and_may_be_made_again(
    client: TestClient, followed: tuple[dict[str, Any], list[Any]], parent: dict[str, Any], served: App
) -> None:
    task, _ = followed
    address = f"{API}/tasks/{task['task_id']}/select_candidate"
    first = client.post(address, json={"candidate_index": 0})
    assert first.status_code == 200, first.text
    body = first.json()
    best = task["candidates"][0]
    assert body["task_id"] == task["task_id"]
    assert body["selected_index"] == 0
    for name in ("expression", "score", "grade", "report_url", "report_metrics", "backtest_summary"):
        assert body[name] == best[name]
    assert body["opening"]["state"] == "opened"
    assert client.post(address, json={"candidate_index": 0}).json()["opening"]["job_id"] == body["opening"]["job_id"]
    other = client.post(address, json={"candidate_index": 1}).json()
    assert other["opening"]["state"] == "refused"
    assert client.get(f"{API}/tasks/{task['task_id']}").json()["selected_candidate_index"] == 1

    answer = client.post(f"{API}/tasks/{task['task_id']}/iterate", json={"n_candidates": 2})
    assert answer.status_code == 202, answer.text
    finished(served, answer.json()["task_id"], 60)
    child = client.get(f"{API}/tasks/{answer.json()['task_id']}").json()
    assert child["status"] == "iteration_completed", child["error"]
    assert child["expression"] == task["candidates"][1]["expression"]
    assert child["result"]["search"]["memory"]["tried"] == 4
    assert not {row["expression"] for row in child["candidates"]} & {row["expression"] for row in task["candidates"]}

    tree = client.get(f"{API}/tasks/{child['task_id']}/lineage").json()
    assert tree["lineage_id"] == parent["task_id"]
    assert [node["task_id"] for node in tree["nodes"]] == [parent["task_id"], task["task_id"], child["task_id"]]
    assert tree["nodes"][0]["children"] == [task["task_id"]]
    assert [node.get("parent_index") for node in tree["nodes"]] == [None, None, 1]
    assert [row["selected"] for row in tree["nodes"][1]["candidates"]] == [False, True, False, False]
    assert [opening["refused"] for opening in tree["openings"] if opening["reason"] == "selection"] == [False, True]


def test_a_short_span_has_no_seal_and_says_so(client: TestClient, served: App) -> None:
    task = run(client, served, SHORT)
    answer = client.post(f"{API}/tasks/{task['task_id']}/iterate", json={"n_candidates": 1})
    finished(served, answer.json()["task_id"], 60)
    found = client.get(f"{API}/tasks/{answer.json()['task_id']}").json()
    assert found["status"] == "iteration_completed", found["error"]
    assert found["result"]["search"]["sealed"]["state"] == "none"
    assert "rolling_validation" not in found["candidates"][0]


@pytest.mark.parametrize(
    ("body", "field", "nearest"),
    [
        ({"n_candidates": 0}, "n_candidates", 1),
        ({"n_candidates": 11}, "n_candidates", 10),
        ({"n_candidates": "5"}, "n_candidates", None),
        ({"n_candidates": 2.5}, "n_candidates", None),
        ({"n_candidates": True}, "n_candidates", None),
        ({"n_candidates": None}, "n_candidates", None),
        ({"run_rolling_validation": "yes"}, "run_rolling_validation", None),
        ({"n_candidate": 3}, "n_candidate", "n_candidates"),
    ],
)
def test_bad_requests_are_named(
    client: TestClient, parent: dict[str, Any], body: dict[str, Any], field: str, nearest: object
) -> None:
    answer = client.post(f"{API}/tasks/{parent['task_id']}/iterate", json=body)
    assert answer.status_code == 400
    assert answer.json()["field"] == field
    assert answer.json().get("nearest") == nearest


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"candidate_index": 99}, "候选索引超出范围"),
        ({"candidate_index": -1}, None),
        ({"candidate_index": "0"}, None),
        ({"candidate_index": 0.5}, None),
        ({}, None),
    ],
)
def test_bad_choices_are_refused(
    client: TestClient, followed: tuple[dict[str, Any], list[Any]], body: dict[str, Any], detail: str | None
) -> None:
    answer = client.post(f"{API}/tasks/{followed[0]['task_id']}/select_candidate", json=body)
    assert answer.status_code == 400
    assert answer.json()["field"] == "candidate_index"
    assert detail is None or answer.json()["detail"] == detail


def test_only_finished_tasks_of_the_caller_are_parents(
    client: TestClient, parent: dict[str, Any], served: App, idle: App
) -> None:
    for path in ("000000000000", "iter_0000000000", "..%2f..", "x" * 200):
        for verb in ("iterate", "select_candidate"):
            answer = client.post(f"{API}/tasks/{path}/{verb}", json={"candidate_index": 0})
            assert answer.status_code == 404, (path, verb, answer.text)
    answer = client.post(f"{API}/tasks/{parent['task_id']}/select_candidate", json={"candidate_index": 0})
    assert (answer.status_code, answer.json()["detail"]) == (400, "迭代任务尚未完成")


def test_an_unfinished_parent_is_refused(idle: App) -> None:
    from quantgpt.faces.rest.app import create_api

    with TestClient(create_api(idle), base_url="http://127.0.0.1:8003") as client:
        task_id = client.post(f"{API}/auto_backtest", json=SHORT).json()["task_id"]
        answer = client.post(f"{API}/tasks/{task_id}/iterate", json={})
        assert (answer.status_code, answer.json()["detail"]) == (400, "只能对已完成的任务进行迭代优化")
