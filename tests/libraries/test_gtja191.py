"""The 191 of Guotai Junan: what is stated, and that it computes what the report says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.libraries.report_notation import computed as as_printed

from quantgpt.expr import EvalInputs, compile_expression, evaluate
from quantgpt.foundations.errors import NotFound
from quantgpt.libraries import left_out_report, library
from quantgpt.market.demo import demo_view

GTJA = library("gtja191")
RECORDED = Path(__file__).with_name("gtja191_demo.tsv")
SESSIONS = 60
ROWS = 800
CHECKED = 120
"""the rows at the end that are compared: every endless smoothing has long forgotten its start"""


def test_every_one_of_the_191_is_stated_or_left_out_with_a_reason() -> None:
    names = [*GTJA.names, *(left.name for left in GTJA.left_out)]
    assert sorted(names) == [f"GTJA{number:03d}" for number in range(1, 192)]
    assert len(GTJA) == 181
    for left in GTJA.left_out:
        assert left.zh
        assert left.en
        assert left.name in left_out_report(["gtja191"])
    with pytest.raises(NotFound, match="leaves out GTJA030"):
        GTJA.factor("GTJA030")


def test_no_two_factors_are_one_expression() -> None:
    seen: dict[str, str] = {}
    for factor in GTJA:
        other = seen.setdefault(compile_expression(factor.expression).hash, factor.name)
        assert other == factor.name, f"{factor.name} computes what {other} does"


def made_panels() -> dict[str, pd.DataFrame]:
    """Gap-free bars of 60 names whose prices keep changing places."""
    g = np.random.default_rng(191)
    shape = (ROWS, 60)
    drift = pd.DataFrame(g.normal(0, 0.1, shape)).ewm(alpha=0.3, adjust=False).mean().to_numpy()
    close = 20 * np.exp(drift + g.normal(0, 0.02, shape))
    opening = np.vstack([close[:1], close[:-1]]) * np.exp(g.normal(0, 0.01, shape))
    high = np.maximum(close, opening) * np.exp(np.abs(g.normal(0, 0.008, shape)))
    low = np.minimum(close, opening) * np.exp(-np.abs(g.normal(0, 0.008, shape)))
    volume = np.exp(g.normal(12, 0.6, shape)) * 100
    vwap = (high + low + 2 * close) / 4 * np.exp(g.normal(0, 0.001, shape))
    returns = np.vstack([np.full((1, shape[1]), np.nan), close[1:] / close[:-1] - 1])
    panels = {"open": opening, "high": high, "low": low, "close": close, "volume": volume, "vwap": vwap}
    panels |= {"amount": volume * vwap, "returns": returns}
    return {name: pd.DataFrame(panel) for name, panel in panels.items()}


PANELS = made_panels()
OPEN, HIGH, LOW, CLOSE = (PANELS[name] for name in ("open", "high", "low", "close"))
VOLUME, VWAP, AMOUNT, RET = (PANELS[name] for name in ("volume", "vwap", "amount", "returns"))
BEFORE = CLOSE.shift(1)
TYPICAL = (HIGH + LOW + CLOSE) / 3
Frame = pd.DataFrame


def rank(x: Frame) -> Frame:
    return x.rank(axis=1, pct=True)


def tsrank(x: Frame, n: int) -> Frame:
    return x.rolling(n).rank(pct=True)


def weighted(x: Frame, weights: np.ndarray) -> Frame:
    """Mean of the last sessions with those weights, the oldest first."""
    return sum(x.shift(len(weights) - 1 - k) * w for k, w in enumerate(weights)) / weights.sum()


def decay(x: Frame, n: int) -> Frame:
    return weighted(x, np.arange(1.0, n + 1))


def sma(x: Frame, n: int, m: int) -> Frame:
    """The endless recursion, from the first row that has a value."""
    return x.ewm(alpha=m / n, adjust=False).mean()


def when(condition: Frame, yes: Frame | float, no: Frame | float) -> Frame:
    return pd.DataFrame(np.where(condition, yes, no))


def larger(a: Frame | float, b: Frame | float) -> Frame:
    return pd.DataFrame(np.maximum(a, b))


def smaller(a: Frame | float, b: Frame | float) -> Frame:
    return pd.DataFrame(np.minimum(a, b))


def slope(x: Frame, n: int) -> Frame:
    line = np.arange(1.0, n + 1)
    return x.rolling(n).apply(lambda window: np.polyfit(line, window, 1)[0], raw=True)


def total(x: Frame, n: int) -> Frame:
    return x.rolling(n).sum()


def mean(x: Frame, n: int) -> Frame:
    return x.rolling(n).mean()


def high_day(x: Frame, n: int) -> Frame:
    """How many sessions ago the largest value of the window stands."""
    return x.rolling(n).apply(lambda window: len(window) - 1 - int(np.argmax(window)), raw=True)


def low_day(x: Frame, n: int) -> Frame:
    return high_day(-x, n)


def rsi(x: Frame, n: int) -> Frame:
    change = x.diff()
    return sma(change.clip(lower=0), n, 1) / sma(change.abs(), n, 1) * 100


def stochastic() -> Frame:
    low, high = LOW.rolling(9).min(), HIGH.rolling(9).max()
    return sma((CLOSE - low) / (high - low) * 100, 3, 1)


def gtja003() -> Frame:
    reach = when(CLOSE > BEFORE, smaller(LOW, BEFORE), larger(HIGH, BEFORE))
    return total(when(CLOSE == BEFORE, 0.0, CLOSE - reach), 6)


def gtja050() -> Frame:
    today, yesterday = HIGH + LOW, (HIGH + LOW).shift(1)
    move = larger(HIGH.diff().abs(), LOW.diff().abs())
    down = total(when(today >= yesterday, 0.0, move), 12)
    up = total(when(today <= yesterday, 0.0, move), 12)
    return up / (up + down) - down / (down + up)


def gtja055() -> Frame:
    a, b, c = (HIGH - BEFORE).abs(), (LOW - BEFORE).abs(), (HIGH - LOW.shift(1)).abs()
    d = (BEFORE - OPEN.shift(1)).abs()
    divisor = when((a > b) & (a > c), a + b / 2 + d / 4, when((b > c) & (b > a), b + a / 2 + d / 4, c + d / 4))
    swing = CLOSE - BEFORE + (CLOSE - OPEN) / 2 + BEFORE - OPEN.shift(1)
    return total(16 * swing / divisor * larger(a, b), 20)


def gtja069() -> Frame:
    gap = OPEN.diff()
    up = total(when(gap <= 0, 0.0, larger(HIGH - OPEN, gap)).where(gap.notna()), 20)
    down = total(when(gap >= 0, 0.0, larger(OPEN - LOW, gap)).where(gap.notna()), 20)
    return when(up > down, (up - down) / up, when(up == down, 0.0, (up - down) / down))


def gtja122() -> Frame:
    line = sma(sma(sma(np.log(CLOSE), 13, 2), 13, 2), 13, 2)
    return line.diff() / line.shift(1)


def gtja128() -> Frame:
    money, move = TYPICAL * VOLUME, TYPICAL.diff()
    return 100 - 100 / (1 + total(money * (move > 0), 14) / total(money * (move < 0), 14))


def gtja172() -> Frame:
    falls, rises = LOW.shift(1) - LOW, HIGH.diff()
    true_range = larger(larger(HIGH - LOW, (HIGH - BEFORE).abs()), (LOW - BEFORE).abs())
    down = total(when((falls > 0) & (falls > rises), falls, 0.0), 14) * 100 / total(true_range, 14)
    up = total(when((rises > 0) & (rises > falls), rises, 0.0), 14) * 100 / total(true_range, 14)
    return mean((down - up).abs() / (down + up) * 100, 6)


def gtja190() -> Frame:
    r, g = CLOSE / BEFORE - 1, (CLOSE / CLOSE.shift(19)) ** (1 / 20) - 1
    above, below = (r > g).astype(float), (r < g).astype(float)
    dividend = (total(above, 20) - 1) * total((r - g) ** 2 * below, 20)
    return np.log(dividend / (total(below, 20) * total((r - g) ** 2 * above, 20)))


def gtja159() -> Frame:
    low, high = smaller(LOW, BEFORE), larger(HIGH, BEFORE)
    parts = [(CLOSE - total(low, n)) / total(high - low, n) * w for n, w in ((6, 12 * 24), (12, 6 * 24), (24, 6 * 24))]
    return sum(parts) * 100 / (6 * 12 + 6 * 24 + 12 * 24)


INDEPENDENT: dict[str, Callable[[], Frame]] = {
    "GTJA001": lambda: -rank(np.log(VOLUME).diff()).rolling(6).corr(rank((CLOSE - OPEN) / OPEN)),
    "GTJA002": lambda: -(((CLOSE - LOW) - (HIGH - CLOSE)) / (HIGH - LOW)).diff(),
    "GTJA003": gtja003,
    "GTJA007": lambda: (
        (rank((VWAP - CLOSE).rolling(3).max()) + rank((VWAP - CLOSE).rolling(3).min())) * rank(VOLUME.diff(3))
    ),
    "GTJA009": lambda: sma(((HIGH + LOW) / 2).diff() * (HIGH - LOW) / VOLUME, 7, 2),
    "GTJA010": lambda: rank((when(RET < 0, RET.rolling(20).std(), CLOSE) ** 2).rolling(5).max()),
    "GTJA017": lambda: rank(VWAP - VWAP.rolling(15).max()) ** CLOSE.diff(5),
    "GTJA021": lambda: slope(mean(CLOSE, 6), 6),
    "GTJA025": lambda: (
        -rank(CLOSE.diff(7) * (1 - rank(decay(VOLUME / mean(VOLUME, 20), 9)))) * (1 + rank(total(RET, 250)))
    ),
    "GTJA027": lambda: weighted(
        (CLOSE / CLOSE.shift(3) - 1) * 100 + (CLOSE / CLOSE.shift(6) - 1) * 100, 0.9 ** np.arange(11, -1, -1.0)
    ),
    "GTJA028": lambda: 3 * stochastic() - 2 * sma(stochastic(), 3, 1),
    "GTJA036": lambda: rank(total(rank(VOLUME).rolling(6).corr(rank(VWAP)), 2).round(10)),
    "GTJA040": lambda: total(VOLUME * (CLOSE > BEFORE), 26) / total(VOLUME * (CLOSE <= BEFORE), 26) * 100,
    "GTJA044": lambda: tsrank(decay(LOW.rolling(7).corr(mean(VOLUME, 10)), 6), 4) + tsrank(decay(VWAP.diff(3), 10), 15),
    "GTJA050": gtja050,
    "GTJA055": gtja055,
    "GTJA058": lambda: total((CLOSE > BEFORE).astype(float), 20) / 20 * 100,
    "GTJA063": lambda: rsi(CLOSE, 6),
    "GTJA067": lambda: rsi(CLOSE, 24),
    "GTJA069": gtja069,
    "GTJA078": lambda: (TYPICAL - mean(TYPICAL, 12)) / (0.015 * mean((CLOSE - mean(TYPICAL, 12)).abs(), 12)),
    "GTJA083": lambda: -rank(rank(HIGH).rolling(5).cov(rank(VOLUME)).round(10)),
    "GTJA089": lambda: 2 * (sma(CLOSE, 13, 2) - sma(CLOSE, 27, 2) - sma(sma(CLOSE, 13, 2) - sma(CLOSE, 27, 2), 10, 2)),
    "GTJA095": lambda: AMOUNT.rolling(20).std(),
    "GTJA101": lambda: (
        -(
            rank(CLOSE.rolling(15).corr(total(mean(VOLUME, 30), 37)))
            < rank(rank(HIGH * 0.1 + VWAP * 0.9).rolling(11).corr(rank(VOLUME)).round(10))
        ).astype(float)
    ),
    "GTJA109": lambda: sma(HIGH - LOW, 10, 2) / sma(sma(HIGH - LOW, 10, 2), 10, 2),
    "GTJA116": lambda: slope(CLOSE, 20),
    "GTJA122": gtja122,
    "GTJA127": lambda: mean((100 * (CLOSE / CLOSE.rolling(12).max() - 1)) ** 2, 12) ** 0.5,
    "GTJA128": gtja128,
    "GTJA133": lambda: (20 - high_day(HIGH, 20)) / 20 * 100 - (20 - low_day(LOW, 20)) / 20 * 100,
    "GTJA144": lambda: (
        total((CLOSE / BEFORE - 1).abs() / AMOUNT * (CLOSE < BEFORE), 20) / total((CLOSE < BEFORE).astype(float), 20)
    ),
    "GTJA147": lambda: slope(mean(CLOSE, 12), 12),
    "GTJA159": gtja159,
    "GTJA160": lambda: sma(when(CLOSE <= BEFORE, CLOSE.rolling(20).std(), 0.0).where(mean(CLOSE, 20).notna()), 20, 1),
    "GTJA162": lambda: (
        (rsi(CLOSE, 12) - rsi(CLOSE, 12).rolling(12).min())
        / (rsi(CLOSE, 12).rolling(12).max() - rsi(CLOSE, 12).rolling(12).min())
    ),
    "GTJA169": lambda: sma(
        mean(sma(CLOSE.diff(), 9, 1).shift(1), 12) - mean(sma(CLOSE.diff(), 9, 1).shift(1), 26), 10, 1
    ),
    "GTJA172": gtja172,
    "GTJA180": lambda: when(
        mean(VOLUME, 20) < VOLUME, -tsrank(CLOSE.diff(7).abs(), 60) * np.sign(CLOSE.diff(7)), -VOLUME
    ),
    "GTJA186": lambda: (gtja172() + gtja172().shift(6)) / 2,
    "GTJA187": lambda: total(when(OPEN.diff() <= 0, 0.0, larger(HIGH - OPEN, OPEN.diff())), 20),
    "GTJA190": gtja190,
    "GTJA191": lambda: mean(VOLUME, 20).rolling(5).corr(LOW) + (HIGH + LOW) / 2 - CLOSE,
}


def printed() -> dict[str, str]:
    """The formulas of the other factors in the notation of the report."""
    text = Path(__file__).with_name("gtja191_report.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    return {f"GTJA{number}": formula for number, formula in rows}


PRINTED = printed()
RANKED_TWICE = {"GTJA032", "GTJA083", "GTJA115", "GTJA121", "GTJA138", "GTJA140"}
"""ranks of correlations of ranks: many are equal, and pandas' running sums put equal ones in some order"""


def panel_inputs() -> EvalInputs:
    """The made bars as the evaluator takes them."""
    fields = {name: panel.to_numpy() for name, panel in PANELS.items()}
    days = np.datetime64("2015-01-05") + np.arange(ROWS)
    return EvalInputs(days, fields, np.ones(CLOSE.shape, dtype=bool), None)


@pytest.fixture(scope="module")
def computed() -> dict[str, np.ndarray]:
    """Our values of every factor on the made bars."""
    expressions = [compile_expression(factor.expression) for factor in GTJA]
    return dict(zip(GTJA.names, evaluate(expressions, panel_inputs()), strict=True))


def assert_same(name: str, ours: np.ndarray, theirs: np.ndarray) -> None:
    """The last sessions are equal; but for one cell in a hundred where ranks are ranked again."""
    ours, theirs = ours[-CHECKED:], theirs[-CHECKED:]
    smoothed = "ewma" in GTJA.factor(name).expression
    tolerance = (1e-5 if smoothed else 1e-8) * (np.nanmax(theirs) - np.nanmin(theirs))
    unlike = (np.isnan(ours) != np.isnan(theirs)) | (np.abs(ours - theirs) > tolerance)
    assert np.isfinite(ours).mean() > 0.8
    assert unlike.mean() <= (0.01 if name in RANKED_TWICE else 0.0)


@pytest.mark.parametrize("name", INDEPENDENT)
def test_values_are_those_of_an_independent_computation(name: str, computed: dict[str, np.ndarray]) -> None:
    assert_same(name, computed[name], INDEPENDENT[name]().to_numpy())


@pytest.mark.parametrize("name", PRINTED)
def test_values_are_those_of_the_formula_as_it_is_printed(name: str, computed: dict[str, np.ndarray]) -> None:
    columns = {column.upper(): panel for column, panel in PANELS.items()} | {"RET": RET}
    with np.errstate(all="ignore"):
        theirs = as_printed(PRINTED[name], columns).to_numpy()
    assert_same(name, computed[name], theirs)


def test_every_stated_factor_is_computed_in_a_second_way() -> None:
    assert set(INDEPENDENT).isdisjoint(PRINTED)
    assert {*INDEPENDENT, *PRINTED} == set(GTJA.names)


def figures(panel: np.ndarray) -> tuple[int, float, float]:
    """How many values there are, their mean size, and a mean with a weight of its own for every cell."""
    there = np.isfinite(panel)
    weights = (np.arange(panel.size) * 2654435761 % 2**32 / 2**31 - 1).reshape(panel.shape)
    count = int(there.sum())
    return count, float(np.abs(panel[there]).mean()), float((panel * weights)[there].mean())


@pytest.fixture(scope="module")
def demo_panels() -> dict[str, np.ndarray]:
    """Every factor on the last sessions of a piece of the demo market."""
    inputs = EvalInputs.of(demo_view(assets=200, sessions=SESSIONS, warmup=360))
    expressions = [compile_expression(factor.expression) for factor in GTJA]
    return dict(zip(GTJA.names, (panel[-SESSIONS:] for panel in evaluate(expressions, inputs)), strict=True))


def recorded() -> dict[str, tuple[int, float, float]]:
    """The figures of every factor on the demo market, as they were when the factor was stated."""
    rows = [line.split("\t") for line in RECORDED.read_text(encoding="utf-8").splitlines()]
    return {name: (int(count), float(size), float(check)) for name, count, size, check in rows}


@pytest.mark.parametrize("name", GTJA.names)
def test_values_on_the_demo_market_are_those_recorded(name: str, demo_panels: dict[str, np.ndarray]) -> None:
    count, size, check = figures(demo_panels[name])
    expected = recorded()[name]
    assert count == expected[0]
    assert size == pytest.approx(expected[1], rel=1e-9)
    assert check == pytest.approx(expected[2], rel=1e-9, abs=1e-9 * size)


def test_nearly_every_factor_has_a_value_for_most_names(demo_panels: dict[str, np.ndarray]) -> None:
    sparse = {name for name, panel in demo_panels.items() if np.isfinite(panel).mean() < 0.6}
    assert sparse == {"GTJA064", "GTJA138", "GTJA140"}
