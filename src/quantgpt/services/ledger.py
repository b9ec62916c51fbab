"""The ledger of trials as its owner and their jobs read it: briefings, pages, summaries."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from quantgpt.foundations.errors import QuantError
from quantgpt.foundations.series import number
from quantgpt.services._base import App

if TYPE_CHECKING:
    from quantgpt.foundations.panel import Days
    from quantgpt.records.trials import BookedTrial, LedgerCount, TrialRow

MOST_SHARPES = 5_000


class Spanned(Protocol):
    """A request that names a universe and a span."""

    @property
    def market(self) -> str | None: ...
    @property
    def universe(self) -> str: ...
    @property
    def start_date(self) -> str: ...
    @property
    def end_date(self) -> str: ...


def ledger_brief(app: App, owner_id: str, ask: Spanned) -> dict[str, Any]:
    """What a job must know of the trials before it, in plain values: field `ledger` of its briefing.

    The newest 200 trials come with their returns, so that the job can correlate its own with them; of older ones their
    number, Sharpe ratios and short labels. Trials without returns all come. `searched`: spans with days in common on which a search
    kept its last quarter sealed.
    """
    market = ask.market or app.markets.open().name
    return brief_over(app, owner_id, market, ask.universe, ask.start_date, ask.end_date)


def brief_over(app: App, owner_id: str, market: str, universe: str, start_date: str, end_date: str) -> dict[str, Any]:
    """The same for a universe and a span."""
    from quantgpt.services.trials import MOST_COMPARED, ledger_key

    found = tried_over(app, owner_id, market, universe, start_date, end_date, with_returns=MOST_COMPARED)
    told = briefing_of(ledger_key(market, universe, start_date, end_date), found.rows)
    return {"ledger": {**told, "searched": [list(span) for span in found.searched]}}


def briefing_of(key: str, rows: Sequence[BookedTrial]) -> dict[str, Any]:
    """The ledger part of a briefing from its rows."""
    from quantgpt.services.trials import tag_of

    older = [row for row in rows if row.returns is None and row.sharpe_daily is not None]
    known = [row for row in rows if row.returns is not None or row.sharpe_daily is None]
    return {
        "key": key,
        "older": len(older),
        "older_sharpes": {tag_of(row.label): row.sharpe_daily for row in older[-MOST_SHARPES:]},
        "rows": [
            {
                "label": row.label,
                "ok": row.ok,
                "lineage_id": row.lineage_id,
                "sharpe_daily": row.sharpe_daily,
                "first_day": row.first_day,
                "returns": base64.b64encode(row.returns).decode() if row.returns is not None else None,
            }
            for row in known
        ],
    }


# -- what counts -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class TriedOver:
    """What somebody tried on a universe and a span. `rows`: the trials that count, oldest first, each factor once."""

    rows: list[BookedTrial]
    searched: list[tuple[str, str]]
    """spans with days in common on which there was a search"""


def tried_over(
    app: App,
    owner_id: str,
    market: str,
    universe: str,
    start_date: str,
    end_date: str,
    *,
    with_returns: int = 0,
) -> TriedOver:
    """The trials that a test of a universe and a span is corrected for: those that saw half of its sessions or more,
    whatever their own dates; the newest `with_returns` of them with their returns."""
    from quantgpt.services.trials import ledger_key

    spans = app.records.trials.spans_over(owner_id, market, universe, start_date, end_date)
    rows = app.records.trials.of_ledgers(owner_id, [span.ledger_key for span in spans])
    searched = sorted({(row.start_date, row.end_date) for row in rows if row.kind == "candidate" and row.lineage_id})
    key, days = ledger_key(market, universe, start_date, end_date), _sessions(app, market)
    seen = {span: _covers(days, span, (start_date, end_date)) for span in {_seen(row) for row in rows}}
    counted = [row for row in rows if row.ledger_key == key or seen[_seen(row)]]
    chosen = each_factor_once(counted, key)
    newest = [row.id for row in chosen if row.ok][-with_returns:] if with_returns else []
    returns = app.records.trials.returns_of(owner_id, newest) if newest else {}
    rows = [row._replace(returns=returns[row.id]) if row.id in returns else row for row in chosen]
    return TriedOver(rows=rows, searched=searched)


def _sessions(app: App, market: str) -> Days:
    """The sessions of a market; none where it is gone."""
    import numpy as np

    try:
        return app.markets.open(market).days
    except QuantError:
        return np.empty(0, dtype="datetime64[D]")


Seen = tuple[str, str, int]
"""the first day that a trial saw, the last one that it may have seen, how many sessions it saw (0: all of them)"""


def _seen(row: BookedTrial) -> Seen:
    """What a trial saw are the sessions of its returns: a candidate never saw the sealed slice of the span that it was
    asked for. Of one that failed no more may be known than that span."""
    return row.first_day or row.start_date, row.end_date, (row.sessions or 0) if row.first_day else 0


def _covers(days: Days, seen: Seen, asked: tuple[str, str]) -> bool:
    """Whether a trial saw at least half of the sessions of a span.

    Shape: days (T,): all sessions of the market, rising.
    """
    first, stop = _places(days, *asked)
    own_first, own_stop = _places(days, *seen[:2])
    own_stop = own_first + seen[2] if seen[2] else own_stop
    return stop > first and 2 * (min(stop, own_stop) - max(first, own_first)) >= stop - first


def _places(days: Days, start_date: str, end_date: str) -> tuple[int, int]:
    import numpy as np

    first, last = np.datetime64(start_date, "D"), np.datetime64(end_date, "D")
    return int(np.searchsorted(days, first)), int(np.searchsorted(days, last, "right"))


def each_factor_once(rows: Sequence[BookedTrial], key: str) -> list[BookedTrial]:
    """One trial of each factor and holding period, oldest first: one with returns before one without, a test before a look,
    one of the ledger `key` before others, the newest of these."""

    def worth(row: BookedTrial) -> tuple[bool, bool, bool, int]:
        return row.ok, row.kind != "opening", row.ledger_key == key, row.id

    chosen: dict[str, BookedTrial] = {}
    for row in rows:
        known = chosen.get(row.label)
        if known is None or worth(row) > worth(known):
            chosen[row.label] = row
    return sorted(chosen.values(), key=lambda row: row.id)


# -- pages -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LedgerPage:
    """One page of trials, newest first; `total`, `failed` and `repeats` count those of all pages."""

    trials: list[dict[str, Any]]
    page: int
    page_size: int
    total: int
    failed: int
    repeats: int


def ledger_page(
    app: App,
    owner_id: str,
    *,
    page: int = 1,
    page_size: int = 20,
    universe: str | None = None,
    ledger: str | None = None,
    lineage_id: str | None = None,
) -> LedgerPage:
    """A page of somebody's trials."""
    found = app.records.trials.page(
        owner_id, page=page, page_size=page_size, universe=universe, key=ledger, lineage_id=lineage_id
    )
    rows = [_shown(row, row.id in found.repeated) for row in found.rows]
    return LedgerPage(rows, page, page_size, found.total, found.failed, found.repeats)


def _shown(row: TrialRow, is_repeat: bool) -> dict[str, Any]:
    from quantgpt.metrics.returns import PERIODS

    hidden = ("owner_id", "returns")
    daily = row.sharpe_daily
    return {name: value for name, value in vars(row).items() if name not in hidden} | {
        "task_id": row.job_id,
        "sharpe_annual": None if daily is None else number(daily * math.sqrt(PERIODS)),
        "is_repeat": is_repeat,
    }


def ledger_summary(app: App, owner_id: str, *, page: int = 1, page_size: int = 10) -> tuple[list[dict[str, Any]], int]:
    """A page of somebody's ledgers, the one used last first, and how many there are. Each: how many trials it holds, how
    many independent ones they are worth, how lucky the best of them may be."""
    counts = app.records.trials.counts(owner_id)
    shown = counts[(page - 1) * page_size : page * page_size]
    return [_summary(app, owner_id, count) for count in shown], len(counts)


def _summary(app: App, owner_id: str, count: LedgerCount) -> dict[str, Any]:
    """One ledger: what counts as tried on its span, on spans that share most of it as well, and how lucky the best of
    that may be."""
    from quantgpt.metrics.sharpe_inference import expected_best_sharpe
    from quantgpt.services.trials import MOST_COMPARED, TrialBook

    span = (count.market, count.universe, count.start_date, count.end_date)
    rows = tried_over(app, owner_id, *span, with_returns=MOST_COMPARED).rows
    book = TrialBook.read({"ledger": briefing_of(count.ledger_key, rows)}, _sessions(app, count.market))
    found = book.ledger()
    effective = max(found.counted, 1.0)
    sessions = max((row.sessions or 0 for row in rows), default=0)
    floor = 1.0 / (sessions - 1) if sessions > 1 else 0.0
    variance = floor if math.isnan(found.variance) else max(found.variance, floor)
    best = max((row.sharpe_daily for row in rows if row.sharpe_daily is not None), default=None)
    return {
        **vars(count),
        "trials": len(rows),
        "failed": sum(not row.ok for row in rows),
        "effective_trials": round(effective, 2),
        "sharpe_variance": number(found.variance),
        "sharpe_hurdle_daily": number(expected_best_sharpe(effective, variance)),
        "best_sharpe_daily": best,
        "graded_b_or_better": sum(row.grade in ("A", "B") for row in rows),
    }
