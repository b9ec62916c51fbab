"""The ledger of trials as its owner and their jobs read it: briefings, pages, summaries."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from quantgpt.foundations.series import number
from quantgpt.services._base import App

if TYPE_CHECKING:
    from quantgpt.records.trials import LedgerCount, TrialRow

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
    number and Sharpe ratios. Trials without returns all come.
    """
    from quantgpt.services.trials import MOST_COMPARED, ledger_key

    market = ask.market or app.markets.open().name
    key = ledger_key(market, ask.universe, ask.start_date, ask.end_date)
    return {"ledger": briefing_of(key, app.records.trials.ledger(owner_id, key, with_returns=MOST_COMPARED))}


def briefing_of(key: str, rows: Sequence[TrialRow]) -> dict[str, Any]:
    """The ledger part of a briefing from its rows."""
    older = [row for row in rows if row.returns is None and row.sharpe_daily is not None]
    known = [row for row in rows if row.returns is not None or row.sharpe_daily is None]
    return {
        "key": key,
        "older": len(older),
        "older_sharpes": [row.sharpe_daily for row in older[-MOST_SHARPES:]],
        "rows": [
            {
                "label": row.label,
                "ok": row.ok,
                "lineage_id": row.lineage_id,
                "sharpe_daily": row.sharpe_daily,
                "returns": base64.b64encode(row.returns).decode() if row.returns is not None else None,
            }
            for row in known
        ],
    }


# -- pages -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LedgerPage:
    """One page of trials, newest first."""

    trials: list[dict[str, Any]]
    page: int
    page_size: int
    total: int


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
    rows, total = app.records.trials.page(
        owner_id, page=page, page_size=page_size, universe=universe, key=ledger, lineage_id=lineage_id
    )
    return LedgerPage([_shown(row) for row in rows], page, page_size, total)


def _shown(row: TrialRow) -> dict[str, Any]:
    hidden = ("owner_id", "returns")
    return {name: value for name, value in vars(row).items() if name not in hidden} | {"task_id": row.job_id}


def ledger_summary(app: App, owner_id: str, *, page: int = 1, page_size: int = 10) -> tuple[list[dict[str, Any]], int]:
    """A page of somebody's ledgers, the one used last first, and how many there are. Each: how many trials it holds, how
    many independent ones they are worth, how lucky the best of them may be."""
    counts = app.records.trials.counts(owner_id)
    shown = counts[(page - 1) * page_size : page * page_size]
    return [_summary(app, owner_id, count) for count in shown], len(counts)


def _summary(app: App, owner_id: str, count: LedgerCount) -> dict[str, Any]:
    from quantgpt.metrics.sharpe_inference import expected_best_sharpe
    from quantgpt.services.trials import MOST_COMPARED, TrialBook

    rows = app.records.trials.ledger(owner_id, count.ledger_key, with_returns=MOST_COMPARED)
    found = TrialBook.read({"ledger": briefing_of(count.ledger_key, rows)}).ledger()
    effective = max(found.counted, 1.0)
    sessions = max((row.sessions or 0 for row in rows), default=0)
    floor = 1.0 / (sessions - 1) if sessions > 1 else 0.0
    variance = floor if math.isnan(found.variance) else max(found.variance, floor)
    best = max((row.sharpe_daily for row in rows if row.sharpe_daily is not None), default=None)
    return {
        **vars(count),
        "effective_trials": round(effective, 2),
        "sharpe_variance": number(found.variance),
        "sharpe_hurdle_daily": number(expected_best_sharpe(effective, variance)),
        "best_sharpe_daily": best,
        "graded_b_or_better": sum(row.grade in ("A", "B") for row in rows),
    }
