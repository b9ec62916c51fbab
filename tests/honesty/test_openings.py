"""A sealed slice in use: opened once by a choice, refused and booked after that, shown with what it said."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient
from tests._rig import lend_demo, make_app

from quantgpt.expr import compile_expression
from quantgpt.faces.rest.app import create_api
from quantgpt.foundations.errors import NotFound
from quantgpt.foundations.progress import Note
from quantgpt.records import LOCAL_ADMIN, Failure, Job, NewJob
from quantgpt.services._base import App
from quantgpt.services.facets import ScoreFactor
from quantgpt.services.factor_tests import TestFactor
from quantgpt.services.sealing import OPEN_SEAL, OpenSeal, open_for_selection, open_span, openings_of, seal_of
from quantgpt.services.sweep import Sweep, run_sweep
from quantgpt.services.trials import Identity, failed_row, ledger_key

START, END = "2023-01-01", "2025-12-31"
MOMENTUM, REVERSAL = "rank(close / ts_mean(close, 20))", "-rank(ts_delta(close, 5) / close)"
ATTENTION = "rank(volume / ts_mean(volume, 20))"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An App on the demo market without a worker."""
    made = lend_demo(make_app(tmp_path_factory.mktemp("openings") / "home"))
    yield made
    made.records.close()


def iteration(app: App, name: str) -> Job:
    """A finished search, as far as an opening looks at it."""
    new = NewJob(
        id=f"iter_{name}", operation="factor.iterate", owner_id=LOCAL_ADMIN, ask="{}", lineage_id=f"root_{name}"
    )
    return app.records.jobs.submit(new)[0]


def params(expression: str = MOMENTUM, **more: Any) -> dict[str, Any]:
    return {
        "expression": expression,
        "expression_hash": compile_expression(expression).hash,
        "direction": 1,
        "universe": "hs300",
        "start_date": START,
        "end_date": END,
        "n_groups": 5,
        "holding_period": 5,
        "benchmark": "hs300",
        "market": "demo",
        **more,
    }


@dataclass
class Listener:
    """A sink that keeps notes."""

    notes: list[Note] = field(default_factory=list)

    def __call__(self, stage: str, fraction: float, message: str = "") -> None:
        """Nobody watches."""

    def tell(self, note: Note) -> None:
        """Keep it."""
        self.notes.append(note)


def asked(app: App, answer: dict[str, Any]) -> OpenSeal:
    job = app.records.jobs.get(answer["job_id"])
    assert job is not None
    assert job.operation == OPEN_SEAL
    return OpenSeal(**json.loads(job.ask))


def test_the_span_is_cut_before_its_last_quarter(app: App) -> None:
    days = app.markets.open("demo").days
    inside = days[(days >= np.datetime64(START)) & (days <= np.datetime64(END))]
    end, seal = open_span(days, START, END)
    assert seal is not None
    assert (seal.open_first, seal.last) == (str(inside[0]), str(inside[-1]))
    assert (seal.sessions, end) == (inside.size // 4, str(inside[inside.size - inside.size // 4 - 1]))
    assert open_span(days, "2025-01-01", END) == (END, None)


def test_the_first_choice_opens_and_the_second_is_refused_and_booked(app: App) -> None:
    search = iteration(app, "a")
    first = open_for_selection(app, LOCAL_ADMIN, search, params(), {"score": 44.0})
    seal = seal_of(app.markets.open("demo").days, START, END)
    assert seal is not None
    assert (first["state"], first["sealed"]) == ("opened", seal.to_json())
    ask = asked(app, first)
    assert (ask.sealed_start, ask.sealed_end, ask.direction) == (seal.first, seal.last, 1)
    job = app.records.jobs.get(first["job_id"])
    assert job is not None
    assert (job.lineage_id, job.parent_id) == ("root_a", search.id)

    second = open_for_selection(app, LOCAL_ADMIN, search, params(REVERSAL))
    assert (second["state"], second["job_id"]) == ("refused", first["job_id"])
    assert "不能再次打开" in second["message"]
    looks = app.records.openings.of_lineage(LOCAL_ADMIN, "root_a")
    assert [(look.expression, look.refused, look.job_id) for look in looks] == [
        (MOMENTUM, False, first["job_id"]),
        (REVERSAL, True, None),
    ]


def test_choosing_the_same_again_shows_the_opening_there_is(app: App) -> None:
    search = iteration(app, "again")
    first = open_for_selection(app, LOCAL_ADMIN, search, params())
    second = open_for_selection(app, LOCAL_ADMIN, search, params())
    assert (second["state"], second["job_id"]) == ("opened", first["job_id"])
    assert len(app.records.openings.of_lineage(LOCAL_ADMIN, "root_again")) == 1


def test_an_opening_that_failed_showed_nothing_and_may_be_tried_again(app: App) -> None:
    search = iteration(app, "failed")
    first = open_for_selection(app, LOCAL_ADMIN, search, params())
    app.records.jobs.cancel(first["job_id"], LOCAL_ADMIN, Failure(error="x", error_facts="{}"))
    assert open_for_selection(app, LOCAL_ADMIN, search, params(REVERSAL))["state"] == "refused"
    again = open_for_selection(app, LOCAL_ADMIN, search, params())
    assert again["job_id"] != first["job_id"]
    looks = app.records.openings.of_lineage(LOCAL_ADMIN, "root_failed")
    assert [look.job_id for look in looks if not look.refused] == [again["job_id"]]


def test_two_choices_at_once_open_once(app: App) -> None:
    search = iteration(app, "both")
    together = threading.Barrier(6)
    answers: list[dict[str, Any]] = []

    def choose(expression: str) -> None:
        together.wait()
        answers.append(open_for_selection(app, LOCAL_ADMIN, search, params(expression)))

    spelled = [f"rank(ts_delta(close, {k}) / close)" for k in range(2, 8)]
    threads = [threading.Thread(target=choose, args=(text,)) for text in spelled]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer["state"] for answer in answers) == ["opened"] + ["refused"] * 5
    looks = app.records.openings.of_lineage(LOCAL_ADMIN, "root_both")
    assert sorted(look.refused for look in looks) == [False] + [True] * 5
    jobs = app.records.jobs.of_lineage("root_both", LOCAL_ADMIN)
    assert [job.operation for job in jobs].count(OPEN_SEAL) == 1


def test_a_short_span_has_nothing_to_open(app: App) -> None:
    search = iteration(app, "short")
    answer = open_for_selection(app, LOCAL_ADMIN, search, params(start_date="2025-01-01"))
    assert answer["state"] == "none"
    assert "120" in answer["reason"]["zh"]
    assert app.records.openings.of_lineage(LOCAL_ADMIN, "root_short") == []


@pytest.fixture(scope="module")
def opened(app: App) -> tuple[dict[str, Any], Listener, OpenSeal]:
    """An opening carried out here."""
    ask = asked(app, open_for_selection(app, LOCAL_ADMIN, iteration(app, "run"), params(direction=-1)))
    sink = Listener()
    return app.run(ask, sink), sink, ask


def test_the_test_on_the_slice_sees_nothing_else(app: App, opened: Any) -> None:
    result, _, ask = opened
    json.dumps(result, allow_nan=False)
    assert result["sealed"] == {"first_day": ask.sealed_start, "last_day": ask.sealed_end}
    assert result["params"]["effective_start"] == ask.sealed_start
    assert result["params"]["effective_end"] == ask.sealed_end
    assert result["direction"]["source"] == "given"
    assert result["direction"]["sign"] == -1
    assert result["backtest_summary"]["n_ic_dates"] <= seal_sessions(app)


def seal_sessions(app: App) -> int:
    seal = seal_of(app.markets.open("demo").days, START, END)
    assert seal is not None
    return seal.sessions


def test_the_numbers_on_the_slice_are_those_of_a_plain_run_over_it(app: App, opened: Any) -> None:
    result, _, ask = opened
    plain = app.run(
        TestFactor(prompt=MOMENTUM, start_date=ask.sealed_start, end_date=ask.sealed_end, direction=-1, market="demo")
    ).result
    assert result["backtest_summary"]["rank_ic_mean"] == plain["backtest_summary"]["rank_ic_mean"]
    assert result["metrics"] == plain["metrics"]


def test_a_look_is_a_trial_of_the_slice(opened: Any) -> None:
    result, sink, ask = opened
    (row,) = [row for note in sink.notes for row in note.trials]
    assert (row["kind"], row["ok"]) == ("opening", True)
    assert row["ledger_key"] == ledger_key("demo", "hs300", ask.sealed_start, ask.sealed_end)
    assert result["search"]["ledger_key"] == row["ledger_key"]
    assert "reason" not in row


def test_earlier_looks_at_the_slice_lower_the_deflated_ratio(app: App, opened: Any) -> None:
    result, sink, ask = opened
    rows = [{**row, "expression_hash": f"other{k}", "returns": None, "ok": False} for k in range(50)
            for note in sink.notes for row in note.trials]  # fmt: skip
    told = {"ledger": {"key": "k", "rows": [{**row, "label": f"{row['expression_hash']}/5"} for row in rows]}}
    after = app.run(replace(ask, briefing=told))
    assert (result["search"]["trials"], after["search"]["trials"]) == (1, 51)
    assert after["search"]["dsr"] < result["search"]["dsr"]
    assert after["search"]["sharpe_daily"] == result["search"]["sharpe_daily"]


def test_the_next_look_at_the_slice_is_told_of_this_one(app: App, opened: Any) -> None:
    ask = opened[2]
    first = app.run(ask, owner_id=LOCAL_ADMIN)["search"]
    again = app.run(ask, owner_id=LOCAL_ADMIN)["search"]
    other = app.run(replace(ask, expression=REVERSAL), owner_id=LOCAL_ADMIN)["search"]
    assert (first["trials"], again["trials"], other["trials"]) == (1, 1, 2)
    key = ledger_key("demo", "hs300", ask.sealed_start, ask.sealed_end)
    assert [row.expression for row in app.records.trials.of_ledgers(LOCAL_ADMIN, [key])] == [MOMENTUM, REVERSAL]


def test_openings_are_shown_with_where_they_stand(app: App) -> None:
    task = NewJob(id="taskx", operation="factor.test", owner_id=LOCAL_ADMIN, ask="{}", lineage_id="root_show")
    app.records.jobs.submit(task)
    search = iteration(app, "show")
    open_for_selection(app, LOCAL_ADMIN, search, params())
    open_for_selection(app, LOCAL_ADMIN, search, params(REVERSAL))
    found = openings_of(app, LOCAL_ADMIN, "taskx")
    assert [look["status"] for look in found["openings"]] == ["pending", "refused"]
    with TestClient(create_api(app), base_url="http://127.0.0.1:8003") as client:
        answer = client.get("/api/v1/tasks/taskx/openings")
        assert answer.status_code == 200
        assert [look["status"] for look in answer.json()["openings"]] == ["pending", "refused"]
        assert "owner_id" not in answer.text
        assert client.get("/api/v1/tasks/nothere/openings").status_code == 404
    with pytest.raises(NotFound):
        openings_of(app, "somebody", "taskx")


# -- looks in passing, through the whole way -------------------------------------------------------------------------


def chosen(expression: str) -> dict[str, Any]:
    """A candidate as the result of an iteration holds it."""
    empty = ("score", "grade", "report_url", "report_filename")
    return {
        **dict.fromkeys(empty, "x"),
        "score": 50.0,
        "status": "success",
        "expression": expression,
        "expression_hash": compile_expression(expression).hash,
        "report_metrics": {"sharpe": 1.0},
        "backtest_summary": {"rank_ic_mean": 0.02},
        "direction": {"sign": 1},
    }


@pytest.fixture(scope="module")
def ended(app: App) -> Job:
    """A search that ended with two candidates, booked as it books them."""
    names = ("universe", "start_date", "end_date", "n_groups", "holding_period", "benchmark", "market")
    asked = {name: params()[name] for name in names} | {"neutralize_industry": False, "execution": "next_open"}
    ask = json.dumps({**asked, "costs": "flat", "snapshot": None})
    new = NewJob(id="iter_end", operation="factor.iterate", owner_id=LOCAL_ADMIN, ask=ask, lineage_id="root_end")
    for job in app.records.jobs.page(LOCAL_ADMIN, (OPEN_SEAL, "factor.iterate"), page=1, page_size=100)[0]:
        app.records.jobs.cancel(job.id, LOCAL_ADMIN, Failure(error="x", error_facts="{}"))
    app.records.jobs.submit(new)
    while (job := app.records.attempts.claim("w", 60)) is not None and job.id != new.id:
        continue
    seal = seal_of(app.markets.open("demo").days, START, END)
    assert seal is not None
    for expression in (MOMENTUM, REVERSAL, ATTENTION):
        who = Identity(
            market="demo", universe="hs300", start_date=START, end_date=END, holding_period=5, expression=expression,
            expression_hash=compile_expression(expression).hash,
        )  # fmt: skip
        app.records.trials.add(LOCAL_ADMIN, [failed_row(who, "candidate", seal)], job_id=new.id, lineage_id="root_end")
    outcome = json.dumps({"candidates": [chosen(MOMENTUM), chosen(REVERSAL)], "parent_score": 1.0})
    assert app.records.attempts.succeed(new.id, 1, stage="completed", outcome=outcome, outcome_hash="x", facts="{}")
    found = app.records.jobs.get(new.id)
    assert found is not None
    return found


def test_every_way_to_test_a_factor_over_the_slice_is_a_look_and_a_choice_says_so(app: App, ended: Job) -> None:
    """The grade alone, the four tests alone, the command line; then a choice, a refusal, and times as the contract has
    them."""
    span = {"market": "demo", "universe": "hs300", "end_date": "2025-12-30"}
    app.run(ScoreFactor(prompt=MOMENTUM, start_date="2023-01-01", **span), owner_id=LOCAL_ADMIN)
    assert [look.reason for look in app.records.openings.of_lineage(LOCAL_ADMIN, "root_end")] == ["plain_run"]
    sealed = app.run(TestFactor(prompt=REVERSAL, start_date="2023-01-01", seal=True, **span), owner_id=LOCAL_ADMIN)
    assert sealed.result["search"]["trials"] == 3
    assert len(app.records.openings.of_lineage(LOCAL_ADMIN, "root_end")) == 1
    run = app.run(TestFactor(prompt=REVERSAL, start_date="2025-03-01", **span), owner_id=LOCAL_ADMIN)
    assert run.result["search"]["sealed"]["state"] == "none"
    looks = app.records.openings.of_lineage(LOCAL_ADMIN, "root_end")
    assert [(look.expression, look.reason) for look in looks] == [(MOMENTUM, "plain_run"), (REVERSAL, "plain_run")]
    with TestClient(create_api(app), base_url="http://127.0.0.1:8003") as client:
        address = f"/api/v1/tasks/{ended.id}/select_candidate"
        first = client.post(address, json={"candidate_index": 0}).json()["opening"]
        assert (first["state"], first["looked_at_before"]) == ("opened", 1)
        again = client.post(address, json={"candidate_index": 0}).json()["opening"]
        assert (again["state"], again["looked_at_before"]) == ("opened", 1)
        refused = client.post(address, json={"candidate_index": 1}).json()["opening"]
        assert refused["state"] == "refused"
        moments = [refused["opened"]["created_at"]]
        for path in (f"tasks/{ended.id}/openings", f"tasks/{ended.id}/lineage"):
            moments += [look["created_at"] for look in client.get(f"/api/v1/{path}").json()["openings"]]
        assert len(moments) == 9
        assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", moment) for moment in moments)


def test_a_sweep_over_the_slice_is_a_look(app: App, ended: Job, tmp_path: Path) -> None:
    """For the lineage that tried one of its factors on these sessions, once."""
    before = app.records.openings.of_lineage(LOCAL_ADMIN, "root_end")
    listing = tmp_path / "factors.txt"
    listing.write_text(f"rank(amount)\n{ATTENTION}\n")
    ask = Sweep(file=str(listing), start_date="2024-06-03", end_date="2025-12-29", market="demo", workers=1)
    made = run_sweep(app, ask)
    assert made.failed == 0
    new = app.records.openings.of_lineage(LOCAL_ADMIN, "root_end")[len(before) :]
    assert [(look.expression, look.reason, look.refused) for look in new] == [(ATTENTION, "plain_run", False)]
    kept_out = run_sweep(app, replace(ask, out=str(tmp_path / "sealed.jsonl"), end_date="2025-03-03"))
    assert kept_out.failed == 0
    assert len(app.records.openings.of_lineage(LOCAL_ADMIN, "root_end")) == len(before) + len(new)
