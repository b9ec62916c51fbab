"""A market of ours in Qlib's conventions: prices scaled so that each instrument's first valid close is 1.

Source: the data collectors of microsoft/qlib: adjusted prices and the factor are divided by the first valid close, volume
is multiplied by it, `change` is the close over the last valid close minus 1, and every field of a session without trade is
missing. So `$close / $factor` is the traded price and `$volume * $factor` the traded shares. `amount` stays in yuan.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.errors import NoData, NotFound, UnknownUniverse
from quantgpt.foundations.panel import BoolPanel, Days, FloatPanel
from quantgpt.market.calendar import sessions_since
from quantgpt.market.derive import PanelFields
from quantgpt.market.market import Market
from quantgpt.market.qlib_folder.calendar import frequency
from quantgpt.market.qlib_folder.codes import qlib_code
from quantgpt.market.qlib_folder.instruments import Membership
from quantgpt.market.qlib_folder.panels import Panels, clipped, lacking, padded_float32
from quantgpt.market.universes import SMALL_SCALE

PRICES = ("open", "high", "low", "close")
OWN = (*PRICES, "volume", "change", "factor")
"""Fields that every market has in Qlib's conventions; `amount` and `vwap` where it knows the turnover."""
INDEX_FIELDS = ("close", "change", "factor")
"""What a market knows of an index."""
OUR_UNIVERSES = {"csi300": "hs300", "zz500": "csi500", "zz1000": "csi1000"}
"""Names of universes that are usual elsewhere, and ours for them."""


class QlibMarket:
    """The panels of a market as a Qlib folder would hold them, to the bit. Rows are the sessions of the store.

    With `own_fields` the fields are those of our own dialect instead: float64, adjusted to the first stored bar.
    """

    def __init__(self, market: Market, *, own_fields: bool = False) -> None:
        self._market = market
        self._own_fields = own_fields
        facts = market.facts
        codes = [qlib_code(symbol) for symbol in facts.assets.tolist()]
        self._column = {code: j for j, code in enumerate(codes)}
        self._index = {qlib_code(symbol): k for k, symbol in enumerate(facts.index_codes.tolist())}

    @property
    def label(self) -> str:
        """The market's name."""
        return self._market.name

    @property
    def market(self) -> Market:
        """The market behind it."""
        return self._market

    @property
    def codes(self) -> tuple[str, ...]:
        """Every stock, in Qlib's order."""
        return tuple(sorted(self._column))

    @property
    def index_codes(self) -> tuple[str, ...]:
        """Every index, in Qlib's order."""
        return tuple(sorted(self._index))

    def sessions(self, freq: str = "day") -> Days:
        """All sessions of the store.  Raises: NoData for another frequency or an empty market."""
        if frequency(freq) != "day":
            raise NoData(
                f"行情库 {self.label} 只提供日频特征，没有 {freq}",
                hint="frequencies: day",
                field="freq",
                nearest="day",
            )
        if not self._market.days.size:
            raise NoData("行情库里没有股票日线", hint="run: quantgpt data import PATH, or: quantgpt data demo")
        return self._market.days

    def holds_universe(self, name: str) -> bool:
        """Whether a name is one of a universe here, in any case."""
        plain = name.strip().lower()
        return OUR_UNIVERSES.get(plain, plain) in {"all", "small_scale", *self._market.facts.spells}

    def membership(self, universe: str, freq: str = "day") -> Membership:
        """The spells of a universe, cut to each name's bars.  Raises: UnknownUniverse."""
        facts, days = self._market.facts, self.sessions(freq)
        name = universe.strip().lower()
        name = OUR_UNIVERSES.get(name, name)
        if name in ("all", "small_scale"):
            wanted = self.codes if name == "all" else [qlib_code(symbol) for symbol in SMALL_SCALE]
            columns = [(code, self._column[code]) for code in wanted if code in self._column]
            return Membership({c: ((int(facts.first_row[j]), int(facts.last_row[j])),) for c, j in columns})
        if name not in facts.spells:
            known = ["all", "small_scale", *sorted(facts.spells)]
            other = [theirs for theirs, ours in OUR_UNIVERSES.items() if ours in known]
            near = difflib.get_close_matches(universe.strip().lower(), [*other, *known], n=1)
            raise UnknownUniverse(
                f"没有名为 {universe[:40]!r} 的股票池",
                hint=f"可用：{', '.join(known)}",
                field="instruments",
                nearest=near[0] if near else "hs300",
            )
        spells = facts.spells[name]
        end = np.where(np.isnat(spells.last), np.datetime64("2262-01-01", "D"), spells.last)
        begin_row = np.searchsorted(days, spells.first).tolist()
        stop_row = np.searchsorted(days, end, "right").tolist()
        spans: dict[str, list[tuple[int, int]]] = {}
        for symbol, begin, stop in zip(spells.codes.tolist(), begin_row, stop_row, strict=True):
            j = self._column.get(qlib_code(symbol))
            if j is None:
                continue
            low, high = max(begin, int(facts.first_row[j])), min(stop - 1, int(facts.last_row[j]))
            if low <= high:
                spans.setdefault(qlib_code(symbol), []).append((low, high))
        return Membership({code: tuple(own) for code, own in spans.items()})

    @cached_property
    def stock_fields(self) -> frozenset[str]:
        """Fields that every stock has."""
        known = self._market.expression_fields()
        return known if self._own_fields else (known - {"returns"}) | frozenset(OWN)

    def known_fields(self, codes: Sequence[str], freq: str = "day") -> frozenset[str]:
        """Fields that at least one of the instruments has; of nobody, those of stocks.

        Raises: NotFound for one that is not there.
        """
        self.sessions(freq)
        gone = [code for code in codes if code not in self._column and code not in self._index]
        if gone:
            near = difflib.get_close_matches(gone[0], [*self._column, *self._index], n=1, cutoff=0.5)
            raise NotFound(
                f"行情库 {self.label} 没有证券 {'、'.join(gone[:8])}",
                hint=f"nearest: {near[0]}" if near else f"the market holds {len(self._column)} stocks",
                field="instruments",
                nearest=near[0] if near else None,
            )
        stocks = any(code in self._column for code in codes)
        return self.stock_fields if stocks or not codes else self._index_fields()

    def panels(
        self, codes: Sequence[str], fields: Sequence[str], freq: str = "day", rows: slice | None = None
    ) -> Panels:
        """Fields of some instruments over some rows of the store.

        Shape:  (T, n) for each field: float32 in Qlib's conventions, float64 in ours.
        Raises: NotFound for an instrument, NoData for a field that an instrument lacks.
        """
        days = self.sessions(freq)
        codes = tuple(codes)
        self.known_fields(codes, freq)
        rows = slice(0, days.size) if rows is None else rows
        self._refuse_lacking(codes, fields)
        stocks = np.array([j for j, code in enumerate(codes) if code in self._column], dtype=np.int64)
        indices = np.array([j for j, code in enumerate(codes) if code in self._index], dtype=np.int64)
        own = np.array([self._column[codes[j]] for j in stocks], dtype=np.int64)
        made = self._stock_panels(own, tuple(fields), rows)
        if indices.size:
            level = [self._index[codes[j]] for j in indices]
            made = self._with_indices(made, stocks, indices, level, rows)
        extents = np.array([self.extent(code) for code in codes], dtype=np.int64).reshape(-1, 2)
        first, last = clipped(extents[:, 0], extents[:, 1], rows)
        return Panels(days=days[rows], codes=codes, fields=made, first=first, last=last)

    def eligible(self, codes: Sequence[str], rows: slice, member: BoolPanel | None) -> BoolPanel | None:
        """Members that trade, have been listed for 60 sessions and are not known to be ST; never an index."""
        facts = self._market.facts
        out = np.zeros((rows.stop - rows.start, len(codes)), dtype=bool)
        stocks = [j for j, code in enumerate(codes) if code in self._column]
        own = np.array([self._column[codes[j]] for j in stocks], dtype=np.int64)
        days = facts.days[rows]
        age = sessions_since(days, facts.list_day[own], facts.calendar)
        listed = ~(days[:, None] > facts.delist_day[own][None, :])
        st = self._take("st", rows, own)
        traded = self._take("traded", rows, own).view(np.bool_)
        out[:, stocks] = traded & listed & (age >= 60) & (st != 1)
        return out if member is None else out & member

    def industry(self, codes: Sequence[str]) -> NDArray[np.int16] | None:
        """The industry of each name; -1 for indices and where it is not known."""
        if not self._market.has_industry:
            return None
        own = self._market.facts.industry
        return np.array([own[self._column[c]] if c in self._column else -1 for c in codes], dtype=np.int16)

    def extent(self, code: str) -> tuple[int, int]:
        """First and last row with a bar of a stock or an index; the last lies before the first where there is none."""
        if code in self._index:
            live = np.flatnonzero(np.isfinite(self._index_level(self._index[code])))
            return (int(live[0]), int(live[-1])) if live.size else (0, -1)
        facts, j = self._market.facts, self._column[code]
        return int(facts.first_row[j]), int(facts.last_row[j])

    def _index_fields(self) -> frozenset[str]:
        return frozenset() if self._own_fields else frozenset(INDEX_FIELDS)

    def _refuse_lacking(self, codes: tuple[str, ...], fields: Sequence[str]) -> None:
        gaps: dict[str, list[str]] = {}
        for name in fields:
            gone = [
                code
                for code in codes
                if name not in (self.stock_fields if code in self._column else self._index_fields())
            ]
            if gone:
                gaps[name] = gone
        if gaps:
            raise lacking(f"行情库 {self.label}", gaps, f"of an index it knows {', '.join(INDEX_FIELDS)}")

    def _take(self, name: str, rows: slice, columns: NDArray[np.int64]) -> NDArray[Any]:
        """Columns of a stored panel in any order."""
        order = np.argsort(columns)
        if (order[1:] > order[:-1]).all():
            return self._market.part(name, rows, columns)
        back = np.argsort(order)
        return np.ascontiguousarray(self._market.part(name, rows, columns[order])[:, back])

    def _stock_panels(
        self, columns: NDArray[np.int64], fields: tuple[str, ...], rows: slice
    ) -> dict[str, NDArray[np.floating]]:
        facts = self._market.facts
        loaded: dict[str, FloatPanel] = {}

        def take(name: str) -> FloatPanel:
            if name not in loaded:
                loaded[name] = self._take(name, rows, columns)
            return loaded[name]

        stored = frozenset(self._market.manifest.panels)
        plain = PanelFields(take, facts.base[columns], facts.days[rows], stored)
        if self._own_fields:
            return {name: plain[name] for name in fields}
        out: dict[str, NDArray[np.floating]] = {}
        with np.errstate(all="ignore"):
            closed = ~(np.isfinite(take("close")) & (take("volume") > 0))
            scale = take("factor") / self.first_close(columns)
            for name in fields:
                panel = padded_float32(closed.shape[0], closed.shape[1])
                panel[...] = self._convert(name, take, plain, scale)
                panel[closed] = np.nan
                out[name] = panel
        return out

    @staticmethod
    def _convert(name: str, take: Callable[[str], FloatPanel], plain: PanelFields, scale: FloatPanel) -> FloatPanel:
        match name:
            case "open" | "high" | "low" | "close":
                return np.asarray(take(name) * scale)
            case "volume":
                return np.asarray(take(name) / scale)
            case "factor":
                return scale
            case "vwap":
                return np.asarray(take("amount") / take("volume") * scale)
            case "change":
                return np.asarray(take("returns"))
            case _:
                return plain[name]

    def first_close(self, columns: NDArray[np.int64]) -> FloatPanel:
        """The first valid close of each stock in the whole store, times its factor; 1 where it never traded. (n,)."""
        facts = self._market.facts
        close, factor = self._market.raw("close"), self._market.raw("factor")
        volume = self._market.raw("volume")
        out = np.ones(columns.size)
        for i, j in enumerate(columns.tolist()):
            begin, stop = int(facts.first_row[j]), int(facts.last_row[j]) + 1
            for low, high in ((begin, min(begin + 8, stop)), (begin, stop)):
                live = np.flatnonzero(np.isfinite(close[low:high, j]) & (volume[low:high, j] > 0))
                if live.size:
                    out[i] = close[low + live[0], j] * factor[low + live[0], j]
                    break
        return out

    def _index_level(self, k: int) -> FloatPanel:
        return self._market.index_close(str(self._market.facts.index_codes[k]))

    def _with_indices(
        self,
        made: Mapping[str, NDArray[np.floating]],
        stocks: NDArray[np.int64],
        indices: NDArray[np.int64],
        level: list[int],
        rows: slice,
    ) -> dict[str, NDArray[np.floating]]:
        """The panels of stocks with columns of indices set between them."""
        out: dict[str, NDArray[np.floating]] = {}
        lines = [_index_lines(self._index_level(k)) for k in level]
        for name, panel in made.items():
            whole = padded_float32(rows.stop - rows.start, stocks.size + indices.size)
            whole[:, stocks] = panel
            for j, line in zip(indices.tolist(), lines, strict=True):
                whole[:, j] = line[name][rows]
            out[name] = whole
        return out


def _index_lines(level: FloatPanel) -> dict[str, FloatPanel]:
    """An index's level over the whole store in Qlib's conventions. Shape: (T,) each."""
    live = np.flatnonzero(np.isfinite(level))
    base = level[live[0]] if live.size else 1.0
    change = np.full(level.size, np.nan)
    change[live[1:]] = level[live[1:]] / level[live[:-1]] - 1.0
    return {"close": level / base, "change": change, "factor": np.where(np.isfinite(level), 1.0 / base, np.nan)}
