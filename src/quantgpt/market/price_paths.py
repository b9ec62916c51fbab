"""Made-up bars: a walk through the sessions that obeys limits, suspensions, dividends and share splits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.panel import BoolPanel, Days, FloatPanel
from quantgpt.market.boards import CHINEXT, MAIN, STAR
from quantgpt.market.calendar import official

REVERSAL = 0.00067
"""Daily return per standard deviation of minus the last five sessions' return: `-(close/ts_shift(close, 5) - 1)`."""
LOW_VOLATILITY = 0.00034
"""Daily return per standard deviation of minus the last 20 sessions' volatility: `-ts_std(returns, 20)`."""

CHINEXT_20 = np.datetime64("2020-08-24")
MAIN_FREE = np.datetime64("2023-04-10")
ST_10 = np.datetime64("2026-07-06")

PANELS = ("open", "high", "low", "close", "volume", "amount", "pre_close", "factor", "turn", "shares", "returns")


@dataclass(frozen=True, kw_only=True)
class Listed:
    """What is fixed about each of `N` names before the first session."""

    assets: tuple[str, ...]
    large: BoolPanel
    """(N,): names that shall be among the largest"""
    board: NDArray[np.int8]
    industry: NDArray[np.int16]
    industries: int
    list_day: Days
    delist_day: Days
    age: NDArray[np.int32]
    """(T, N): sessions since listing, -1 where not listed"""
    special: BoolPanel
    """(T, N): under special treatment"""


@dataclass(frozen=True)
class _Today:
    """What is known of one session before its prices."""

    t: int
    listed: BoolPanel
    trades: BoolPanel
    first: BoolPanel
    pre: FloatPanel
    up: FloatPanel
    down: FloatPanel


@dataclass(frozen=True)
class _Bar:
    """The prices of one session."""

    open: FloatPanel
    high: FloatPanel
    low: FloatPanel
    close: FloatPanel
    at_one_price: BoolPanel


class Walk:
    """The state of every name between two sessions; `run` fills the panels."""

    def __init__(self, g: np.random.Generator, days: Days, who: Listed) -> None:
        t_all, n = who.age.shape
        self._g, self._days, self._who, self._n = g, days, who, n
        self.panels: dict[str, FloatPanel] = {name: np.full((t_all, n), np.nan) for name in PANELS}
        self.bonus: FloatPanel = np.ones((t_all, n))
        """(T, N): new shares per old one on ex-rights days, 1 on all others"""
        self._market: FloatPanel = g.standard_t(5, (t_all,)) * 0.0075 + 0.0001
        self._style: FloatPanel = g.standard_t(5, (t_all, 3)) * 0.0022
        self._sector: FloatPanel = g.standard_t(5, (t_all, who.industries)) * 0.0045
        self._beta = g.normal(1.0, 0.25, n)
        self._loading = g.normal(0.0, 1.0, (n, 3))
        self._own = np.exp(g.normal(np.log(0.0185), 0.33, n))
        self._price = np.round(np.exp(g.normal(2.7, 0.6, n)).clip(3.0, 300.0), 2)
        self._shares = np.round(np.exp(g.normal(19.6, 1.05, n) + 3.2 * who.large), -2)
        self._habit = np.exp(g.normal(np.log(0.011), 0.6, n)) / (1.0 + 2.0 * who.large)
        self._heat = g.normal(0.0, 0.5, n)
        self._factor = np.ones(n)
        self._carry = np.zeros(n)
        self._halted = np.zeros(n, dtype=np.int64)
        self._last_traded = np.full(n, np.nan)
        self._level = np.zeros((6, n))
        self._recent = g.normal(0.0, 1.0, (20, n)) * self._own
        self._payout_row = g.integers(100, 170, n)
        self._row_of_year = _rows_of_year(days)

    def run(self) -> None:
        """Walk through all sessions."""
        for t in range(self._days.size):
            today = self._begin(t)
            jump = self._jumps()
            move = self._move(today, jump)
            bar = self._bar(today, move, jump)
            self._record(today, bar)
        unknown = np.cumsum(np.isfinite(self.panels["turn"]), axis=0) == 0
        self.panels["shares"][unknown] = np.nan

    def _begin(self, t: int) -> _Today:
        """Suspensions, dividends, the reference price and the limits that follow from it."""
        g, n, age = self._g, self._n, self._who.age[t]
        listed = age >= 0
        stops = np.where(g.random(n) < 0.0015, g.geometric(1 / 7.0, n), 0)
        self._halted = np.where(self._halted > 0, self._halted - 1, stops)
        trades = listed & ((self._halted == 0) | (age < 5))
        pre = self._go_ex(t, trades & (age > 20))
        band = _bands(self._days[t], self._who, self._who.special[t], age)
        up_cents, down_cents = limit_cents(np.rint(pre * 100).astype(np.int64), np.where(band > 0, band, 10))
        up = np.where(band > 0, up_cents / 100.0, np.inf)
        down = np.where(band > 0, np.maximum(down_cents / 100.0, 0.01), 0.01)
        return _Today(t, listed, trades, listed & (age == 0), pre, up, down)

    def _go_ex(self, t: int, may: BoolPanel) -> FloatPanel:
        """Pay dividends and split shares of the names whose day it is; returns every name's reference price."""
        g, n, price = self._g, self._n, self._price
        paying = may & (self._row_of_year[t] == self._payout_row) & (g.random(n) < 0.75)
        ratio = np.where(paying & (g.random(n) < 0.12), g.choice([1.2, 1.3, 1.5, 2.0], n), 1.0)
        cash = np.where(paying, np.round(price * g.uniform(0.004, 0.035, n), 2), 0.0)
        pre: FloatPanel = np.where(paying, np.round((price - cash) / ratio, 2).clip(1.0), price)
        self._factor = np.where(paying, self._factor * price / pre, self._factor)
        self._shares = np.where(paying, np.round(self._shares * ratio), self._shares)
        self.bonus[t] = np.where(paying, ratio, 1.0)
        return pre

    def _jumps(self) -> FloatPanel:
        """Rare news: large moves up or down, twice as often up."""
        g, n = self._g, self._n
        hit = g.random(n) < 0.0035
        return np.asarray(np.where(hit, g.choice([-1.0, 1.0, 1.0], n) * g.uniform(0.08, 0.22, n), 0.0))

    def _move(self, today: _Today, jump: FloatPanel) -> FloatPanel:
        """The log return that each name wants: common parts, planted effects, noise, what a limit held back."""
        t, g, listed = today.t, self._g, today.listed
        signal = -_scores(self._level[0] - self._level[5], listed) * REVERSAL
        signal += -_scores(self._recent.std(axis=0), listed) * LOW_VOLATILITY
        noise = self._own * g.standard_t(5, self._n) * 0.775
        common = self._beta * self._market[t] + self._loading @ self._style[t] + self._sector[t][self._who.industry]
        move = common + noise + jump + signal + self._carry - self._own**2 / 2
        debut = g.uniform(-0.05, 0.6, self._n)
        wanted: FloatPanel = np.where(today.first, debut, move) + np.where(today.pre < 1.6, 0.01, 0.0)
        return wanted

    def _bar(self, today: _Today, move: FloatPanel, jump: FloatPanel) -> _Bar:
        """Prices in cents inside the limits; a limit that holds all day leaves one price."""
        g, n, up, down = self._g, self._n, today.up, today.down
        target = today.pre * np.exp(move)
        close = np.round(target, 2).clip(down, up).clip(0.5)
        self._carry = np.where(today.trades, np.log(target / close) * 0.6, self._carry)
        gap = 0.3 * move + 0.7 * jump + g.normal(0.0, 0.004, n)
        opened = np.round(today.pre * np.exp(gap), 2).clip(down, up).clip(0.5)
        wide = np.abs(g.normal(0.0, 0.45, (2, n))) * self._own
        most, least = np.maximum(opened, close), np.minimum(opened, close)
        high = np.maximum(np.minimum(np.round(most * (1 + wide[0]), 2), up), most)
        low = np.minimum(np.maximum(np.round(least * (1 - wide[1]), 2), down), least)
        still = (opened == close) & ((close == up) | (close == down)) & (g.random(n) < 0.6)
        return _Bar(opened, np.where(still, close, high), np.where(still, close, low), close, still)

    def _record(self, today: _Today, bar: _Bar) -> None:
        """Volume and amount that fit the prices; write the session down and carry the state on."""
        g, n, t, trades, listed = self._g, self._n, today.t, today.trades, today.listed
        self._heat = 0.92 * self._heat + g.normal(0.0, 0.22, n)
        excited = np.exp(self._heat + 9.0 * np.abs(np.log(bar.close / today.pre)))
        activity = (self._habit * excited * np.where(bar.at_one_price, 0.08, 1.0)).clip(1e-5, 0.35)
        volume = np.maximum(np.round(self._shares * activity / 100), 1) * 100
        mean = bar.low + (bar.high - bar.low) * g.uniform(0.3, 0.7, n)
        adjusted = bar.close * self._factor
        of_traded = {
            "open": bar.open,
            "high": bar.high,
            "low": bar.low,
            "close": bar.close,
            "volume": volume,
            "amount": np.round((mean * volume).clip(bar.low * volume, bar.high * volume)),
            "turn": volume / self._shares * 100.0,
            "returns": adjusted / self._last_traded - 1.0,
        }
        for name, values in of_traded.items():
            self.panels[name][t] = np.where(trades, values, np.nan)
        for name, values in (("pre_close", today.pre), ("factor", self._factor), ("shares", self._shares)):
            self.panels[name][t] = np.where(listed, values, np.nan)
        self._last_traded = np.where(trades, adjusted, self._last_traded)
        self._level = np.roll(self._level, 1, axis=0)
        quiet = np.where(listed, self._level[1], np.log(self._price * self._factor))
        self._level[0] = np.where(trades, np.log(adjusted), quiet)
        step = self._level[0] - self._level[1]
        self._recent[t % 20] = np.where(trades & ~today.first, step, self._recent[t % 20])
        self._price = np.where(trades, bar.close, np.where(listed, today.pre, self._price))


def limit_cents(pre: NDArray[np.int64], percent: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Upper and lower limit in cents: pre × (1 ± percent/100), rounded half up."""
    return (pre * (100 + percent) * 2 + 100) // 200, (pre * (100 - percent) * 2 + 100) // 200


def _bands(day: np.datetime64, who: Listed, special: BoolPanel, age: NDArray[np.int32]) -> NDArray[np.int64]:
    """Price band of each name in percent, 0 where there is none that day."""
    band = np.full(special.size, 10, dtype=np.int64)
    band[who.board == STAR] = 20
    if day >= CHINEXT_20:
        band[who.board == CHINEXT] = 20
    if day < ST_10:
        band[special & (who.board == MAIN)] = 5
    free = who.board == STAR
    if day >= CHINEXT_20:
        free = free | (who.board == CHINEXT)
    if day >= MAIN_FREE:
        free = free | (who.board == MAIN)
    band[(age < 5) & free] = 0
    band[(age == 0) & ~free] = 44
    return band


def _rows_of_year(days: Days) -> NDArray[np.int64]:
    """How many sessions of its year lie before each session, also where the days begin in mid-year."""
    table = official().days
    begin = days.astype("datetime64[Y]").astype("datetime64[D]")
    return np.searchsorted(table, days) - np.searchsorted(table, begin)


def _scores(x: FloatPanel, listed: BoolPanel) -> FloatPanel:
    """Standard scores across the listed names, cut at three."""
    some = x[listed]
    spread = some.std() if some.size > 1 else 0.0
    if not spread > 0:
        return np.zeros_like(x)
    scores: FloatPanel = ((x - some.mean()) / spread).clip(-3.0, 3.0)
    return scores
