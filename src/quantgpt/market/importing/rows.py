"""Raw rows in columns: one symbol and one time per row, sorted and unique once merged; to and from parquet."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from quantgpt.market.facts import Text

if TYPE_CHECKING:
    import pyarrow as pa

Column = NDArray[Any]

DAY, MICROSECOND = "D", "us"
PART_ROWS = 1 << 17
"""Rows of a part of a table of bars within the day, which can be read alone."""


@dataclass(frozen=True, kw_only=True)
class Rows:
    """A table of `n` rows. `symbols` is sorted; `symbol` points into it; `time` counts `unit`s since 1970."""

    symbols: Text
    symbol: NDArray[np.int32]
    time: NDArray[np.int64]
    values: Mapping[str, Column]
    unit: str = DAY

    @property
    def size(self) -> int:
        """Number of rows."""
        return int(self.time.size)

    @property
    def key(self) -> NDArray[np.int64]:
        """One number per row that orders by symbol, then time; equal for the same symbol and time.

        Days fit 22 bits (until the year 13,000), microseconds are counted in minutes' sixtieths: 42 bits.
        """
        if self.unit == DAY:
            return (self.symbol.astype(np.int64) << 22) + self.time
        return (self.symbol.astype(np.int64) << 42) + self.time // 1_000_000

    @property
    def days(self) -> NDArray[np.datetime64]:
        """The calendar day of each row."""
        return self.time.view(f"datetime64[{self.unit}]").astype("datetime64[D]")

    def take(self, at: NDArray[Any] | slice) -> Rows:
        """Some of the rows, by mask, index or slice."""
        values = {name: column[at] for name, column in self.values.items()}
        return Rows(symbols=self.symbols, symbol=self.symbol[at], time=self.time[at], values=values, unit=self.unit)

    def compact(self) -> Rows:
        """The same rows without symbols that have none."""
        used = np.unique(self.symbol)
        if used.size == self.symbols.size:
            return self
        place = np.zeros(self.symbols.size, dtype=np.int32)
        place[used] = np.arange(used.size)
        return Rows(
            symbols=self.symbols[used], symbol=place[self.symbol], time=self.time, values=self.values, unit=self.unit
        )

    def content(self) -> str:
        """SHA-256 (hex) of what the rows say, whatever file format they are kept in."""
        own = self.compact()
        digest = hashlib.sha256("\n".join(own.symbols.tolist()).encode())
        for name in sorted(own.values):
            column = own.values[name]
            digest.update(f"{name}{column.dtype.str}{column.size}".encode())
            digest.update(np.ascontiguousarray(column).data)
        digest.update(np.ascontiguousarray(own.symbol).data)
        digest.update(np.ascontiguousarray(own.time).data)
        return digest.hexdigest()

    def by_symbol(self) -> Iterator[tuple[str, Rows]]:
        """Each symbol's rows; the table must be sorted."""
        edges = np.flatnonzero(np.diff(self.symbol, prepend=-1, append=-1))
        for begin, stop in pairwise(edges.tolist()):
            yield str(self.symbols[self.symbol[begin]]), self.take(slice(begin, stop)).compact()

    def by_year(self) -> Iterator[tuple[int, Rows]]:
        """Rows of each calendar year, in the same order."""
        years = self.days.astype("datetime64[Y]").astype(np.int64) + 1970
        for year in np.unique(years).tolist():
            yield year, self.take(years == year)


def concat(parts: list[Rows]) -> Rows:
    """All rows of some tables with the same unit, in the order given. A column that a table lacks is missing there."""
    if len(parts) == 1:
        return parts[0]
    symbols = np.unique(np.concatenate([part.symbols for part in parts]))
    symbol = [np.searchsorted(symbols, part.symbols).astype(np.int32)[part.symbol] for part in parts]
    names = sorted({name for part in parts for name in part.values})
    values = {}
    for name in names:
        kind = next(part.values[name].dtype for part in parts if name in part.values)
        columns = [part.values[name] if name in part.values else _missing(part.size, kind) for part in parts]
        values[name] = np.concatenate(columns).astype(kind, copy=False)
    return Rows(
        symbols=symbols,
        symbol=np.concatenate(symbol),
        time=np.concatenate([part.time for part in parts]),
        values=values,
        unit=parts[0].unit,
    )


def _missing(size: int, kind: np.dtype[Any]) -> Column:
    return np.full(size, np.nan if kind.kind == "f" else -1, dtype=kind)


def same_values(rows: Rows, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether rows `left[i]` and `right[i]` say the same; missing equals missing."""
    same = np.ones(left.size, dtype=bool)
    for column in rows.values.values():
        a, b = column[left], column[right]
        equal = a == b
        if column.dtype.kind == "f":
            equal |= np.isnan(a) & np.isnan(b)
        same &= equal
    return same


@dataclass(frozen=True)
class Merged:
    """Old and new rows as one sorted table; for each new row whether it was added or changed something."""

    rows: Rows
    added: NDArray[np.bool_]
    changed: NDArray[np.bool_]


def merge(old: Rows | None, new: Rows) -> Merged:
    """Put new rows (unique in themselves) over old ones: where both have a row, the new one counts."""
    fresh = np.zeros(0 if old is None else old.size, dtype=bool)
    fresh = np.concatenate([fresh, np.ones(new.size, dtype=bool)])
    both = new if old is None else concat([old, new])
    order = np.argsort(both.key, kind="stable")
    key = both.key[order]
    superseded = np.zeros(order.size, dtype=bool)
    superseded[:-1] = key[:-1] == key[1:]
    winners = np.flatnonzero(superseded) + 1
    same = same_values(both, order[winners - 1], order[winners])
    added, changed = fresh.copy(), np.zeros(order.size, dtype=bool)
    added[order[winners]] = False
    changed[order[winners]] = ~same
    offset = order.size - new.size
    merged = both.take(order[~superseded]).compact()
    return Merged(merged, added[offset:], changed[offset:])


def to_parquet(rows: Rows) -> bytes:
    """The rows as a parquet file (zstd): code or symbol, date or time, then the values; missing as null."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    own = rows.compact()
    daily = own.unit == DAY
    code = pa.DictionaryArray.from_arrays(pa.array(own.symbol), pa.array(own.symbols.tolist(), pa.string()))
    time = pa.array(own.time.astype(np.int32), pa.date32()) if daily else pa.array(own.time, pa.timestamp("us"))
    columns: dict[str, Any] = {"code" if daily else "symbol": code, "date" if daily else "time": time}
    for name, column in own.values.items():
        columns[name] = pa.array(column, mask=np.isnan(column) if column.dtype.kind == "f" else None)
    sink = pa.BufferOutputStream()
    part = None if daily else PART_ROWS
    pq.write_table(pa.table(columns), sink, compression="zstd", compression_level=3, row_group_size=part)
    body: bytes = sink.getvalue().to_pybytes()
    return body


def from_parquet(path: Path) -> Rows:
    """Read what `to_parquet` wrote."""
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    names = table.column_names
    daily = names[1] == "date"
    symbols, symbol = symbols_of(table[names[0]])
    time = table[names[1]].cast("int32" if daily else "int64").to_numpy().astype(np.int64)
    values = {name: floats(table[name]) if name != "is_st" else flags(table[name]) for name in names[2:]}
    return Rows(symbols=symbols, symbol=symbol, time=time, values=values, unit=DAY if daily else MICROSECOND)


def floats(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """Numbers of an Arrow column as float64, missing as NaN."""
    return np.asarray(column.cast("float64", safe=False).to_numpy(), dtype=np.float64)


def flags(column: pa.ChunkedArray) -> NDArray[np.int8]:
    """Flags of an Arrow column as int8: 1, 0, and -1 for missing or anything else."""
    values = floats(column)
    return np.where(values == 1.0, 1, np.where(values == 0.0, 0, -1)).astype(np.int8)


def symbols_of(column: pa.ChunkedArray) -> tuple[Text, NDArray[np.int32]]:
    """Distinct strings of an Arrow column, sorted, and the place of each row's; -1 where it is null."""
    import pyarrow as pa

    encoded = column.combine_chunks()
    if not pa.types.is_dictionary(encoded.type):
        encoded = encoded.cast(pa.string()).dictionary_encode()
    words = np.array([str(word) for word in encoded.dictionary.to_pylist()], dtype=np.str_)
    if not words.size:
        return np.empty(0, dtype="<U1"), np.full(len(column), -1, dtype=np.int32)
    distinct, place = np.unique(words, return_inverse=True)
    at = encoded.indices.fill_null(-1).to_numpy().astype(np.int64)
    return distinct, np.where(at >= 0, place[at], -1).astype(np.int32)
