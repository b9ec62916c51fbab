"""Every tool through the real client, on standard input and output and against a process over HTTP."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from mcp.shared.exceptions import MCPError
from mcp.types import INVALID_PARAMS
from starlette.testclient import TestClient
from tests._rig import free_port, make_app, wait_until
from tests.mcp._agents import Agent, environment, http_agent, text_of

from quantgpt.services.accounts import token_for
from quantgpt.services.expressions import operators

EXPRESSION = "rank(close/ts_mean(close, 20))"
SPAN = {"universe": "small_scale", "start_date": "2023-01-01", "end_date": "2024-12-31"}
TOOLS = {
    "list_operators": [],
    "list_universes": [],
    "validate_expression": ["expression"],
    "run_backtest": [
        "expression", "universe", "start_date", "end_date", "n_groups", "holding_period", "benchmark", "wait_seconds",
    ],
    "score_factor": [
        "expression", "universe", "start_date", "end_date", "n_groups", "holding_period", "benchmark", "wait_seconds",
    ],
    "diagnose_factor": ["expression", "ic_mean", "ic_ir", "monotonicity_score", "score"],
    "run_anti_overfit": ["expression", "universe", "start_date", "end_date", "holding_period", "wait_seconds"],
    "run_rolling_validation": ["expression", "universe", "start_date", "end_date", "holding_period", "wait_seconds"],
    "get_job": ["job_id", "wait_seconds"],
    "cancel_job": ["job_id"],
    "iterate_factor": ["job_id", "n_candidates", "run_rolling_validation", "wait_seconds"],
    "select_candidate": ["job_id", "candidate_index"],
    "generate_factor": [
        "description", "expression_only", "universe", "start_date", "end_date", "n_groups", "holding_period",
        "benchmark", "wait_seconds",
    ],
}  # fmt: skip
DEFAULTS = {
    "universe": "hs300", "start_date": "2023-01-01", "end_date": "2025-12-31", "n_groups": 5, "holding_period": 5,
    "benchmark": "hs300", "wait_seconds": 45, "ic_mean": 0, "ic_ir": 0, "monotonicity_score": 0, "score": 50,
    "expression_only": False, "n_candidates": 5, "run_rolling_validation": False,
}  # fmt: skip


def test_the_tools_have_the_arguments_and_defaults_of_the_contract(agent: Agent) -> None:
    listed = {tool.name: tool for tool in agent.ask("list_tools").tools}
    assert set(TOOLS) <= set(listed)
    for name, arguments in TOOLS.items():
        given = listed[name].input_schema["properties"]
        assert list(given) == arguments, name
        for argument in arguments:
            if argument in DEFAULTS:
                early = name == "run_rolling_validation" and argument == "start_date"
                assert given[argument]["default"] == ("2020-01-01" if early else DEFAULTS[argument])
        assert listed[name].output_schema is not None
        assert listed[name].description


def test_the_reference_names_every_operator(agent: Agent) -> None:
    text = text_of(agent.call("list_operators"))
    known = operators()
    assert all(row["signature"] in text for row in known["operators"])
    assert all(f"  {row['name']} [" in text for row in known["fields"])
    assert agent.ask("read_resource", "quantgpt://operators").contents[0].text == text
    assert "close" in agent.ask("read_resource", "quantgpt://fields").contents[0].text


def test_universes_and_benchmarks(agent: Agent) -> None:
    found = agent.result("list_universes")
    assert {"small_scale", "hs300", "csi500"} <= set(found["universes"])
    assert found["benchmarks"] == {"hs300": "沪深300", "zz500": "中证500", "sz50": "上证50"}
    assert found["synthetic"] is True
    assert '"hs300"' in agent.ask("read_resource", "quantgpt://universes").contents[0].text


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        (EXPRESSION, ["OK: expression is valid"]),
        ("rank(clos)", ["ERROR: ", "'clos'", "column 6", "close"]),
        ("ts_mean(close, 20", ["ERROR: ", "column"]),
        ("", ["ERROR: "]),
        ("__import__('os').system('id')", ["ERROR: "]),
    ],
)
def test_an_expression_is_valid_or_wrong_at_a_place(agent: Agent, expression: str, said: list[str]) -> None:
    text = text_of(agent.call("validate_expression", expression=expression))
    assert all(part in text for part in said), text


@pytest.mark.parametrize(
    ("arguments", "strategy"),
    [
        ({"expression": "close/open", "score": 10}, "regenerate_full"),
        ({"expression": "close/open"}, "mutate_operator"),
        ({"expression": "close/open", "ic_mean": -0.02}, "mutate_signal_type"),
        ({"expression": "close/open", "ic_mean": 0.03, "ic_ir": 0.2}, "mutate_normalization"),
        ({"expression": "rank(close/open)", "ic_mean": 0.03, "ic_ir": 0.2}, "mutate_window"),
    ],
)
def test_the_diagnosis_is_the_first_rule_that_fits(agent: Agent, arguments: dict[str, Any], strategy: str) -> None:
    found = agent.result("diagnose_factor", **arguments)
    assert found["strategy"] == strategy
    assert found["reason"]
    assert len(found["mutation_prompt"]["system"]) <= 500
    assert arguments["expression"] in found["mutation_prompt"]["user"]


def _by_rest(rest: TestClient, **body: Any) -> dict[str, Any]:
    made = rest.post("/api/v1/auto_backtest", json=body)
    assert made.status_code == 202, made.text
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        task: dict[str, Any] = rest.get(f"/api/v1/tasks/{made.json()['task_id']}").json()
        if task["status"] in ("completed", "failed"):
            assert task["status"] == "completed", task["error"]
            return task
        time.sleep(0.05)
    raise AssertionError("it did not end")


def test_the_numbers_are_those_of_the_interface_to_the_last_bit(agent: Agent, rest: TestClient) -> None:
    found = agent.result("run_backtest", expression=EXPRESSION, **SPAN)
    assert found["canonical"] == found["params"]["canonical"] is not None
    assert found["status"] == "completed"
    assert agent.progress[-1] == (100, 100)
    done = [progress for progress, _ in agent.progress]
    assert done == sorted(set(done)), "progress only grows"
    result = _by_rest(rest, prompt=EXPRESSION, **SPAN)["result"]
    for name in ("metrics", "backtest_summary", "anti_overfit", "params", "score", "grade", "verdict", "llm"):
        assert found[name] == result[name], name
    assert found["report_path"].endswith(found["report_url"].rpartition("/")[2])
    shown = agent.ask("read_resource", found["report_resource"]).contents[0]
    assert (shown.mime_type, "<html" in shown.text) == ("text/html", True)
    assert '"stock_factor_data"' in agent.ask("read_resource", found["result_resource"]).contents[0].text

    score = agent.result("score_factor", expression=EXPRESSION, **SPAN)
    assert [score[name] for name in ("score", "grade", "component_scores")] == [
        result[name] for name in ("score", "grade", "component_scores")
    ]
    summary, metrics = result["backtest_summary"], result["metrics"]
    assert score["key_metrics"] == {
        "ic_mean": summary["ic_mean"], "ic_ir": summary["ic_ir"], "monotonicity": summary["monotonicity_score"],
        "top_group_sharpe": summary["top_group_sharpe"], "turnover": summary["turnover"],
        "sharpe": metrics["sharpe"], "max_drawdown": metrics["max_drawdown"],
    }  # fmt: skip

    tests = agent.result("run_anti_overfit", expression=EXPRESSION, **SPAN)
    for name in ("score", "recommendation", "passed_count", "total_count", "tests"):
        assert tests[name] == result["anti_overfit"][name], name

    rolling = agent.result("run_rolling_validation", expression=EXPRESSION, **SPAN)
    for name in ("score", "summary", "decay_analysis", "windows"):
        assert rolling[name] == result["rolling_validation"][name], name


def test_facets_leave_no_report_and_are_no_tasks(agent: Agent, rest: TestClient, home: Any) -> None:
    before = sorted((home / "artifacts").rglob("*.html"))
    listed = rest.get("/api/v1/tasks").json()["total"]
    assert agent.result("score_factor", expression="rank(volume)", **SPAN)["status"] == "completed"
    assert sorted((home / "artifacts").rglob("*.html")) == before
    assert rest.get("/api/v1/tasks").json()["total"] == listed


def test_without_waiting_there_is_an_id_that_brings_the_result(agent: Agent) -> None:
    asked = agent.result("run_backtest", expression="rank(-volume)", wait_seconds=0, **SPAN)
    assert set(asked) == {"job_id", "status", "pct", "next"}
    found = agent.result("get_job", job_id=asked["job_id"])
    assert (found["status"], found["kind"]) == ("completed", "run_backtest")
    assert found["result"] == {
        name: value
        for name, value in agent.result("run_backtest", expression="rank(-volume)", **SPAN).items()
        if name in found["result"]
    } | {name: found["result"][name] for name in ("report_path", "report_url", "report_resource", "result_resource")}


def test_a_job_is_cancelled_once_and_for_all(agent: Agent) -> None:
    busy = agent.result("run_rolling_validation", expression="ts_rank(close, 250)", universe="all", wait_seconds=0)
    asked = agent.result("run_backtest", expression="rank(open)", wait_seconds=0, **SPAN)
    for _ in range(2):
        ended = agent.result("cancel_job", job_id=asked["job_id"])
        assert (ended["status"], ended["error"]) == ("failed", "任务已取消")
    agent.call("cancel_job", job_id=busy["job_id"])
    assert agent.result("get_job", job_id=asked["job_id"])["error"] == "任务已取消"
    done = agent.result("run_backtest", expression="rank(open)", **SPAN)
    assert agent.error("cancel_job", job_id=done["job_id"])["kind"] == "conflict"


@pytest.mark.parametrize(
    ("tool", "arguments", "field"),
    [
        ("run_backtest", {"expression": "rank(clos)"}, "expression"),
        ("run_backtest", {"expression": "close", "universe": "hs30"}, "universe"),
        ("run_backtest", {"expression": "close", "start_date": "2023-02-30"}, "start_date"),
        ("run_backtest", {"expression": "close", "n_groups": 1}, "n_groups"),
        ("run_backtest", {"expression": "close", "wait_seconds": -1}, "wait_seconds"),
        ("run_backtest", {"expression": "close", "n_groups": "many"}, "n_groups"),
        ("run_backtest", {}, "expression"),
        ("score_factor", {"expression": "20日动量"}, "expression"),
        ("run_anti_overfit", {"expression": "close", "holding_period": 99}, "holding_period"),
        ("diagnose_factor", {"expression": "close +"}, "expression"),
        ("generate_factor", {"description": "动量\0"}, "description"),
        ("get_job", {"job_id": "nobodys"}, "job_id"),
        ("get_job", {"job_id": "../../etc/passwd"}, "job_id"),
        ("cancel_job", {"job_id": "0" * 12}, "job_id"),
    ],
)
def test_what_is_wrong_is_a_tool_error_that_names_the_argument(
    agent: Agent, tool: str, arguments: dict[str, Any], field: str
) -> None:
    assert agent.error(tool, **arguments)["field"] == field


def test_an_unknown_tool_is_an_error_too(agent: Agent) -> None:
    assert agent.error("run_everything")["kind"] == "not_found"


def test_words_become_an_expression(agent: Agent) -> None:
    given = agent.result("generate_factor", description=EXPRESSION, expression_only=True)
    assert (given["expression"], given["llm"]["engine"]) == (EXPRESSION, "expression")
    worded = agent.result("generate_factor", description="20日动量", expression_only=True)
    assert (worded["llm"]["engine"], worded["llm"]["idea"]) == ("offline", "momentum")
    assert text_of(agent.call("validate_expression", expression=worded["expression"])) == "OK: expression is valid"
    refused = agent.error("generate_factor", description="今天天气真好", expression_only=True)
    assert (refused["kind"], "20日动量" in refused["hint"]) == ("invalid", True)
    tested = agent.result("generate_factor", description=EXPRESSION, **SPAN)
    assert tested["metrics"] == agent.result("run_backtest", expression=EXPRESSION, **SPAN)["metrics"]


def test_candidates_grow_from_a_finished_test_and_one_is_chosen(agent: Agent, rest: TestClient) -> None:
    parent = agent.result("run_backtest", expression="rank(close/ts_mean(close, 10))", **SPAN)
    grown = agent.result("iterate_factor", job_id=parent["job_id"], n_candidates=2)
    assert (grown["status"], grown["candidates_done"], grown["candidates_total"]) == ("iteration_completed", 2, 2)
    assert grown["job_id"].startswith("iter_")
    task = rest.get(f"/api/v1/tasks/{grown['job_id']}").json()
    assert grown["candidates"] == task["result"]["candidates"]
    assert grown["parent_score"] == task["result"]["parent_score"]
    read = agent.result("get_job", job_id=grown["job_id"])
    assert (read["kind"], read["candidates_done"]) == ("iterate_factor", 2)
    assert read["result"]["candidates"] == grown["candidates"]
    best = grown["candidates"][0]
    assert best["status"] == "success"
    assert "<html" in agent.ask("read_resource", f"quantgpt://reports/{best['report_filename']}").contents[0].text
    chosen = agent.result("select_candidate", job_id=grown["job_id"], candidate_index=0)
    assert (chosen["expression"], chosen["score"]) == (best["expression"], best["score"])
    assert agent.error("select_candidate", job_id=grown["job_id"], candidate_index=9)["field"] == "candidate_index"
    assert agent.error("iterate_factor", job_id=parent["job_id"], n_candidates=11)["nearest"] == 10
    assert agent.error("iterate_factor", job_id="nobodys")["kind"] == "not_found"


def test_the_prompts_lead_from_the_idea_to_the_choice(agent: Agent) -> None:
    assert [prompt.name for prompt in agent.ask("list_prompts").prompts] == [
        "research_workflow_zh",
        "research_workflow_en",
    ]
    for name in ("research_workflow_zh", "research_workflow_en"):
        text = agent.ask("get_prompt", name, {"idea": "缩量 reversal"}).messages[0].content.text
        steps = ["缩量 reversal", "validate_expression", "run_backtest", "diagnose_factor", "iterate_factor"]
        assert [text.index(step) for step in steps] == sorted(text.index(step) for step in steps)


def test_a_call_that_is_given_up_leaves_its_job_alone(agent: Agent, rest: TestClient) -> None:
    first = agent.result("run_backtest", expression="ts_rank(close, 60)", universe="all", wait_seconds=0)
    known = {task["task_id"] for task in rest.get("/api/v1/tasks").json()["tasks"]}

    def asked_since() -> set[str]:
        return {task["task_id"] for task in rest.get("/api/v1/tasks").json()["tasks"]} - known

    async def impatient() -> bool:
        async with anyio.create_task_group() as group:
            group.start_soon(
                agent.client.call_tool, "run_backtest", {"expression": "ts_rank(volume, 60)", "universe": "all"}
            )
            with anyio.fail_after(60):
                while not await anyio.to_thread.run_sync(asked_since):
                    await anyio.sleep(0.02)
            group.cancel_scope.cancel()
        return group.cancel_scope.cancelled_caught

    given_up = agent.portal.call(impatient)
    (asked,) = asked_since()
    found = agent.result("get_job", job_id=asked, wait_seconds=0)
    assert given_up
    assert found["status"] != "failed"
    for job_id in (first["job_id"], asked):
        agent.call("cancel_job", job_id=job_id)


# -- over HTTP ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(home: Path, agent: Agent) -> Iterator[str]:
    """The address of a server process that asks for tokens. The agent's worker does its jobs."""
    assert agent.result("generate_factor", description="close", expression_only=True)
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "quantgpt", "--transport", "streamable-http", "--port", str(port)],
        env=environment(home, QUANTGPT_AUTH="required"),
    )
    address = f"http://127.0.0.1:{port}/mcp"
    wait_until(lambda: _answers(address), 60)
    yield address
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 0


def _answers(address: str) -> bool:
    try:
        return httpx2.get(address).status_code == 401
    except httpx2.TransportError:
        return False


def test_users_see_their_own_jobs_only(server: str, home: Path, agent: Agent) -> None:
    app = make_app(home)
    hers, his = (token_for(app, f"{name}@example.com") for name in ("ann", "bob"))
    ask: dict[str, Any] = {"expression": "rank(-returns)", "start_date": "2024-01-01", "end_date": "2024-12-31"}
    with http_agent(server, hers) as ann, http_agent(server, his, mode="legacy") as bob:
        found = ann.result("run_backtest", **ask)
        assert ann.progress[-1] == (100, 100)
        assert found["report_path"] == found["report_url"], "no path of the server's disk"
        assert str(home) not in str(found)
        for tool in ("get_job", "cancel_job"):
            error = bob.error(tool, job_id=found["job_id"])
            assert (error["kind"], error["error"]) == ("not_found", "没有这个任务")
        for agent_of, there in ((ann, True), (bob, False), (agent, False)):
            assert _is_readable(agent_of, found["result_resource"]) is there
            assert _is_readable(agent_of, found["report_resource"]) is there
        same = bob.result("run_backtest", **ask)
        local = agent.result("run_backtest", **ask)
        for name in ("metrics", "backtest_summary", "anti_overfit", "params"):
            assert found[name] == same[name] == local[name]


def _is_readable(agent: Agent, uri: str) -> bool:
    try:
        return bool(agent.ask("read_resource", uri).contents[0].text)
    except MCPError as error:
        if error.error.code != INVALID_PARAMS:
            raise
        return False


def test_a_job_outlives_the_client_that_asked_for_it(server: str, home: Path) -> None:
    token = token_for(make_app(home), "ann@example.com")
    with http_agent(server, token) as first:
        asked = first.result("run_backtest", expression="rank(high - low)", wait_seconds=0)
    with http_agent(server, token) as second:
        assert second.result("get_job", job_id=asked["job_id"])["status"] == "completed"
