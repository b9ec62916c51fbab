"""Fields that expressions and the rulebook read, computed from stored panels when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from quantgpt.foundations.errors import NoData
from quantgpt.foundations.fields import FIELDS
from quantgpt.foundations.panel import Days, FloatPanel

STORED = (
    "open",
    "high",
    "low",
    "close",
    "volume",
    "amount",
    "pre_close",
    "factor",
    "turn",
    "shares",
    "returns",
    "pe_ttm",
    "pb_mrq",
    "ps_ttm",
    "pcf_ncf_ttm",
)
"""Panels that a snapshot holds: unadjusted, NaN on suspended sessions except `pre_close`, `factor` and `shares`."""

ALWAYS = ("open", "high", "low", "close", "volume", "pre_close", "factor", "returns")
"""Those of them that are there even where they hold nothing; the others are left out then."""

NEEDS: dict[str, tuple[str, ...]] = {
    "pct_change": ("close", "pre_close"),
    "vwap": ("amount", "volume", "factor"),
    "cap": ("close", "shares"),
    "market_cap": ("close", "shares"),
    "raw_open": ("open",),
    "raw_high": ("high",),
    "raw_low": ("low",),
    "raw_close": ("close",),
    "raw_volume": ("volume",),
    "day": (),
    "weekday": (),
    "month": (),
}
"""Stored panels behind each field that is not stored under its own name."""

Load = Callable[[str], FloatPanel]


def computable(stored: frozenset[str]) -> frozenset[str]:
    """Names of the fields that can be computed from those stored panels."""
    return frozenset(name for name in FIELDS if all(need in stored for need in NEEDS.get(name, (name,))))


class PanelFields(Mapping[str, FloatPanel]):
    """The fields of one view: each is gathered and computed when first asked for, then kept, read-only.

    `load(name)` gives a stored panel of this view's rows and columns, `base` the factor of each name's first stored bar,
    `available` the stored panels that hold anything.
    """

    def __init__(self, load: Load, base: FloatPanel, days: Days, available: frozenset[str]) -> None:
        self._load = load
        self._base = base
        self._days = days
        self._names = tuple(sorted(computable(available)))
        self._available = available
        self._kept: dict[str, FloatPanel] = {}
        self._scale: FloatPanel | None = None

    def __getitem__(self, name: str) -> FloatPanel:
        kept = self._kept.get(name)
        if kept is None:
            if name not in FIELDS:
                raise KeyError(name)
            if name not in self._names:
                missing = ", ".join(n for n in NEEDS.get(name, (name,)) if n not in self._available)
                raise NoData(f"当前行情库没有字段 {name} 的数据（缺少 {missing}）", field=name)
            with np.errstate(all="ignore"):
                kept = self._kept[name] = np.ascontiguousarray(self._compute(name))
            kept.flags.writeable = False
        return kept

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def _scaling(self) -> FloatPanel:
        """Factor over the factor of the first stored bar: what turns a traded price into an adjusted one."""
        if self._scale is None:
            self._scale = self._load("factor") / self._base
        return self._scale

    def _compute(self, name: str) -> FloatPanel:
        match name:
            case "open" | "high" | "low" | "close":
                return self._load(name) * self._scaling()
            case "volume":
                return self._load(name) / self._scaling()
            case "vwap":
                return self._load("amount") / self._load("volume") * self._scaling()
            case "pct_change":
                change: FloatPanel = (self._load("close") / self._load("pre_close") - 1.0) * 100.0
                return change
            case "cap" | "market_cap":
                return self._load("close") * self._load("shares")
            case "raw_open" | "raw_high" | "raw_low" | "raw_close" | "raw_volume":
                return self._load(name.removeprefix("raw_"))
            case "day" | "weekday" | "month":
                return np.broadcast_to(_date_part(name, self._days)[:, None], (self._days.size, self._base.size))
            case _:
                return self._load(name)


def _date_part(name: str, days: Days) -> FloatPanel:
    months = days.astype("datetime64[M]")
    if name == "weekday":
        part = (days.astype(np.int64) + 3) % 7
    elif name == "month":
        part = months.astype(np.int64) % 12 + 1
    else:
        part = (days - months.astype("datetime64[D]")).astype(np.int64) + 1
    return np.asarray(part, dtype=np.float64)


def shares_from_turn(volume: FloatPanel, turn: FloatPanel) -> FloatPanel:
    """Float shares of each session: volume / turn in percent × 100, the last known value until the next one.

    Shape: (T, N) both -> same; NaN before the first known value, never filled backwards.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        known = np.where((volume > 0) & (turn > 0), volume / turn * 100.0, np.nan)
    return carried_forward(known)


def returns_from_close(close: FloatPanel, factor: FloatPanel) -> FloatPanel:
    """Adjusted close over the last traded adjusted close, minus 1.

    Shape: (T, N) unadjusted closes, NaN where not traded, and cumulative factors -> same; NaN where not traded and on
           the first bar.
    """
    adjusted = close * factor
    before = np.full(adjusted.shape, np.nan)
    before[1:] = carried_forward(adjusted)[:-1]
    return np.asarray(adjusted / before - 1.0)


def carried_forward(x: FloatPanel) -> FloatPanel:
    """Each missing value replaced by the last known one above it. Shape: (T, N) -> same."""
    out = np.array(x, dtype=np.float64)
    for t in range(1, out.shape[0]):
        np.copyto(out[t], out[t - 1], where=np.isnan(out[t]))
    return out
