"""The book of the strategy group over time: what it held after every rebalance, and every order that was filled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quantgpt.backtest.computed import Computed
from quantgpt.backtest.groups import replayed
from quantgpt.backtest.holdings import percentiles
from quantgpt.backtest.tables import table
from quantgpt.foundations.series import Cell, Series
from quantgpt.foundations.symbols import baostock_spelling

F64 = NDArray[np.float64]

MOST_ROWS = 60_000
"""rows of each table, those of the newest rebalances; its meta says from when on"""
DIGITS = 6
_DUST = 1e-9


@dataclass(frozen=True)
class Book:
    """One group replayed. R rebalances on which it had names, N names of the view."""

    rebalances: NDArray[np.int64]
    """(R,): which of the run's rebalances"""
    weights: F64
    """(R, N): right after the trade, of the portfolio before that day's charges"""
    fills: NDArray[np.int64]
    """(E, 4): kind as in `backtest.kernels`, row of the view, name, rebalance that asked for it"""
    amounts: F64
    """(E, 2): value traded and charges, as shares of the portfolio before that day's charges"""


def replay(c: Computed) -> Book:
    """The strategy group day by day: the recorded orders applied to the values that prices made of the ones before.

    Source: the simulation itself (`backtest.kernels.simulate`); this adds no rule of its own.
    """
    from quantgpt.backtest.kernels import BUY, DELISTED, SELL

    run = c.run
    event, amount, cost_day = replayed(run, c.top)
    chosen = np.isin(event[:, 0], (BUY, SELL, DELISTED))
    event, amount = event[chosen], amount[chosen]
    tape, first = run.tape, int(run.trade_rows[0])
    at_open = run.spec.execution == "next_open"
    starts = np.searchsorted(event[:, 1], np.arange(first, tape.view.days.size + 1))
    traded = {int(row): k for k, row in enumerate(run.trade_rows) if (run.groups[k] == c.top).any()}
    value, cash, scale = np.zeros(len(tape.view.assets)), 1.0, 1.0
    weights, shares = {}, np.empty_like(amount)
    for row in range(first, tape.view.days.size):
        value *= tape.overnight[row] if at_open else tape.overnight[row] * tape.intraday[row]
        of_day = slice(int(starts[row - first]), int(starts[row - first + 1]))
        kinds, names = event[of_day, 0], event[of_day, 2]
        nav = float(value.sum()) + cash
        moved = amount[of_day, 0] / scale
        shares[of_day, 0] = moved / nav
        shares[of_day, 1] = amount[of_day, 1] / (nav * scale)
        signed = np.where(kinds == BUY, moved, -moved)
        np.add.at(value, names, signed)
        cash = max(cash - float(signed.sum()), 0.0)
        value[np.abs(value) < _DUST * nav] = 0.0
        if row in traded:
            weights[traded[row]] = value / nav
        if at_open:
            value *= tape.intraday[row]
        scale *= 1.0 - float(cost_day[row - first])
    known = np.array(sorted(weights), dtype=np.int64)
    return Book(known, np.array([weights[k] for k in known]).reshape(known.size, -1), event[:, [0, 1, 2, 4]], shares)


def period_returns(c: Computed, rebalances: NDArray[np.int64]) -> F64:
    """Growth of each name from its trade to the next rebalance's, of the last one to the last close.

    Shape: (len(rebalances), N). NaN: the name did not trade on the day of the rebalance.
    """
    from quantgpt.trading.kernels import HALTED

    tape, rows = c.run.tape, c.run.trade_rows[rebalances]
    if not rows.size:
        return np.empty((0, len(c.view.assets)))
    first = int(rows[0])
    close = np.cumprod(tape.overnight[first:] * tape.intraday[first:], axis=0)
    at_trade = close[rows - first]
    if c.run.spec.execution == "next_open":
        at_trade = at_trade / tape.intraday[rows]
    end = np.concatenate([at_trade[1:], close[-1:]])
    return np.where(tape.states[rows] & HALTED, np.nan, end / at_trade - 1.0)


def positions(c: Computed, book: Book) -> Series:
    """What the strategy held right after every rebalance: names of its group, and names carried because they could not be
    sold. One row a name and rebalance."""
    grown = period_returns(c, book.rebalances)
    rows: list[tuple[int, int]] = []
    columns: dict[str, list[Cell]] = {
        name: [] for name in ("code", "weight", "factor_value", "percentile", "group", "period_return", "carried")
    }
    kept = _newest([int((book.weights[at] > _DUST).sum()) for at in range(book.rebalances.size)])
    for at in range(kept, book.rebalances.size):
        k = int(book.rebalances[at])
        held = np.flatnonzero(book.weights[at] > _DUST)
        share = percentiles(c, int(c.run.rows[k]))
        held = held[np.argsort(-np.nan_to_num(share[held], nan=-1.0), kind="stable")]
        for name in held.tolist():
            group = int(c.run.groups[k, name])
            rows.append((k, name))
            columns["code"].append(baostock_spelling(c.view.assets[name]))
            columns["weight"].append(_short(book.weights[at, name]))
            columns["factor_value"].append(_short(c.factor[c.run.rows[k], name]))
            columns["percentile"].append(_short(share[name]))
            columns["group"].append(c.labels[group] if group >= 0 else None)
            columns["period_return"].append(_short(grown[at, name]))
            columns["carried"].append(group != c.top)
    days = _days(c)
    shown = book.rebalances[kept:].tolist()
    return table(
        "positions",
        "date",
        [days[int(c.run.trade_rows[k])] for k, _ in rows],
        columns,
        group=c.labels[c.top],
        names=_names(c, {name for _, name in rows}),
        signals=[days[int(c.run.rows[k])] for k in shown],
        trades=[days[int(c.run.trade_rows[k])] for k in shown],
        first=kept,
        of=int(book.rebalances.size),
    )


def trades(c: Computed, book: Book) -> Series:
    """Every filled order of the strategy, by day, sales first; `weight` and `cost` are shares of the portfolio of that day,
    `price` is unadjusted, in yuan. `cash_out`: a delisted name became cash at its last price."""
    from quantgpt.backtest.kernels import BUY, DELISTED, SELL

    sides = {BUY: "buy", SELL: "sell", DELISTED: "cash_out"}
    raw = c.view.fields["raw_open" if c.run.spec.execution == "next_open" else "raw_close"]
    shown = book.fills[-MOST_ROWS:]
    amounts = book.amounts[-MOST_ROWS:]
    if len(book.fills) > MOST_ROWS:  # whole days only
        later = np.flatnonzero(shown[:, 1] > shown[0, 1])
        shown, amounts = shown[later], amounts[later]
    days = _days(c)
    price = np.array(
        [
            last_known(c.view.fields["raw_close"], row, name) if kind == DELISTED else raw[row, name]
            for kind, row, name, _ in shown.tolist()
        ],
        dtype=np.float64,
    )
    columns = {
        "code": [baostock_spelling(c.view.assets[name]) for name in shown[:, 2].tolist()],
        "side": [sides[kind] for kind in shown[:, 0].tolist()],
        "weight": np.round(amounts[:, 0], DIGITS + 2),
        "price": np.round(price, 4),
        "cost": np.round(amounts[:, 1], DIGITS + 4),
    }
    return table(
        "trades",
        "date",
        [days[row] for row in shown[:, 1].tolist()],
        columns,
        group=c.labels[c.top],
        names=_names(c, set(shown[:, 2].tolist())),
        total=len(book.fills),
        shown=len(shown),
        first_day=days[int(shown[0, 1])] if len(shown) else None,
    )


def last_known(panel: F64, row: int, name: int) -> float:
    """The newest value of a name up to a row; NaN without any."""
    known = np.flatnonzero(np.isfinite(panel[: row + 1, name]))
    return float(panel[known[-1], name]) if known.size else float("nan")


def _newest(counts: list[int]) -> int:
    """From which rebalance on the rows of all later ones fit into the table."""
    room, at = MOST_ROWS, len(counts)
    while at > 0 and counts[at - 1] <= room:
        at -= 1
        room -= counts[at]
    return at


def _short(value: float) -> float | None:
    """A number with six significant digits; None for a missing one."""
    return float(f"{value:.{DIGITS}g}") if np.isfinite(value) else None


def _days(c: Computed) -> list[str]:
    return [str(day) for day in c.view.days.astype("datetime64[D]")]


def _names(c: Computed, places: set[int]) -> dict[str, list[str | None]]:
    """[name, industry] by code."""
    return {
        baostock_spelling(c.view.assets[at]): [
            c.view.names[at],
            c.view.industry_names[c.view.industry[at]] if c.view.industry[at] >= 0 else None,
        ]
        for at in sorted(places)
    }
