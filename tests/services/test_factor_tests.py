"""The factor test as a use case: stages, facts, reports that fail, snapshots that are gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests._rig import lend_demo, make_app

from quantgpt.foundations.errors import BadExpression, BadRequest, Broken
from quantgpt.foundations.hashing import hash_value
from quantgpt.foundations.panel import MarketView
from quantgpt.foundations.progress import Note
from quantgpt.market.market import Market
from quantgpt.services._base import App, JobRef, operation_of
from quantgpt.services.factor_tests import TestFactor
from quantgpt.services.stages import STAGES, Stages
from quantgpt.services.words import is_wording

ASK = TestFactor(prompt="rank(close/ts_mean(close, 20))", start_date="2024-06-01", end_date="2025-06-30")
JOB = JobRef(id="abc", attempt=1, owner_id="o", created_at=1_700_000_000.0)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An App on the demo market."""
    made = lend_demo(make_app(tmp_path_factory.mktemp("services") / "home"))
    yield made
    made.records.close()


def test_the_same_request_gives_the_same_bytes(app: App) -> None:
    first, second = app.run(ASK), app.run(ASK)
    assert hash_value(first.result) == hash_value(second.result)
    assert {k: v.to_json() for k, v in first.series.items()} == {k: v.to_json() for k, v in second.series.items()}


def test_stages_come_in_order_and_progress_never_goes_back(app: App) -> None:
    seen: list[tuple[str, float]] = []
    app.run(ASK, lambda stage, fraction, message="": seen.append((stage, fraction)))
    assert list(dict.fromkeys(stage for stage, _ in seen)) == list(STAGES[:-1])
    assert [fraction for _, fraction in seen] == sorted(fraction for _, fraction in seen)


def test_the_request_is_pinned_to_the_market_of_its_moment(app: App) -> None:
    checked = operation_of(ASK).check(app, ASK)  # type: ignore[misc]
    assert (checked.market, checked.snapshot) == ("demo", app.markets.open().snapshot)
    gone = app.run(replace(ASK, snapshot=None))
    assert gone.result["params"]["data_snapshot"] == checked.snapshot


def test_a_report_that_fails_costs_the_link_and_not_the_result(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> bytes:
        raise RuntimeError("no ink")

    run = app.run(ASK)
    monkeypatch.setattr("quantgpt.services.reports.render", broken)
    how = operation_of(ASK)
    kept = how.keep(app, JOB, run, lambda *_: None)  # type: ignore[misc]
    assert (kept.reports, kept.result["report_url"]) == ((), None)
    assert kept.result["metrics"] == run.result["metrics"]
    assert kept.result["warnings"][-1]["code"] == "report_failed"


def test_report_names_carry_day_task_and_hash(app: App) -> None:
    run = app.run(ASK)
    kept = operation_of(ASK).keep(app, JOB, run, lambda *_: None)  # type: ignore[misc]
    assert kept.reports == (f"backtest_report_20231114_abc_{hash_value(run.result)[:8]}.html",)
    assert kept.facts["manifest_id"] == hash_value(run.result)[:16]


def test_another_spelling_of_a_factor_has_the_same_numbers(app: App) -> None:
    plain, spelled = app.run(ASK), app.run(replace(ASK, prompt="rank( close / (ts_mean(close,20)) )"))
    for part in ("metrics", "backtest_summary", "anti_overfit", "score", "verdict"):
        assert plain.result[part] == spelled.result[part]


def test_options_reach_the_engine(app: App) -> None:
    made = app.run(replace(ASK, direction=-1, costs="itemised", execution="next_close"))
    params = made.result["params"]
    assert (params["direction"], params["execution"]) == (-1, "next_close")


def test_a_field_that_the_market_lacks_is_named(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quantgpt.market.market.Market.expression_fields", lambda self: frozenset({"close"}))
    with pytest.raises(BadExpression):
        app.run(replace(ASK, prompt="rank(cap)"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("20日动量", True),
        ("momentum of twenty days", True),
        ("rank(close), please。", True),
        ("clos", False),
        ("close / open", False),
        ("rank close", True),
        ("__import__('os')", False),
    ],
)
def test_words_are_told_from_expressions(text: str, words: bool) -> None:
    assert is_wording(text) is words


def test_stages_that_are_skipped_do_not_appear() -> None:
    seen: list[str] = []
    stages = Stages(lambda stage, fraction, message="": seen.append(stage))
    stages.skipped = frozenset({"analyzing"})
    for stage in STAGES:
        stages(stage, 0.5)
    assert "analyzing" not in seen


def test_counts_and_finished_stages_are_told_as_a_stage_begins() -> None:
    told: list[Note] = []

    class Sink:
        def __call__(self, stage: str, fraction: float, message: str = "") -> None:
            pass

        def tell(self, note: Note) -> None:
            told.append(note)

    stages = Stages(Sink())
    stages.enter("validating")
    stages.enter("fetching_data")
    assert told == []
    stages.count("backtesting", names=3, sessions=7)
    stages.enter("backtesting")
    (note,) = told
    assert note.facts["counts"] == {"backtesting": {"names": 3, "sessions": 7}}
    assert set(note.facts["timings"]) == {"validating", "fetching_data"}


def test_a_stage_counts_the_members_that_have_a_price_on_the_span(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = app.run(ASK).counts["backtesting"]["names"]
    plain = Market.view

    def without_prices(self: Market, *args: Any, **kwargs: Any) -> MarketView:
        view = plain(self, *args, **kwargs)
        traded = view.traded.copy()
        inside = np.flatnonzero((view.member[view.first :] & traded[view.first :]).any(axis=0))
        traded[view.first :, inside[:7]] = False
        return replace(view, traded=traded)

    monkeypatch.setattr(Market, "view", without_prices)
    run = app.run(ASK)
    assert {run.counts[stage]["names"] for stage in ("fetching_data", "backtesting", "analyzing")} == {whole - 7}


def test_a_request_without_an_operation_is_a_bug_of_ours(app: App) -> None:
    with pytest.raises(Broken):
        app.run(object())


def test_what_can_only_run_now_is_not_queued(app: App, tmp_path: Path) -> None:
    assert tmp_path.is_dir()
    with pytest.raises(BadRequest):
        app.submit(replace(ASK, n_groups=1), owner_id="o")
    ask: Any = object()
    with pytest.raises(Broken):
        app.submit(ask, owner_id="o")
