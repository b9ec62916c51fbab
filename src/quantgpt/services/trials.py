"""The ledger as a computation sees it: what was tried before it, and what it adds. No database here.

A job is briefed with the ledger (`services.ledger.ledger_brief`), reads it into a `TrialBook`, asks it how many trials its
tests must be corrected for, and hands back a block for the result and a row for the ledger.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from quantgpt.factors.search import Ledger, SearchFacts, judge_search, permutations_for
from quantgpt.foundations.hashing import hash_value
from quantgpt.foundations.series import number
from quantgpt.metrics.effective import effective_trials, sharpe_variance
from quantgpt.metrics.sharpe_inference import sharpe_moments
from quantgpt.services.daily_returns import Placed, laid_by_day, pack_returns, shared_sessions, unpack_returns

if TYPE_CHECKING:
    from quantgpt.factors.sealing import Seal
    from quantgpt.foundations.panel import Days
    from quantgpt.foundations.series import Series
    from quantgpt.metrics.pbo import Overfitting

F64 = NDArray[np.float64]

Kind = Literal["test", "candidate", "sweep", "opening"]
MOST_COMPARED = 200
"""trials, the newest ones, whose returns are correlated with each other"""
NO_SEAL = {
    "zh": "区间太短，没有留出封存段：最后四分之一不足 120 个交易日",
    "en": "The span is too short for a sealed slice: its last quarter has fewer than 120 sessions",
}


def ledger_key(market: str, universe: str, start_date: str, end_date: str) -> str:
    """The name of the ledger that trials on one universe and span share.

    >>> ledger_key("demo", "hs300", "2023-01-01", "2025-12-31") == ledger_key("demo", "HS300", "2023-01-01", "2025-12-31")
    True
    """
    return hash_value([market, universe.lower(), start_date, end_date])[:24]


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What makes two trials the same one. The dates are those asked for, whether the slice was sealed or not."""

    market: str
    universe: str
    start_date: str
    end_date: str
    holding_period: int
    expression: str
    expression_hash: str

    @property
    def key(self) -> str:
        """The ledger it belongs to."""
        return ledger_key(self.market, self.universe, self.start_date, self.end_date)

    @property
    def label(self) -> str:
        """What tells it from the others of its ledger."""
        return f"{self.expression_hash}/{self.holding_period}"


@dataclass(frozen=True)
class Entry:
    """One trial as the book needs it; `returns` None where it has none at hand."""

    label: str
    ok: bool
    sharpe: float
    returns: F64 | None
    """daily, of consecutive sessions"""
    first_day: str = ""
    """day of the first return"""
    lineage: str | None = None


@dataclass
class TrialBook:
    """The ledger at the time a job began, and what the job has tried since."""

    key: str = ""
    days: Days | None = None
    """all sessions of the market: where returns are placed. None: all trials begin on the same one"""
    searched: list[tuple[str, str]] = field(default_factory=list)
    """spans on which a search kept its last quarter sealed"""
    older: int = 0
    """trials with returns that are not at hand"""
    older_sharpes: dict[str, float] = field(default_factory=dict)
    """daily Sharpe ratios of the newest of these, by the tag of their label"""
    _entries: dict[str, Entry] = field(default_factory=dict)

    @classmethod
    def read(cls, briefing: Mapping[str, Any], days: Days | None = None) -> TrialBook:
        """The book of a briefing; an empty one where it has no ledger.

        Shape: days (T,): all sessions of the market, rising.
        """
        told = briefing.get("ledger") or {}
        book = cls(
            key=str(told.get("key", "")),
            days=days,
            searched=[(str(first), str(last)) for first, last in told.get("searched", ())],
            older=int(told.get("older", 0)),
            older_sharpes=dict(told.get("older_sharpes", {})),
        )
        for row in told.get("rows", ()):
            book._enter(row)
        return book

    def add(self, row: Mapping[str, Any], lineage_id: str | None = None) -> None:
        """Note a trial of this job, so that the next ones are corrected for it. Its returns take the place of those that
        the same factor had on another span."""
        label = f"{row['expression_hash']}/{row['holding_period']}"
        if self.older_sharpes.pop(tag_of(label), None) is not None:
            self.older -= 1
        entry = self._enter({**row, "lineage_id": lineage_id, "label": label})
        if entry.returns is not None:
            self._entries[label] = entry

    def _enter(self, row: Mapping[str, Any]) -> Entry:
        packed, sharpe = row.get("returns"), row.get("sharpe_daily")
        entry = Entry(
            label=str(row["label"]),
            ok=bool(row["ok"]),
            sharpe=math.nan if sharpe is None else float(sharpe),
            returns=unpack_returns(packed) if packed else None,
            first_day=row.get("first_day") or "",
            lineage=row.get("lineage_id"),
        )
        self._entries.setdefault(entry.label, entry)
        return entry

    def others(self, labels: Sequence[str] = ()) -> list[Entry]:
        """The trials at hand without those of `labels`."""
        return [entry for label, entry in self._entries.items() if label not in labels]

    def ledger(self, labels: Sequence[str] = ()) -> Ledger:
        """What counts as tried before, without the trials of `labels`."""
        others, older = self.others(labels), self._older(labels)
        returns = [(entry.first_day, entry.returns) for entry in others if entry.returns is not None]
        return Ledger(
            key=self.key,
            trials=older + len(others),
            effective=self._effective(returns, older),
            returnless=len(others) - len(returns),
            variance=sharpe_variance(self._sharpes(labels)),
        )

    def _older(self, labels: Sequence[str]) -> int:
        """Trials whose returns are not at hand, without those of `labels`."""
        return self.older - sum(tag_of(label) in self.older_sharpes for label in set(labels))

    def _sharpes(self, labels: Sequence[str]) -> F64:
        """Daily Sharpe ratios of all trials but those of `labels`."""
        own = {tag_of(label) for label in labels}
        older = [sharpe for tag, sharpe in self.older_sharpes.items() if tag not in own]
        return np.array([*older, *(entry.sharpe for entry in self.others(labels))], dtype=np.float64)

    def trials_for(self, *identities: Identity) -> float:
        """Effective number of trials that the tests of these factors are corrected for, they themselves included.

        Of those about to be tested nothing is known yet: each counts in full.
        """
        labels = tuple({identity.label for identity in identities})
        return self.ledger(labels).counted + float(len(labels))

    def judge(self, identity: Identity, active: F64, first_day: str) -> SearchFacts:
        """The run of that factor, whose returns begin on `first_day`, against the luck of all trials in the book."""
        labels = (identity.label,)
        before = self.ledger(labels)
        known = [(entry.first_day, entry.returns) for entry in self.others(labels) if entry.returns is not None]
        own = np.where(np.isfinite(active), active, np.nan)
        effective = self._effective([*known, (first_day, own)], self._older(labels))
        return judge_search(own, before, effective + before.returnless, self._sharpes(labels))

    def overfitting(self, lineage_id: str | None = None, labels: Collection[str] | None = None) -> dict[str, Any]:
        """What choosing among the trials of one lineage and those of `labels` was worth, on the sessions that all of
        these saw (neither given: among all of the book): the block `pbo`."""
        from quantgpt.metrics.pbo import probability_of_overfitting

        everyone = lineage_id is None and labels is None
        family = [
            (entry.first_day, entry.returns)
            for entry in self._entries.values()
            if entry.returns is not None
            and (everyone or entry.label in (labels or ()) or entry.lineage == (lineage_id or ""))
        ]
        return overfitting_json(probability_of_overfitting(shared_sessions(laid_by_day(family, self.days))))

    def _effective(self, returns: Sequence[Placed], older: int) -> float:
        """Effective number of these trials and of `older` ones, which are taken to be as different from each other."""
        if not returns:
            return float(older)
        compared = returns[-MOST_COMPARED:]
        return effective_trials(laid_by_day(compared, self.days)) * (older + len(returns)) / len(compared)


def tag_of(label: str) -> str:
    """The label of a trial in short, where thousands are told of.

    >>> tag_of("0123456789abcdef0123456789abcdef/5")
    '0123456789abcdef/5'
    """
    expression_hash, _, holding_period = label.partition("/")
    return f"{expression_hash[:16]}/{holding_period}"


def overfitting_json(found: Overfitting) -> dict[str, Any]:
    """A probability of overfitting as results carry it; with `reason` instead of numbers where there is none."""
    edges, counts = found.histogram()
    return {
        "pbo": number(found.probability),
        "trials": found.trials,
        "left_out": found.left_out,
        "sessions": found.sessions,
        "blocks": found.blocks,
        "splits": found.splits,
        "degradation_slope": number(found.slope),
        "probability_of_loss": number(found.probability_of_loss),
        "logits": {"edges": edges, "counts": counts},
        "reason": None if found.lacking is None else {"zh": found.lacking.zh, "en": found.lacking.en},
    }


# -- the two ends of one test ----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What a test must know of the search it is part of: the spec's `trials` and `permutations`."""

    trials: float
    permutations: int


def prepare(identity: Identity, book: TrialBook) -> Correction:
    """The correction for one test out of its job's book."""
    trials = book.trials_for(identity)
    return Correction(trials=trials, permutations=permutations_for(trials))


def finish(
    identity: Identity,
    body: Mapping[str, Any],
    series: Mapping[str, Series],
    book: TrialBook,
    *,
    kind: Kind = "test",
    seal: Seal | None = None,
    sealed: bool = False,
) -> tuple[dict[str, Any], tuple[dict[str, Any], ...]]:
    """The block `search` of a result and the rows for the ledger: its own, and one for each sealed slice that it saw.

    `seal` is the sealed slice of the span (None: too short for one); `sealed` says that the run kept out of it. Opening a
    slice by choice is no look in passing.
    """
    active = active_of(body, series)
    days = [str(day) for day in series["daily_returns"].index]
    facts = book.judge(identity, active, days[0])
    rows = [trial_row(identity, body, active, days[0], kind)]
    if kind != "opening":
        rows += look_rows(identity, book, active, days)
    return facts.to_json() | {"ledger_key": identity.key, "sealed": _sealed(seal, sealed)}, tuple(rows)


def look_rows(identity: Identity, book: TrialBook, active: F64, days: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of a plain run that went over sealed slices, that of its own span or of spans that were searched: its
    returns there, counted in the slice's own ledger."""
    from quantgpt.factors.sealing import overlaps
    from quantgpt.services.sealing import seal_of

    own_span = (identity.start_date, identity.end_date)
    rows = []
    for start_date, end_date in dict.fromkeys((own_span, *book.searched)):
        seal = None if book.days is None else seal_of(book.days, start_date, end_date)
        if seal is None or not overlaps(seal, days[0], days[-1]):
            continue
        inside = [seal.first <= day <= seal.last for day in days]
        on_slice = replace(identity, start_date=seal.first, end_date=seal.last)
        row = measured_row(on_slice, active[np.array(inside)], days[inside.index(True)], {}, "opening")
        opened = ledger_key(identity.market, identity.universe, start_date, end_date)
        own = (start_date, end_date) == own_span
        rows.append(row | {"reason": "plain_run", "opened_ledger_key": opened, "own_span": own})
    return rows


def _sealed(seal: Seal | None, sealed: bool) -> dict[str, Any]:
    if seal is None:
        return {"state": "none", "reason": NO_SEAL}
    return {"state": "sealed" if sealed else "open", **seal.to_json()}


def active_of(body: Mapping[str, Any], series: Mapping[str, Series]) -> F64:
    """Daily net returns of the strategy less the average group before costs (see `factors.search`).

    The tables hold the groups net of costs; what they cost in all is spread evenly over the sessions, so that the mean is
    exact. Shape: (D,).
    """
    strategy = np.array(series["daily_returns"].columns["strategy"], dtype=np.float64)
    groups = series["group_nav"].columns
    levels = np.array([groups[label] for label in groups], dtype=np.float64)
    net = levels[:, 1:] / levels[:, :-1] - 1.0
    drag = np.array([body["backtest_summary"]["cost_drag_by_group"][label] for label in groups], dtype=np.float64)
    return np.asarray(strategy - net.mean(axis=0) - drag.mean() / strategy.size, dtype=np.float64)


def trial_row(
    identity: Identity, body: Mapping[str, Any], active: F64, first_day: str, kind: Kind = "test"
) -> dict[str, Any]:
    """The row of a full test that gave a result."""
    summary = body["backtest_summary"]
    figures = {
        "ic_mean": summary["ic_mean"],
        "rank_ic_mean": summary["rank_ic_mean"],
        "p_value": summary["rank_ic_p_permutation"],
        "score": body["score"],
        "grade": body["grade"],
    }
    return measured_row(identity, active, first_day, figures, kind)


def measured_row(
    identity: Identity, active: F64, first_day: str, figures: Mapping[str, Any], kind: Kind
) -> dict[str, Any]:
    """The row of a trial with daily returns; `figures` are those of ic_mean, rank_ic_mean, p_value, score, grade known."""
    sharpe, skew, kurtosis, sessions = sharpe_moments(active)
    return _identified(identity, kind) | {
        "ok": True,
        "sharpe_daily": number(sharpe),
        "sessions": sessions,
        "skew": number(skew),
        "kurtosis": number(kurtosis),
        "first_day": first_day,
        "returns": pack_returns(active),
        **figures,
    }


def failed_row(identity: Identity, kind: Kind = "test", kept_out_of: Seal | None = None) -> dict[str, Any]:
    """The row of a factor that was tried and gave no result: it counts as a whole trial, on the sessions before the slice
    that it kept out of."""
    row = _identified(identity, kind) | {"ok": False}
    if kept_out_of is None:
        return row
    return row | {"first_day": kept_out_of.open_first, "sessions": kept_out_of.open_sessions}


def _identified(identity: Identity, kind: Kind) -> dict[str, Any]:
    return {
        "ledger_key": identity.key,
        "market": identity.market,
        "universe": identity.universe,
        "start_date": identity.start_date,
        "end_date": identity.end_date,
        "holding_period": identity.holding_period,
        "expression": identity.expression,
        "expression_hash": identity.expression_hash,
        "kind": kind,
    }
