"""Iterations in this process: both engines, what a model is told, what is kept, limits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests._models import FAULTS, fake_model, offer, say
from tests._rig import lend_demo, make_app

from quantgpt.foundations.errors import BadRequest, NotFound, Unavailable
from quantgpt.foundations.hashing import canonical_json
from quantgpt.foundations.progress import Note
from quantgpt.records import LOCAL_ADMIN, Job
from quantgpt.records.parts import PartRecords
from quantgpt.services._base import App, JobRef
from quantgpt.services.candidates import result_of
from quantgpt.services.factor_tests import TestFactor
from quantgpt.services.families import q_values_of
from quantgpt.services.iterations import Iterate, Iteration, _keep, iterate, iterate_factor, request_of
from quantgpt.services.library import keep_factor
from quantgpt.services.lineage import lineage_brief, select_candidate
from quantgpt.services.searches import Search
from quantgpt.services.tasks import cancel_task, list_tasks, parts_of

PARENT = "rank(close/ts_mean(close, 20))"
RANGE = {"universe": "small_scale", "start_date": "2024-07-01", "end_date": "2025-02-28", "holding_period": 3}


class Sink:
    """Keeps what is told."""

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self.fractions: list[float] = []

    def __call__(self, stage: str, fraction: float, message: str = "") -> None:
        assert stage == "iterating"
        self.fractions.append(fraction)

    def tell(self, note: Note) -> None:
        self.notes.append(note)

    @property
    def parts(self) -> list[dict[str, Any]]:
        return [dict(note.part) for note in self.notes if note.part is not None]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    made = lend_demo(make_app(tmp_path_factory.mktemp("iterations") / "home"))
    yield made
    made.records.close()


def run(app: App, sink: Sink | None = None, **more: Any) -> Iteration:
    ask = Iterate(**{"parent_task_id": "000000000000", "expression": PARENT, "n_candidates": 3, **RANGE, **more})
    return iterate_factor(app, ask, sink or Sink())


def with_model(app: App, home: Path, settings: dict[str, Any]) -> App:
    made = lend_demo(make_app(home, **settings))
    assert made.settings.deepseek_api_key is not None
    return made


@pytest.fixture(scope="module")
def sink() -> Sink:
    """What the iteration `done` told."""
    return Sink()


@pytest.fixture(scope="module")
def done(app: App, sink: Sink) -> Iteration:
    """An iteration without a model."""
    return run(app, sink)


def test_without_a_key_candidates_come_from_mutation(done: Iteration, sink: Sink) -> None:
    assert len(done.tested) == 3
    assert {one.shown["origin"] for one in done.tested} == {"offline"}
    assert {one.shown["cutoff"]["state"] for one in done.tested} == {"none"}
    assert len({one.shown["expression"] for one in done.tested} | {PARENT}) == 4
    assert sink.fractions == sorted(sink.fractions)
    assert sorted(part["expression"] for part in sink.parts) == sorted(one.shown["expression"] for one in done.tested)
    assert all(len(note.trials) == 1 for note in sink.notes if note.part and note.part["status"] == "success")


def test_earlier_trials_make_candidates_new_and_verdicts_harder(done: Iteration, app: App) -> None:
    first = done
    lineage = [
        {
            "expression": one.shown["expression"],
            "strategy": one.shown["strategy"],
            "score": one.score,
            "parent_score": 40.0,
        }
        for one in first.tested
    ]
    rows = [one.row for one in first.tested if one.row]
    ledger = {"key": "", "rows": [{**row, "label": f"{row['expression_hash']}/3"} for row in rows]}
    briefing = {"lineage_id": "a", "lineage": lineage, "ledger": ledger}
    second = run(app, briefing=briefing)
    assert not {one.shown["expression"] for one in second.tested} & {row["expression"] for row in lineage}
    assert second.search.memory.to_json()["tried"] == 3
    assert second.search.parent_body["params"]["trials"] > first.search.parent_body["params"]["trials"]
    assert second.search.family_json()["trials"] == 6


def test_an_iteration_that_begins_again_finds_the_same(done: Iteration, app: App) -> None:
    """The first attempt booked its candidates before it was lost: they are counted once, in the second as in the first."""
    rows = [{**one.row, "label": f"{one.row['expression_hash']}/3"} for one in done.tested if one.row]
    again = run(app, briefing={"ledger": {"key": "", "rows": rows}})
    assert again.search.correction == done.search.correction
    assert again.search.parent_json() == done.search.parent_json()
    assert [{**one.shown, "search": None} for one in again.tested] == [
        {**one.shown, "search": None} for one in done.tested
    ]
    dsr = [[one.shown["search"]["dsr"] for one in each.tested] for each in (again, done)]
    assert dsr[0] == pytest.approx(dsr[1], rel=1e-9)


def test_drafts_that_cannot_be_tested_correct_nobody(app: App, tmp_path: Path) -> None:
    with fake_model(offer("rank(", "rank(ts_skew(volume, 20))"), offer("rank((")) as server:
        done = run(with_model(app, tmp_path / "home", server.settings), n_candidates=2)
    assert [one.shown["status"] for one in done.tested] == ["success", "failed"]
    tested = done.tested[0].body["params"]["trials"]
    assert tested == done.search.parent_body["params"]["trials"] == done.search.correction.trials == 2.0


def test_each_iteration_of_a_lineage_draws_anew(done: Iteration, app: App) -> None:
    texts = [{one.draft.text for one in each.tested} for each in (done, run(app, briefing={"iterations": 1}))]
    assert texts[0] != texts[1]


def test_a_model_is_read_checked_and_topped_up(app: App, tmp_path: Path) -> None:
    """Two questions of two candidates each, a third for what was bad; what is bad then takes its place as failed."""
    sink = Sink()
    replies = (
        offer("rank(ts_corr(close, volume, 10))", "rank(close"),
        offer("1 - 2*rank(close/ts_mean(close, 20))", "foo(close)"),
        offer("rank(ts_std(returns, 20)", "still bad ("),
    )
    with fake_model(*replies) as server:
        knowing = {**server.settings, "model_cutoff": "2024-11-29"}
        done = run(with_model(app, tmp_path / "home", knowing), sink, n_candidates=4)
        asked = [json.loads(request.text) for request in server.requests]
    assert [body["count"] for body in asked] == [2, 2, 3]
    assert "rank(ts_corr(close, volume, 10))" in asked[2]["forbidden"]
    assert set(asked[0]["figures"]) >= {"score", "grade", "rank_ic_mean"}
    assert asked[0]["figures"]["score"] == done.search.parent_score
    shown = [one.shown for one in done.tested]
    assert [row["origin"] for row in shown] == ["llm"] * 4
    assert [row["status"] for row in shown] == ["success", "failed", "failed", "failed"]
    assert shown[0]["hypothesis"] == "h"
    cutoff = shown[0]["cutoff"]
    assert (cutoff["state"], cutoff["day"]) == ("split", "2024-11-29")
    assert cutoff["before"]["last_day"] < "2024-11-29" < cutoff["after"]["first_day"]
    assert result_of(done.tested[0], done.search.ask, done.search.asked)["cutoff"] == cutoff
    assert "cutoff" not in shown[1]
    errors = sorted(row["error"].split(":")[0] for row in shown[1:])
    assert errors == ["括号错误", "表达式验证失败", "重复表达式"]
    (repeated,) = [row for row in shown if row.get("duplicate")]
    assert repeated["duplicate"] == {"level": "form", "of": PARENT, "degree": 1.0}
    calls = [row for note in sink.notes for row in note.model_calls]
    assert [row["purpose"] for row in calls] == ["iterate"] * 3
    assert done.search.asked["calls"] == 3
    assert done.search.asked["fault"] is None


def test_what_the_owner_keeps_is_not_found_again(app: App, tmp_path: Path) -> None:
    kept = "rank(ts_corr(close, volume, 10))"
    keep_factor(app, LOCAL_ADMIN, expression=kept)
    brief = lineage_brief(app, LOCAL_ADMIN, stored(app).id)
    assert brief["library"] == [kept]
    with fake_model(offer("1 - 2*ts_corr(volume, close, 10)")) as server:
        done = run(with_model(app, tmp_path / "home", server.settings), n_candidates=1, briefing=brief)
    assert done.tested[0].shown["duplicate"] == {"level": "form", "of": kept, "degree": 1.0}


def test_a_repeated_value_is_a_duplicate(app: App, tmp_path: Path) -> None:
    """Another spelling with nearly the same values passes the first two levels and fails the third."""
    reply = offer("close/ts_median(close, 20)", "rank(ts_skew(volume, 20))")
    with fake_model(reply) as server:
        done = run(with_model(app, tmp_path / "home", server.settings), n_candidates=2)
    failed = next(one.shown for one in done.tested if one.shown["status"] == "failed")
    assert failed["error"] == "重复表达式"
    assert failed["duplicate"]["level"] == "values"
    assert failed["duplicate"]["degree"] > 0.9


def test_a_factor_that_cannot_be_tested_fails_with_the_reason_and_counts(app: App, tmp_path: Path) -> None:
    """The sign of a price is the same for every name: nothing can be ranked, but it was tried."""
    sink = Sink()
    with fake_model(offer("sign(close)")) as server:
        done = run(with_model(app, tmp_path / "home", server.settings), sink, n_candidates=1)
    (candidate,) = done.tested
    assert candidate.shown["status"] == "failed"
    assert candidate.shown["error"].startswith("因子在每一天对所有股票给出同一个值")
    (row,) = [row for note in sink.notes for row in note.trials]
    assert (row["expression"], row["ok"]) == ("sign(close)", False)
    assert done.search.family_json()["trials_added"] == 1


@pytest.mark.parametrize("fault", ["500", "429"])
def test_a_model_that_is_out_is_replaced_and_named(app: App, tmp_path: Path, fault: str, monkeypatch: Any) -> None:
    monkeypatch.setattr("quantgpt.research.asking.PAUSE_SECONDS", 0.01)
    with fake_model(FAULTS[fault]()) as server:
        done = run(with_model(app, tmp_path / "home", server.settings), n_candidates=2)
    assert {one.shown["origin"] for one in done.tested} == {"offline"}
    assert {one.shown["status"] for one in done.tested} == {"success"}
    assert done.search.asked["fault"]["kind"] in ("server", "rate_limited")
    kept = kept_of(app, done)
    assert [warning["code"] for warning in kept.facts["warnings"]] == ["model_unavailable"]


def test_an_iteration_ends_well_when_every_candidate_failed(app: App, tmp_path: Path) -> None:
    with fake_model(say("there is nothing to say")) as server:
        done = run(with_model(app, tmp_path / "home", server.settings), n_candidates=2)
        assert 1 <= len(server.requests) <= 4
    assert [one.shown["status"] for one in done.tested].count("failed") >= 1
    kept = kept_of(app, done)
    assert kept.result["parent_grade"] in "ABCD"
    assert len(kept.result["candidates"]) == 2


def test_no_calls_left_means_no_questions(app: App, tmp_path: Path) -> None:
    with fake_model(offer("rank(volume)")) as server:
        made = with_model(app, tmp_path / "home", server.settings)
        done = run(made, n_candidates=1, briefing={"model_calls_left": 0})
        assert server.requests == []
    assert done.tested[0].shown["origin"] == "offline"
    assert done.search.asked["fault"] == {"kind": "budget", "zh": "用量已达上限"}


def kept_of(app: App, done: Iteration) -> Any:
    ref = JobRef(id="iter_0123456789", attempt=1, owner_id=LOCAL_ADMIN, created_at=1_790_000_000.0)
    return _keep(app, ref, done, Sink())


def test_reports_and_archives_are_kept_by_candidate(done: Iteration, app: App) -> None:
    kept = kept_of(app, done)
    assert len(kept.reports) == len(set(kept.reports)) == 3
    for row in kept.result["candidates"]:
        name = row["report_filename"]
        assert name in kept.reports
        assert app.artifacts.report_path(name).is_file()
        archive = app.artifacts.source_of(name, "iter_0123456789")
        result, series = app.artifacts.load(archive)
        assert result["params"]["expression"] == row["expression"]
        assert result["score"] == row["score"]
        assert result["search"] == row["search"]
        assert "daily_returns" in series
    json.dumps(kept.result, allow_nan=False)


def stored(app: App, done: Iteration | None = None, direction: int | None = None) -> Job:
    """A finished backtest; with an iteration, that one on it."""
    params = {"expression": PARENT, "universe_meta": {"long": 1}, **RANGE}
    ask = TestFactor(prompt=PARENT, direction=direction, **RANGE)
    parent = _finished(app, app.submit(ask, owner_id=LOCAL_ADMIN), {"params": params})
    if done is None:
        return parent
    job = app.submit(request_of(parent, 3, False), owner_id=LOCAL_ADMIN, parent=parent)
    return _finished(app, job, kept_of(app, done).result)


def _finished(app: App, job: Job, outcome: dict[str, Any]) -> Job:
    while (claimed := app.records.attempts.claim("w", 60)) is not None and claimed.id != job.id:
        pass
    assert claimed is not None
    told = {"outcome": canonical_json(outcome), "outcome_hash": "0" * 64, "facts": None}
    stage = "iteration_completed" if job.id.startswith("iter_") else "completed"
    assert app.records.attempts.succeed(job.id, claimed.attempt, stage=stage, **told)
    found = app.records.jobs.get(job.id)
    assert found is not None
    return found


def test_a_chosen_candidate_is_tested_as_a_parent_as_it_was_tested_as_a_candidate(done: Iteration, app: App) -> None:
    """Whatever direction the root was asked for with: a candidate has its own."""
    best = done.tested[0]
    iteration = stored(app, done, direction=-best.body["direction"]["sign"])
    assert json.loads(iteration.ask)["direction"] == -best.body["direction"]["sign"]
    select_candidate(app, iteration.id, LOCAL_ADMIN, 0)
    chosen = app.records.jobs.get(iteration.id)
    assert chosen is not None
    again = Search.open(app, request_of(chosen, 2, False), Sink())
    again.score_parent()
    assert again.parent_body["direction"] == best.body["direction"]
    assert again.parent_body["backtest_summary"]["spread"] == best.body["backtest_summary"]["spread"]


def test_the_library_knows_on_what_a_chosen_candidate_was_tested(done: Iteration, app: App) -> None:
    iteration = stored(app, done)
    with pytest.raises(BadRequest, match="选择一个候选"):
        keep_factor(app, LOCAL_ADMIN, task_id=iteration.id)
    select_candidate(app, iteration.id, LOCAL_ADMIN, 1)
    kept = keep_factor(app, LOCAL_ADMIN, task_id=iteration.id)
    best = done.tested[1]
    assert (kept.expression, kept.universe) == (best.draft.text, "small_scale")
    assert kept.direction == best.body["direction"]["sign"]
    facts = json.loads(kept.facts)
    assert (facts["start_date"], facts["end_date"]) == (RANGE["start_date"], RANGE["end_date"])
    app.records.library.drop(LOCAL_ADMIN, kept.id)


def test_a_page_reads_the_candidates_of_all_its_iterations_at_once(
    done: Iteration, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = stored(app)
    jobs = [iterate(app, parent.id, LOCAL_ADMIN, n_candidates=n) for n in (2, 3)]
    while (claimed := app.records.attempts.claim("w", 60)) is not None:
        part = json.dumps({"expression": claimed.id})
        app.records.attempts.note(claimed.id, claimed.attempt, facts={}, part=part)
    asked: list[Any] = []
    inner = PartRecords.of_jobs
    monkeypatch.setattr(PartRecords, "of_jobs", lambda self, ids: asked.append(ids) or inner(self, ids))
    found = list_tasks(app, LOCAL_ADMIN, page=1, page_size=50)
    assert len(asked) == 1
    told = {job: [json.loads(event.part or "")["expression"] for event in found.parts[job]] for job in found.parts}
    assert told == {job.id: [job.id] for job in jobs}
    for job in jobs:
        assert len(parts_of(app, cancel_task(app, job.id, LOCAL_ADMIN))) == 1


def test_a_task_that_is_deleted_meanwhile_does_not_spoil_the_list(done: Iteration, app: App) -> None:
    gone = replace(stored(app), id="000000000000")
    assert set(q_values_of(app, LOCAL_ADMIN, [gone])) == {gone.id}


def test_a_lineage_counts_the_iterations_that_began(app: App) -> None:
    parent = stored(app)
    assert lineage_brief(app, LOCAL_ADMIN, parent.id)["iterations"] == 0
    waiting = iterate(app, parent.id, LOCAL_ADMIN)
    assert lineage_brief(app, LOCAL_ADMIN, parent.id)["iterations"] == 0
    while app.records.attempts.claim("w", 60) is not None:
        pass
    assert lineage_brief(app, LOCAL_ADMIN, parent.id)["iterations"] == 1
    app.records.jobs.cancel(waiting.id, LOCAL_ADMIN, _cancelled())


def test_a_chosen_candidate_is_the_next_parent(done: Iteration, app: App) -> None:
    iteration = stored(app, done)
    with pytest.raises(BadRequest, match="只能对已完成的任务进行迭代优化"):
        iterate(app, iteration.id, LOCAL_ADMIN)
    brief = lineage_brief(app, LOCAL_ADMIN, iteration.id)
    assert brief["lineage_id"] == iteration.parent_id
    assert [row["expression"] for row in brief["lineage"]] == [
        row["expression"] for row in json.loads(iteration.outcome or "")["candidates"]
    ]
    chosen = select_candidate(app, iteration.id, LOCAL_ADMIN, 0)
    assert chosen["opening"]["state"] == "none"
    child = iterate(app, iteration.id, LOCAL_ADMIN, n_candidates=7)
    asked = json.loads(child.ask)
    assert (asked["expression"], asked["n_candidates"]) == (chosen["expression"], 7)
    assert child.lineage_id == iteration.parent_id
    assert asked["start_date"] == RANGE["start_date"]
    assert "universe_meta" not in asked["parent_params"]
    app.records.jobs.cancel(child.id, LOCAL_ADMIN, _cancelled())


def test_a_failed_candidate_cannot_be_chosen(done: Iteration, app: App) -> None:
    iteration = stored(app, done)
    broken = json.loads(iteration.outcome or "")
    broken["candidates"][1:] = [{"expression": "foo(", "status": "failed", "error": "括号错误: x"}]
    job = app.submit(request_of(stored(app), 1, False), owner_id=LOCAL_ADMIN, parent=stored(app))
    job = _finished(app, job, broken)
    with pytest.raises(BadRequest, match="该候选因子回测失败，无法选择") as refused:
        select_candidate(app, job.id, LOCAL_ADMIN, 1)
    assert refused.value.nearest == 0
    with pytest.raises(BadRequest, match="候选索引超出范围"):
        select_candidate(app, job.id, LOCAL_ADMIN, 2)


def test_strangers_find_nothing(app: App) -> None:
    parent = stored(app)
    stranger = "00000000-0000-0000-0000-000000000000"
    for call in (lambda: iterate(app, parent.id, stranger), lambda: select_candidate(app, parent.id, stranger, 0)):
        with pytest.raises(NotFound):
            call()


def test_both_kinds_share_the_limit_of_unfinished_tasks(tmp_path: Path) -> None:
    app = lend_demo(make_app(tmp_path / "home", max_active_tasks=2))
    parent = stored(app)
    iterate(app, parent.id, LOCAL_ADMIN)
    app.submit(TestFactor(prompt=PARENT, **RANGE), owner_id=LOCAL_ADMIN)
    with pytest.raises(Unavailable, match="当前回测任务已满"):
        iterate(app, parent.id, LOCAL_ADMIN)
    app.records.close()


def test_iterations_count_in_the_rate_limit(tmp_path: Path) -> None:
    from quantgpt.faces.rest.app import create_api

    app = lend_demo(make_app(tmp_path / "home", rate_limit=2))
    parent = stored(app)
    with TestClient(create_api(app), base_url="http://127.0.0.1:8003") as client:
        codes = [client.post(f"/api/v1/tasks/{parent.id}/iterate", json={}).status_code for _ in range(3)]
        assert codes == [202, 202, 429]
        refused = client.post("/api/v1/auto_backtest", json={"prompt": PARENT})
        assert (refused.status_code, refused.json()["detail"]) == (429, "请求过于频繁，请稍后再试")
    app.records.close()


def _cancelled() -> Any:
    from quantgpt.services.tasks import CANCELLED

    return CANCELLED
