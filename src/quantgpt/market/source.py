"""The port through which the market store is fed from outside; connectors fill it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import TracebackType
from typing import Protocol, Self

from quantgpt.market.importing.reading import Instrument
from quantgpt.market.importing.rows import Rows


@dataclass(frozen=True, kw_only=True)
class DayOfMarket:
    """One session of the whole market: unadjusted bars, and valuations where the source gives them."""

    day: date
    stock: Rows
    valuation: Rows | None = None


@dataclass(frozen=True, kw_only=True)
class IndexList:
    """The members of one index as the source gave them for one day."""

    index: str
    day: date
    codes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ProbeStep:
    """One step of finding out whether a source works: client, dns, connect, login, query; `code` and `message` say why not."""

    step: str
    ok: bool
    milliseconds: float
    code: str = ""
    message: str = ""
    hint: str = ""


class Source(Protocol):
    """A vendor of daily A-share data. Used as a context manager: leaving it ends its child process.

    Every method raises SourceFailed, whose message names the vendor and the cause; none returns "no data" instead.
    """

    name: str

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def check(self) -> None:
        """Log in and ask for something small whose answer is known; says whether the source works now."""
        ...

    def probe(self, seconds: float) -> list[ProbeStep]:
        """The steps of `check`, each tried once, within so many seconds in all; the last one failed or all are fine.

        Never raises; afterwards the child process is gone.
        """
        ...

    def trade_days(self, first: date, last: date) -> list[date]:
        """Announced sessions from `first` to `last`."""
        ...

    def whole_market(self, day: date) -> DayOfMarket:
        """Every A-share on one session."""
        ...

    def adjust_factors(self, day: date) -> Mapping[str, float]:
        """Backward factor of each name that went ex on that day."""
        ...

    def index_bars(self, code: str, first: date, last: date) -> Rows:
        """Bars of one index."""
        ...

    def members(self, index: str, day: date) -> IndexList:
        """Members of one index on one day."""
        ...

    def instruments(self) -> list[Instrument]:
        """Names, listing and delisting days of all A-shares."""
        ...


class PairSource(Protocol):
    """An exchange of crypto pairs. Times are milliseconds since 1970, UTC; both ends are inclusive.

    Every method raises SourceFailed, whose message names the vendor and the cause, and BadRequest for a pair that the
    vendor does not have.
    """

    name: str
    exchange: str
    """as inside spellings of symbols name it"""

    def close(self) -> None:
        """Close the connections."""
        ...

    def candles(self, symbol: str, venue: str, timeframe: str, first_ms: int, last_ms: int) -> Iterator[Rows]:
        """Closed candles by open time, a page at a time, ascending."""
        ...

    def funding(self, symbol: str, first_ms: int, last_ms: int) -> Iterator[Rows]:
        """Funding rates of a perpetual, a page at a time, ascending."""
        ...

    def filters(self, symbol: str, venue: str) -> dict[str, str]:
        """What an order must keep to, by name, as decimal strings."""
        ...
