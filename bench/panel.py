"""Deterministic synthetic panels that look like A-shares: S = 300 × 750, M = 800 × 3,400, L = 5,000 × 2,500 (names × days).

Raw open, high, low, close (0.01 tick, ±10 % limits against the previous close), volume (shares, lots of 100), amount
(yuan) and factor (cumulative adjustment). Suspended cells and cells before listing are NaN in every field but factor;
about 3.6 % of the cells are. `python -m bench.panel S M` prints the hash of each panel.
"""

from __future__ import annotations

import functools
import hashlib
import sys
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Panel = NDArray[np.float64]

SIZES = {"S": (300, 750), "M": (800, 3400), "L": (5000, 2500)}
FIELDS = ("open", "high", "low", "close", "volume", "amount", "factor")


def dates(days: int, end: str = "2024-12-31") -> NDArray[np.datetime64]:
    """The last `days` weekdays up to `end` that are not pseudo-holidays: about 245 a year."""
    all_days = np.arange(np.datetime64("2005-01-01"), np.datetime64(end) + 1)
    weekday = (all_days.astype("int64") + 3) % 7
    day_of_year = (all_days - all_days.astype("datetime64[Y]")).astype(int)
    holidays = [0, 1, 2, 38, 39, 40, 41, 42, 94, 120, 121, 273, 274, 275, 276, 277, 278, 279]
    return all_days[(weekday < 5) & ~np.isin(day_of_year, holidays)][-days:]


def symbols(assets: int) -> list[str]:
    """Codes of that many names, Shanghai and Shenzhen in turn."""
    return [f"{'SH' if i % 2 else 'SZ'}{(600000 if i % 2 else 0) + i // 2 + 1:06d}" for i in range(assets)]


def _missing(g: np.random.Generator, days: int, assets: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """First session of every name, and suspensions of geometric length on about 1.5 % of the cells."""
    listed = np.zeros(assets, int)
    late = g.random(assets) < 0.10
    listed[late] = g.integers(1, max(2, days // 2), late.sum())
    suspended = np.zeros((days, assets), bool)
    spells = int(assets * days * 0.015 / 6)
    starts, names, lengths = g.integers(0, days, spells), g.integers(0, assets, spells), g.geometric(1 / 6, spells)
    for start, name, length in zip(starts, names, lengths, strict=True):
        suspended[start : start + length, name] = True
    return listed, suspended


def generate(assets: int, days: int, seed: int = 20240101) -> dict[str, Panel]:
    """Raw fields of one panel, each (days, assets)."""
    g = np.random.Generator(np.random.PCG64(seed + assets * 10007 + days))
    market = g.standard_t(4, days) * 0.009 + 0.0002
    beta = g.normal(1.0, 0.25, assets)
    own_volatility = g.uniform(0.012, 0.03, assets)
    out = {name: np.full((days, assets), np.nan) for name in FIELDS}
    listed, suspended = _missing(g, days, assets)
    previous = np.round(np.exp(g.normal(2.6, 0.7, assets)).clip(2, 400), 2)
    factor = np.ones(assets)
    usual_volume = np.exp(g.normal(15.5, 1.0, assets))
    activity = np.zeros(assets)
    for t in range(days):
        traded = (t >= listed) & ~suspended[t]
        pays = traded & (g.random(assets) < 1 / 245)
        ratio = np.where(pays, 1 - g.uniform(0.005, 0.04, assets), 1.0)
        base = np.round(previous * ratio, 2).clip(0.5)
        factor = np.where(pays, factor * previous / base, factor)
        up, down = np.round(base * 1.1, 2), np.round(base * 0.9, 2)
        move = beta * market[t] + own_volatility * g.standard_t(4, assets) * 0.75
        close = np.clip(np.round(base * (1 + move), 2), down, up).clip(0.5)
        opening = np.clip(np.round(base * (1 + move * 0.3 + g.normal(0, 0.006, assets)), 2), down, up).clip(0.5)
        width = np.abs(g.normal(0, 0.008, assets))
        high = np.minimum(np.round(np.maximum(opening, close) * (1 + width), 2), up)
        drop = np.abs(g.normal(0, 0.008, assets))
        low = np.maximum(np.round(np.minimum(opening, close) * (1 - drop), 2), down).clip(0.01)
        high, low = np.maximum(high, np.maximum(opening, close)), np.minimum(low, np.minimum(opening, close))
        activity = 0.9 * activity + g.normal(0, 0.35, assets) + 4 * np.abs(move)
        volume = np.maximum(np.round(usual_volume * np.exp(activity * 0.6) / 100), 1) * 100
        average = low + (high - low) * g.uniform(0.25, 0.75, assets)
        values = (opening, high, low, close, volume, average * volume)
        for name, row in zip(FIELDS, values, strict=False):
            out[name][t] = np.where(traded, row, np.nan)
        out["factor"][t] = factor
        previous = np.where(traded, close, previous)
    return out


@functools.lru_cache(maxsize=2)
def load(size: str) -> Mapping[str, Panel]:
    """Fields of one panel as expressions see them: prices × factor, volume / factor, vwap, and returns across suspensions."""
    raw = generate(*SIZES[size])
    factor = raw["factor"]
    fields = {name: raw[name] * factor for name in ("open", "high", "low", "close")}
    fields["volume"] = raw["volume"] / factor
    fields["amount"] = raw["amount"]
    fields["vwap"] = raw["amount"] / raw["volume"] * factor
    fields["returns"] = _returns(fields["close"])
    return fields


def _returns(close: Panel) -> Panel:
    returns = np.full_like(close, np.nan)
    last = np.full(close.shape[1], np.nan)
    for day, row in enumerate(close):
        returns[day] = row / last - 1
        last = np.where(np.isnan(row), last, row)
    return returns


def main() -> None:
    """Print the share of missing cells and the hash of the panels named on the command line."""
    for size in sys.argv[1:]:
        digest = hashlib.sha256()
        panel = generate(*SIZES[size])
        for values in panel.values():
            digest.update(values.tobytes())
        print(size, *SIZES[size], f"{np.isnan(panel['close']).mean():.4f} missing", digest.hexdigest()[:16])


if __name__ == "__main__":
    main()
