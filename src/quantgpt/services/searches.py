"""The work behind an iteration: the parent tested again on the open slice, candidates drafted, tested and judged alike."""

from __future__ import annotations

import logging
import math
import os
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from quantgpt.expr import Expression
from quantgpt.factors.ic import Ranked, rank_rows
from quantgpt.factors.regimes import HISTORY
from quantgpt.factors.search import permutations_for
from quantgpt.foundations.errors import BadExpression, NoData
from quantgpt.foundations.hashing import hash_value
from quantgpt.foundations.progress import Note, Progress, tell
from quantgpt.research.bandit import Bandit, reward
from quantgpt.research.duplicates import Seen
from quantgpt.research.evaluation import Candidate, Outcome, SharedPanel, evaluate_many
from quantgpt.research.generation import Draft, Generation
from quantgpt.research.memory import Memory, Tried
from quantgpt.research.mutations import MOST_WARMUP, Ground, mutation_names
from quantgpt.services._base import App
from quantgpt.services.candidates import Tested, author_of, fast, shown, strategies_used
from quantgpt.services.expressions import compiled
from quantgpt.services.factor_tests import spec_of
from quantgpt.services.hindsight import cutoff_block
from quantgpt.services.panels import open_market
from quantgpt.services.sealing import open_span
from quantgpt.services.trials import (
    NO_SEAL,
    Correction,
    Identity,
    TrialBook,
    active_of,
    failed_row,
    trial_row,
)

if TYPE_CHECKING:
    from quantgpt.backtest.computed import FactorTestSpec
    from quantgpt.factors.sealing import Seal
    from quantgpt.market.market import Market
    from quantgpt.services.iterations import Iterate

log = logging.getLogger(__name__)

MOST_HELPERS = 4
COMPARED = 6
"""earlier factors, the most alike ones, whose values new candidates are compared with"""
STAGE = "iterating"
DRAFTED, TESTED = 0.25, 0.85


@dataclass
class Search:
    """One generation on one shared panel, sealed slice left out."""

    app: App
    ask: Iterate
    progress: Progress
    market: Market
    parent: Expression
    seal: Seal | None
    panel: SharedPanel
    book: TrialBook
    memory: Memory
    correction: Correction
    parent_body: dict[str, Any] = field(default_factory=dict)
    tested: list[Tested] = field(default_factory=list)
    asked: dict[str, Any] = field(default_factory=dict)
    """what became of the questions to a model"""
    added: int = 0
    """trials that were not in the ledger before"""

    @classmethod
    def open(cls, app: App, ask: Iterate, progress: Progress) -> Search:
        """Read the market and the briefing. Raises: BadExpression, NoData, UnknownUniverse."""
        market = open_market(app, ask.market, ask.snapshot)
        parent = compiled(ask.expression, market)
        end, seal = open_span(market.days, ask.start_date, ask.end_date)
        book = TrialBook.read(ask.briefing, market.days)
        return cls(
            app=app,
            ask=ask,
            progress=progress,
            market=market,
            parent=parent,
            seal=seal,
            panel=_panel(market, ask, end, max(MOST_WARMUP, parent.warmup)),
            book=book,
            memory=Memory.of(remembered(ask.briefing, market)),
            correction=_corrected(
                book.ledger((_identity(market, ask, parent).label,)).counted + 1.0 + ask.n_candidates
            ),
        )

    def step(self, name: str) -> None:
        """Tell which part of the work begins, and on how many names and sessions."""
        view = self.panel.view
        size = {"names": len(view.assets), "sessions": int(view.days.size - view.first)}
        tell(self.progress, Note(facts={"counts": {STAGE: {"step": name, **size}}}))

    # -- the parent ---------------------------------------------------------------------------------------------

    def score_parent(self) -> None:
        """Test the parent as its candidates will be tested. Raises NoData where it cannot be."""
        self.progress(STAGE, 0.05, "重新检验母因子")
        self.step("retest_parent")
        self.parent_body = self._parent_tested()
        self.progress(STAGE, 0.15, "")

    def _parent_tested(self) -> dict[str, Any]:
        found = evaluate_many(self.panel, [Candidate(self.parent, self._spec(self.parent, self.ask.direction))])[0]
        if found.full is None:
            raise NoData(found.error or "无法获取行情数据")
        return dict(found.full.body)

    def _correct_for(self, drafts: Sequence[Draft]) -> None:
        """Correct all tests for the very factors of this generation. Before they were drafted each was counted as one more;
        those that are in the ledger, or cannot be tested, are not. The parent is then tested again; its diagnosis, from
        which the drafts were made, stays."""
        drafted = [self.identity(draft.expression) for draft in drafts if draft.expression is not None]
        correction = _corrected(self.book.trials_for(self.identity(self.parent), *drafted))
        if not math.isclose(correction.trials, self.correction.trials, rel_tol=1e-12):
            self.correction = correction
            self.parent_body = {**self._parent_tested(), "diagnosis": self.diagnosis}

    @property
    def parent_score(self) -> float:
        """The parent's score on the open slice."""
        return float(self.parent_body["score"])

    @property
    def diagnosis(self) -> dict[str, Any]:
        """What to change about the parent, told from the open slice."""
        return dict(self.parent_body["diagnosis"])

    # -- candidates ---------------------------------------------------------------------------------------------

    def draft(self) -> list[Draft]:
        """The factors of this generation, from a model where there is one, else from mutation."""
        self.progress(STAGE, 0.16, "生成候选")
        self.step("drafting")
        market = self.market
        ground = Ground(market.expression_fields(), market.has_industry, self.memory)
        generation = Generation(
            parent=self.parent,
            ground=ground,
            bandit=self.bandit(),
            seen=self._seen(),
            rng=random.Random(self._seed()),
            values=self._values,
            rows=self.panel.shared(self._spec(self.parent, None)).rows,
        )
        wanted = self.ask.n_candidates
        drafts = self._from_model(generation, wanted)
        drafts += generation.mutated(wanted - len(drafts))
        self.progress(STAGE, DRAFTED, "")
        return drafts

    def bandit(self) -> Bandit:
        """What the lineage has learned about strategies."""
        history = [
            (one.strategy, reward(one.score, one.parent_score))
            for one in self.memory.tried
            if one.parent_score is not None and one.strategy
        ]
        return Bandit.of(mutation_names(), history, pull=self.diagnosis["strategy"])

    def _seen(self) -> Seen:
        """The parent, all earlier factors of the lineage and those that the owner keeps; with values the parent and the
        ones most like it."""
        kept = remembered({"lineage": [{"expression": e} for e in self.ask.briefing.get("library") or ()]}, self.market)
        known = [one.expression for one in (*self.memory.tried, *kept)]
        near = [one for one in Seen(known).most_alike(self.parent, COMPARED) if self.panel.holds(one)]
        seen = Seen()
        for expression, values in zip([self.parent, *near], self._values([self.parent, *near]), strict=True):
            seen.add(expression, values)
        for expression in known:
            seen.add(expression)
        return seen

    def _values(self, expressions: Sequence[Expression]) -> list[Ranked | None]:
        """Sorted values of some expressions; None where the market cannot give them."""
        fit = [one for one in expressions if self.panel.holds(one)]
        eligible = self.panel.shared(self._spec(self.parent, None)).eligible
        try:
            panels = dict(zip([one.hash for one in fit], self.panel.factors(fit), strict=True))
        except NoData:
            return [None] * len(expressions)
        return [rank_rows(panels[one.hash], eligible) if one.hash in panels else None for one in expressions]

    def _from_model(self, generation: Generation, wanted: int) -> list[Draft]:
        from quantgpt.services.proposals import ask_model

        drafts, self.asked = ask_model(self.app, self, generation, wanted)
        return drafts

    # -- tests --------------------------------------------------------------------------------------------------

    def test(self, drafts: Sequence[Draft]) -> None:
        """Test the drafts that are worth it, telling of each candidate as it is done."""
        self.tested = [Tested(draft) for draft in drafts]
        runnable = [at for at, draft in enumerate(drafts) if draft.expression is not None]
        for at, draft in enumerate(drafts):
            if draft.expression is None:
                self._done(self.tested[at])
        self._correct_for(drafts)
        self._reach_back(drafts)
        self.step("testing")
        candidates = [Candidate(e, self._spec(e, None)) for at in runnable if (e := drafts[at].expression) is not None]

        def on_done(found: Outcome) -> None:
            self._book(self.tested[runnable[found.index]], found)

        evaluate_many(self.panel, candidates, workers=helpers(self.app), on_done=on_done)

    def _reach_back(self, drafts: Sequence[Draft]) -> None:
        """Have the panel hold as much history as the drafts look back; no figure depends on more of it."""
        longest = max((draft.expression.warmup for draft in drafts if draft.expression is not None), default=0)
        if self.panel.view.first < longest:
            end = self.seal.open_last if self.seal else self.ask.end_date
            self.panel = _panel(self.market, self.ask, end, longest)

    def _book(self, tested: Tested, found: Outcome) -> None:
        expression = tested.draft.expression
        assert expression is not None
        identity = self.identity(expression)
        if found.full is None:
            tested.draft = replace(tested.draft, error=found.error or "未知错误")
            tested.row = failed_row(identity, "candidate", self.seal)
        else:
            tested.body, tested.series = dict(found.full.body), found.full.series
            tested.active = active_of(tested.body, tested.series)
            first = str(tested.series["daily_returns"].index[0])
            tested.row = trial_row(identity, tested.body, tested.active, first, "candidate")
            author = author_of(tested.draft, self.ask, self.asked)
            tested.cutoff = cutoff_block(author, tested.body, tested.series, self.app.settings.model_cutoff)
        self._done(tested)

    def _done(self, tested: Tested) -> None:
        tested.shown = shown(tested, with_rolling=self.ask.run_rolling_validation)
        done = sum(bool(one.shown) for one in self.tested)
        trials = (tested.row,) if tested.row else ()
        tell(self.progress, Note(part=tested.shown, trials=trials))
        self.progress(STAGE, DRAFTED + (TESTED - DRAFTED) * done / len(self.tested), f"候选 {done}/{len(self.tested)}")

    def judge(self) -> None:
        """Hold every candidate against the luck of all trials, those of this generation included."""
        before = len(self.book.others())
        for one in self.tested:
            if one.row:
                self.book.add(one.row, self.ask.briefing.get("lineage_id"))
        self.added = len(self.book.others()) - before
        for one in self.tested:
            if one.active is not None and one.row is not None and one.draft.expression is not None:
                facts = self.book.judge(self.identity(one.draft.expression), one.active, one.row["first_day"])
                one.shown["search"] = {**facts.to_json(), "sealed": self.sealed()}
        self.tested.sort(key=lambda one: (one.score is None, -(one.score or 0.0)))

    def sealed(self) -> dict[str, Any]:
        """What is kept out of sight."""
        if self.seal is None:
            return {"state": "none", "reason": NO_SEAL}
        return {"state": "sealed", **self.seal.to_json()}

    # -- what is shown ------------------------------------------------------------------------------------------

    def parent_json(self) -> dict[str, Any]:
        """The parent as it was tested here: by the same rubric, on the same sessions, corrected for the same trials."""
        body = self.parent_body
        names = ("component_scores", "score_uncapped", "caps", "backtest_summary", "metrics", "direction", "diagnosis")
        return {**{name: body[name] for name in names}, "anti_overfit": fast(body["anti_overfit"])}

    def family_json(self) -> dict[str, Any]:
        """The search as a whole: what it added to the ledger, what choosing from it is worth, what it has learned."""
        lineage = self.ask.briefing.get("lineage_id")
        found = self.book.ledger()
        bandit = self.bandit()
        for one in self.tested:
            bandit.learn(one.draft.strategy, reward(one.score, self.parent_score))
        beliefs = {name: round(a / (a + b), 4) for name, (a, b) in bandit.beliefs().items()}
        return {
            "ledger_key": self.book.key,
            "lineage_id": lineage,
            "trials": found.trials,
            "effective_trials": round(found.counted, 2),
            "trials_added": self.added,
            "pbo": self.book.overfitting(lineage, self._labels()),
            "sealed": self.sealed(),
            "strategies": strategies_used([one.draft for one in self.tested]),
            "expected_rewards": beliefs,
            "memory": self.memory.to_json(),
        }

    def _labels(self) -> set[str]:
        """What tells the candidates of this generation from other trials."""
        return {self.identity(one.draft.expression).label for one in self.tested if one.draft.expression is not None}

    def identity(self, expression: Expression) -> Identity:
        """What makes a trial of this search the same as another one."""
        return _identity(self.market, self.ask, expression)

    def _spec(self, expression: Expression, direction: int | None) -> FactorTestSpec:
        """How a factor of this search is tested: corrected for all trials before it and for the whole generation."""
        return spec_of(self.ask.test_of(expression.text, direction), expression, self.correction)

    def _seed(self) -> int:
        """Another one for every iteration of a lineage that began, the same for one that begins again before others do."""
        ask = self.ask
        begun = int(ask.briefing.get("iterations", 0))
        return int(hash_value([self.parent.hash, ask.universe, ask.start_date, ask.end_date, begun])[:8], 16)


def _corrected(trials: float) -> Correction:
    return Correction(trials=trials, permutations=permutations_for(trials))


def _identity(market: Market, ask: Iterate, expression: Expression) -> Identity:
    return Identity(
        market=market.name,
        universe=ask.universe,
        start_date=ask.start_date,
        end_date=ask.end_date,
        holding_period=ask.holding_period,
        expression=expression.text,
        expression_hash=expression.hash,
    )


def _panel(market: Market, ask: Iterate, end: str, history: int) -> SharedPanel:
    """The sessions up to `end` with so many before them where the market has them."""
    benchmark = ask.benchmark or None
    return SharedPanel(
        market.view(ask.universe, ask.start_date, end, benchmark=benchmark, history=max(history, HISTORY))
    )


def helpers(app: App) -> int:
    """Processes that share the work of one generation."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(app.settings.job_threads, min(cores, MOST_HELPERS))


def remembered(briefing: Mapping[str, Any], market: Market) -> list[Tried]:
    """The lineage's earlier candidates; what this market cannot read is left out."""
    found = []
    for row in briefing.get("lineage") or ():
        try:
            expression = compiled(str(row["expression"]), market)
        except BadExpression:
            continue
        found.append(
            Tried(
                expression, row.get("strategy") or "", row.get("score"), row.get("parent_score"), row.get("error") or ""
            )
        )
    return found
