"""Rolling operators that repeat Qlib's numbers keep their digits where a running sum loses them, and forget what left.

The judge of a window is two passes over it in numpy. Ticks and offsets are those that break running sums in practice.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from quantgpt.operators._base import OPERATORS, Axis, Operator, Takes

Panel = NDArray[np.float64]
WINDOWS = (1, 2, 3, 5, 8, 20, 31, 60)
WINDOWED = [o for o in OPERATORS.all("qlib") if any(p.takes is Takes.WINDOW for p in o.places) and not o.from_origin]
KERNELS = [operator for operator in WINDOWED if operator.name not in ("qlib_lead", "qlib_ref")]
TIMED = [operator for operator in OPERATORS.all("qlib") if operator.axis is Axis.TIME and operator.name != "qlib_lead"]
kernels = pytest.mark.parametrize("operator", KERNELS, ids=lambda operator: operator.name)
timed = pytest.mark.parametrize("operator", TIMED, ids=lambda operator: operator.name)


def call(operator: Operator, x: Panel, window: int) -> Panel:
    """The operator on `x`, with every row a bar, another series where it takes two, and a share of 0.3."""
    panels = {"x": x, "y": np.cumsum(x, axis=0), "bar": np.ones_like(x)}
    numbers = {Takes.WINDOW: window, Takes.NUMBER: 0.3}
    return operator(*(numbers[p.takes] if p.takes in numbers else panels[p.name] for p in operator.places))


def series(rows: int, seed: int = 7) -> Panel:
    """Three columns of a random walk, one with gaps and one with a flat stretch."""
    g = np.random.default_rng(seed)
    x = 10 + np.cumsum(g.normal(0, 0.1, (rows, 3)), axis=0)
    x[:, 1] = np.where(g.random(rows) < 0.2, np.nan, x[:, 1])
    x[rows // 3 : rows // 2, 2] = 9.1
    return x


@kernels
@pytest.mark.parametrize("window", WINDOWS)
def test_a_window_has_the_same_bits_wherever_it_stands(operator: Operator, window: int) -> None:
    rows, shift = 130, 37
    x = series(rows)
    before = np.random.default_rng(1).normal(1e3, 1e3, (shift, 3))
    alone = call(operator, x, window)
    y = np.cumsum(x, axis=0)
    panels = {"x": np.vstack([before, x]), "y": np.vstack([before, y]), "bar": np.ones((rows + shift, 3))}
    numbers = {Takes.WINDOW: window, Takes.NUMBER: 0.3}
    behind = operator(*(numbers[p.takes] if p.takes in numbers else panels[p.name] for p in operator.places))
    assert behind[shift + window - 1 :].tobytes() == alone[window - 1 :].tobytes()


@timed
def test_blocks_change_no_bit(operator: Operator) -> None:
    rows, window = 90, 11
    x = series(rows)
    whole = call(operator, x, window)
    panels = {"x": x, "y": np.cumsum(x, axis=0), "bar": np.ones_like(x)}
    for first in (1, 30, 64):
        back = min(first, operator.history(*[window for p in operator.places if p.takes is Takes.WINDOW]))
        sealed = []
        for place in operator.places[: operator.inputs]:
            rest = panels[place.name][first - back :].copy()
            rest.flags.writeable = False
            sealed.append(rest)
        numbers = [window if p.takes is Takes.WINDOW else 0.3 for p in operator.places[operator.inputs :]]
        out = np.empty((rows - first, 3))
        operator.compiled()(out, back, *sealed, *numbers)
        assert out.tobytes() == whole[first:].tobytes()


@timed
def test_the_future_never_changes_the_past(operator: Operator) -> None:
    x = series(80)
    whole = call(operator, x, 9)
    for rows in (1, 7, 40, 79):
        assert call(operator, x[:rows], 9).tobytes() == whole[:rows].tobytes()


def two_passes(x: Panel, window: int) -> dict[str, Panel]:
    """Mean, sample standard deviation, slope, R² and residual of every whole window of one column, in two passes."""
    views = np.lib.stride_tricks.sliding_window_view(x[:, 0], window)
    mean = views.mean(axis=1)
    away = views - mean[:, None]
    places = np.arange(window) - (window - 1) / 2
    slope = away @ places / (places @ places)
    square = (away**2).sum(axis=1)
    with np.errstate(all="ignore"):
        deviation = np.sqrt(square / (window - 1))
        rsquare = slope**2 * (places @ places) / square
        return {
            "qlib_mean": mean,
            "qlib_std": deviation,
            "qlib_slope": slope,
            "qlib_rsquare": np.where(deviation <= 2e-5, np.nan, rsquare),
            "qlib_resi": away[:, -1] - slope * places[-1],
        }


def offset_with_noise() -> Panel:
    return 1e3 + np.random.default_rng(2).normal(0, 1e-4, (3000, 1))


def far_offset() -> Panel:
    return 1e6 + np.random.default_rng(3).normal(0, 1e-3, (3000, 1))


def after_a_tick() -> Panel:
    x = np.random.default_rng(4).normal(5, 1, (3000, 1))
    x[100] = 1e16
    return x


CASES: dict[str, tuple[Callable[[], Panel], int]] = {
    "an offset of 1e3 with noise of 1e-4": (offset_with_noise, 0),
    "an offset of 1e6 with noise of 1e-3": (far_offset, 0),
    "after a tick of 1e16": (after_a_tick, 101),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("window", [5, 20, 60, 240])
def test_rolling_moments_have_the_accuracy_of_two_passes(case: str, window: int) -> None:
    make, first = CASES[case]
    x = make()
    scale = float(np.std(x[first:]))
    for name, judge in two_passes(x[first:], window).items():
        ours = OPERATORS[name](x, window)[first + window - 1 :, 0]
        floor = {"qlib_slope": scale / window, "qlib_resi": scale, "qlib_rsquare": 1e-3}.get(name, 0.0)
        np.testing.assert_allclose(ours, judge, rtol=1e-8, atol=1e-6 * floor, err_msg=name)


def test_a_correlation_and_a_covariance_survive_a_tick_and_an_offset() -> None:
    g = np.random.default_rng(5)
    x, y = after_a_tick(), 1e3 + g.normal(0, 1e-2, (3000, 1))
    y[100] = -1e16
    window, first = 30, 130
    ours = OPERATORS["qlib_corr"](x, y, window)[:, 0], OPERATORS["qlib_cov"](x, y, window)[:, 0]
    for t in range(first, 3000, 97):
        a, b = x[t - window + 1 : t + 1, 0], y[t - window + 1 : t + 1, 0]
        assert ours[0][t] == pytest.approx(np.corrcoef(a, b)[0, 1], rel=1e-7, abs=1e-9)
        assert ours[1][t] == pytest.approx(np.cov(a, b)[0, 1], rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("family", ["qlib", "ts"])
def test_a_million_minute_bars_keep_six_digits(family: str) -> None:
    rows, window = 1_000_000, 240
    g = np.random.default_rng(6)
    x = (100 * np.exp(np.cumsum(g.normal(0, 2e-4, rows)))).reshape(-1, 1)
    x[rows // 2] = 1e16
    mean, std = OPERATORS[f"{family}_mean"](x, window)[:, 0], OPERATORS[f"{family}_std"](x, window)[:, 0]
    looked_at = np.concatenate([np.arange(window, rows, 997), rows // 2 + window + np.arange(50), [rows - 1]])
    looked_at = looked_at[np.abs(looked_at - rows // 2 - window // 2) > window // 2 + 1]
    views = np.lib.stride_tricks.sliding_window_view(x[:, 0], window)[looked_at - window + 1]
    np.testing.assert_allclose(mean[looked_at], views.mean(axis=1), rtol=1e-13)
    np.testing.assert_allclose(std[looked_at], views.std(axis=1, ddof=1), rtol=1e-9)


@pytest.mark.parametrize("value", [3.3, 1e16, -1e-300, 0.1])
def test_a_constant_window_is_exactly_flat(value: float) -> None:
    x = np.full((40, 2), value)
    x[::3, 1] = np.nan
    for name in ("qlib_std", "qlib_var", "qlib_slope"):
        panel = OPERATORS[name](x, 13)
        assert (panel[np.isfinite(panel)] == 0.0).all()
    for name in ("qlib_skew", "qlib_kurt", "qlib_rsquare"):
        assert np.isnan(OPERATORS[name](x, 13)).all()
    assert np.isnan(OPERATORS["qlib_corr"](x, np.random.default_rng(0).random((40, 2)), 13)).all()


def test_running_forms_keep_their_digits() -> None:
    x = 1e3 + np.random.default_rng(8).normal(0, 1e-4, (100_000, 1))
    bar, n = np.ones_like(x), len(x)
    places = np.arange(n) - (n - 1) / 2
    away = x[:, 0] - x.mean()
    slope = float(places @ away / (places @ places))
    last = {
        name: float(OPERATORS[f"qlib_{name}_all"](x, bar)[-1, 0]) for name in ("mean", "std", "skew", "kurt", "slope")
    }
    assert last["mean"] == pytest.approx(x.mean(), rel=1e-12)
    assert last["std"] == pytest.approx(x.std(ddof=1), rel=1e-7)
    assert last["skew"] == pytest.approx(float(np.mean(away**3) / np.mean(away**2) ** 1.5), abs=1e-5)
    assert last["kurt"] == pytest.approx(float(np.mean(away**4) / np.mean(away**2) ** 2 - 3), abs=2e-4)
    assert last["slope"] == pytest.approx(slope, rel=1e-6, abs=1e-13)
