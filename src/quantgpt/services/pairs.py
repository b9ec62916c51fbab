"""Candles and funding of crypto pairs out of an exchange into a market."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from quantgpt.foundations.clock import Clock
from quantgpt.foundations.errors import BadRequest
from quantgpt.foundations.progress import Progress, silent
from quantgpt.foundations.symbols import base_and_quote, crypto_symbol

if TYPE_CHECKING:
    import numpy as np

    from quantgpt.market import Market, MarketStore
    from quantgpt.market.importing import ImportReport
    from quantgpt.market.importing.rows import Rows
    from quantgpt.market.snapshots import SnapshotFolder
    from quantgpt.market.source import PairSource

MINUTES = {"1m": 1, "5m": 5, "15m": 15, "30m": 30, "1h": 60, "4h": 240}
"""Lengths that are fetched; longer ones are put together from them."""
DAY_MS = 86_400_000
FIRST_DAYS = 365
"""Days back that are fetched where there are no candles yet and no start is given."""
PART_ROWS = 100_000
"""Candles that are fetched and written at a time."""
FUNDING_MS = 8 * 3_600_000
"""Longest time between two funding instants."""
MOST_HOLES = 20
"""Holes in the stored funding that are asked for one by one; more are asked for as one span."""
_PAIR = re.compile(r"^[A-Z0-9]{5,20}$")


@dataclass(frozen=True, kw_only=True)
class FetchPair:
    """Fetch candles of a pair, and of a perpetual its funding, into a market; days inclusive, in UTC.

    Without `start` it goes on after the last stored candle, or begins a year back; without `end` it goes up to the last
    closed candle. Funding goes its own way: without `start` all that is missing of it beside the stored candles is asked for,
    so a run that failed between candles and funding, or left funding out, is made good by the next one.
    """

    symbol: str
    venue: str = "perp"
    """perp or spot"""
    timeframe: str = "1h"
    market: str = "main"
    start: str | None = None
    end: str | None = None
    funding: bool = True


def fetch_pair(
    store: MarketStore, source: PairSource, clock: Clock, ask: FetchPair, progress: Progress = silent
) -> ImportReport:
    """Fetch what is missing and write it, some candles at a time: a failure keeps what came before, and the next run goes
    on from there. A rollback returns to the state before.

    Raises: BadRequest, SourceFailed naming the vendor and the cause, Conflict, DiskFull.
    """
    from quantgpt.market.importing import nothing_missing, together

    _check(ask)
    folder = store.importable(ask.market)
    inside = crypto_symbol(ask.symbol, source.exchange, ask.venue)
    now_ms = int(clock.now().timestamp() * 1000)
    first, last = _span(store, ask, inside, now_ms)
    try:
        if first > last and not _rates_missing(store, ask, inside, first, last):
            return nothing_missing(folder, ask.market, source.name, _day_text(last))
        filters = source.filters(ask.symbol, ask.venue)
        done: list[ImportReport] = []
        for table, rows in _parts(store, source, ask, inside, first, last, progress):
            replaces = done[-1].snapshot if done else None
            done.append(_applied(folder, ask.market, source.name, clock, {table: rows}, {inside: filters}, replaces))
    finally:
        source.close()
    return together(done) if done else nothing_missing(folder, ask.market, source.name, _day_text(last))


def _check(ask: FetchPair) -> None:
    if not _PAIR.match(ask.symbol):
        raise BadRequest(
            f"交易对应写成 BTCUSDT 的样子，收到 {ask.symbol[:40]!r}",
            en=f"a pair is written like BTCUSDT, not {ask.symbol[:40]!r}",
            field="symbol",
        )
    base_and_quote(ask.symbol)
    if ask.venue not in ("perp", "spot"):
        raise BadRequest("market 应为 perp 或 spot", en="the market is perp or spot", field="market", nearest="perp")
    if ask.timeframe not in MINUTES:
        raise BadRequest(
            f"可取的 K 线：{'、'.join(MINUTES)}；更长的由它们合成",
            en=f"candles of {', '.join(MINUTES)} are fetched; longer ones are put together from them",
            field="timeframe",
            nearest="1h",
        )


def _span(store: MarketStore, ask: FetchPair, inside: str, now_ms: int) -> tuple[int, int]:
    """Open times of the first and the last candle to ask for.  Raises: BadRequest."""
    length = MINUTES[ask.timeframe] * 60_000
    closed = now_ms // length * length - length
    last = min(closed, _day_ms(ask.end, "end") + DAY_MS - length) if ask.end else closed
    if ask.start:
        first = _day_ms(ask.start, "start")
        if first > last:
            raise BadRequest(
                "开始日期晚于结束日期或最后一根已收盘的 K 线",
                en="the start is after the end or after the last closed candle",
                field="start",
                nearest=_day_text(last),
            )
        return first, last
    stored = _stored(store, ask, inside)
    return (stored[1] + length if stored else (last // DAY_MS - FIRST_DAYS) * DAY_MS), last


def _opened(store: MarketStore, market: str, table: str) -> Market | None:
    """The market where it has that table."""
    if market not in store.names() or table not in (opened := store.open(market)).manifest.tables:
        return None
    return opened


def _stored(store: MarketStore, ask: FetchPair, inside: str) -> tuple[int, int] | None:
    """Open times of the first and the last stored candle."""
    market = _opened(store, ask.market, f"bars/{ask.timeframe}/{inside}")
    if market is None:
        return None
    first, last = market.bars_span(inside, ask.timeframe)
    return first // 1000, last // 1000


def _rates_missing(store: MarketStore, ask: FetchPair, inside: str, first: int, last: int) -> list[tuple[int, int]]:
    """Spans to ask for funding in, both ends inclusive: with a start the whole of it; else the holes in what is stored, from
    the first stored candle to the close of the last one that is asked for. None for spot. Instants may be stamped late in
    their second."""
    import numpy as np

    length = MINUTES[ask.timeframe] * 60_000
    if ask.venue != "perp" or not ask.funding:
        return []
    if ask.start:
        return [(first, last + length + 999)]
    stored = _stored(store, ask, inside)
    if stored is None:
        return []
    begin, stop = stored[0], min(stored[1], last) + length
    market = _opened(store, ask.market, f"bars/funding/{inside}")
    if market is None:
        return [(begin, stop + 999)]
    known = market.bars(inside, "funding", ("time",))["time"].astype("datetime64[s]").astype(np.int64) * 1000
    known = known[(known >= begin) & (known <= stop)]
    edges = np.concatenate([[begin - 1000], known, [stop + 1000]])
    # no instant is more than eight hours after the one before; the next one is due as soon as the last two were apart
    longest = np.full(edges.size - 1, FUNDING_MS + 1000)
    longest[-1] = min(FUNDING_MS, int(known[-1] - known[-2])) if known.size > 1 else 0
    holes = [(int(edges[i]) + 1000, int(edges[i + 1]) - 1) for i in np.flatnonzero(np.diff(edges) > longest)]
    return holes if len(holes) <= MOST_HOLES else [(holes[0][0], holes[-1][1])]


def _ms(moment: np.datetime64) -> int:
    return int(moment.astype("datetime64[ms]").astype("int64"))


def _day_ms(text: str, field: str) -> int:
    from quantgpt.market.market import day_of

    return _ms(day_of(text, field))


def _day_text(ms: int) -> str:
    import numpy as np

    return str(np.datetime64(ms, "ms").astype("datetime64[D]"))


def _parts(
    store: MarketStore, source: PairSource, ask: FetchPair, inside: str, first: int, last: int, progress: Progress
) -> Iterator[tuple[str, Rows]]:
    """(table, rows) to be written one after the other; what funding is missing is looked for when the candles are there."""
    if first <= last:
        pages = source.candles(ask.symbol, ask.venue, ask.timeframe, first, last)
        for rows in _gathered(pages, first, last, progress):
            yield f"bars/{ask.timeframe}/{inside}", rows
    for begin, stop in _rates_missing(store, ask, inside, first, last):
        for rows in _gathered(source.funding(ask.symbol, begin, stop), begin, stop, silent):
            yield f"bars/funding/{inside}", rows


def _gathered(pages: Iterator[Rows], first: int, last: int, progress: Progress) -> Iterator[Rows]:
    """Pages put together to parts of at least PART_ROWS rows. A page that fails comes after what came before is written."""
    from quantgpt.market.importing.rows import concat

    held: list[Rows] = []
    failed: Exception | None = None
    try:
        for page in pages:
            held.append(page)
            at = int(page.time[-1]) // 1000
            progress("fetch", max(0.0, min(1.0, (at - first) / max(1, last - first))), _day_text(at))
            if sum(part.size for part in held) >= PART_ROWS:
                yield concat(held)
                held = []
    except Exception as error:
        failed = error
    if held:
        yield concat(held)
    if failed is not None:
        raise failed


def _applied(
    folder: SnapshotFolder,
    market: str,
    name: str,
    clock: Clock,
    tables: Mapping[str, Rows],
    filters: Mapping[str, Mapping[str, Any]],
    replaces: str | None,
) -> ImportReport:
    """Check rows like those of a file, and put them over the market."""
    from quantgpt.market.importing import Fetched, applied, checked
    from quantgpt.market.importing.file import FILTERS
    from quantgpt.market.importing.ledger import stored_calendar

    manifest = folder.manifest() if folder.exists else None
    fetched = Fetched(
        source=name,
        tables=tables,
        spells=(),
        instruments=(),
        calendar=stored_calendar(folder, manifest),
        index_names={},
    )
    found = checked(fetched, clock)
    sources = {
        f"{FILTERS}{symbol}": {"name": name, "kind": "filters", "filters": dict(f)} for symbol, f in filters.items()
    }
    return applied(
        folder, market, replace(found, batch=replace(found.batch, sources=sources)), clock, replaces=replaces
    )
