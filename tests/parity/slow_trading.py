"""A slow and obvious second implementation of tradability, labels and the group simulation, one name and day at a time.

It shares no code with the engine but the Decimal form of the price limits. It counts adjusted shares and marks them at
prices, where the engine multiplies values by returns.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np

from quantgpt.foundations.panel import MarketView
from quantgpt.trading.boards import Board
from quantgpt.trading.limits import limit_price


def limits(view: MarketView, t: int, i: int) -> tuple[float, float]:
    """Upper and lower limit of one name on one day; ±infinity where there is none."""
    reference = view.fields["pre_close"][t, i]
    if not reference > 0:
        return math.inf, -math.inf
    age = int(view.age[t, i])
    day = view.days[t].item()
    row = t - max(age, 0)
    listed = view.days[row].item() if row >= 0 else view.days[0].item().replace(year=2000)
    up, down = limit_price(
        Decimal(str(round(float(reference), 4))), Board(int(view.board[i])), st=view.st[t, i] == 1, age=age, day=day,
        listed=listed,
    )  # fmt: skip
    return (math.inf if up is None else float(up)), (-math.inf if down is None else float(down))


def can_buy(view: MarketView, t: int, i: int, at: str = "raw_open") -> bool:
    """Trades that day at a price below the upper limit."""
    price = view.fields[at][t, i]
    return bool(view.traded[t, i]) and price > 0 and price < limits(view, t, i)[0] - 0.001


def can_sell(view: MarketView, t: int, i: int, at: str = "raw_open") -> bool:
    """Trades that day at a price above the lower limit."""
    price = view.fields[at][t, i]
    return bool(view.traded[t, i]) and price > 0 and price > limits(view, t, i)[1] + 0.001


def last_close(view: MarketView, t: int, i: int) -> float:
    """Adjusted close of the last session up to `t` on which the name traded."""
    for row in range(t, -1, -1):
        if view.traded[row, i]:
            return float(view.fields["close"][row, i])
    return math.nan


def slow_label(view: MarketView, t: int, i: int, horizon: int) -> tuple[float, bool]:
    """Forward return of one name after the close of row t, and whether the exit was late."""
    rows = view.days.size
    if t + 1 + horizon >= rows or not can_buy(view, t + 1, i):
        return math.nan, False
    entry = view.fields["open"][t + 1, i]
    for row in range(t + 1 + horizon, rows):
        if view.age[row, i] < 0:
            return last_close(view, row, i) / entry - 1.0, True
        if can_sell(view, row, i):
            return view.fields["open"][row, i] / entry - 1.0, row > t + 1 + horizon
    return math.nan, False


def slow_groups(factor: np.ndarray, eligible: np.ndarray, row: int, n: int) -> dict[int, int]:
    """Group of each name on one row, by sorting tuples."""
    names = [
        (_forty_bits(float(factor[row, i])), i)
        for i in range(factor.shape[1])
        if eligible[row, i] and math.isfinite(factor[row, i])
    ]
    if len(names) < n:
        return {}
    return {i: n * place // len(names) for place, (_, i) in enumerate(sorted(names))}


def _forty_bits(x: float) -> float:
    if x == 0.0:
        return 0.0
    mantissa, exponent = math.frexp(abs(x))
    # 1 implicit and 40 stored bits: mantissa in [0.5, 1) times 2^41
    return math.copysign(math.ldexp(math.floor(mantissa * 2.0**41 + 0.5), exponent - 41), x)


@dataclass
class SlowRun:
    """What the slow simulation of one group gives."""

    gross: list[float] = field(default_factory=list)
    net: list[float] = field(default_factory=list)
    traded: list[float] = field(default_factory=list)
    cost: list[float] = field(default_factory=list)
    blocked: set[tuple[int, int, str]] = field(default_factory=set)
    orders: list[tuple[int, int, str, float]] = field(default_factory=list)
    """(row, asset, side, gross value)"""


def slow_simulation(
    view: MarketView,
    targets: list[dict[int, int]],
    rows: list[int],
    group: int,
    *,
    execution: str = "next_open",
    charge: Any = None,
) -> SlowRun:
    """One group's portfolio. `charge(row, side, net_value)` is the cost of an order in units of the starting capital."""
    at_open = execution == "next_open"
    raw = "raw_open" if at_open else "raw_close"
    offset = 0 if execution == "same_close" else 1
    run = SlowRun()
    shares: dict[int, float] = {}
    mark: dict[int, float] = {}
    cash, keep = 1.0, 1.0
    wanted: set[int] = set()
    due = {row + offset: k for k, row in enumerate(rows)}
    run.traded = [0.0] * len(rows)
    run.cost = [0.0] * len(rows)
    latest = -1

    def mark_at(t: int, name: str) -> None:
        for i in shares:
            price = view.fields[name][t, i]
            if view.traded[t, i] and price > 0:
                mark[i] = price

    def worth() -> float:
        return cash + sum(shares[i] * mark[i] for i in sorted(shares))

    for t in range(rows[0] + offset, view.days.size):
        before = worth()
        paid = 0.0
        mark_at(t, "open")
        if not at_open:
            mark_at(t, "close")
        for i in [i for i in shares if view.age[t, i] < 0]:
            cash += shares.pop(i) * mark[i]
        nav = worth()
        traded = 0.0
        price = view.fields["open" if at_open else "close"]

        def sell(i: int, value: float, t: int = t, keep: float = keep) -> float:
            nonlocal cash
            shares[i] -= value / mark[i]
            cash += value
            run.orders.append((t, i, "sell", value))
            return charge(t, "sell", value * keep) if charge else 0.0

        k = due.get(t)
        members = {i for i, g in targets[k].items() if g == group} if k is not None else set()
        if members:
            latest, wanted = k, members
            goal = nav / len(members)
            for i in sorted(set(shares) | members):
                held = shares.get(i, 0.0) * mark.get(i, 0.0)
                over = held - (goal if i in members else 0.0)
                if over > 1e-12 * nav:
                    if can_sell(view, t, i, raw):
                        paid += sell(i, over)
                        traded += over
                        if i not in members:
                            del shares[i]
                    else:
                        run.blocked.add((t, i, "sell"))
            gaps = {}
            for i in sorted(members):
                gap = goal - shares.get(i, 0.0) * mark.get(i, 0.0)
                if gap > 1e-12 * nav:
                    if can_buy(view, t, i, raw):
                        gaps[i] = gap
                    else:
                        run.blocked.add((t, i, "buy"))
            total = math.fsum(gaps.values())
            shrink = min(1.0, cash / total) if total > 0 else 1.0
            for i, gap in gaps.items():
                value = gap * shrink
                if value <= 1e-12 * nav:
                    continue
                mark[i] = price[t, i]
                shares[i] = shares.get(i, 0.0) + value / mark[i]
                cash -= value
                traded += value
                run.orders.append((t, i, "buy", value))
                paid += charge(t, "buy", value * keep) if charge else 0.0
        else:
            for i in sorted(set(shares) - wanted):
                if can_sell(view, t, i, raw):
                    value = shares[i] * mark[i]
                    paid += sell(i, value)
                    traded += value
                    del shares[i]
        share = paid / (nav * keep)
        if latest >= 0:
            run.traded[latest] += traded / nav / 2.0
            run.cost[latest] += share
        keep *= 1.0 - share
        if at_open:
            mark_at(t, "close")
        gross = worth() / before - 1.0
        run.gross.append(gross)
        run.net.append((1.0 + gross) * (1.0 - share) - 1.0)
    return run
