"""Walking through time: direction fixed on one window, confirmed on the next, reported once on the third."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantgpt.factors.ic import summarise
from quantgpt.foundations.panel import Days
from quantgpt.foundations.series import number
from quantgpt.metrics.hac import hac_mean
from quantgpt.metrics.returns import sharpe

F64 = NDArray[np.float64]

TRAIN_YEARS, VALID_YEARS, TEST_YEARS, STEP_MONTHS = 3, 1, 1, 3
SHORT_SPAN_YEARS = 5
PROPORTIONS = (0.6, 0.2, 0.2)
SHORT_WINDOWS = 3
SHORT_SPAN_SHARE = 0.7
"""length of one proportional window over the whole span; three of them then start evenly spaced"""
LEAST_SESSIONS = 20
"""sessions with an IC that each of the three parts needs"""
SMALL_IC = 0.001
NO_WINDOWS = "数据不足，无法生成验证窗口"


@dataclass(frozen=True)
class Window:
    """Rows [start, stop) of the three parts, gaps left between them."""

    train: tuple[int, int]
    valid: tuple[int, int]
    test: tuple[int, int]


@dataclass(frozen=True)
class WindowResult:
    """What one window says; ICs are raw, `direction` is the sign of the training part."""

    window: Window
    direction: int
    train: tuple[float, float]
    valid: tuple[float, float]
    test: tuple[float, float]
    test_sharpe: float

    @property
    def confirmed(self) -> bool:
        """The validation part has the sign of the training part."""
        return self.direction * self.valid[0] > 0


def windows(days: Days, purge: int) -> tuple[list[Window], dict[str, Any]]:
    """The windows of a span and how they were made.

    Five years or more: 3 / 1 / 1 years, a step of 3 months. Less: 60 / 20 / 20 % of windows that span 70 %, three of them
    evenly spaced. `purge` sessions are left out before each boundary, because their labels reach across it.
    """
    span = float((days[-1] - days[0]).astype("timedelta64[D]").astype(float)) / 365.25 if days.size else 0.0
    if span >= SHORT_SPAN_YEARS - 0.02:
        spec = {"mode": "calendar", "train_years": TRAIN_YEARS, "valid_years": VALID_YEARS, "test_years": TEST_YEARS, "step_months": STEP_MONTHS, "purge_days": purge}  # fmt: skip
        return _calendar(days, purge), spec
    train, valid, test = PROPORTIONS
    spec = {"mode": "proportional", "train": train, "valid": valid, "test": test, "window_share": SHORT_SPAN_SHARE, "purge_days": purge}  # fmt: skip
    return _proportional(days.size, purge), spec


def _calendar(days: Days, purge: int) -> list[Window]:
    out: list[Window] = []
    start = days[0]
    while True:
        month = start.astype("datetime64[M]")
        offset = start - month.astype("datetime64[D]")
        edges = [(month + 12 * years).astype("datetime64[D]") + offset for years in (TRAIN_YEARS, TRAIN_YEARS + VALID_YEARS, TRAIN_YEARS + VALID_YEARS + TEST_YEARS)]  # fmt: skip
        if edges[2] > days[-1] + np.timedelta64(7, "D"):
            return out
        a, b, c, d = (int(np.searchsorted(days, day)) for day in (start, *edges))
        out.append(Window((a, max(a, b - purge)), (b, max(b, c - purge)), (c, d)))
        start = (month + STEP_MONTHS).astype("datetime64[D]") + offset


def _proportional(sessions: int, purge: int) -> list[Window]:
    length = int(sessions * SHORT_SPAN_SHARE)
    train, valid, _ = PROPORTIONS
    out = []
    for k in range(SHORT_WINDOWS):
        a = (sessions - length) * k // (SHORT_WINDOWS - 1)
        b, c, d = a + int(length * train), a + int(length * (train + valid)), a + length
        out.append(Window((a, max(a, b - purge)), (b, max(b, c - purge)), (c, d)))
    return [w for w in out if min(w.train[1] - w.train[0], w.valid[1] - w.valid[0], w.test[1] - w.test[0]) > 0]


def roll(
    rank_ic: F64,
    days: Days,
    top: F64,
    bottom: F64,
    holding: int,
    risk_free: float = 0.03,
    anti_overfit: float | None = None,
) -> tuple[dict[str, Any], list[WindowResult]]:
    """The contract's object and the windows behind it.

    Shape: rank_ic (D,) by session of `days`; top and bottom (D,) net returns of the highest and lowest group on the same
           sessions. In each test part the strategy is the end that the training part chose.
    """
    planned, spec = windows(days, holding)
    done = [w for w in (_judge(x, rank_ic, top, bottom, risk_free) for x in planned) if w is not None]
    if not done:
        body = {
            "score": 0.0,
            "summary": {"error": NO_WINDOWS, "n_windows": 0, "window_spec": spec},
            "decay_analysis": {"mean_decay": None, "status": "insufficient_data", "per_window_decay": []},
            "windows": [],
        }
        return body, []
    test = np.array([w.direction * w.test[0] for w in done])
    ir = np.array([w.direction * w.test[1] for w in done])
    train = np.array([w.direction * w.train[0] for w in done])
    oriented = _joined_test_ic(rank_ic, done)
    aggregate = hac_mean(oriented, 2 * holding)
    body = {
        "score": _score(done, test, ir, anti_overfit),
        "summary": {
            "n_windows": len(done),
            "mean_test_ic": number(float(test.mean())),
            "mean_test_ir": number(float(np.nanmean(ir))) if np.isfinite(ir).any() else None,
            "mean_train_ic": number(float(train.mean())),
            "aggregate_test_ic": number(aggregate.mean),
            "test_ic_ci95": [number(aggregate.ci_low), number(aggregate.ci_high)],
            "test_ic_t_hac": number(aggregate.t),
            "test_ic_p_hac": number(aggregate.p),
            "test_dates": aggregate.n,
            "same_sign_share": float((test > 0).mean()),
            "confirmed_share": float(np.mean([w.confirmed for w in done])),
            "oriented": True,
            "window_spec": spec,
        },
        "decay_analysis": _decay(rank_ic, done, train, test),
        "windows": [_window_json(k + 1, w, days, anti_overfit) for k, w in enumerate(done)],
    }
    return body, done


def _judge(window: Window, rank_ic: F64, top: F64, bottom: F64, risk_free: float) -> WindowResult | None:
    parts = [rank_ic[a:b] for a, b in (window.train, window.valid, window.test)]
    if min(int(np.isfinite(part).sum()) for part in parts) < LEAST_SESSIONS:
        return None
    (train, train_ir), (valid, valid_ir), (test, test_ir) = ((s.mean, s.ir) for s in (summarise(p, 0) for p in parts))
    sign = -1 if train < 0 else 1
    returns = (top if sign > 0 else bottom)[window.test[0] : window.test[1]]
    returns = returns[np.isfinite(returns)]
    return WindowResult(window, sign, (train, train_ir), (valid, valid_ir), (test, test_ir), sharpe(returns, risk_free))


def _joined_test_ic(rank_ic: F64, done: list[WindowResult]) -> F64:
    """Oriented IC of every session that some test part covers, the latest window that covers it decides the sign."""
    sign = np.zeros(rank_ic.size)
    for w in done:
        a, b = w.window.test
        sign[a:b] = w.direction
    covered = sign != 0
    return np.asarray(sign[covered] * rank_ic[covered], dtype=np.float64)


def _decay(rank_ic: F64, done: list[WindowResult], train: F64, test: F64) -> dict[str, Any]:
    """Train less test: the contract's ratio, and the difference with a t that allows for overlapping windows."""
    ratios = [float((a - b) / abs(a)) if abs(a) > SMALL_IC else None for a, b in zip(train, test, strict=True)]
    usable = [r for r in ratios if r is not None]
    gap = train - test
    independent = max(1.0, _span(done) / float(np.mean([w.window.test[1] - w.window.train[0] for w in done])))
    spread = float(gap.std(ddof=1)) if gap.size > 1 else math.nan
    se = spread / math.sqrt(independent)
    per_window = [
        math.hypot(
            summarise(rank_ic[slice(*w.window.train)], 0).hac.se, summarise(rank_ic[slice(*w.window.test)], 0).hac.se
        )
        for w in done
    ]
    se = max(se if math.isfinite(se) else 0.0, float(np.mean(per_window)) / math.sqrt(independent))
    t = float(gap.mean()) / se if se > 0 else math.nan
    return {
        "mean_decay": number(float(np.mean(usable))) if usable else None,
        "status": "insufficient_data" if math.isnan(t) else "unstable" if t > 2.0 else "stable",
        "per_window_decay": [number(r) for r in ratios],
        "decay_diff": number(float(gap.mean())),
        "decay_diff_t": number(t),
        "decay_diff_se": number(se),
    }


def _span(done: list[WindowResult]) -> float:
    return float(done[-1].window.test[1] - done[0].window.train[0])


def _score(done: list[WindowResult], test: F64, ir: F64, anti_overfit: float | None) -> float:
    """Weighted 0 … 100: size and steadiness of the test IC, stability across windows, the tests, the Sharpe ratio."""
    size = min(max(float(test.mean()), 0.0) / 0.08, 1.0)
    steady = min(max(float(np.nanmean(ir)) if np.isfinite(ir).any() else 0.0, 0.0) / 1.5, 1.0)
    stable = 0.5 if test.size == 1 else float((test > 0).mean()) * max(0.0, 1.0 - float(test.std(ddof=1)) / 0.05)
    sharpes = [w.test_sharpe for w in done if math.isfinite(w.test_sharpe)]
    paid = min(max((float(np.mean(sharpes)) + 1.0) / 4.0, 0.0), 1.0) if sharpes else 0.0
    overfit = 0.5 if anti_overfit is None else anti_overfit / 100.0
    return round(100.0 * (0.30 * size + 0.25 * steady + 0.20 * stable + 0.15 * overfit + 0.10 * paid), 1)


def _window_json(index: int, w: WindowResult, days: Days, anti_overfit: float | None) -> dict[str, Any]:
    def period(part: tuple[int, int]) -> str:
        return f"{days[part[0]]} ~ {days[min(part[1], days.size) - 1]}"

    return {
        "window_index": index,
        "train_period": period(w.window.train),
        "valid_period": period(w.window.valid),
        "test_period": period(w.window.test),
        "train_ic": number(w.train[0]),
        "train_ir": number(w.train[1]),
        "valid_ic": number(w.valid[0]),
        "valid_ir": number(w.valid[1]),
        "test_ic": number(w.test[0]),
        "test_ir": number(w.test[1]),
        "anti_overfit_score": anti_overfit,
        "sharpe": number(w.test_sharpe),
        "direction": w.direction,
        "confirmed": w.confirmed,
    }
