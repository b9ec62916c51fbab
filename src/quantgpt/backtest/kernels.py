"""Compiled loops of the group simulation; imported inside the functions that call them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.jit import kernel
from quantgpt.trading.kernels import BUYABLE, GONE, HALTED, SELLABLE

BLOCKED_BUY, BLOCKED_SELL, DELISTED, BUY, SELL = 0, 1, 2, 3, 4
DUST = 1e-12
"""orders below this share of the portfolio are rounding noise, not trades"""


@kernel
def legs(
    open_: NDArray[np.float64], close: NDArray[np.float64], traded: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Growth from the last price to the open and from the open to the close; 1 where the name does not trade."""
    days, assets = close.shape
    overnight = np.ones((days, assets))
    intraday = np.ones((days, assets))
    last = np.full(assets, np.nan)
    for t in range(days):
        for i in range(assets):
            if not traded[t, i]:
                continue
            o = open_[t, i]
            c = close[t, i]
            if 0.0 < o < np.inf:
                if last[i] > 0.0:
                    overnight[t, i] = o / last[i]
                last[i] = o
            if 0.0 < c < np.inf:
                if last[i] > 0.0:
                    intraday[t, i] = c / last[i]
                last[i] = c
    return overnight, intraday


@kernel
def target_turnover(
    groups: NDArray[np.int8], n_groups: int
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """½Σ|Δw| between consecutive equal-weight targets, names that came, names that went, names; (groups, rebalances).

    NaN: a group's first target, and rows on which it was not formed.
    """
    rebalances, assets = groups.shape
    turnover = np.full((n_groups, rebalances), np.nan)
    came = np.zeros((n_groups, rebalances), np.int64)
    went = np.zeros((n_groups, rebalances), np.int64)
    size = np.zeros((n_groups, rebalances), np.int64)
    before = np.full(n_groups, -1)
    for k in range(rebalances):
        for i in range(assets):
            if groups[k, i] >= 0:
                size[groups[k, i], k] += 1
        for g in range(n_groups):
            if size[g, k] == 0:
                continue
            p = before[g]
            before[g] = k
            if p < 0:
                came[g, k] = size[g, k]
                continue
            stayed = 0
            for i in range(assets):
                if groups[k, i] == g and groups[p, i] == g:
                    stayed += 1
            came[g, k] = size[g, k] - stayed
            went[g, k] = size[g, p] - stayed
            new, old = 1.0 / size[g, k], 1.0 / size[g, p]
            turnover[g, k] = 0.5 * (stayed * abs(new - old) + came[g, k] * new + went[g, k] * old)
    return turnover, came, went, size


@kernel
def _note(
    event: NDArray[np.int64],
    amount: NDArray[np.float64],
    events: int,
    kind: int,
    row: int,
    asset: int,
    group: int,
    rebalance: int,
    value: float,
    cost: float,
) -> int:
    """Write down one event where there is room, and count it in any case."""
    if events < event.shape[0]:
        event[events, 0] = kind
        event[events, 1] = row
        event[events, 2] = asset
        event[events, 3] = group
        event[events, 4] = rebalance
        amount[events, 0] = value
        amount[events, 1] = cost
    return events + 1


@kernel
def simulate(
    overnight: NDArray[np.float64],
    intraday: NDArray[np.float64],
    states: NDArray[np.int8],
    groups: NDArray[np.int8],
    trade_rows: NDArray[np.int64],
    n_groups: int,
    at_open: bool,
    buy_rate: NDArray[np.float64],
    sell_rate: NDArray[np.float64],
    commission: float,
    minimum: float,
    capital: float,
    record: bool,
    capacity: int,
) -> tuple[
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.int64],
    NDArray[np.float64],
    int,
]:
    """One portfolio per group, day by day; the rules are those of `backtest.groups.simulate_groups`.

    Values are in units of the starting capital before any cost; `scale` is what costs have left of it.

    Returns gross (G, D), cost share of the day (G, D), share in cash and in halted names at the close (G, D), traded turnover (G, R), cost share
    (G, R), weights after the last rebalance (G, N), events (kind, row, asset, group, rebalance), their value and cost in
    units of the starting capital, and the number of events, which exceeds `capacity` when some did not fit.
    """
    days, assets = states.shape
    rebalances = trade_rows.size
    start = trade_rows[0]
    span = days - start
    gross = np.zeros((n_groups, span))
    cost_day = np.zeros((n_groups, span))
    cash_share = np.ones((n_groups, span))
    halted_share = np.zeros((n_groups, span))
    turnover = np.zeros((n_groups, rebalances))
    cost_at = np.zeros((n_groups, rebalances))
    weights = np.zeros((n_groups, assets))
    event = np.empty((capacity, 5), np.int64)
    amount = np.empty((capacity, 2))
    events = 0

    held = np.empty((n_groups, assets), np.int32)
    value = np.empty((n_groups, assets))
    count = np.zeros(n_groups, np.int64)
    cash = np.ones(n_groups)
    closing = np.ones(n_groups)
    scale = np.ones(n_groups)
    current = np.full(n_groups, -1)
    leavers = np.zeros(n_groups, np.int64)
    size = np.zeros(n_groups, np.int64)
    offset = np.zeros(n_groups, np.int64)
    filled = np.zeros(n_groups, np.int64)
    members = np.empty(assets, np.int64)
    w = np.zeros(assets)
    upcoming = 0

    for d in range(start, days):
        k = -1
        if upcoming < rebalances and trade_rows[upcoming] == d:
            k = upcoming
            upcoming += 1
            size[:] = 0
            for i in range(assets):
                if groups[k, i] >= 0:
                    size[groups[k, i]] += 1
            ends = 0
            for g in range(n_groups):
                offset[g] = ends
                ends += size[g]
                filled[g] = offset[g]
            for i in range(assets):
                g = groups[k, i]
                if g >= 0:
                    members[filled[g]] = i
                    filled[g] += 1
        for g in range(n_groups):
            n = count[g]
            money = cash[g]
            before = closing[g]

            # Up to the moment of trading; names that left the list become cash at their last value.
            kept = 0
            for j in range(n):
                i = held[g, j]
                x = value[g, j] * overnight[d, i]
                if not at_open:
                    x *= intraday[d, i]
                if states[d, i] & GONE:
                    money += x
                    if groups[current[g], i] != g:
                        leavers[g] -= 1
                    events = _note(event, amount, events, DELISTED, d, i, g, current[g], x * scale[g], 0.0)
                    continue
                held[g, kept] = i
                value[g, kept] = x
                kept += 1
            n = kept

            bill = 0.0
            nav = money
            unit = scale[g] * capital
            if k >= 0 or leavers[g] > 0:
                for j in range(n):
                    nav += value[g, j]
            if k >= 0 and size[g] > 0:
                current[g] = k
                target = nav / size[g]
                dust = DUST * nav
                need = 0.0
                sold = 0.0
                bought = 0.0
                for j in range(n):
                    i = held[g, j]
                    w[i] = value[g, j]
                    excess = w[i] - target if groups[k, i] == g else w[i]
                    if excess > dust:
                        if states[d, i] & SELLABLE:
                            charge = excess * unit * sell_rate[d] + max(excess * unit * commission, minimum)
                            sold += excess
                            bill += charge
                            w[i] = target if groups[k, i] == g else 0.0
                            if record:
                                events = _note(
                                    event, amount, events, SELL, d, i, g, k, excess * scale[g], charge / capital
                                )
                        else:
                            events = _note(event, amount, events, BLOCKED_SELL, d, i, g, k, excess * scale[g], 0.0)
                for m in range(size[g]):
                    i = members[offset[g] + m]
                    gap = target - w[i]
                    if gap > dust:
                        if states[d, i] & BUYABLE:
                            need += gap
                        else:
                            events = _note(event, amount, events, BLOCKED_BUY, d, i, g, k, gap * scale[g], 0.0)
                money += sold
                share = 1.0
                if need > money:
                    share = money / need
                weights[g, :] = 0.0
                carried = 0
                for j in range(n):
                    i = held[g, j]
                    if groups[k, i] != g:
                        if w[i] > 0.0:
                            held[g, carried] = i
                            value[g, carried] = w[i]
                            weights[g, i] = w[i] / nav
                            carried += 1
                        w[i] = 0.0
                leavers[g] = carried
                n = carried
                for m in range(size[g]):
                    i = members[offset[g] + m]
                    x = (target - w[i]) * share
                    if states[d, i] & BUYABLE and target - w[i] > dust and x > dust:
                        charge = x * unit * buy_rate[d] + max(x * unit * commission, minimum)
                        bought += x
                        bill += charge
                        w[i] += x
                        if record:
                            events = _note(event, amount, events, BUY, d, i, g, k, x * scale[g], charge / capital)
                    if w[i] > 0.0:
                        held[g, n] = i
                        value[g, n] = w[i]
                        weights[g, i] = w[i] / nav
                        n += 1
                    w[i] = 0.0
                money = max(money - bought, 0.0)
                turnover[g, k] += 0.5 * (sold + bought) / nav
            elif leavers[g] > 0:
                kept = 0
                sold = 0.0
                for j in range(n):
                    i = held[g, j]
                    x = value[g, j]
                    if groups[current[g], i] != g and states[d, i] & SELLABLE:
                        charge = x * unit * sell_rate[d] + max(x * unit * commission, minimum)
                        sold += x
                        bill += charge
                        leavers[g] -= 1
                        if record:
                            events = _note(
                                event, amount, events, SELL, d, i, g, current[g], x * scale[g], charge / capital
                            )
                        continue
                    held[g, kept] = i
                    value[g, kept] = x
                    kept += 1
                n = kept
                money += sold
                turnover[g, current[g]] += 0.5 * sold / nav

            if bill > 0.0:
                part = min(bill / (nav * unit), 1.0)
                cost_day[g, d - start] = part
                cost_at[g, current[g]] += part
                scale[g] *= 1.0 - part

            after = money
            halted = 0.0
            for j in range(n):
                if at_open:
                    value[g, j] *= intraday[d, held[g, j]]
                if states[d, held[g, j]] & HALTED:
                    halted += value[g, j]
                after += value[g, j]
            count[g] = n
            cash[g] = money
            closing[g] = after
            gross[g, d - start] = after / before - 1.0
            cash_share[g, d - start] = money / after
            halted_share[g, d - start] = halted / after
    return gross, cost_day, cash_share, halted_share, turnover, cost_at, weights, event, amount, events
