"""A made-up A-share market: boards, price limits, suspensions, ST, listings, delistings, dividends, index reviews.

Nothing in it is real. Returns are a market, three style and industry returns plus noise of each name's own, and two
planted effects of known strength that expressions can read (`price_paths.REVERSAL`, `LOW_VOLATILITY`); all else is noise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.panel import BoolPanel, Days, FloatPanel
from quantgpt.foundations.symbols import tie_order
from quantgpt.market.boards import STAR, board_codes
from quantgpt.market.calendar import official, review_days, sessions_since
from quantgpt.market.price_paths import Listed, Walk

INDUSTRIES = (
    "银行",
    "保险",
    "地产",
    "食品饮料",
    "医药",
    "电子",
    "计算机",
    "通信",
    "机械",
    "汽车",
    "化工",
    "有色",
    "煤炭",
    "电力",
    "家电",
    "传媒",
)
BLUE_CHIPS = {
    "600519.SH": "演示白酒一号",
    "601318.SH": "演示保险一号",
    "600036.SH": "演示银行一号",
    "000858.SZ": "演示白酒二号",
    "000333.SZ": "演示家电一号",
}
INDEX_SHARES = {"hs300": 300 / 1400, "csi500": 500 / 1400, "csi1000": 400 / 1400}
"""Part of all names that each demo index holds, from the largest down."""

_STAR_START = np.datetime64("2019-07-22")


class Spell(NamedTuple):
    """Membership of one name (column) in one universe, both ends included."""

    universe: str
    column: int
    first: np.datetime64
    last: np.datetime64


@dataclass(frozen=True, kw_only=True)
class SyntheticMarket:
    """A whole made-up market, dense. Panels are (T, N), NaN where there is no bar or no trade."""

    days: Days
    assets: tuple[str, ...]
    names: tuple[str, ...]
    board: NDArray[np.int8]
    industry: NDArray[np.int16]
    list_day: Days
    delist_day: Days
    panels: dict[str, FloatPanel]
    st: NDArray[np.int8]
    spells: tuple[Spell, ...]
    benchmarks: dict[str, FloatPanel]


def simulate(days: Days, assets: int, seed: int) -> SyntheticMarket:
    """Make a market of `assets` names over `days`; the same arguments give the same bits."""
    g = np.random.Generator(np.random.PCG64([seed, assets, days.size]))
    who = _make_names(g, days, assets)
    walk = Walk(g, days, who)
    walk.run()
    panels = walk.panels
    spells = _review(days, who, panels)
    st = _flags(g, days, who)
    order = {symbol: i for i, symbol in enumerate(BLUE_CHIPS)}
    names = tuple(
        BLUE_CHIPS.get(symbol, f"演示{INDUSTRIES[who.industry[i]]}{symbol[:6]}") for i, symbol in enumerate(who.assets)
    )
    spells += tuple(Spell("small_scale", who.assets.index(s), days[0], days[-1]) for s in order)
    return SyntheticMarket(
        days=days,
        assets=who.assets,
        names=names,
        board=who.board,
        industry=who.industry,
        list_day=who.list_day,
        delist_day=who.delist_day,
        panels=panels,
        st=st,
        spells=spells,
        benchmarks=_benchmarks(days, who, panels, walk.bonus, spells),
    )


def _make_symbols(assets: int) -> tuple[str, ...]:
    """Codes that look valid on each board, the five blue chips among them, in the order that breaks ties."""
    out = list(BLUE_CHIPS)
    wanted = {"SH": round(assets * 0.36), "SZ": round(assets * 0.3), "STAR.SH": round(assets * 0.12)}
    starts = {"SH": 600000, "SZ": 1, "STAR.SH": 688001, "CHINEXT.SZ": 300001}
    for key, number in starts.items():
        exchange = key[-2:]
        held = sum(1 for chip in BLUE_CHIPS if chip.endswith(exchange)) if key == exchange else 0
        count = min(wanted.get(key, assets) - held, assets - len(out))
        while count > 0:
            symbol = f"{number:06d}.{exchange}"
            number += 1
            if symbol not in BLUE_CHIPS:
                out.append(symbol)
                count -= 1
    return tuple(sorted(out, key=tie_order))


def _make_names(g: np.random.Generator, days: Days, assets: int) -> Listed:
    symbols = _make_symbols(assets)
    n = len(symbols)
    board = board_codes(symbols)
    blue = np.array([s in BLUE_CHIPS for s in symbols])
    old = np.datetime64("1995-01-01") + g.integers(0, 6900, n).astype("timedelta64[D]")
    list_day = np.minimum(old, days[0] - np.timedelta64(120, "D")).astype("datetime64[D]")
    late = (g.random(n) < 0.16) & ~blue
    list_day[late] = days[g.integers(1, max(2, int(days.size * 0.9)), int(late.sum()))]
    star = board == STAR
    list_day[star] = np.maximum(
        list_day[star], _STAR_START + g.integers(0, 260, int(star.sum())).astype("timedelta64[D]")
    )
    delist_day = np.full(n, np.datetime64("NaT"), dtype="datetime64[D]")
    gone = (g.random(n) < 0.025 * days.size / 2500 + 0.004) & ~blue & (list_day < days[days.size // 2])
    delist_day[gone] = days[g.integers(days.size // 3, days.size - 1, int(gone.sum()))]
    delist_day[gone & (delist_day < list_day + np.timedelta64(200, "D"))] = np.datetime64("NaT")
    age = sessions_since(days, list_day, official().days)
    age[days[:, None] > np.where(np.isnat(delist_day), days[-1], delist_day)[None, :]] = -1
    special = np.zeros((days.size, n), dtype=bool)
    for j in np.flatnonzero((g.random(n) < 0.05) & ~blue):
        begin = int(g.integers(0, days.size))
        special[begin : begin + int(g.integers(120, 500)), j] = True
    for j in np.flatnonzero(gone & ~np.isnat(delist_day)):
        end = int(np.searchsorted(days, delist_day[j]))
        special[max(0, end - 180) : end + 1, j] = True
    industry = g.integers(0, len(INDUSTRIES), n).astype(np.int16)
    return Listed(
        assets=symbols,
        large=blue,
        board=board,
        industry=industry,
        industries=len(INDUSTRIES),
        list_day=list_day,
        delist_day=delist_day,
        age=np.maximum(age, -1),
        special=special & (age >= 0),
    )


def _flags(g: np.random.Generator, days: Days, who: Listed) -> NDArray[np.int8]:
    """ST flags as a vendor gives them: for a tenth of the names that are not ST they are unknown for a while."""
    st = who.special.astype(np.int8)
    for j in np.flatnonzero(g.random(st.shape[1]) < 0.1):
        begin = int(g.integers(0, max(1, days.size - 30)))
        part = st[begin : begin + 250, j]
        part[part == 0] = -1
    st[who.age < 0] = -1
    return st


def _review(days: Days, who: Listed, panels: dict[str, FloatPanel]) -> tuple[Spell, ...]:
    """Index members by size at each review: the largest first; a name that is delisted leaves on its last session."""
    n = len(who.assets)
    starts = [0, *(int(np.searchsorted(days, np.datetime64(day))) for day in review_days(days.tolist()))]
    open_spells: dict[tuple[str, int], np.datetime64] = {}
    spells: list[Spell] = []
    for k, row in enumerate(starts):
        before = max(0, row - 1)
        window = slice(max(0, before - 59), before + 1)
        traded = np.isfinite(panels["close"][window])
        total = np.where(traded, panels["close"][window] * panels["shares"][window], 0.0).sum(axis=0)
        size = np.where(traded.any(axis=0), total / np.maximum(traded.sum(axis=0), 1), -1.0)
        size[(who.age[row] < min(60, row + 60)) | who.special[before]] = -1.0
        ranked = np.argsort(-size, kind="stable")
        ranked = ranked[size[ranked] > 0]
        at = 0
        now: set[tuple[str, int]] = set()
        for universe, share in INDEX_SHARES.items():
            count = max(1, round(n * share))
            now.update((universe, int(j)) for j in ranked[at : at + count])
            at += count
        last = days[row - 1] if row else days[0]
        for key in sorted(set(open_spells) - now):
            spells.append(Spell(*key, open_spells.pop(key), _cut(last, who.delist_day[key[1]])))
        for key in sorted(now - set(open_spells)):
            open_spells[key] = days[row] if k else days[0]
    spells.extend(
        Spell(*key, first, _cut(days[-1], who.delist_day[key[1]])) for key, first in sorted(open_spells.items())
    )
    return tuple(spell for spell in spells if spell.first <= spell.last)


def _cut(last: np.datetime64, gone: np.datetime64) -> np.datetime64:
    return last if np.isnat(gone) else min(last, gone)


def membership(spells: tuple[Spell, ...], universe: str, days: Days, assets: int) -> BoolPanel:
    """Members of a universe by day. Shape: (T, N)."""
    out = np.zeros((assets, days.size), dtype=bool)
    for spell in spells:
        if spell.universe == universe:
            out[spell.column, np.searchsorted(days, spell.first) : np.searchsorted(days, spell.last, "right")] = True
    return np.ascontiguousarray(out.T)


def _benchmarks(
    days: Days, who: Listed, panels: dict[str, FloatPanel], bonus: FloatPanel, spells: tuple[Spell, ...]
) -> dict[str, FloatPanel]:
    """Price indices of the members, weighted by float value of the session before; dividends are not added back."""
    n = len(who.assets)
    close = panels["close"].copy()
    for t in range(1, days.size):
        held = np.where(bonus[t] > 1.0, close[t - 1] / bonus[t], close[t - 1])
        np.copyto(close[t], held, where=np.isnan(close[t]))
    value = close * panels["shares"]
    change = np.zeros_like(close)
    change[1:] = close[1:] * bonus[1:] / close[:-1] - 1.0
    hs300 = membership(spells, "hs300", days, n)
    shanghai = hs300 & np.array([s.endswith(".SH") for s in who.assets])
    size = np.where(shanghai & np.isfinite(value), value, -1.0)
    largest = np.zeros_like(shanghai)
    top = np.argsort(-size, axis=1, kind="stable")[:, : min(50, n)]
    np.put_along_axis(largest, top, True, axis=1)
    groups = {"000300.SH": hs300, "000905.SH": membership(spells, "csi500", days, n), "000016.SH": largest & shanghai}
    starts = {"000300.SH": 3500.0, "000905.SH": 5300.0, "000016.SH": 2600.0}
    out = {}
    for code, member in groups.items():
        weight = np.zeros_like(value)
        weight[1:] = np.where(member[1:] & np.isfinite(value[:-1]) & np.isfinite(change[1:]), value[:-1], 0.0)
        total = weight.sum(axis=1)
        moved = (weight * np.where(weight > 0, change, 0.0)).sum(axis=1) / np.where(total > 0, total, 1.0)
        out[code] = np.round(starts[code] * np.cumprod(1.0 + moved), 3)
    return out
