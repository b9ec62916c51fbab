"""Small markets for parity tests: built from traded prices by hand or at random, with every rule feature."""

from __future__ import annotations

import numpy as np

from quantgpt.foundations.panel import MarketView
from quantgpt.trading.limits import limit_prices

BOARD_CODES = {0: ("60{:04d}.SH", 0), 1: ("30{:04d}.SZ", 0), 2: ("688{:03d}.SH", 0)}


def make_view(
    *,
    days: np.ndarray,
    raw_open: np.ndarray,
    raw_close: np.ndarray,
    pre_close: np.ndarray,
    factor: np.ndarray,
    traded: np.ndarray,
    age: np.ndarray,
    st: np.ndarray | None = None,
    board: np.ndarray | None = None,
    assets: tuple[str, ...] | None = None,
    delist_day: np.ndarray | None = None,
    first: int = 0,
) -> MarketView:
    """A view of those traded prices; adjusted fields follow from the factor, suspended sessions become missing."""
    rows, names = raw_close.shape
    hole = np.where(traded, 1.0, np.nan)
    base = factor[0]
    fields = {
        "raw_open": raw_open * hole,
        "raw_close": raw_close * hole,
        "open": raw_open * hole * factor / base,
        "close": raw_close * hole * factor / base,
        "pre_close": pre_close,
        "factor": factor,
    }
    for panel in fields.values():
        panel.flags.writeable = False
    return MarketView(
        market="test",
        snapshot="0" * 12,
        synthetic=True,
        universe="all",
        days=days,
        first=first,
        assets=assets if assets is not None else tuple(f"60{i:04d}.SH" for i in range(names)),
        fields=fields,
        member=age >= 0,
        traded=traded,
        st=np.zeros((rows, names), dtype=np.int8) if st is None else st,
        age=age,
        board=np.zeros(names, dtype=np.int8) if board is None else board,
        names=("",) * names,
        industry=np.full(names, -1, dtype=np.int16),
        industry_names=(),
        delist_day=np.full(names, "NaT", dtype="datetime64[D]") if delist_day is None else delist_day,
    )


def random_view(seed: int, rows: int = 60, names: int = 24, start: str = "2023-03-20") -> MarketView:
    """A random market full of trouble: opens at limits, suspensions, dividends, listings, delistings, ST, three boards."""
    rng = np.random.default_rng(seed)
    days = np.busday_offset(start, np.arange(rows), roll="forward")
    board = rng.choice([0, 0, 1, 2], size=names).astype(np.int8)
    st = rng.choice([0, 0, 0, 0, 1, -1], size=(1, names)).repeat(rows, axis=0).astype(np.int8)
    born = np.where(rng.random(names) < 0.2, rng.integers(1, rows // 2, names), -rng.integers(100, 900, names))
    died = np.where(rng.random(names) < 0.25, rng.integers(rows // 2, rows + 10, names), 10 * rows)
    at = np.arange(rows)[:, None]
    listed = (at >= born) & (at <= died)
    age = np.where(listed, at - born, -1).astype(np.int32)
    traded = listed & (rng.random((rows, names)) > 0.08)
    # One long suspension each for a few names, some of them up to the delisting or the last row.
    for i in rng.choice(names, size=4, replace=False):
        begin = int(rng.integers(5, rows - 5))
        traded[begin : begin + int(rng.integers(3, 30)), i] = False

    raw_open, raw_close = np.full((rows, names), np.nan), np.full((rows, names), np.nan)
    pre_close, factor = np.full((rows, names), np.nan), np.ones((rows, names))
    last, scale = np.round(rng.uniform(3.0, 60.0, names), 2), rng.uniform(1.0, 3.0, names)
    for t in range(rows):
        dividend = np.where(rng.random(names) < 0.02, np.round(last * 0.05, 2), 0.0)
        reference = np.where(listed[t] & traded[t], np.round(last - dividend, 2), last)
        scale = scale * last / reference
        pre_close[t] = np.where(listed[t], reference, np.nan)
        factor[t] = scale
        up, down = limit_prices(pre_close[t : t + 1], board, st[t : t + 1], age[t : t + 1], days[t : t + 1])
        high = np.where(np.isnan(up[0]), np.round(reference * 1.4, 2), up[0])
        low = np.where(np.isnan(down[0]), np.round(reference * 0.7, 2), down[0])
        dice = rng.random(names)
        open_ = np.round(reference * (1.0 + rng.normal(0.0, 0.02, names)), 2)
        open_ = np.where(dice < 0.06, high, np.where(dice > 0.94, low, open_))
        close = np.round(open_ * (1.0 + rng.normal(0.0, 0.03, names)), 2)
        raw_open[t] = np.clip(open_, low, high)
        raw_close[t] = np.clip(close, low, high)
        last = np.where(traded[t], raw_close[t], reference)
    delist = np.array([days[d] if d < rows else np.datetime64("NaT") for d in died], dtype="datetime64[D]")
    assets = tuple(BOARD_CODES[int(b)][0].format(i + 1) for i, b in enumerate(board))
    return make_view(
        days=days,
        raw_open=raw_open,
        raw_close=raw_close,
        pre_close=pre_close,
        factor=factor,
        traded=traded,
        age=age,
        st=st,
        board=board,
        assets=assets,
        delist_day=delist,
    )


def columns(view: MarketView, order: np.ndarray) -> MarketView:
    """The same market with its names in another order."""
    return MarketView(
        market=view.market,
        snapshot=view.snapshot,
        synthetic=view.synthetic,
        universe=view.universe,
        days=view.days,
        first=view.first,
        assets=tuple(view.assets[i] for i in order),
        fields={name: np.ascontiguousarray(panel[:, order]) for name, panel in view.fields.items()},
        member=view.member[:, order],
        traded=view.traded[:, order],
        st=view.st[:, order],
        age=view.age[:, order],
        board=view.board[order],
        names=tuple(view.names[i] for i in order),
        industry=view.industry[order],
        industry_names=view.industry_names,
        delist_day=view.delist_day[order],
    )


def prefix(view: MarketView, rows: int, **changed: np.ndarray) -> MarketView:
    """The first rows of the same market; `changed` replaces fields before the cut."""
    fields = {name: np.array(changed.get(name, panel)[:rows]) for name, panel in view.fields.items()}
    return MarketView(
        market=view.market,
        snapshot=view.snapshot,
        synthetic=view.synthetic,
        universe=view.universe,
        days=view.days[:rows],
        first=view.first,
        assets=view.assets,
        fields=fields,
        member=view.member[:rows],
        traded=view.traded[:rows],
        st=view.st[:rows],
        age=view.age[:rows],
        board=view.board,
        names=view.names,
        industry=view.industry,
        industry_names=view.industry_names,
        delist_day=np.where(view.delist_day < view.days[rows - 1], view.delist_day, np.datetime64("NaT")),
    )
