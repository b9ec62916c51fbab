"""A result split at the day up to which its author has read."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest

from quantgpt.factors.cutoff import split_at
from quantgpt.foundations.errors import BadRequest
from quantgpt.foundations.series import Series
from quantgpt.foundations.settings import load_settings
from quantgpt.metrics.hac import hac_mean
from quantgpt.research.cutoffs import Cutoff, cutoff_of
from quantgpt.services.hindsight import cutoff_block

SESSIONS = np.array([day for day in np.arange("2024-01-01", "2025-03-01", dtype="datetime64[D]") if np.is_busday(day)])
HOLDING = 5
IC_DAYS = SESSIONS[: -1 - HOLDING]
DRAW = np.random.default_rng(3)
IC = DRAW.normal(0.02, 0.1, IC_DAYS.size)
RETURNS = DRAW.normal(0.0005, 0.01, SESSIONS.size - 1)


def split(day: str, sign: int = 1):  # type: ignore[no-untyped-def]
    return split_at(
        day, rank_ic=IC, ic_days=IC_DAYS, returns=RETURNS, return_days=SESSIONS[1:], holding=HOLDING, sign=sign
    )


@pytest.mark.parametrize("day", ["2024-06-28", "2024-06-30", "2024-07-01"])
def test_no_label_reaches_across_the_day(day: str) -> None:
    before, after = split(day)
    edge = np.datetime64(day)
    ends = [SESSIONS[i + 1 + HOLDING] for i in range(IC_DAYS.size)]
    first = [i for i in range(IC_DAYS.size) if ends[i] <= edge]
    second = [i for i in range(IC_DAYS.size) if IC_DAYS[i] > edge]
    assert len(first) + len(second) < IC_DAYS.size
    for side, rows in ((before, first), (after, second)):
        assert (side.rank_ic.n, side.first_day, side.last_day) == (
            len(rows),
            str(IC_DAYS[rows[0]]),
            str(IC_DAYS[rows[-1]]),
        )
        assert side.rank_ic.mean == pytest.approx(float(np.mean(IC[rows])), abs=1e-15)
        assert side.rank_ic.hac.t == pytest.approx(hac_mean(IC[rows], 2 * HOLDING).t)
    assert before.returns + after.returns == RETURNS.size


def test_a_day_behind_the_end_leaves_nothing_after_it() -> None:
    before, after = split("2030-01-01")
    assert (before.rank_ic.n, after.rank_ic.n) == (IC_DAYS.size, 0)
    told = after.to_json()
    assert (told["judged"], told["rank_ic_mean"], told["sharpe"], told["first_day"]) == (False, None, None, None)


def test_the_direction_turns_the_sign() -> None:
    assert split("2024-06-28", -1)[1].rank_ic.mean == -split("2024-06-28")[1].rank_ic.mean


def test_a_missing_session_counts_for_nothing() -> None:
    holed = IC.copy()
    holed[3] = math.nan
    before, _ = split_at(
        "2024-06-28", rank_ic=holed, ic_days=IC_DAYS, returns=RETURNS, return_days=SESSIONS[1:], holding=HOLDING
    )
    assert before.rank_ic.n == split("2024-06-28")[0].rank_ic.n - 1


def table(days: np.ndarray, **columns: np.ndarray) -> Series:  # type: ignore[type-arg]
    body = {name: [float(x) for x in values] for name, values in columns.items()}
    return Series(name="x", index_name="date", index=[str(day) for day in days], columns=body, unit="", meta={})


@pytest.mark.parametrize(
    ("engine", "model", "setting", "state"),
    [
        ("expression", None, None, "none"),
        ("offline", None, "2024-06-28", "none"),
        ("llm", "deepseek-chat", None, "unknown"),
        ("llm", "deepseek-chat", "2024-06-28", "split"),
        ("llm", "gpt-4.1-mini", None, "split"),
    ],
)
def test_nothing_is_out_of_sample_unless_the_day_is_known(
    engine: str, model: str | None, setting: str | None, state: str
) -> None:
    series = {"ic": table(IC_DAYS, rank_ic=IC), "daily_returns": table(SESSIONS[1:], strategy=RETURNS)}
    params = {"params": {"holding_period": HOLDING, "direction": 1}}
    block = cutoff_block(
        {"engine": engine, "model": model}, params, series, date.fromisoformat(setting) if setting else None
    )
    assert block["state"] == state
    assert ("before" in block) == (state == "split")
    if engine == "expression":
        assert "作者未知" in block["reason"]["zh"]
    if state == "unknown":
        assert "样本外" in block["reason"]["zh"]
    if setting and state == "split":
        before, after = split("2024-06-28")
        assert (block["before"], block["after"]) == (before.to_json(), after.to_json())


def test_a_setting_that_is_no_day_is_refused_at_the_start() -> None:
    with pytest.raises(BadRequest, match="QUANTGPT_MODEL_CUTOFF"):
        load_settings(model_cutoff="last year")
    assert cutoff_of("x", load_settings(model_cutoff="2025-07-31").model_cutoff) == Cutoff(
        "2025-07-31", "QUANTGPT_MODEL_CUTOFF"
    )
