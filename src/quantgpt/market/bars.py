"""The bars of one name as a person looks at them: by day, week or month, as traded or adjusted to the latest price scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.errors import NoData
from quantgpt.foundations.panel import Days, FloatPanel

if TYPE_CHECKING:
    from quantgpt.market.market import Market

Freq = Literal["1d", "1w", "1mo"]
Adjust = Literal["none", "forward"]
FREQS: tuple[Freq, ...] = ("1d", "1w", "1mo")
ADJUSTS: tuple[Adjust, ...] = ("none", "forward")
PRICES = ("open", "high", "low", "close")
_DAILY = (*PRICES, "volume", "amount", "turn", "pre_close", "factor")


@dataclass(frozen=True, kw_only=True)
class NameBars:
    """Bars of one name, one entry per session or period; all arrays have the same length.

    Unit: prices in yuan, volume in shares, amount in yuan, turn in percent. NaN: nothing is known, or nothing was traded.
    """

    day: Days
    """the session; of a period its last session"""
    open: FloatPanel
    high: FloatPanel
    low: FloatPanel
    close: FloatPanel
    volume: FloatPanel
    amount: FloatPanel
    turn: FloatPanel
    pre_close: FloatPanel
    """the exchange's reference price; NaN for periods"""
    factor: FloatPanel
    """on the session, or on the last one of the period"""
    change: FloatPanel
    """a session: close over the reference price, minus 1; a period: adjusted close over the last one before it, minus 1"""
    suspended: NDArray[np.bool_]
    """there are rows, and no trade"""
    missing: NDArray[np.bool_]
    """there is no row at all"""
    st: NDArray[np.int8]
    """special treatment: 1, 0, -1 unknown or a period"""
    sessions: NDArray[np.int64]

    def take(self, at: slice) -> NameBars:
        """Some of the bars."""
        return NameBars(**{name: column[at] for name, column in vars(self).items()})


def daily_bars(market: Market, column: int, rows: slice) -> NameBars:
    """Unadjusted daily bars of one of the market's names; `rows` lie between its first and last bar."""
    stored = {name: market.column(name, column, rows) for name in _DAILY if name in market.manifest.panels}
    days = market.days[rows]
    nothing = np.full(days.size, np.nan)
    values = {name: stored.get(name, nothing) for name in _DAILY}
    traded = market.column("traded", column, rows).astype(bool)
    absent = ~traded & np.isnan(values["pre_close"]) & np.isnan(values["close"])
    with np.errstate(all="ignore"):
        change = values["close"] / values["pre_close"] - 1.0
    return NameBars(
        day=days,
        **values,
        change=np.where(np.isfinite(change), change, np.nan),
        suspended=~traded & ~absent,
        missing=absent,
        st=np.where(absent, -1, market.column("st", column, rows)).astype(np.int8),
        sessions=np.ones(days.size, dtype=np.int64),
    )


def index_bars(market: Market, code: str) -> NameBars:
    """Daily bars of an index: all prices where the market was given them, else the closing level alone.

    Raises: NoData.
    """
    rows = market.index_rows(code)
    if rows is None:
        close = market.index_close(code)
        days, columns = market.days, {"close": close}
    else:
        days, columns = rows.days, {name: rows.values[name] for name in (*PRICES, "volume", "amount")}
    known = np.isfinite(columns["close"])
    if not known.any():
        raise NoData(f"行情库没有指数 {code} 的行情", field="code")
    own = slice(int(known.argmax()), int(known.size - known[::-1].argmax()))
    nothing = np.full(days.size, np.nan)
    before = np.concatenate([[np.nan], _carried(columns["close"])[:-1]])
    return NameBars(
        day=days,
        **{name: columns.get(name, nothing) for name in (*PRICES, "volume", "amount", "turn", "pre_close")},
        factor=np.ones(days.size),
        change=columns["close"] / before - 1.0,
        suspended=np.zeros(days.size, dtype=bool),
        missing=~known,
        st=np.full(days.size, -1, dtype=np.int8),
        sessions=np.ones(days.size, dtype=np.int64),
    ).take(own)


def forward_adjusted(bars: NameBars, anchor_factor: float) -> NameBars:
    """Prices in the scale of the day whose factor is `anchor_factor`; volume and amount stay as traded."""
    scale = bars.factor / anchor_factor
    scaled = {name: getattr(bars, name) * scale for name in (*PRICES, "pre_close")}
    return NameBars(**{**vars(bars), **scaled})


def period_of(days: Days, freq: Freq) -> NDArray[np.int64]:
    """A number for the week (from Monday) or the month of each day, ascending with time; the day itself for `1d`."""
    if freq == "1w":
        weeks: NDArray[np.int64] = (days.astype("datetime64[D]").astype(np.int64) + 3) // 7
        return weeks
    kind = "datetime64[M]" if freq == "1mo" else "datetime64[D]"
    return days.astype(kind).astype(np.int64)


def by_period(bars: NameBars, freq: Freq) -> NameBars:
    """Weekly or monthly bars out of daily ones: first open, highest high, lowest low and last close of the sessions that
    traded; volume, amount and turnover added up. A period without a trade has no prices."""
    if freq == "1d" or not bars.day.size:
        return bars
    period = period_of(bars.day, freq)
    first = np.flatnonzero(np.diff(period, prepend=period[0] - 1))
    last = np.concatenate([first[1:], [period.size]]) - 1
    traded = np.isfinite(bars.close)
    close = _carried(bars.close)[last]
    any_trade = np.logical_or.reduceat(traded, first)
    adjusted = _carried(bars.close * bars.factor)[last]
    before = np.concatenate([[np.nan], adjusted[:-1]])
    change = np.where(any_trade, adjusted / before - 1.0, np.nan)
    backwards = _carried(bars.open[::-1])[::-1][first]
    nothing = np.full(first.size, np.nan)
    return NameBars(
        day=bars.day[last],
        open=np.where(any_trade, backwards, np.nan),
        high=_reduced(np.fmax, bars.high, first),
        low=_reduced(np.fmin, bars.low, first),
        close=np.where(any_trade, close, np.nan),
        volume=_summed(bars.volume, first),
        amount=_summed(bars.amount, first),
        turn=_summed(bars.turn, first),
        pre_close=nothing,
        factor=bars.factor[last],
        change=change,
        suspended=~any_trade & ~np.logical_and.reduceat(bars.missing, first),
        missing=np.logical_and.reduceat(bars.missing, first),
        st=np.full(first.size, -1, dtype=np.int8),
        sessions=last - first + 1,
    )


def _carried(values: FloatPanel) -> FloatPanel:
    """The last known value up to each place; NaN before the first."""
    at = np.where(np.isfinite(values), np.arange(values.size), -1)
    at = np.maximum.accumulate(at)
    out: FloatPanel = np.where(at >= 0, values[np.maximum(at, 0)], np.nan)
    return out


def _reduced(how: Any, values: FloatPanel, first: NDArray[np.int64]) -> FloatPanel:
    out: FloatPanel = how.reduceat(values, first)
    return out


def _summed(values: FloatPanel, first: NDArray[np.int64]) -> FloatPanel:
    """Sums of the known values of each group; NaN where none is known."""
    known = np.isfinite(values)
    total = np.add.reduceat(np.where(known, values, 0.0), first)
    out: FloatPanel = np.where(np.logical_or.reduceat(known, first), total, np.nan)
    return out
