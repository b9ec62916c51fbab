"""The search against itself: how many factors "B or better" a whole search finds where there is nothing to find.

The market is the demo market, in which price features do predict something. The tie is cut by handing every name the
factor of another name, the same one on all sessions (one relabelling per market). Each factor column stays the true history
of one name, so persistence, missing spells and the common moves of factors are those of real prices, and so do returns,
limits and suspensions of the names held; what is lost is only which factor history belongs to which returns. A relabelling
by session would not do: it destroys persistence, and with it the turnover and the luck of slow factors.

The search is the one that iterations run: mutation strategies chosen by the bandit, duplicates by form, structure and
values, each factor tested in full and corrected for all trials before it, the best one the next parent, what failed
remembered. One ledger per market, empty to begin with.

The markets are made ones that rose: there every long-only group has a fine Sharpe ratio and return whatever the factor, so
that one candidate in ten reaches the points of a B, and nothing but the evidence, corrected for the number of trials, keeps
its grade down.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from quantgpt.backtest.computed import FactorTestSpec
from quantgpt.backtest.factor_test import run_factor_test
from quantgpt.expr import Expression, compile_expression
from quantgpt.factors.ic import Ranked, rank_rows
from quantgpt.factors.search import permutations_for
from quantgpt.foundations.errors import QuantError
from quantgpt.foundations.panel import FloatPanel
from quantgpt.market.demo import demo_view
from quantgpt.research.bandit import Bandit, reward
from quantgpt.research.duplicates import Seen
from quantgpt.research.evaluation import SharedPanel
from quantgpt.research.generation import Draft, Generation
from quantgpt.research.memory import Memory, Tried
from quantgpt.research.mutations import Ground, mutation_names
from quantgpt.services.trials import Identity, TrialBook, active_of, failed_row, trial_row

NAMES, SESSIONS, WARMUP, HOLDING = 120, 480, 320, 5
SUITE_MARKET, SUITE_NAMES, SUITE_SESSIONS = 61_010, 80, 360
GATE_MARKETS = (71_009, 71_013, 71_015, 71_020, 71_022)
LEAST_RISE = 1.0
"""annual Sharpe ratio of holding all names alike"""
PER_GENERATION = 10
SEEDS = (
    "rank(close / ts_mean(close, 20))",
    "-rank(ts_std(returns, 20))",
    "ts_corr(rank(close), rank(volume), 10)",
    "rank(volume / ts_mean(volume, 20)) * rank(ts_delta(close, 5) / close)",
    "-rank(ts_delta(close, 5) / close)",
)


@dataclass
class NoiseSearch:
    """A search on one relabelled market."""

    seed: int
    names: int = NAMES
    sessions: int = SESSIONS
    book: TrialBook = field(default_factory=TrialBook)
    tried: list[Tried] = field(default_factory=list)
    history: list[tuple[str, float]] = field(default_factory=list)
    grades: list[str] = field(default_factory=list)
    trials: list[float] = field(default_factory=list)
    uncapped: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        view = demo_view(assets=self.names, sessions=self.sessions, seed=self.seed, warmup=WARMUP)
        self.panel = SharedPanel(view)
        g = np.random.default_rng([self.seed, 6])
        self.relabelled = g.permutation(len(view.assets))
        self.rng = random.Random(self.seed)
        self.seen = Seen()
        self.best: tuple[float, Expression] | None = None
        self.lineage: tuple[Expression, float] | None = None

    def factor(self, expression: Expression) -> FloatPanel:
        """The factor, each column given to another name."""
        return np.ascontiguousarray(self.panel.factors([expression])[0][:, self.relabelled])

    def values(self, expressions: Sequence[Expression]) -> list[Ranked | None]:
        """Sorted values, for the third level of duplicates; those of every factor tested before are known already."""
        return [self._ranked(expression) for expression in expressions]

    def _ranked(self, expression: Expression) -> Ranked | None:
        try:
            return rank_rows(self.factor(expression), self.panel.view.eligible)
        except QuantError:
            return None

    def judged(self, expression: Expression, together: Sequence[Expression]) -> float | None:
        """One full test, corrected for the ledger and for those tried with it; its score."""
        who = identity(expression)
        trials = self.book.trials_for(*(identity(one) for one in (expression, *together)))
        spec = FactorTestSpec(
            holding_period=HOLDING, seed=len(self.grades), trials=trials, permutations=permutations_for(trials)
        )
        self.trials.append(trials)
        try:
            made = run_factor_test(self.panel.view, self.factor(expression), spec, shared=self.panel.shared(spec))
        except QuantError:
            self.grades.append("failed")
            self.book.add(failed_row(who, "candidate"))
            return None
        self.grades.append(made.body["grade"])
        self.uncapped.append(made.body["score_uncapped"])
        active = active_of(made.body, made.series)
        self.book.add(trial_row(who, made.body, active, "", "candidate"))
        return float(made.body["score"])

    def begin(self, text: str) -> None:
        """Start a lineage."""
        expression = compile_expression(text)
        self.seen.add(expression)
        score = self.judged(expression, ()) or 0.0
        self.lineage = (expression, score)

    def generation(self) -> None:
        """One iteration from the best factor of the lineage."""
        assert self.lineage is not None
        parent, parent_score = self.lineage
        ground = Ground(FIELDS, True, Memory.of(self.tried))
        made = Generation(
            parent=parent,
            ground=ground,
            bandit=Bandit.of(mutation_names(), self.history),
            seen=self.seen,
            rng=self.rng,
            values=self.values,
            rows=self.panel.shared(FactorTestSpec(holding_period=HOLDING)).rows,
        )
        drafts = [draft for draft in made.mutated(PER_GENERATION) if draft.expression is not None]
        for draft in drafts:
            self._learn(draft, drafts, parent_score)

    def _learn(self, draft: Draft, drafts: Sequence[Draft], parent_score: float) -> None:
        assert draft.expression is not None
        assert self.lineage is not None
        together = [other.expression for other in drafts if other.expression is not None]
        score = self.judged(draft.expression, together)
        self.history.append((draft.strategy, reward(score, parent_score)))
        error = "" if score is not None else "failed"
        self.tried.append(Tried(draft.expression, draft.strategy, score, parent_score, error))
        if score is not None and score > self.lineage[1]:
            self.lineage = (draft.expression, score)


FIELDS = frozenset({"open", "high", "low", "close", "volume", "amount", "vwap", "returns"})


def identity(expression: Expression) -> Identity:
    return Identity(
        market="demo",
        universe="all",
        start_date="2024-01-01",
        end_date="2025-12-31",
        holding_period=HOLDING,
        expression=expression.text,
        expression_hash=expression.hash,
    )


def searched(search: NoiseSearch, candidates: int) -> NoiseSearch:
    """A search of at least that many tested candidates on one market, over several lineages."""
    lineage = 0
    while len(search.grades) < candidates:
        search.begin(SEEDS[lineage % len(SEEDS)])
        search.tried, search.history = [], []
        lineage += 1
        for _ in range(max(candidates // PER_GENERATION // len(SEEDS), 2)):
            search.generation()
            if len(search.grades) >= candidates:
                break
    assert rise(search) > LEAST_RISE
    return search


def rise(search: NoiseSearch) -> float:
    """Annual Sharpe ratio of all names alike."""
    view = search.panel.view
    close = np.where(view.traded, view.fields["close"], np.nan)[view.first :]
    daily = np.nanmean(close[1:] / close[:-1] - 1.0, axis=1)
    return float(daily.mean() / daily.std() * np.sqrt(252))


def good(search: NoiseSearch) -> int:
    return sum(grade in ("A", "B") for grade in search.grades)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_search_on_noise_finds_almost_nothing() -> None:
    search = searched(NoiseSearch(SUITE_MARKET, SUITE_NAMES, SUITE_SESSIONS), 100)
    assert len(search.grades) >= 100
    assert search.grades.count("failed") <= 10
    assert sum(points >= 60 for points in search.uncapped) >= 3, "nothing for the evidence to keep down"
    assert good(search) <= 3, search.grades
    assert max(search.trials) > 40


@pytest.mark.gate
@pytest.mark.timeout(3600)
def test_a_thousand_candidates_on_noise_hold_at_most_nine_good_ones() -> None:
    found = [searched(NoiseSearch(market), 200) for market in GATE_MARKETS]
    assert sum(len(search.grades) for search in found) >= 1_000
    assert sum(good(search) for search in found) <= 9, [good(search) for search in found]
