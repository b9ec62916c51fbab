"""The 101 formulaic alphas: written as in the paper, and equal to an independent computation in pandas."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from quantgpt.expr import EvalInputs, compile_expression, evaluate
from quantgpt.libraries import library

ALPHAS = library("kakushadze101")
ROWS = 420
NAMES = 15
CHECKED = 60
"""the rows at the end that are compared"""
INDUSTRY = np.arange(NAMES) % 4

Frame = pd.DataFrame


def made_panels() -> dict[str, Frame]:
    """Bars of a few names without a gap, whose prices keep changing places."""
    g = np.random.default_rng(101)
    shape = (ROWS, NAMES)
    drift = pd.DataFrame(g.normal(0, 0.3, shape)).ewm(alpha=0.08, adjust=False).mean().to_numpy()
    close = 20 * np.exp(drift + g.normal(0, 0.01, shape))
    opening = np.vstack([close[:1], close[:-1]]) * np.exp(g.normal(0, 0.01, shape))
    high = np.maximum(close, opening) * np.exp(np.abs(g.normal(0, 0.008, shape)))
    low = np.minimum(close, opening) * np.exp(-np.abs(g.normal(0, 0.008, shape)))
    volume = np.exp(g.normal(12, 0.6, shape)) * 100
    panels = {
        "open": opening,
        "high": high,
        "low": low,
        "close": close,
        "volume": volume,
        "vwap": (high + low + 2 * close) / 4 * np.exp(g.normal(0, 0.001, shape)),
        "returns": np.vstack([np.full((1, NAMES), np.nan), close[1:] / close[:-1] - 1]),
        "cap": close * np.exp(g.normal(15, 1, NAMES)),
    }
    return {name: Frame(panel) for name, panel in panels.items()}


PANELS = made_panels()
OPEN, HIGH, LOW, CLOSE = (PANELS[name] for name in ("open", "high", "low", "close"))
VOLUME, VWAP, RET, CAP = (PANELS[name] for name in ("volume", "vwap", "returns", "cap"))


def rank(x: Frame) -> Frame:
    return x.rank(axis=1, pct=True)


def ts_rank(x: Frame, n: int) -> Frame:
    return x.rolling(n).rank(pct=True)


def corr(x: Frame, y: Frame, n: int) -> Frame:
    """Pearson's formula on the window itself; missing where either side is constant."""
    xs, ys = (np.lib.stride_tricks.sliding_window_view(f.to_numpy(), n, axis=0) for f in (x, y))
    dx, dy = (w - w.mean(axis=-1, keepdims=True) for w in (xs, ys))
    with np.errstate(invalid="ignore", divide="ignore"):
        r = (dx * dy).sum(-1) / np.sqrt((dx * dx).sum(-1) * (dy * dy).sum(-1))
    flat = (np.ptp(xs, axis=-1) == 0) | (np.ptp(ys, axis=-1) == 0)
    r[flat] = np.nan
    out = np.full(x.shape, np.nan)
    out[n - 1 :] = r
    return Frame(out)


def decay(x: Frame, n: int) -> Frame:
    total = sum((n - age) * x.shift(age) for age in range(n))
    return total / (n * (n + 1) / 2)


def ts_sum(x: Frame, n: int) -> Frame:
    return sum(x.shift(age) for age in range(n))


def adv(n: int) -> Frame:
    return ts_sum(VOLUME, n) / n


def place(x: Frame, n: int, best: Callable[[np.ndarray], int]) -> Frame:
    return x.rolling(n).apply(best, raw=True)


def neutral(x: Frame) -> Frame:
    return x - x.T.groupby(INDUSTRY).transform("mean").T


def scaled(x: Frame) -> Frame:
    return x.div(x.abs().sum(axis=1), axis=0)


def chosen(condition: Frame, yes: Frame | float, no: Frame | float) -> Frame:
    return Frame(np.where(condition, yes, no))


def less(left: Frame, right: Frame) -> Frame:
    return (left < right).astype(float).where(left.notna() & right.notna())


def slope_change() -> Frame:
    return (CLOSE.shift(20) - CLOSE.shift(10)) / 10 - (CLOSE.shift(10) - CLOSE) / 10


def alpha001() -> Frame:
    base = chosen(RET < 0, RET.rolling(20).std(), CLOSE)
    return rank(place(base**2, 5, np.argmax)) - 0.5


def alpha002() -> Frame:
    return -corr(rank(np.log(VOLUME).diff(2)), rank((CLOSE - OPEN) / OPEN), 6)


def alpha007() -> Frame:
    move = CLOSE.diff(7)
    return chosen(adv(20) < VOLUME, -ts_rank(move.abs(), 60) * np.sign(move), -1.0)


def alpha009() -> Frame:
    change = CLOSE.diff()
    one_way = (change.rolling(5).min() > 0) | (change.rolling(5).max() < 0)
    return chosen(one_way, change, -change)


def alpha017() -> Frame:
    return -rank(ts_rank(CLOSE, 10)) * rank(CLOSE.diff().diff()) * rank(ts_rank(VOLUME / adv(20), 5))


def alpha019() -> Frame:
    return -np.sign(CLOSE - CLOSE.shift(7) + CLOSE.diff(7)) * (1 + rank(1 + ts_sum(RET, 250)))


def alpha021() -> Frame:
    mean8, mean2, spread = ts_sum(CLOSE, 8) / 8, ts_sum(CLOSE, 2) / 2, CLOSE.rolling(8).std()
    return chosen(
        mean8 + spread < mean2, -1.0, chosen(mean2 < mean8 - spread, 1.0, chosen(VOLUME / adv(20) >= 1, 1.0, -1.0))
    )


def alpha024() -> Frame:
    grown = (ts_sum(CLOSE, 100) / 100).diff(100) / CLOSE.shift(100)
    return chosen(grown <= 0.05, CLOSE.rolling(100).min() - CLOSE, -CLOSE.diff(3))


def alpha028() -> Frame:
    return scaled(corr(adv(20), LOW, 5) + (HIGH + LOW) / 2 - CLOSE)


def alpha029() -> Frame:
    inner = rank(rank(-rank((CLOSE - 1).diff(5)))).rolling(2).min()
    return rank(rank(scaled(np.log(inner)))).rolling(5).min() + ts_rank(-RET.shift(6), 5)


def alpha031() -> Frame:
    faded = decay(-rank(rank(CLOSE.diff(10))), 10).round(12)
    return rank(rank(rank(faded))) + rank(-CLOSE.diff(3)) + np.sign(scaled(corr(adv(20), LOW, 12)))


def alpha032() -> Frame:
    return scaled(ts_sum(CLOSE, 7) / 7 - CLOSE) + 20 * scaled(corr(VWAP, CLOSE.shift(5), 230))


def alpha036() -> Frame:
    return (
        2.21 * rank(corr(CLOSE - OPEN, VOLUME.shift(1), 15))
        + 0.7 * rank(OPEN - CLOSE)
        + 0.73 * rank(ts_rank(-RET.shift(6), 5))
        + rank(corr(VWAP, adv(20), 6).abs())
        + 0.6 * rank((ts_sum(CLOSE, 200) / 200 - OPEN) * (CLOSE - OPEN))
    )


def alpha041() -> Frame:
    return np.sqrt(HIGH * LOW) - VWAP


def alpha046() -> Frame:
    bend = slope_change()
    return chosen(bend > 0.25, -1.0, chosen(bend < 0, 1.0, -CLOSE.diff()))


def alpha048() -> Frame:
    change = CLOSE.diff()
    trend = neutral(corr(change, CLOSE.shift(1).diff(), 250) * change / CLOSE)
    return trend / ts_sum((change / CLOSE.shift(1)) ** 2, 250)


def alpha049() -> Frame:
    return chosen(slope_change() < -0.1, 1.0, -CLOSE.diff())


def alpha052() -> Frame:
    bottom = LOW.rolling(5).min()
    return (bottom.shift(5) - bottom) * rank((ts_sum(RET, 240) - ts_sum(RET, 20)) / 220) * ts_rank(VOLUME, 5)


def alpha054() -> Frame:
    return -(LOW - CLOSE) * OPEN**5 / ((LOW - HIGH) * CLOSE**5)


def alpha056() -> Frame:
    return -rank(ts_sum(RET, 10) / ts_sum(ts_sum(RET, 2), 3)) * rank(RET * CAP)


def alpha057() -> Frame:
    return -(CLOSE - VWAP) / decay(rank(place(CLOSE, 30, np.argmax)), 2)


def alpha060() -> Frame:
    flow = (2 * CLOSE - LOW - HIGH) / (HIGH - LOW) * VOLUME
    return -(2 * scaled(rank(flow)) - scaled(rank(place(CLOSE, 10, np.argmax))))


def alpha062() -> Frame:
    left = rank(corr(VWAP, ts_sum(adv(20), 22), 9))
    right = rank((2 * rank(OPEN) < rank((HIGH + LOW) / 2) + rank(HIGH)).astype(float))
    return -less(left, right)


def alpha063() -> Frame:
    mixed = VWAP * 0.318108 + OPEN * (1 - 0.318108)
    return -(rank(decay(neutral(CLOSE).diff(2), 8)) - rank(decay(corr(mixed, ts_sum(adv(180), 37), 13), 12)))


def alpha067() -> Frame:
    return -(rank(HIGH - HIGH.rolling(2).min()) ** rank(corr(neutral(VWAP), neutral(adv(20)), 6)))


def alpha073() -> Frame:
    mixed = OPEN * 0.147155 + LOW * (1 - 0.147155)
    return -np.maximum(rank(decay(VWAP.diff(4), 2)), ts_rank(decay(-mixed.diff(2) / mixed, 3), 16))


def alpha077() -> Frame:
    middle = (HIGH + LOW) / 2
    return np.minimum(rank(decay(middle + HIGH - (VWAP + HIGH), 20)), rank(decay(corr(middle, adv(40), 3), 5)))


def alpha080() -> Frame:
    moved = neutral(OPEN * 0.868128 + HIGH * (1 - 0.868128)).diff(4)
    return -(rank(np.sign(moved)) ** ts_rank(corr(HIGH, adv(10), 5), 5))


def alpha081() -> Frame:
    powered = rank(rank(corr(VWAP, ts_sum(adv(10), 49), 8)) ** 4)
    together = rank(np.log(powered.rolling(14).apply(np.prod, raw=True)).round(9))
    return -less(together, rank(corr(rank(VWAP), rank(VOLUME), 5)))


def alpha083() -> Frame:
    swing = (HIGH - LOW) / (ts_sum(CLOSE, 5) / 5)
    return rank(swing.shift(2)) * rank(rank(VOLUME)) / (swing / (VWAP - CLOSE))


def alpha084() -> Frame:
    return ts_rank(VWAP - VWAP.rolling(15).max(), 20) ** CLOSE.diff(4)


def alpha092() -> Frame:
    weak = ((HIGH + LOW) / 2 + CLOSE < LOW + OPEN).astype(float)
    together = corr(rank(LOW), rank(adv(30)), 7)
    return np.minimum(ts_rank(decay(weak, 14).round(12), 18), ts_rank(decay(together, 6), 6))


def alpha100() -> Frame:
    flow = rank((2 * CLOSE - LOW - HIGH) / (HIGH - LOW) * VOLUME)
    rest = corr(CLOSE, rank(adv(20)), 5) - rank(place(CLOSE, 30, np.argmin))
    return -(1.5 * scaled(neutral(neutral(flow))) - scaled(neutral(rest))) * (VOLUME / adv(20))


def alpha101() -> Frame:
    return (CLOSE - OPEN) / (HIGH - LOW + 0.001)


ORACLES = {name: rule for name, rule in dict(globals()).items() if name.startswith("alpha") and name[5:].isdigit()}
INPUTS = EvalInputs(
    np.arange(ROWS).astype("datetime64[D]"),
    {name: panel.to_numpy() for name, panel in PANELS.items()},
    np.ones((ROWS, NAMES), dtype=bool),
    INDUSTRY.astype(np.int16),
)


@pytest.mark.parametrize("name", sorted(ORACLES))
def test_an_alpha_equals_the_same_formula_in_pandas(name: str) -> None:
    ours = evaluate([compile_expression(ALPHAS.factor(name).expression)], INPUTS)[0][-CHECKED:]
    theirs = ORACLES[name]().to_numpy(dtype=float)[-CHECKED:]
    here = np.isfinite(ours)
    np.testing.assert_array_equal(here, np.isfinite(theirs))
    assert here.mean() > 0.5
    np.testing.assert_allclose(ours[here], theirs[here], rtol=1e-8, atol=1e-10)


def test_there_are_101_in_the_order_of_the_paper() -> None:
    assert ALPHAS.names == tuple(f"alpha{number:03d}" for number in range(1, 102))
    assert not ALPHAS.left_out


def test_every_alpha_that_the_paper_neutralises_is_neutralised() -> None:
    neutralised = {factor.name for factor in ALPHAS if compile_expression(factor.expression).uses_industry}
    numbers = (48, 58, 59, 63, 67, 69, 70, 76, 79, 80, 82, 87, 89, 90, 91, 93, 97, 100)
    assert neutralised == {f"alpha{number:03d}" for number in numbers}
