"""A small made-up market that has every kind of gap."""

from __future__ import annotations

import numpy as np

from quantgpt.expr import EvalInputs


def made_market(days: int = 90, names: int = 23, seed: int = 5) -> EvalInputs:
    """Random walks in ticks of a cent, with suspensions, late listings, ties and names that are not eligible."""
    g = np.random.default_rng(seed)
    close = np.round(20 * np.exp(np.cumsum(g.normal(0, 0.02, (days, names)), axis=0)), 2)
    close[:, 1] = close[:, 0]
    close[30:50, 2] = close[30, 2]
    opening = np.round(close * np.exp(g.normal(0, 0.01, (days, names))), 2)
    high = np.maximum(close, opening) + 0.05
    low = np.minimum(close, opening) - 0.05
    volume = np.round(np.exp(g.normal(12, 1, (days, names)))) * 100
    fields = {
        "open": opening,
        "high": high,
        "low": low,
        "close": close,
        "volume": volume,
        "vwap": np.round((high + low + close) / 3, 3),
        "returns": np.vstack([np.full((1, names), np.nan), close[1:] / close[:-1] - 1]),
    }
    fields["pct_change"] = np.round(fields["returns"] * 100, 4)
    missing = g.random((days, names)) < 0.03
    missing[:40, 3] = True
    missing[20:45, 4] = True
    missing[:, 5] = True
    fields = {name: np.where(missing, np.nan, panel) for name, panel in fields.items()}
    fields["weekday"] = np.repeat(np.arange(days, dtype=float)[:, None] % 5, names, axis=1)
    eligible = ~missing & (g.random((days, names)) < 0.95)
    eligible[10] = False
    industry = g.integers(-1, 4, names).astype(np.int16)
    return EvalInputs(np.arange(days).astype("datetime64[D]"), fields, eligible, industry)


def prefix(inputs: EvalInputs, days: int) -> EvalInputs:
    """The first `days` sessions."""
    return EvalInputs(
        inputs.days[:days],
        {name: panel[:days] for name, panel in inputs.fields.items()},
        inputs.eligible[:days],
        inputs.industry,
    )


def suffix(inputs: EvalInputs, first: int) -> EvalInputs:
    """The sessions from row `first` on."""
    return EvalInputs(
        inputs.days[first:],
        {name: panel[first:] for name, panel in inputs.fields.items()},
        inputs.eligible[first:],
        inputs.industry,
    )


def permuted(inputs: EvalInputs, order: np.ndarray) -> EvalInputs:
    """The same market with its names in another order."""
    industry = None if inputs.industry is None else inputs.industry[order]
    fields = {name: panel[:, order] for name, panel in inputs.fields.items()}
    return EvalInputs(inputs.days, fields, inputs.eligible[:, order], industry)
