"""What the strategy holds after its last rebalance, and which of its orders the market did not let through."""

from __future__ import annotations

from collections import Counter
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from quantgpt.backtest.computed import Computed
from quantgpt.backtest.rules import rule_words
from quantgpt.backtest.tables import table
from quantgpt.factors.grouping import rounded
from quantgpt.foundations.series import Series
from quantgpt.foundations.symbols import baostock_spelling
from quantgpt.metrics.correlation import average_ranks

MOST_BLOCKED = 5_000
"""rows of the table of blocked orders, the earliest first; its meta says how many there are"""
_DUST = 1e-9


def holdings(c: Computed) -> Series:
    """Names of the strategy group at the last rebalance: held, carried from before, or wanted and not bought."""
    row, groups = int(c.run.rows[c.last]), c.run.groups[c.last]
    weights = c.run.last_weights[c.top]
    names = np.flatnonzero((weights > _DUST) | (groups == c.top))
    percentile = percentiles(c, row)
    names = names[np.argsort(-np.nan_to_num(percentile[names], nan=-1.0), kind="stable")]
    since = c.run.holding_return()
    buyable = c.buyable[int(c.run.trade_rows[c.last])]
    columns = {
        "name": [c.view.names[i] for i in names],
        "factor_value": np.where(np.isfinite(percentile[names]), c.factor[row, names], np.nan),
        "percentile": percentile[names],
        "group": [c.labels[groups[i]] if groups[i] >= 0 else None for i in names],
        "weight": weights[names],
        "holding_return": since[names],
        "tradable": buyable[names],
        "industry": [c.view.industry_names[c.view.industry[i]] if c.view.industry[i] >= 0 else None for i in names],
    }
    codes = [baostock_spelling(c.view.assets[i]) for i in names]
    day = str(c.view.days[row].astype("datetime64[D]"))
    return table("holdings", "code", list(codes), columns, date=day, group=c.labels[c.top])


def percentiles(c: Computed, row: int) -> NDArray[np.float64]:
    """Place of each name among those with a value on a session, the good end at 1.

    Shape: (N,). NaN: no value.
    """
    out = np.full(len(c.view.assets), np.nan)
    ranked = np.flatnonzero(c.ranked.valid[row])
    out[ranked] = average_ranks(c.sign * rounded(c.factor[row, ranked])) / ranked.size
    return out


def blocked(c: Computed) -> Series:
    """Orders of the strategy group that could not be filled on their day, with the rule that stopped them."""
    from quantgpt.backtest.kernels import BLOCKED_BUY, BLOCKED_SELL

    at = c.view.fields["raw_open" if c.spec.execution == "next_open" else "raw_close"]
    kind, owner = c.run.events[:, 0], c.run.events[:, 3]
    chosen = c.run.events[((kind == BLOCKED_BUY) | (kind == BLOCKED_SELL)) & (owner == c.top)]
    shown = chosen[:MOST_BLOCKED]
    rows = []
    for what, row, asset, _, _ in shown.tolist():
        side: Literal["buy", "sell"] = "buy" if what == BLOCKED_BUY else "sell"
        reason, words = rule_words(c.view, row, asset, side, float(at[row, asset]))
        code = baostock_spelling(c.view.assets[asset])
        rows.append((str(c.view.days[row].astype("datetime64[D]")), code, c.view.names[asset], side, reason, words))
    columns = {
        "code": [r[1] for r in rows],
        "name": [r[2] for r in rows],
        "side": [r[3] for r in rows],
        "reason": [r[4] for r in rows],
        "rule": [r[5].zh for r in rows],
        "rule_en": [r[5].en for r in rows],
    }
    counts = dict(sorted(Counter(r[4] for r in rows).items()))
    return table(
        "blocked",
        "date",
        [r[0] for r in rows],
        columns,
        total=len(chosen),
        shown=len(rows),
        by_reason=counts,
        group=c.labels[c.top],
    )
