"""Many factors on one shared panel: the same bits as each alone, wherever they are computed; nobody is left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from tests._rig import ROOT
from tests.backtest.test_warm_up import later
from tests.scale import batches

from quantgpt.backtest.factor_test import run_factor_test
from quantgpt.expr import EvalInputs, evaluate
from quantgpt.foundations.errors import NoData
from quantgpt.market.demo import demo_view
from quantgpt.research.evaluation import Outcome, SharedPanel, evaluate_many

THREADS = {"OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the process of `apart` leaves its marks."""
    return tmp_path_factory.mktemp("batches")


@pytest.fixture(scope="module")
def apart(folder: Path) -> dict[str, Any]:
    """What came out in a process of its own, which may fork."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.scale.batches", "everything", str(folder)],
        cwd=ROOT,
        env={**os.environ, **THREADS},
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@lru_cache(maxsize=2)
def outcomes(mode: str) -> list[Outcome]:
    """Everything computed in this process."""
    return evaluate_many(batches.panel(), batches.candidates(), mode=mode)  # type: ignore[arg-type]


def test_a_full_evaluation_is_the_factor_test_alone_bit_by_bit() -> None:
    alone = demo_view(assets=80, sessions=260, seed=3, warmup=100)
    tested = 0
    for outcome, candidate in zip(outcomes("full"), batches.candidates(), strict=True):
        (factor,) = evaluate([candidate.expression], EvalInputs.of(alone))
        if outcome.full is None:
            with pytest.raises(NoData, match="同一个值"):
                run_factor_test(alone, factor, candidate.spec)
            continue
        whole = run_factor_test(alone, factor, candidate.spec)
        assert (outcome.full.body, outcome.full.result_hash) == (whole.body, whole.result_hash)
        assert {k: s.to_json() for k, s in outcome.full.series.items()} == {
            k: s.to_json() for k, s in whole.series.items()
        }
        tested += 1
    assert tested == 5


def test_more_warm_up_than_a_factor_needs_changes_nothing() -> None:
    whole = batches.panel(warmup=180)
    for mode in ("full", "quick"):
        longer = evaluate_many(whole, batches.candidates(), mode=mode)  # type: ignore[arg-type]
        shorter = evaluate_many(SharedPanel(later(whole.view, 70)), batches.candidates(), mode=mode)  # type: ignore[arg-type]
        for one, other in zip(longer, shorter, strict=True):
            assert (one.error, one.quick and one.quick.figures) == (other.error, other.quick and other.quick.figures)
            assert (one.full and one.full.result_hash) == (other.full and other.full.result_hash)


def test_a_quick_evaluation_gives_the_numbers_of_the_full_test() -> None:
    for quick, full in zip(outcomes("quick"), outcomes("full"), strict=True):
        if full.full is None:
            assert (quick.error, quick.error_facts) == (full.error, full.error_facts)
            continue
        assert quick.quick is not None
        figures, body = quick.quick.figures, full.full.body
        summary = body["backtest_summary"]
        same = set(figures) & set(summary)
        assert len(same) >= 24
        assert {name: figures[name] for name in same} == {name: summary[name] for name in same}
        assert figures["metrics"] == {name: body["metrics"][name] for name in figures["metrics"]}
        annual = [group["annual_return"] for group in summary["group_returns"].values()]
        assert figures["group_annual_returns"] == annual
        assert figures["direction"] == body["direction"]["sign"]
        assert figures["out_of_slice_rank_ic"] == body["direction"]["out_of_slice_rank_ic"]
        assert figures["out_of_slice_t_hac"] == body["direction"]["out_of_slice_t_hac"]
        assert figures["n_groups_used"] == body["params"]["n_groups_used"]
        daily = full.full.series["daily_returns"]
        assert quick.quick.strategy.tolist() == list(daily.columns["strategy"])
        assert [str(day) for day in quick.quick.days.astype("datetime64[D]")] == list(daily.index)


def test_the_inputs_of_the_score_give_the_parts_of_the_score() -> None:
    from quantgpt.factors.score import ScoreInputs, component_points

    for quick, full in zip(outcomes("quick"), outcomes("full"), strict=True):
        if quick.quick is None or full.full is None:
            continue
        points = component_points(ScoreInputs(**quick.quick.figures["score_inputs"]))
        parts = full.full.body["component_scores"]
        assert {name: round(value, 1) for name, value in points.items()} == {name: parts[name] for name in points}


@pytest.mark.parametrize("mode", ["full", "quick"])
def test_numbers_do_not_depend_on_the_processes(mode: str, apart: dict[str, Any]) -> None:
    (together, seen, elsewhere), (single, _, nowhere) = apart["digests"][mode]
    assert together == single
    assert sum(isinstance(row, str) for row in single) == 5
    assert seen == list(range(6))
    assert (elsewhere, nowhere) == ((2, 0) if mode == "full" else (0, 0))


def test_a_candidate_whose_process_dies_once_is_tried_again(apart: dict[str, Any]) -> None:
    assert apart["once"] == [
        [index, index != 4, None if index != 4 else outcomes("full")[4].error] for index in range(6)
    ]


def test_a_candidate_whose_process_dies_twice_is_named_and_the_others_complete(apart: dict[str, Any]) -> None:
    made = apart["twice"]
    assert made[2] == [2, False, "进程被信号 9 终止（可能内存不足），已重试一次"]
    assert [done for index, done, _ in made if index not in (2, 4)] == [True] * 4


def test_no_helper_is_left_when_the_listener_gives_up(apart: dict[str, Any], folder: Path) -> None:
    assert apart["left"] == []
    assert list((folder / "given_up").iterdir())
