"""Words over REST, from the submission through a worker and a model on loopback to the end of the task."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient
from tests._models import FAULTS, KEY, Reply, Request, Server, fake_model, propose
from tests._rig import finished, lend_demo, make_app, submit, wait_until, working

from quantgpt.faces.rest.app import create_api
from quantgpt.records import LOCAL_ADMIN, NewJob
from quantgpt.records.schema import model_calls
from quantgpt.services._base import App
from quantgpt.services.factor_tests import TestFactor, brief_of
from quantgpt.services.words import calls_left

pytestmark = pytest.mark.xdist_group("words")

API = "/api/v1"
LOW = "过去一个月波动率最低的股票"
WRONG = "总是写错的因子"
BROKEN = "20-day momentum while the model is down"
REFUSED = "不肯回答的因子"
SCRIPT = {
    LOW: propose("-1 * ts_std(returns, 20)", "低波动", 1, 20),
    WRONG: propose("rank(clos)"),
    BROKEN: FAULTS["500"](),
    REFUSED: FAULTS["refusal"](),
}
SLOW = "想了很久的因子"
SPAN = {"universe": "small_scale", "start_date": "2024-01-01", "end_date": "2025-06-30"}
GO = threading.Event()


def slowly(connection: socket.socket, stop: threading.Event) -> None:
    GO.wait(30)
    SCRIPT[REFUSED](connection, stop)


def script(request: Request) -> Reply:
    text = json.loads(request.body["messages"][1]["content"])["request"]
    return slowly if text == SLOW else SCRIPT[text]


@pytest.fixture(scope="module")
def model() -> Iterator[Server]:
    with fake_model(by=script) as server:
        yield server


@pytest.fixture(scope="module")
def served(model: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = lend_demo(make_app(tmp_path_factory.mktemp("words") / "home", **model.settings))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEEPSEEK_API_KEY", KEY)
        with working(app):
            yield app
    app.records.close()


@pytest.fixture(scope="module")
def tasks(served: App) -> dict[str, dict[str, Any]]:
    """One finished task for each of the words."""
    with TestClient(create_api(served), base_url="http://127.0.0.1:8003") as client:
        ids = {}
        for prompt in SCRIPT:
            answer = client.post(f"{API}/auto_backtest", json={"prompt": prompt, **SPAN})
            assert answer.status_code == 202, answer.text
            ids[prompt] = answer.json()["task_id"]
        for task_id in ids.values():
            finished(served, task_id, 90)
        return {prompt: client.get(f"{API}/tasks/{task_id}").json() for prompt, task_id in ids.items()}


def calls_of(app: App, task: dict[str, Any]) -> list[dict[str, Any]]:
    with app.records.reader.begin() as connection:
        found = select(model_calls).where(model_calls.c.job_id == task["task_id"]).order_by(model_calls.c.id)
        return [dict(row) for row in connection.execute(found).mappings()]


def test_words_end_as_a_result_that_says_who_spoke(served: App, tasks: dict[str, dict[str, Any]]) -> None:
    task = tasks[LOW]
    assert (task["status"], task["error"]) == ("completed", None)
    result = task["result"]
    assert task["expression"] == result["params"]["expression"] == "-1 * ts_std(returns, 20)"
    llm = result["llm"]
    assert (llm["prompt"], llm["engine"], llm["model"], llm["used_llm"]) == (LOW, "llm", "deepseek-flash", True)
    assert (llm["attempts"], llm["tokens"], llm["hypothesis"]) == (1, 18, "低波动")
    (row,) = calls_of(served, task)
    assert (row["owner_id"], row["ok"], row["fault"]) == (LOCAL_ADMIN, True, None)
    assert (row["prompt_tokens"], row["completion_tokens"]) == (11, 7)
    assert (row["prompt_hash"], row["answer_hash"]) == (llm["prompt_hash"], llm["answer_hash"])


def test_an_expression_that_stays_wrong_is_shown_with_its_reason(served: App, tasks: dict[str, dict[str, Any]]) -> None:
    task = tasks[WRONG]
    assert (task["status"], task["result"]) == ("failed", None)
    assert task["error"].startswith("因子表达式无效: Unknown column or variable: 'clos'")
    assert task["expression"] == "rank(clos)"
    assert len(calls_of(served, task)) == 4


def test_a_model_that_is_down_fails_the_task_with_the_reason(served: App, tasks: dict[str, dict[str, Any]]) -> None:
    task = tasks[BROKEN]
    assert (task["status"], task["error"]) == ("failed", "大模型服务暂不可用：服务端错误")
    assert task.get("expression") is None
    assert task["error_facts"]["code"] == "model_server"
    assert [row["fault"] for row in calls_of(served, task)] == ["server"] * 3


def test_a_model_that_declines_fails_the_task(served: App, tasks: dict[str, dict[str, Any]]) -> None:
    task = tasks[REFUSED]
    assert task["status"] == "failed"
    assert task["error"].startswith("大模型没有给出因子：")
    assert task["error_facts"]["code"] == "model_declined"
    assert len(calls_of(served, task)) == 1


def test_every_call_counts_for_the_day_of_its_user(
    served: App, model: Server, tasks: dict[str, dict[str, Any]]
) -> None:
    assert sum(len(calls_of(served, task)) for task in tasks.values()) == 9
    used = len(model.requests)
    assert served.records.model_calls.lately(LOCAL_ADMIN) == used
    assert served.records.model_calls.lately("00000000-0000-0000-0000-000000000000") == 0
    tight = replace(served, settings=served.settings.model_copy(update={"model_daily_calls": used + 1}))
    ask = TestFactor(prompt=LOW, market="demo")
    assert brief_of(tight, ask, LOCAL_ADMIN)["model_calls_left"] == calls_left(tight, LOCAL_ADMIN) == 1
    none = replace(served, settings=served.settings.model_copy(update={"model_daily_calls": 3}))
    assert calls_left(none, LOCAL_ADMIN) == 0


def test_the_key_is_in_no_file_and_no_answer(served: App, tasks: dict[str, dict[str, Any]]) -> None:
    home = served.settings.home
    kept = [path for path in home.rglob("*") if path.is_file() and (home / "market") not in path.parents]
    assert kept
    assert [path.name for path in kept if KEY.encode() in path.read_bytes()] == []
    assert KEY not in json.dumps(tasks)
    assert KEY not in repr(served.settings)


def test_no_process_that_computes_shows_the_key(served: App, model: Server) -> None:
    job = submit(served, TestFactor(prompt=SLOW, **SPAN))
    wait_until(lambda: any(SLOW in request.text for request in model.requests), 60)
    try:
        family = psutil.Process().children(recursive=True)
        assert len(family) >= 2
        for process in family:
            assert KEY not in str(process.environ())
            assert KEY not in str(process.cmdline())
    finally:
        GO.set()
    assert str(finished(served, job.id, 60).error).startswith("大模型没有给出因子：")


def test_jobs_that_run_at_once_share_the_allowance_of_the_day(tmp_path: Path) -> None:
    app = make_app(tmp_path / "shared", model_daily_calls=10)
    left = []
    for number in range(4):
        app.records.jobs.submit(
            NewJob(id=f"job{number}", operation="factor.test", owner_id=LOCAL_ADMIN, ask="{}", facts="{}")
        )
        assert app.records.attempts.claim("w", 60.0) is not None
        left.append(calls_left(app, LOCAL_ADMIN))
    assert left == [10, 6, 2, 0]
    assert sum(min(4, n) for n in left) == 10
    app.records.close()
