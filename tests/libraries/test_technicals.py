"""The technical indicators against their textbook definitions in pandas, recursions included."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd
import pytest

from quantgpt.expr import read_expression
from quantgpt.expr.features import FeatureInputs, compute_features
from quantgpt.libraries import library

NAMED = library("technicals")
ROWS = 700
NAMES = 7
CHECKED = 100
"""the rows at the end that are compared: every endless smoothing has long forgotten its start"""

Frame = pd.DataFrame


def made_panels() -> dict[str, Frame]:
    """Bars in float32, as Qlib stores them, of a few names without a gap; some days close unchanged."""
    g = np.random.default_rng(40)
    shape = (ROWS, NAMES)
    close = 20 * np.exp(np.cumsum(g.normal(0, 0.02, shape) * (g.random(shape) < 0.9), axis=0) * 0.3)
    opening = np.vstack([close[:1], close[:-1]]) * np.exp(g.normal(0, 0.01, shape))
    high = np.maximum(close, opening) * np.exp(np.abs(g.normal(0, 0.008, shape)))
    low = np.minimum(close, opening) * np.exp(-np.abs(g.normal(0, 0.008, shape)))
    volume = np.exp(g.normal(12, 0.6, shape)) * 100
    panels = {"open": opening, "high": high, "low": low, "close": close, "volume": volume}
    return {name: Frame(panel.astype(np.float32).astype(np.float64)) for name, panel in panels.items()}


PANELS = made_panels()
OPEN, HIGH, LOW, CLOSE, VOLUME = (PANELS[name] for name in ("open", "high", "low", "close", "volume"))
BEFORE = CLOSE.shift(1)
CHANGE = CLOSE - BEFORE
TYPICAL = (HIGH + LOW + CLOSE) / 3
TRUE_RANGE = Frame(np.fmax.reduce([HIGH - LOW, (HIGH - BEFORE).abs(), (LOW - BEFORE).abs()]))


def recursion(x: Frame, share: float) -> Frame:
    """Y = share · X + (1 − share) · Y', from the first value on: SMA(X, n, m) with share m / n, Wilder's with 1 / n."""
    out = np.full(x.shape, np.nan)
    values = x.to_numpy()
    for t in range(ROWS):
        last = out[t - 1] if t else np.full(NAMES, np.nan)
        mixed = share * values[t] + (1 - share) * last
        out[t] = np.where(np.isnan(last), values[t], mixed)
    return Frame(out)


def ema(x: Frame, n: int) -> Frame:
    return recursion(x, 2 / (n + 1))


def wilder(x: Frame, n: int = 14) -> Frame:
    return recursion(x, 1 / n)


def total(x: Frame, n: int) -> Frame:
    return x.rolling(n).sum()


def mean(x: Frame, n: int) -> Frame:
    return x.rolling(n).mean()


def in_range(n: int) -> Frame:
    low, high = LOW.rolling(n).min(), HIGH.rolling(n).max()
    return (CLOSE - low) / (high - low)


@cache
def macd() -> tuple[Frame, Frame]:
    line = ema(CLOSE, 12) - ema(CLOSE, 26)
    return line, ema(line, 9)


@cache
def kdj() -> tuple[Frame, Frame]:
    k = recursion(100 * in_range(9), 1 / 3)
    return k, recursion(k, 1 / 3)


@cache
def directions() -> tuple[Frame, Frame]:
    up, down = HIGH.diff(), -LOW.diff()
    plus, minus = up.where((up > down) & (up > 0), 0.0), down.where((down > up) & (down > 0), 0.0)
    width = wilder(TRUE_RANGE)
    return 100 * wilder(plus) / width, 100 * wilder(minus) / width


def adx() -> Frame:
    plus, minus = directions()
    return wilder(100 * (plus - minus).abs() / (plus + minus))


def rsi(n: int = 14) -> Frame:
    up, down = CHANGE.clip(lower=0), -CHANGE.clip(upper=0)
    return 100 - 100 / (1 + mean(up, n) / mean(down, n))


def rsi_wilder() -> Frame:
    strength = wilder(CHANGE.clip(lower=0)) / wilder(-CHANGE.clip(upper=0))
    return 100 - 100 / (1 + strength)


def stoch_rsi() -> Frame:
    x = rsi()
    low, high = x.rolling(14).min(), x.rolling(14).max()
    return (x - low) / (high - low)


def cci() -> Frame:
    away = TYPICAL.rolling(14).apply(lambda window: np.abs(window - window.mean()).mean(), raw=True)
    return (TYPICAL - mean(TYPICAL, 14)) / (0.015 * away)


def mfi() -> Frame:
    flow = TYPICAL * VOLUME
    ratio = total(flow.where(TYPICAL.diff() > 0, 0.0), 14) / total(flow.where(TYPICAL.diff() < 0, 0.0), 14)
    return 100 - 100 / (1 + ratio)


def vr() -> Frame:
    up, down, flat = (total(VOLUME.where(found, 0.0), 26) for found in (CHANGE > 0, CHANGE < 0, CHANGE == 0))
    return 100 * (up + flat / 2) / (down + flat / 2)


def ultimate() -> Frame:
    floor = Frame(np.fmin(LOW, BEFORE))
    pressure, width = CLOSE - floor, Frame(np.fmax(HIGH, BEFORE)) - floor
    parts = [weight * total(pressure, n) / total(width, n) for weight, n in ((4, 7), (2, 14), (1, 28))]
    return 100 * sum(parts) / 7


def trix() -> Frame:
    smooth = ema(ema(ema(CLOSE, 12), 12), 12)
    return 100 * smooth.pct_change()


def since_best(x: Frame, best: Callable[[np.ndarray], int]) -> Frame:
    days = x.rolling(26).apply(lambda window: 25 - best(window), raw=True)
    return 100 * (25 - days) / 25


def cr() -> Frame:
    middle = ((HIGH + LOW) / 2).shift(1)
    return 100 * total((HIGH - middle).clip(lower=0), 26) / total((middle - LOW).clip(lower=0), 26)


ORACLES: dict[str, Callable[[], Frame]] = {
    "ma_20": lambda: mean(CLOSE, 20) / CLOSE,
    "dema_20": lambda: (2 * ema(CLOSE, 20) - ema(ema(CLOSE, 20), 20)) / CLOSE,
    "bbi": lambda: sum(mean(CLOSE, n) for n in (3, 6, 12, 24)) / 4 / CLOSE,
    "macd_dif": lambda: macd()[0] / CLOSE,
    "macd_dea": lambda: macd()[1] / CLOSE,
    "macd_hist": lambda: 2 * (macd()[0] - macd()[1]) / CLOSE,
    "trix_12": trix,
    "trix_signal": lambda: mean(trix(), 9),
    "bias_24": lambda: 100 * (CLOSE - mean(CLOSE, 24)) / mean(CLOSE, 24),
    "dpo_20": lambda: (CLOSE - mean(CLOSE, 20).shift(11)) / CLOSE,
    "rsi_14": rsi,
    "rsi_14_wilder": rsi_wilder,
    "stoch_rsi_14": stoch_rsi,
    "tsi": lambda: 100 * ema(ema(CHANGE, 25), 13) / ema(ema(CHANGE.abs(), 25), 13),
    "kdj_rsv": lambda: 100 * in_range(9),
    "kdj_k": lambda: kdj()[0],
    "kdj_d": lambda: kdj()[1],
    "kdj_j": lambda: 3 * kdj()[0] - 2 * kdj()[1],
    "wr_14": lambda: 100 * (1 - in_range(14)),
    "cci_14": cci,
    "uos": ultimate,
    "boll": lambda: (CLOSE - mean(CLOSE, 20)) / (2 * CLOSE.rolling(20).std()),
    "boll_width": lambda: 4 * CLOSE.rolling(20).std() / mean(CLOSE, 20),
    "atr_14": lambda: mean(TRUE_RANGE, 14) / CLOSE,
    "atr_14_wilder": lambda: wilder(TRUE_RANGE) / CLOSE,
    "keltner_20": lambda: (CLOSE - ema(CLOSE, 20)) / (2 * wilder(TRUE_RANGE, 10)),
    "mass_25": lambda: total(ema(HIGH - LOW, 9) / ema(ema(HIGH - LOW, 9), 9), 25),
    "pdi_14": lambda: directions()[0],
    "mdi_14": lambda: directions()[1],
    "adx_14": adx,
    "aroon_up_25": lambda: since_best(HIGH, lambda window: int(window.argmax())),
    "aroon_down_25": lambda: since_best(LOW, lambda window: int(window.argmin())),
    "vortex_plus_14": lambda: total((HIGH - LOW.shift(1)).abs(), 14) / total(TRUE_RANGE, 14),
    "psy_12": lambda: 100 * mean((CHANGE > 0).astype(float), 12),
    "ar_26": lambda: 100 * total(HIGH - OPEN, 26) / total(OPEN - LOW, 26),
    "br_26": lambda: 100 * total((HIGH - BEFORE).clip(lower=0), 26) / total((BEFORE - LOW).clip(lower=0), 26),
    "cr_26": cr,
    "vr_26": vr,
    "mfi_14": mfi,
    "obv_20": lambda: (np.sign(CHANGE) * VOLUME).cumsum().diff(20) / total(VOLUME, 20),
    "cmf_20": lambda: total((CLOSE - LOW - (HIGH - CLOSE)) / (HIGH - LOW) * VOLUME, 20) / total(VOLUME, 20),
    "pvo": lambda: 100 * (ema(VOLUME, 12) / ema(VOLUME, 26) - 1),
    "vosc": lambda: 100 * (1 - mean(VOLUME, 26) / mean(VOLUME, 12)),
}


@cache
def computed() -> dict[str, np.ndarray]:
    """All indicators of the library on the panels."""
    read = [read_expression(text, dialect="qlib", compat="qlib") for text in NAMED.expressions.values()]
    days = np.arange(ROWS).astype("datetime64[D]")
    inputs = FeatureInputs.whole(days, {name: panel.to_numpy() for name, panel in PANELS.items()})
    values = compute_features(read, inputs).values
    return dict(zip(NAMED.names, values, strict=True))


@pytest.mark.parametrize("name", ORACLES)
def test_an_indicator_equals_its_textbook_definition(name: str) -> None:
    ours = computed()[name][-CHECKED:].astype(np.float64)
    theirs = ORACLES[name]().to_numpy()[-CHECKED:]
    assert np.isfinite(theirs).all()
    np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=2e-5 * np.abs(theirs).max())


def test_every_indicator_has_a_value_where_there_is_history() -> None:
    for name, panel in computed().items():
        assert np.isfinite(panel[-CHECKED:]).all(), name
