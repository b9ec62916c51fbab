"""Many factors on one panel: what they share is made once, the factors are spread over processes that share the panel."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from quantgpt.foundations.errors import QuantError
from quantgpt.foundations.panel import FloatPanel, MarketView
from quantgpt.foundations.processes import Lost, spread

if TYPE_CHECKING:
    from quantgpt.backtest.computed import FactorTestSpec
    from quantgpt.backtest.factor_test import FactorTestResult
    from quantgpt.backtest.quick_test import QuickTest
    from quantgpt.backtest.shared import Shared
    from quantgpt.expr import Expression

log = logging.getLogger(__name__)

Mode = Literal["full", "quick"]
BATCH = 8
"""factors that a quick evaluation computes together, so that what their expressions share is computed once"""
BROKEN = "计算过程中发生内部错误"


@dataclass(frozen=True)
class Candidate:
    """One factor and how it is tested."""

    expression: Expression
    spec: FactorTestSpec


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one candidate: a full result or a quick one, or the reason why there is none.

    `more` is what `after` made of the result in the process that computed it; `error` and `error_facts` are those that
    a refused test shows.
    """

    index: int
    full: FactorTestResult | None = None
    quick: QuickTest | None = None
    more: Any = None
    error: str | None = None
    error_facts: dict[str, Any] = field(default_factory=dict)


class SharedPanel:
    """One market view and everything of a test on it that is the same for all factors.

    The view may hold more warm-up than a factor needs: no figure depends on it. It must hold `expression.warmup` rows
    before the first session asked for where the market has them; `holds` says whether it does.
    """

    def __init__(self, view: MarketView) -> None:
        self.view = view
        self._shared: dict[tuple[int, str], Shared] = {}

    def holds(self, expression: Expression) -> bool:
        """The rows before the span reach as far back as the expression looks."""
        return expression.warmup <= self.view.first

    def shared(self, spec: FactorTestSpec) -> Shared:
        """What tests of that holding period and execution share."""
        from quantgpt.backtest.shared import Shared

        key = (spec.holding_period, spec.execution)
        return self._shared.setdefault(key, Shared.of(self.view, spec))

    def factors(self, expressions: Sequence[Expression]) -> list[FloatPanel]:
        """The panels of some expressions, common parts computed once. Raises: NoData."""
        from quantgpt.expr import EvalInputs, evaluate

        return evaluate(expressions, EvalInputs.of(self.view))

    def prepare(self, candidates: Sequence[Candidate]) -> None:
        """Load fields, compile operators and make everything shared, so that forked copies have it."""
        from quantgpt.expr.tree import walk

        for candidate in candidates:
            for name in candidate.expression.fields:
                if name in self.view.fields:
                    _ = self.view.fields[name]
            for node in walk(candidate.expression.plan):
                if node.operator is not None:
                    node.operator.compiled()
            self.shared(candidate.spec).make()


def evaluate_many(
    panel: SharedPanel,
    candidates: Sequence[Candidate],
    *,
    mode: Mode = "full",
    workers: int = 1,
    on_done: Callable[[Outcome], None] | None = None,
    after: Callable[[int, FactorTestResult], Any] | None = None,
) -> list[Outcome]:
    """Test every candidate on the panel; the outcomes in the order of the candidates.

    `full` gives the very result of `run_factor_test` alone, `quick` its IC and groups. With several `workers` the
    candidates are spread over forked copies of this process, which must have one thread then (else they are computed
    here); numbers do not depend on it. `on_done` hears of each outcome as it is known, in this process; `after` is
    called with the number and the full result in the process that computed it, and what it returns (picklable) is the
    outcome's `more`. A candidate that cannot be tested, or whose process died twice, has an `error`.
    """
    if workers > 1 and len(candidates) > 1:
        panel.prepare(candidates)
    size = BATCH if mode == "quick" else 1
    order = _order(candidates, mode)
    batches = [order[at : at + size] for at in range(0, len(order), size)]

    def work(batch: list[int]) -> Iterable[tuple[int, Outcome]]:
        return _work(panel, candidates, mode, after, batch)

    found: dict[int, Outcome] = {}
    with closing(spread(batches, work, workers)) as answers:
        for index, made in answers:
            lost = isinstance(made, Lost)
            found[index] = Outcome(index=index, error=made.reason, error_facts=_LOST) if lost else made
            if on_done is not None:
                on_done(found[index])
    return [found[index] for index in range(len(candidates))]


_LOST = {"kind": "internal", "code": "lost"}


def _order(candidates: Sequence[Candidate], mode: Mode) -> list[int]:
    """The order of work: quick ones that begin alike side by side, so that they share parts."""
    numbers = list(range(len(candidates)))
    return numbers if mode == "full" else sorted(numbers, key=lambda i: (candidates[i].expression.canonical, i))


def _work(
    panel: SharedPanel,
    candidates: Sequence[Candidate],
    mode: Mode,
    after: Callable[[int, FactorTestResult], Any] | None,
    batch: list[int],
) -> Iterator[tuple[int, Outcome]]:
    panels = _panels(panel, [candidates[index].expression for index in batch])
    for index, factor in zip(batch, panels, strict=True):
        try:
            if isinstance(factor, QuantError):
                raise factor
            yield index, _tested(panel, candidates[index].spec, mode, after, index, factor)
        except QuantError as error:
            yield index, Outcome(index=index, error=error.message, error_facts=_facts(error))
        except MemoryError:
            raise
        except Exception:
            log.exception("candidate %s broke", candidates[index].expression.text)
            yield index, Outcome(index=index, error=BROKEN, error_facts={"kind": "internal", "code": "broken"})


def _tested(
    panel: SharedPanel,
    spec: FactorTestSpec,
    mode: Mode,
    after: Callable[[int, FactorTestResult], Any] | None,
    index: int,
    factor: FloatPanel,
) -> Outcome:
    if mode == "quick":
        from quantgpt.backtest.quick_test import run_quick_test

        return Outcome(index=index, quick=run_quick_test(factor, spec, panel.shared(spec)))
    from quantgpt.backtest.factor_test import run_factor_test

    full = run_factor_test(panel.view, factor, spec, shared=panel.shared(spec))
    return Outcome(index=index, full=full, more=after(index, full) if after else None)


def _panels(panel: SharedPanel, expressions: list[Expression]) -> list[FloatPanel | QuantError]:
    """The panels, computed together, or one by one where one of them cannot be."""
    try:
        return list(panel.factors(expressions))
    except QuantError as error:
        if len(expressions) == 1:
            return [error]
    return [found for expression in expressions for found in _panels(panel, [expression])]


def _facts(error: QuantError) -> dict[str, Any]:
    return {
        "kind": str(error.kind),
        "code": getattr(error, "code", type(error).__name__),
        "field": error.field,
        "hint": error.hint,
    }
