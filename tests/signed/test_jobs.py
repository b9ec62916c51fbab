"""Signed jobs: what they are from the first word to the last, read, listed, cancelled, and run by a worker."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import time
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update
from tests._rig import finished, wait_until, working
from tests.signed._asking import ASK, account, asked, make

from quantgpt.foundations.errors import Broken
from quantgpt.foundations.settings import child_environment
from quantgpt.records import LOCAL_ADMIN, Failure
from quantgpt.records.schema import jobs as rows
from quantgpt.services._base import App, fairness
from quantgpt.services.jobs.worker import TIMED_OUT, WORKER_LOST, too_big
from quantgpt.services.signed import jobs
from quantgpt.services.signed.faults import InvalidParameter, InvalidState, NotYours
from quantgpt.services.signed.warming import warm_up

pytestmark = pytest.mark.xdist_group("records")

KEYS = ["id", "status", "config", "submitted_at", "started_at", "finished_at", "progress", "result", "error"]
METRICS = {
    "sharpe": None, "sortino": None, "calmar": "1.0000", "max_drawdown": "-0.100000", "win_rate": "0.000000",
    "profit_factor": None, "cagr": "0.100000", "expected_value": "0.00", "total_trades": 0, "avg_trade_duration_seconds": 0,
}  # fmt: skip


def shown(app: App, job_id: str) -> dict[str, Any]:
    return jobs.job_object(jobs.get(app, LOCAL_ADMIN, job_id))


def claimed(app: App) -> str:
    job = app.records.attempts.claim("w", 15.0)
    assert job is not None
    return job.id


def done(app: App, job_id: str) -> None:
    """Book a result as a worker does."""
    result = {"metrics": METRICS, "equity_curve": [["2025-01-01T00:00:00Z", "10000.00"]], "trades": []}
    outcome = json.dumps({"details": {"liquidated": []}, "result": json.dumps(result, separators=(",", ":"))})
    facts = json.dumps(
        {"metrics": METRICS, "warnings": [], "market": "demo", "snapshot": "s", "data_revision": "demo@s"}
    )
    app.records.attempts.succeed(job_id, 1, stage="completed", outcome=outcome, outcome_hash="h", facts=facts)


def test_a_new_job_has_the_nine_keys_and_waits(anywhere: App) -> None:
    job, replayed = jobs.create(anywhere, LOCAL_ADMIN, asked())
    assert not replayed
    found = jobs.job_object(job)
    assert list(found) == KEYS
    assert re.fullmatch(r"bt_[0-9a-f]{8}", found["id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found["submitted_at"])
    assert found["config"] == {**ASK, "leverage": 1, "fee_model": "fixed_bps", "fee_bps": "5"}
    assert (found["status"], found["progress"]) == ("queued", 0)
    assert [found[name] for name in ("started_at", "finished_at", "result", "error")] == [None] * 4
    assert jobs.job_text(jobs.get(anywhere, LOCAL_ADMIN, job.id)) == jobs.job_text(job)


def test_a_running_job_shows_its_progress_and_a_done_one_its_result(anywhere: App) -> None:
    job_id = make(anywhere).id
    assert claimed(anywhere) == job_id
    anywhere.records.attempts.step(job_id, 1, stage="backtesting", fraction=0.25, message="")
    found = shown(anywhere, job_id)
    assert (found["status"], found["progress"], found["result"]) == ("running", 0.25, None)
    assert found["started_at"] is not None
    assert found["finished_at"] is None
    done(anywhere, job_id)
    found = shown(anywhere, job_id)
    assert (found["status"], found["progress"], found["error"]) == ("done", 1.0, None)
    assert list(found["result"]) == ["metrics", "equity_curve", "trades"]
    assert list(found["result"]["metrics"]) == list(METRICS)
    brief = jobs.job_object(jobs.page(anywhere, LOCAL_ADMIN, {})[0][0], brief=True)
    assert brief == {**found, "result": {"metrics": METRICS}}
    assert list(brief["result"]["metrics"]) == list(METRICS)


def test_a_row_of_a_list_has_no_whole_result(installed: App) -> None:
    job_id = make(installed).id
    claimed(installed)
    done(installed, job_id)
    with pytest.raises(Broken, match=job_id):
        jobs.job_text(jobs.page(installed, LOCAL_ADMIN, {})[0][0])


@pytest.mark.parametrize(
    "job_id", ["bt_00000000", "bt_", "x", "", "bt_0000000g", "bt_00000000\x00", "BT_00000000", "a" * 999]
)
def test_an_id_of_nothing_is_not_there(installed: App, job_id: str) -> None:
    for touch in (jobs.get, jobs.cancel, jobs.details):
        with pytest.raises(NotYours) as caught:
            touch(installed, LOCAL_ADMIN, job_id)
        assert caught.value.code == "NOT_FOUND"


def test_a_job_of_somebody_else_looks_like_none(installed: App) -> None:
    job_id, other = make(installed).id, account(installed, "other")
    sentences = set()
    for wanted in (job_id, "bt_00000000"):
        with pytest.raises(NotYours) as caught:
            jobs.cancel(installed, other, wanted)
        sentences.add((caught.value.message, caught.value.en))
    assert len(sentences) == 1
    assert jobs.page(installed, other, {}) == ([], None)
    assert shown(installed, job_id)["status"] == "queued"


def test_a_job_of_another_kind_is_none_of_these(installed: App) -> None:
    job_id = make(installed).id
    with installed.records.writer.begin() as connection:
        connection.execute(update(rows).where(rows.c.id == job_id).values(operation="factor.test"))
    with pytest.raises(NotYours):
        jobs.get(installed, LOCAL_ADMIN, job_id)


# -- ends -----------------------------------------------------------------------------------------------------------


def test_a_waiting_job_is_cancelled_and_never_started(anywhere: App) -> None:
    job_id = make(anywhere).id
    found = jobs.job_object(jobs.cancel(anywhere, LOCAL_ADMIN, job_id, "wrong window"))
    assert (found["status"], found["progress"], found["started_at"]) == ("cancelled", 0, None)
    assert (found["result"], found["error"]) == (None, None)
    assert found["finished_at"] is not None
    assert anywhere.records.attempts.claim("w", 15.0) is None
    assert "wrong window" not in jobs.job_text(jobs.get(anywhere, LOCAL_ADMIN, job_id))


def test_a_cancelled_job_keeps_the_progress_that_was_seen_and_takes_no_result(anywhere: App) -> None:
    job_id = make(anywhere).id
    claimed(anywhere)
    anywhere.records.attempts.step(job_id, 1, stage="backtesting", fraction=0.5, message="")
    jobs.cancel(anywhere, LOCAL_ADMIN, job_id)
    done(anywhere, job_id)
    anywhere.records.attempts.fail(job_id, 1, TIMED_OUT)
    found = shown(anywhere, job_id)
    assert (found["status"], found["progress"], found["result"]) == ("cancelled", 0.5, None)


@pytest.mark.parametrize("end", ["done", "failed", "cancelled"])
def test_what_has_ended_cannot_be_cancelled(anywhere: App, end: str) -> None:
    job_id = make(anywhere).id
    claimed(anywhere)
    if end == "done":
        done(anywhere, job_id)
    elif end == "failed":
        anywhere.records.attempts.fail(job_id, 1, TIMED_OUT)
    else:
        jobs.cancel(anywhere, LOCAL_ADMIN, job_id)
    before = jobs.job_text(jobs.get(anywhere, LOCAL_ADMIN, job_id))
    with pytest.raises(InvalidState, match=end) as caught:
        jobs.cancel(anywhere, LOCAL_ADMIN, job_id)
    assert caught.value.code == "INVALID_STATE"
    assert jobs.job_text(jobs.get(anywhere, LOCAL_ADMIN, job_id)) == before


@pytest.mark.parametrize("reason", ["x" * 201, "\ud800"])
def test_a_reason_that_cannot_be_kept_is_refused_and_nothing_happens(installed: App, reason: str) -> None:
    job_id = make(installed).id
    with pytest.raises(InvalidParameter) as caught:
        jobs.cancel(installed, LOCAL_ADMIN, job_id, reason)
    assert caught.value.field == "reason"
    assert shown(installed, job_id)["status"] == "queued"
    jobs.cancel(installed, LOCAL_ADMIN, job_id, "图" * 200)


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (TIMED_OUT, "TIMEOUT"),
        (too_big(100), "INTERNAL_ERROR"),
        (Failure(error="x", error_facts='{"kind":"internal","code":"broken"}'), "INTERNAL_ERROR"),
        (Failure(error="x", error_facts='{"kind":"invalid","code":"DATA_UNAVAILABLE","en":"y"}'), "DATA_UNAVAILABLE"),
        (Failure(error="x", error_facts='{"kind":"invalid","code":"TEMPLATE_ERROR","en":"y"}'), "TEMPLATE_ERROR"),
        (Failure(error="x", error_facts='{"code":"INSUFFICIENT_CAPITAL","en":"y"}'), "INSUFFICIENT_CAPITAL"),
    ],
)
def test_a_failed_job_tells_code_and_message(installed: App, failure: Failure, code: str) -> None:
    job_id = make(installed).id
    claimed(installed)
    installed.records.attempts.fail(job_id, 1, failure)
    found = shown(installed, job_id)
    assert (found["status"], found["result"]) == ("failed", None)
    assert found["error"]["code"] == code
    assert list(found["error"]) == ["code", "message"]
    assert found["error"]["message"].isascii()
    told = jobs.job_error(jobs.get(installed, LOCAL_ADMIN, job_id))
    assert told is not None
    assert told["message"] == failure.error
    assert ("100 MB" in found["error"]["message"]) is (failure == too_big(100))


def test_a_job_whose_worker_is_lost_begins_again_once_and_then_fails(anywhere: App) -> None:
    job_id = make(anywhere).id
    rule = fairness(anywhere.settings)
    job = anywhere.records.attempts.claim("w1", 15.0, rule)
    assert job is not None
    anywhere.records.attempts.step(job_id, 1, stage="backtesting", fraction=0.5, message="")
    started = jobs.get(anywhere, LOCAL_ADMIN, job_id).started_at
    anywhere.records.attempts.lose(job_id, 1, WORKER_LOST)
    found = shown(anywhere, job_id)
    assert (found["status"], found["progress"]) == ("queued", 0)
    time.sleep(0.02)
    again = anywhere.records.attempts.claim("w2", 15.0, rule)
    assert again is not None
    assert again.started_at == started
    anywhere.records.attempts.lose(job_id, 2, WORKER_LOST)
    assert shown(anywhere, job_id)["error"]["code"] == "WORKER_LOST"


# -- lists ----------------------------------------------------------------------------------------------------------


def spread(app: App, count: int) -> list[str]:
    """Jobs, newest first, two of which share a moment each."""
    made = [make(app).id for _ in range(count)]
    with app.records.writer.begin() as connection:
        for number, job_id in enumerate(made):
            at = 1_770_000_000.25 + number // 2
            connection.execute(update(rows).where(rows.c.id == job_id).values(created_at=at))
    order = sorted(range(count), key=lambda number: (number // 2, made[number]), reverse=True)
    return [made[number] for number in order]


def test_pages_hold_every_job_once_newest_first_even_when_they_share_a_moment(anywhere: App) -> None:
    order = spread(anywhere, 7)
    for limit in ("1", "2", "3", "6", "7", "100"):
        found, query = [], {"limit": limit}
        while True:
            page, cursor = jobs.page(anywhere, LOCAL_ADMIN, query)
            found += [job.id for job in page]
            assert len(page) <= int(limit)
            if cursor is None:
                break
            query = {"limit": limit, "cursor": cursor}
        assert found == order


def test_a_job_made_between_two_pages_moves_nothing(anywhere: App) -> None:
    order = spread(anywhere, 4)
    _, cursor = jobs.page(anywhere, LOCAL_ADMIN, {"limit": "2"})
    make(anywhere)
    assert cursor is not None
    assert [job.id for job in jobs.page(anywhere, LOCAL_ADMIN, {"cursor": cursor})[0]] == order[2:]


def test_lists_are_filtered_by_status_template_and_moment(anywhere: App) -> None:
    grid = make(anywhere).id
    claimed(anywhere)
    done(anywhere, grid)
    average = make(anywhere, template_id="tpl_ma_cross", params={}).id
    broken = claimed(anywhere)
    anywhere.records.attempts.fail(broken, 1, TIMED_OUT)
    gone = make(anywhere, template_id="tpl_momentum", params={}).id
    jobs.cancel(anywhere, LOCAL_ADMIN, gone)
    waiting = make(anywhere).id

    def ids(**query: str) -> list[str]:
        return [job.id for job in jobs.page(anywhere, LOCAL_ADMIN, query)[0]]

    assert (ids(status="done"), ids(status="failed"), ids(status="cancelled")) == ([grid], [average], [gone])
    assert (ids(status="queued"), ids(status="running")) == ([waiting], [])
    assert sorted(ids(template_id="tpl_grid")) == sorted([grid, waiting])
    assert (ids(template_id="tpl_ma_cross"), ids(template_id="tpl_momentum")) == ([average], [gone])
    assert ids(template_id="TPL_GRID") == ids(template_id="%") == []
    assert ids(expand="trades", status="done") == [grid]
    at = shown(anywhere, grid)["submitted_at"]
    assert grid in ids(**{"from": at})
    assert ids(to=at) == []
    assert ids(**{"from": "2000-01-01T00:00:00Z", "to": "2001-01-01T00:00:00Z"}) == []


@pytest.mark.parametrize(
    ("field", "query"),
    [
        ("status", {"status": "succeeded"}),
        ("status", {"status": ""}),
        ("limit", {"limit": "0"}),
        ("limit", {"limit": "101"}),
        ("limit", {"limit": "ten"}),
        ("limit", {"limit": "-1"}),
        ("limit", {"limit": "1.5"}),
        ("limit", {"limit": "٣"}),
        ("limit", {"limit": ""}),
        ("from", {"from": "2025-01-01"}),
        ("to", {"to": "now"}),
        ("to", {"from": "2025-01-02T00:00:00Z", "to": "2025-01-02T00:00:00Z"}),
        ("cursor", {"cursor": ""}),
        ("cursor", {"cursor": "nonsense"}),
        ("cursor", {"cursor": "=" * 10}),
        ("cursor", {"cursor": "é"}),
        ("cursor", {"cursor": base64.b64encode(b"[1]").decode()}),
        ("cursor", {"cursor": base64.b64encode(b'{"submitted_at":"2026","id":"bt_1"}').decode()}),
        ("cursor", {"cursor": base64.b64encode(b'{"submitted_at":NaN,"id":"bt_000000","filter":"x"}').decode()}),
        ("cursor", {"cursor": base64.b64encode(b'{"submitted_at":1.0,"id":"x\' OR 1","filter":"x"}').decode()}),
        ("cursor", {"cursor": base64.b64encode(b'{"submitted_at":1.0,"id":"bt_000000","filter":"x"}').decode()}),
        ("cursor", {"cursor": "A" * 600}),
    ],
)
def test_a_query_that_cannot_be_is_refused(installed: App, field: str, query: dict[str, str]) -> None:
    with pytest.raises(InvalidParameter) as caught:
        jobs.page(installed, LOCAL_ADMIN, query)
    assert caught.value.field == field


def test_a_cursor_goes_on_with_its_own_filters_only(installed: App) -> None:
    spread(installed, 3)
    _, cursor = jobs.page(installed, LOCAL_ADMIN, {"limit": "1", "status": "queued"})
    assert cursor is not None
    assert "=" not in cursor
    assert len(jobs.page(installed, LOCAL_ADMIN, {"limit": "5", "status": "queued", "cursor": cursor})[0]) == 2
    for other in ({}, {"status": "done"}, {"status": "queued", "template_id": "tpl_grid"}):
        with pytest.raises(InvalidParameter, match="cursor"):
            jobs.page(installed, LOCAL_ADMIN, {**other, "cursor": cursor})


# -- with a worker --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def compiled() -> None:
    """What the children run is in the cache of compiled functions."""
    warm_up()


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("compiled")
def test_a_worker_runs_jobs_to_their_end(installed: App) -> None:
    asks = [
        asked(),
        asked(),
        asked(template_id="tpl_momentum", params={}, symbols=["ETHUSDT", "BTCUSDT"], leverage=3, funding="historical"),
        asked(template_id="tpl_dca", params={"interval": "1d", "buy_amount": "100"}, market="spot"),
        asked(start="2015-01-01T00:00:00Z", end="2016-01-01T00:00:00Z"),
        asked(
            capital="104.00", params={"grid_levels": 21, "upper_price": "62000", "lower_price": "60000"}, market="spot"
        ),
    ]
    with working(installed, warm=True):
        made = [jobs.create(installed, LOCAL_ADMIN, ask)[0].id for ask in asks]
        for job_id in made:
            finished(installed, job_id, 100)
    found = [shown(installed, job_id) for job_id in made]
    assert [job["status"] for job in found] == ["done"] * 4 + ["failed"] * 2
    assert [job["error"]["code"] for job in found[4:]] == ["DATA_UNAVAILABLE", "INSUFFICIENT_CAPITAL"]
    assert "2021-01-01T00:00:00Z" in found[4]["error"]["message"]
    for job in found[:4]:
        result = job["result"]
        assert list(result) == ["metrics", "equity_curve", "trades"]
        pnl = sum(Decimal(trade["pnl"]) for trade in result["trades"])
        assert Decimal(result["equity_curve"][-1][1]) - Decimal(job["config"]["capital"]) == pnl
        assert result["equity_curve"][0] == [job["config"]["start"], job["config"]["capital"]]
        assert result["equity_curve"][-1][0] == job["config"]["end"]
    assert found[0]["result"] == found[1]["result"]
    first, second = (installed.records.jobs.get(job_id) for job_id in made[:2])
    assert first is not None
    assert second is not None
    assert first.outcome_hash == second.outcome_hash
    told = jobs.details(installed, LOCAL_ADMIN, made[0])
    assert (told["market"], told["synthetic"]) == ("demo", True)
    assert told["data_revision"] == f"demo@{told['snapshot']}"
    assert len(told["causes"]) == len(found[0]["result"]["trades"])
    assert jobs.pinned(first) == ("demo", told["snapshot"])
    assert jobs.details(installed, LOCAL_ADMIN, made[4])["status"] == "failed"


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("compiled")
def test_a_running_job_that_is_cancelled_frees_its_worker(installed: App) -> None:
    """A hundred thousand trades take some seconds: it cannot be done before it is cancelled."""
    with working(installed, warm=True) as worker:
        warm = make(installed).id
        finished(installed, warm, 100)
        restless = {"fast": 1, "slow": 2, "ma_type": "sma", "direction": "both"}
        window = {
            "start": "2025-11-02T00:00:00Z",
            "end": "2025-12-30T23:59:59Z",
            "timeframe": "1m",
            "fee_model": "none",
        }
        pairs = ["BTCUSDT", "ETHUSDT", "SOLUSDT"]
        job_id = make(installed, template_id="tpl_momentum", params=restless, symbols=pairs, **window).id
        wait_until(lambda: jobs.get(installed, LOCAL_ADMIN, job_id).state != "queued", step=0.002)
        jobs.cancel(installed, LOCAL_ADMIN, job_id)
        wait_until(lambda: not worker.children, 10)
    found = shown(installed, job_id)
    assert (found["status"], found["result"], found["error"]) == ("cancelled", None, None)


@pytest.mark.slow
def test_getting_warm_leaves_no_threads_behind_so_that_children_can_be_forked(installed: App) -> None:
    text = (
        "import os; from quantgpt.services.signed.warming import warm_up; warm_up(); "
        "print(len(os.listdir('/proc/self/task')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", text],
        env=child_environment(installed.settings),
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    assert done.stdout.split() == ["1"]
