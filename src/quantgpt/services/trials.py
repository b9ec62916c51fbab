"""The ledger as a computation sees it: what was tried before it, and what it adds. No database here.

A job is briefed with the ledger (`services.ledger.ledger_brief`), reads it into a `TrialBook`, asks it how many trials its
tests must be corrected for, and hands back a block for the result and a row for the ledger.
"""

from __future__ import annotations

import base64
import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from quantgpt.factors.search import Ledger, SearchFacts, judge_search, permutations_for
from quantgpt.foundations.hashing import hash_value
from quantgpt.foundations.series import number
from quantgpt.metrics.effective import effective_trials, sharpe_variance
from quantgpt.metrics.sharpe_inference import sharpe_moments

if TYPE_CHECKING:
    from quantgpt.factors.sealing import Seal
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
    lineage: str | None = None


@dataclass
class TrialBook:
    """The ledger at the time a job began, and what the job has tried since."""

    key: str = ""
    older: int = 0
    """trials of which nothing more is at hand than that they had returns"""
    sharpes: list[float] = field(default_factory=list)
    """daily Sharpe ratios of the older ones"""
    _entries: dict[str, Entry] = field(default_factory=dict)

    @classmethod
    def read(cls, briefing: Mapping[str, Any]) -> TrialBook:
        """The book of a briefing; an empty one where it has no ledger."""
        told = briefing.get("ledger") or {}
        book = cls(
            key=str(told.get("key", "")), older=int(told.get("older", 0)), sharpes=list(told.get("older_sharpes", ()))
        )
        for row in told.get("rows", ()):
            book._enter(row)
        return book

    def add(self, row: Mapping[str, Any], lineage_id: str | None = None) -> None:
        """Note a trial of this job, so that the next ones are corrected for it."""
        self._enter({**row, "lineage_id": lineage_id, "label": f"{row['expression_hash']}/{row['holding_period']}"})

    def _enter(self, row: Mapping[str, Any]) -> None:
        packed, sharpe = row.get("returns"), row.get("sharpe_daily")
        entry = Entry(
            label=str(row["label"]),
            ok=bool(row["ok"]),
            sharpe=math.nan if sharpe is None else float(sharpe),
            returns=unpack_returns(packed) if packed else None,
            lineage=row.get("lineage_id"),
        )
        self._entries.setdefault(entry.label, entry)

    def others(self, labels: Sequence[str] = ()) -> list[Entry]:
        """The trials at hand without those of `labels`."""
        return [entry for label, entry in self._entries.items() if label not in labels]

    def ledger(self, labels: Sequence[str] = ()) -> Ledger:
        """What counts as tried before, without the trials of `labels`."""
        others = self.others(labels)
        returns = [entry.returns for entry in others if entry.returns is not None]
        sharpes = np.array([*self.sharpes, *(entry.sharpe for entry in others)], dtype=np.float64)
        return Ledger(
            key=self.key,
            trials=self.older + len(others),
            effective=_effective(returns, self.older),
            returnless=len(others) - len(returns),
            variance=sharpe_variance(sharpes),
        )

    def trials_for(self, *identities: Identity) -> float:
        """Effective number of trials that the tests of these factors are corrected for, they themselves included.

        Of those about to be tested nothing is known yet: each counts in full.
        """
        labels = tuple({identity.label for identity in identities})
        return self.ledger(labels).counted + float(len(labels))

    def judge(self, identity: Identity, active: F64) -> SearchFacts:
        """The run of that factor against the luck of all trials in the book."""
        before = self.ledger((identity.label,))
        others = self.others((identity.label,))
        known = [entry.returns for entry in others if entry.returns is not None]
        own = np.where(np.isfinite(active), active, np.nan)
        effective = _effective([*known, own], self.older)
        sharpes = np.array([*self.sharpes, *(entry.sharpe for entry in others)], dtype=np.float64)
        return judge_search(own, before, effective + before.returnless, sharpes)

    def overfitting(self, lineage_id: str | None = None) -> dict[str, Any]:
        """What choosing among the trials of one lineage (None: of the whole book) was worth: the block `pbo`."""
        from quantgpt.metrics.pbo import probability_of_overfitting

        family = [
            entry.returns
            for entry in self._entries.values()
            if entry.returns is not None and lineage_id in (None, entry.lineage)
        ]
        return overfitting_json(probability_of_overfitting(laid_side_by_side(family)))


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


def _effective(returns: Sequence[F64], older: int) -> float:
    """Effective number of these trials and of `older` ones, which are taken to be as different from each other."""
    if not returns:
        return float(older)
    compared = returns[-MOST_COMPARED:]
    return effective_trials(laid_side_by_side(compared)) * (older + len(returns)) / len(compared)


# -- the two ends of one test ----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What a test must know of the search it is part of: the spec's `trials` and `permutations`."""

    trials: float
    permutations: int


def prepare(identity: Identity, briefing: Mapping[str, Any] | TrialBook) -> Correction:
    """The correction for one test out of its job's briefing."""
    book = briefing if isinstance(briefing, TrialBook) else TrialBook.read(briefing)
    trials = book.trials_for(identity)
    return Correction(trials=trials, permutations=permutations_for(trials))


def finish(
    identity: Identity,
    body: Mapping[str, Any],
    series: Mapping[str, Series],
    briefing: Mapping[str, Any] | TrialBook,
    *,
    kind: Kind = "test",
    seal: Seal | None = None,
    sealed: bool = False,
) -> tuple[dict[str, Any], tuple[dict[str, Any], ...]]:
    """The block `search` of a result and the rows for the ledger.

    `seal` is the sealed slice of the span (None: too short for one); `sealed` says that the run kept out of it. A run that
    did not has looked at the slice: that look is a trial of the slice, the second row.
    """
    book = briefing if isinstance(briefing, TrialBook) else TrialBook.read(briefing)
    active = active_of(body, series)
    facts = book.judge(identity, active)
    days = [str(day) for day in series["daily_returns"].index]
    rows = [trial_row(identity, body, active, days[0], kind)]
    if seal is not None and not sealed:
        rows.append(look_row(identity, seal, active, days))
    return facts.to_json() | {"ledger_key": identity.key, "sealed": _sealed(seal, sealed)}, tuple(rows)


def look_row(identity: Identity, seal: Seal, active: F64, days: Sequence[str]) -> dict[str, Any]:
    """The row of a plain run that went over a sealed slice: its returns there, counted in the slice's own ledger."""
    inside = [seal.first <= day <= seal.last for day in days]
    on_slice = replace(identity, start_date=seal.first, end_date=seal.last)
    first_day = next((day for day in days if day >= seal.first), seal.first)
    row = measured_row(on_slice, active[np.array(inside)], first_day, {}, "opening")
    return row | {"reason": "plain_run", "opened_ledger_key": identity.key}


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


def failed_row(identity: Identity, kind: Kind = "test") -> dict[str, Any]:
    """The row of a factor that was tried and gave no result: it counts as a whole trial."""
    return _identified(identity, kind) | {"ok": False}


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


# -- returns on the way ----------------------------------------------------------------------------------------------


def pack_returns(returns: F64) -> str:
    """Daily returns as text: float32, compressed, base64.

    >>> unpack_returns(pack_returns(np.array([0.5, -0.25]))).tolist()
    [0.5, -0.25]
    """
    raw = np.ascontiguousarray(returns, dtype="<f4").tobytes()
    return base64.b64encode(zlib.compress(raw, 6)).decode()


def unpack_returns(packed: str | bytes) -> F64:
    """What `pack_returns` packed, out of its text or of the bytes that the ledger keeps."""
    raw = base64.b64decode(packed) if isinstance(packed, str) else packed
    return np.frombuffer(zlib.decompress(raw), dtype="<f4").astype(np.float64)


def laid_side_by_side(returns: Sequence[F64]) -> F64:
    """Rows of different length as one table, NaN behind the end of the shorter ones.

    All runs of one ledger begin on the session after the first one asked for, so rows match from the left.
    """
    width = max((row.size for row in returns), default=0)
    out = np.full((len(returns), width), np.nan)
    for place, row in enumerate(returns):
        out[place, : row.size] = row
    return out
