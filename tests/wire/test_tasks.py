"""Tasks over REST: submit, follow, read, list, series, report, cancel."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests._rig import finished, make_app
from tests.wire._events import stream

from quantgpt.faces.rest.app import create_api
from quantgpt.faces.rest.shapes import Health, SeriesTable, TaskList, TaskObject, Validation
from quantgpt.foundations.hashing import hash_value
from quantgpt.services._base import App
from quantgpt.services.factor_tests import TestFactor
from quantgpt.services.stages import STAGES

pytestmark = pytest.mark.xdist_group("wire")

API = "/api/v1"
EXPRESSION = "rank(close/ts_mean(close, 20))"
ASK = {"prompt": EXPRESSION, "universe": "csi1000", "start_date": "2024-01-01", "end_date": "2025-06-30"}
"""on a universe that no other test of this server asks for: what was tried there before is part of a result"""


def submit(client: TestClient, **more: Any) -> str:
    answer = client.post(f"{API}/auto_backtest", json={**ASK, **more})
    assert answer.status_code == 202, answer.text
    body = answer.json()
    assert body == {"task_id": body["task_id"], "status": "pending"}
    return str(body["task_id"])


@pytest.fixture(scope="module")
def task(client: TestClient, served: App) -> dict[str, Any]:
    """A finished task."""
    task_id = submit(client)
    finished(served, task_id, 60)
    found: dict[str, Any] = client.get(f"{API}/tasks/{task_id}").json()
    assert found["status"] == "completed", found["error"]
    return found


def test_a_stream_shows_every_status_in_order_and_ends_once(client: TestClient) -> None:
    task_id = submit(client, universe="csi500")
    assert len(task_id) == 12
    assert set(task_id) <= set("0123456789abcdef")
    events = stream(client, task_id)
    statuses = [event.data["status"] for event in events if event.name == "update"]
    order = ["pending", *STAGES, "completed"]
    assert list(dict.fromkeys(statuses)) == order
    assert [order.index(status) for status in statuses] == sorted(order.index(status) for status in statuses)
    assert [event.name for event in events].count("done") == 1
    assert (events[-1].name, events[-1].data) == ("done", {"status": "completed"})
    assert events[-2].data["result"]["metrics"]
    numbers = [int(event.id or 0) for event in events[:-1]]
    assert numbers == sorted(set(numbers))


def test_a_finished_task_answers_one_update_and_done_at_once(client: TestClient, task: dict[str, Any]) -> None:
    events = stream(client, task["task_id"])
    assert [event.name for event in events] == ["update", "done"]
    assert events[0].data == task


def test_a_stream_resumes_behind_the_last_event(client: TestClient, task: dict[str, Any]) -> None:
    events = stream(client, task["task_id"], last="3")
    assert [event.id for event in events[:-1]] == [str(n) for n in range(4, 4 + len(events) - 1)]
    assert events[-1].name == "done"
    done = str(events[-1].id)
    answer = client.get(f"{API}/tasks/{task['task_id']}/stream", headers={"Last-Event-ID": done})
    assert (answer.status_code, answer.text) == (204, "")


@pytest.mark.parametrize("last", ["garbage", "-1", "9" * 40, "", "١"])
def test_an_unreadable_last_event_starts_afresh(client: TestClient, task: dict[str, Any], last: str) -> None:
    headers = [(b"last-event-id", last.encode())]
    answer = client.get(f"{API}/tasks/{task['task_id']}/stream", headers=headers)
    assert answer.text.count("event: done") == 1


def test_stream_headers_keep_proxies_from_buffering(client: TestClient, task: dict[str, Any]) -> None:
    answer = client.get(f"{API}/tasks/{task['task_id']}/stream")
    assert (answer.headers["cache-control"], answer.headers["x-accel-buffering"]) == ("no-cache", "no")


def test_the_task_object_has_the_keys_of_the_contract(task: dict[str, Any]) -> None:
    expected = {"task_id", "status", "session_id", "params", "expression", "result", "error", "task_type"}
    extras = {"created_at", "updated_at", "finished_at", "progress", "warnings", "manifest_id", "timings"}
    assert expected | extras <= set(task)
    assert "user_id" not in task
    assert (task["expression"], task["error"], task["session_id"]) == (EXPRESSION, None, None)
    assert {name: task["params"][name] for name in ASK} == ASK
    ended = {"stage": "completed", "pct": 100.0, "message": "", "code": "completed", "args": {}}
    assert task["progress"] == ended
    of = task["counts"]
    assert set(of) == {"fetching_data", "backtesting", "analyzing"}
    assert of["backtesting"]["names"] == of["fetching_data"]["names"] > 0
    assert of["analyzing"]["permutations"] >= 999
    assert set(task["timings"]) >= {"fetching_data", "backtesting", "analyzing", "generating_report", "total"}
    assert task["timings"]["total"] == pytest.approx(
        sum(value for name, value in task["timings"].items() if name != "total"), abs=1e-3
    )
    assert len(task["created_at"]) == len("2026-01-01T00:00:00")


def test_answers_have_the_shapes_that_the_schema_promises(client: TestClient, task: dict[str, Any]) -> None:
    exact = {"extra": "forbid", "strict": True}
    for shape, path in (
        (TaskObject, f"/tasks/{task['task_id']}"),
        (TaskList, "/tasks?page_size=100"),
        (TaskList, "/tasks?page_size=100&brief=true"),
        (SeriesTable, f"/tasks/{task['task_id']}/series/ic"),
        (Health, "/health"),
    ):
        body = client.get(API + path).json()
        assert set(shape.model_fields) == set(body)
        shape.model_validate(body, **exact)
    for expression in ("rank(close)", "rank(clos)", "close / (open - open)", ""):
        body = client.post(f"{API}/expressions/validate", json={"expression": expression}).json()
        Validation.model_validate(body, **exact)


def test_the_result_has_the_keys_of_the_contract(task: dict[str, Any]) -> None:
    result = task["result"]
    for key in ("report_url", "metrics", "backtest_summary", "anti_overfit", "stock_factor_data", "params", "llm"):
        assert key in result
    for key in ("expression", "universe", "start_date", "end_date", "n_groups", "holding_period", "benchmark"):
        assert key in result["params"]
    assert result["params"]["stock_count"] > 0
    assert {name: value for name, value in result["llm"].items() if value is not None} == {
        "prompt": EXPRESSION,
        "generated_expression": EXPRESSION,
        "used_llm": False,
        "attempts": 0,
        "tokens": 0,
        "engine": "expression",
    }
    assert set(result["backtest_summary"]["group_returns"]) == set("01234")
    assert [test["name"] for test in result["anti_overfit"]["tests"]] == [
        "IC稳定性",
        "子样本压力",
        "安慰剂检验",
        "半衰期估计",
    ]


def test_the_numbers_over_rest_are_those_of_the_engine(task: dict[str, Any], served: App) -> None:
    run = served.run(TestFactor(**ASK))
    assert task["result_hash"] == hash_value(run.result)
    assert task["result"] == {"report_url": task["result"]["report_url"], **run.result}


def test_the_list_agrees_with_the_reading_and_pages_do_not_overlap(client: TestClient, task: dict[str, Any]) -> None:
    submit(client)
    first = client.get(f"{API}/tasks?page=1&page_size=1").json()
    assert (first["page"], first["page_size"], len(first["tasks"])) == (1, 1, 1)
    everything = client.get(f"{API}/tasks?page_size=100").json()
    assert everything["total"] == len(everything["tasks"])
    assert task in everything["tasks"]
    assert client.get(f"{API}/tasks?page=900").json()["tasks"] == []


def test_a_brief_list_leaves_the_long_tables_out(client: TestClient, task: dict[str, Any]) -> None:
    rows = client.get(f"{API}/tasks?page_size=100&brief=true").json()["tasks"]
    (row,) = [row for row in rows if row["task_id"] == task["task_id"]]
    assert row["result"]["score"] == task["result"]["score"]
    assert "stock_factor_data" not in row["result"]


def test_every_series_that_the_result_names_can_be_read(client: TestClient, task: dict[str, Any]) -> None:
    for name in task["result"]["series"]:
        series = client.get(f"{API}/tasks/{task['task_id']}/series/{name}").json()
        assert series["name"] == name
        assert all(len(column) == len(series["index"]) for column in series["columns"].values())


@pytest.mark.parametrize("name", ["navv", "../result", "..%2fresult", "nav.json", "%00"])
def test_an_unknown_series_is_not_found(client: TestClient, task: dict[str, Any], name: str) -> None:
    answer = client.get(f"{API}/tasks/{task['task_id']}/series/{name}")
    assert answer.status_code == 404
    if name == "navv":
        assert answer.json()["nearest"] == "nav"


def test_the_report_is_one_sandboxed_page(client: TestClient, task: dict[str, Any]) -> None:
    address = task["result"]["report_url"]
    assert address.startswith("/api/v1/reports/backtest_report_2")
    assert f"_{task['task_id']}_" in address
    answer = client.get(address)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox ")
    assert "private" in answer.headers["cache-control"]
    assert answer.text.lstrip().lower().startswith("<!doctype html")


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("backtest_report_20260321.html", 404),
        ("backtest_report_x_y_z.html", 404),
        ("other.html", 400),
        ("backtest_report_.html", 400),
        ("backtest_report_a.html.bak", 400),
        ("backtest_report_..html", 400),
        ("backtest_report_é.html", 400),
        ("backtest_report_" + "a" * 300 + ".html", 400),
    ],
)
def test_report_names_are_checked(client: TestClient, name: str, status: int) -> None:
    answer = client.get(f"{API}/reports/{name}")
    assert answer.status_code == status
    if status == 400:
        assert answer.json()["detail"] == "Invalid filename"


def test_a_purged_report_is_made_again(client: TestClient, served: App, task: dict[str, Any]) -> None:
    address = task["result"]["report_url"]
    name = address.rpartition("/")[2]
    before = client.get(address).text
    served.artifacts.drop_report(name)
    served.records.reports.drop([name])
    again = client.get(address)
    assert (again.status_code, again.text) == (200, before)
    assert client.get(f"{API}/tasks?page_size=100").json()["total"] == len(
        client.get(f"{API}/tasks?page_size=100").json()["tasks"]
    )


def test_old_reports_are_purged_beyond_the_limit(idle: App) -> None:
    from quantgpt.records import LOCAL_ADMIN, NewJob
    from quantgpt.services.reports import purge_reports

    settings = idle.settings.model_copy(update={"max_reports": 2})
    app = App(settings=settings, clock=idle.clock)
    for name in "abcd":
        app.records.jobs.submit(NewJob(id=name, operation="factor.test", owner_id=LOCAL_ADMIN, ask="{}"))
        app.records.attempts.claim("w", 15)
        file = f"backtest_report_{name}.html"
        app.artifacts.write_report(file, b"x")
        app.records.attempts.succeed(
            name, 1, stage="completed", outcome="{}", outcome_hash="x", facts="{}", reports=(file,)
        )
        purge_reports(app, LOCAL_ADMIN)
    kept = sorted(path.name for path in (app.settings.artifacts_folder / "reports").iterdir())
    assert kept == ["backtest_report_c.html", "backtest_report_d.html"]
    app.records.close()


def test_requests_for_one_purged_report_share_a_job(idle: App) -> None:
    from quantgpt.records import LOCAL_ADMIN, NewJob
    from quantgpt.services.reports import find_report, is_made_again

    app = App(settings=idle.settings.model_copy(update={"max_reports": 1}), clock=idle.clock)
    for name in "ab":
        app.records.jobs.submit(NewJob(id=name, operation="factor.test", owner_id=LOCAL_ADMIN, ask="{}"))
        app.records.attempts.claim("w", 15)
        app.records.attempts.succeed(
            name,
            1,
            stage="completed",
            outcome="{}",
            outcome_hash="x",
            facts="{}",
            reports=(f"backtest_report_{name}.html",),
        )
    app.artifacts.write_report("backtest_report_b.html", b"b")
    app.records.reports.drop(["backtest_report_a.html"])
    jobs = {find_report(app, "backtest_report_a.html", LOCAL_ADMIN)[1] for _ in range(5)}
    assert len(jobs) == 1
    job = jobs.pop()
    assert job is not None
    app.records.attempts.claim("w", 15)
    app.artifacts.write_report("backtest_report_a.html", b"a")
    app.records.attempts.succeed(job, 1, stage="completed", outcome="{}", outcome_hash="x", facts="{}")
    assert is_made_again(app, job, "backtest_report_a.html")
    kept = [path.name for path in (app.settings.artifacts_folder / "reports").iterdir()]
    assert kept == ["backtest_report_a.html"]
    app.records.close()


def test_cancel_is_failed_with_one_sentence_and_repeats_the_same(idle: App) -> None:
    with TestClient(create_api(idle), base_url="http://127.0.0.1:8003") as client:
        task_id = submit(client)
        first = client.post(f"{API}/tasks/{task_id}/cancel")
        assert (first.status_code, first.json()["status"], first.json()["error"]) == (200, "failed", "任务已取消")
        assert client.post(f"{API}/tasks/{task_id}/cancel").json() == first.json()
        events = stream(client, task_id)
        assert events[-1].data == {"status": "failed"}


def test_a_finished_task_cannot_be_cancelled(client: TestClient, task: dict[str, Any]) -> None:
    answer = client.post(f"{API}/tasks/{task['task_id']}/cancel")
    assert (answer.status_code, answer.json()["detail"]) == (409, "任务已结束，无法取消")


@pytest.mark.parametrize("path", ["", "/stream", "/series/nav"])
def test_an_unknown_task_is_not_found(client: TestClient, path: str) -> None:
    for name in ("000000000000", "x" * 300, "..", "%2e%2e%2f", "a'--"):
        answer = client.get(f"{API}/tasks/{name}{path}")
        assert answer.status_code == 404
        assert "detail" in answer.json()
    assert client.post(f"{API}/tasks/000000000000/cancel").json()["detail"] == "Task not found"


def test_a_task_with_few_rows_skips_the_analysis(client: TestClient, served: App) -> None:
    span = {"start_date": "2025-06-02", "end_date": "2025-06-12", "holding_period": 2}
    task_id = submit(client, universe="small_scale", **span)
    job = finished(served, task_id, 60)
    stages = [event.stage for event in served.records.jobs.events(task_id)]
    assert "analyzing" not in stages
    assert job.stage in ("completed", "failed")


def test_tasks_and_reports_are_the_same_after_a_restart(client: TestClient, served: App, task: dict[str, Any]) -> None:
    again = App(settings=served.settings, clock=served.clock)
    with TestClient(create_api(again), base_url="http://127.0.0.1:8003") as restarted:
        assert restarted.get(f"{API}/tasks/{task['task_id']}").json() == task
        assert [event.name for event in stream(restarted, task["task_id"])] == ["update", "done"]
        assert restarted.get(task["result"]["report_url"]).status_code == 200
    again.records.close()


def test_a_stream_that_takes_too_long_ends_with_an_error_event(idle: App) -> None:
    app = App(settings=idle.settings.model_copy(update={"sse_timeout": 0.3}), clock=idle.clock)
    with TestClient(create_api(app), base_url="http://127.0.0.1:8003") as client:
        events = stream(client, submit(client))
    assert [event.name for event in events] == ["update", "error"]
    assert events[-1].data == {"error": "Stream timeout"}
    app.records.close()


def test_more_streams_than_allowed_are_refused(idle: App) -> None:
    api = create_api(idle)
    with TestClient(api, base_url="http://127.0.0.1:8003") as client:
        task_id = submit(client)
        api.state.rest.streams = idle.settings.max_sse
        answer = client.get(f"{API}/tasks/{task_id}/stream")
    assert (answer.status_code, answer.json()["detail"]) == (503, "SSE 连接数已满")
    assert int(answer.headers["retry-after"]) > 0


def test_failed_tasks_keep_their_expression_and_say_why(idle: App) -> None:
    from quantgpt.records import Failure

    with TestClient(create_api(idle), base_url="http://127.0.0.1:8003") as client:
        task_id = submit(client)
        idle.records.attempts.claim("w", 15)
        idle.records.attempts.fail(task_id, 1, Failure(error="因子表达式无效: Unknown column"))
        task = client.get(f"{API}/tasks/{task_id}").json()
    assert (task["status"], task["expression"], task["result"]) == ("failed", EXPRESSION, None)
    assert task["error"] == "因子表达式无效: Unknown column"
    assert json.loads(json.dumps(task)) == task


def test_no_market_means_unavailable_with_the_way_out(tmp_path: Any) -> None:
    app = make_app(tmp_path / "home")
    with TestClient(create_api(app), base_url="http://127.0.0.1:8003") as client:
        answer = client.post(f"{API}/auto_backtest", json=ASK)
        assert (answer.status_code, answer.json()["detail"]) == (503, "还没有行情数据")
        assert "quantgpt data demo" in answer.json()["hint"]
        assert client.get(f"{API}/market").status_code == 503
        assert client.get(f"{API}/health").status_code == 200
        assert client.get(f"{API}/health/ready").status_code == 503
    app.records.close()
