"""One generation of a search: what a model or the mutations propose, until there are enough factors worth a test."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from quantgpt.expr.expression import Expression, compile_expression
from quantgpt.foundations.errors import BadExpression
from quantgpt.research.bandit import Bandit
from quantgpt.research.duplicates import Likeness, Seen
from quantgpt.research.mutations import Ground, mutations

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from quantgpt.factors.ic import Ranked
    from quantgpt.research.answers import Proposed

Origin = Literal["llm", "offline"]
ROUNDS = 5
"""times that mutations are asked again for what turned out to be duplicates"""
FALLBACK = "regenerate_full"
UNKNOWN = "unknown"
REPEATED = "重复表达式"


@dataclass(frozen=True, kw_only=True)
class Draft:
    """One proposed factor. With an `expression` it is worth a test, else `error` says why it is not."""

    text: str
    origin: Origin
    strategy: str
    expression: Expression | None = None
    error: str = ""
    hypothesis: str = ""
    direction: int | None = None
    """1 or −1 where the proposer expects high or low values to do well"""
    horizon: int | None = None
    overlap: float = 0.0
    """largest overlap with a factor known before"""
    likeness: Likeness | None = None
    """what it repeats"""


def read_draft(proposed: Proposed, strategy: str, ground: Ground) -> Draft:
    """A model's proposal, checked against the open market."""
    draft = Draft(
        text=proposed.expression, origin="llm", strategy=strategy, hypothesis=proposed.hypothesis,
        direction=proposed.direction, horizon=proposed.horizon,
    )  # fmt: skip
    try:
        expression = compile_expression(proposed.expression, fields=ground.fields, has_industry=ground.has_industry)
    except BadExpression as error:
        words = "括号错误" if error.code == "brackets" else "表达式验证失败"
        return replace(draft, error=f"{words}: {error.message}")
    return replace(draft, expression=expression)


class Generation:
    """Collects drafts of which none orders names like another, like the parent, or like an earlier trial.

    `values` gives the sorted values of some expressions (None for one without any), compared on `rows`.
    """

    def __init__(
        self,
        *,
        parent: Expression,
        ground: Ground,
        bandit: Bandit,
        seen: Seen,
        rng: random.Random,
        values: Callable[[Sequence[Expression]], list[Ranked | None]],
        rows: NDArray[np.int64],
    ) -> None:
        self.parent = parent
        self.ground = ground
        self.bandit = bandit
        self.seen = seen
        self.rng = rng
        self._values = values
        self._rows = rows

    def strategies(self, count: int) -> list[str]:
        """Strategies of a generation of that size."""
        return self.bandit.batch(count, self.rng)

    def mutated(self, count: int) -> list[Draft]:
        """`count` drafts by mutation; where nothing new is left to find, drafts that say so."""
        found: list[Draft] = []
        for _ in range(ROUNDS):
            missing = count - len(found)
            if not missing:
                break
            grown = [self._grown(strategy) for strategy in self.strategies(missing)]
            found += [draft for draft in self.screened([one for one in grown if one]) if draft.expression]
        lacking = [
            Draft(text=self.parent.text, origin="offline", strategy=FALLBACK, error=REPEATED)
            for _ in range(count - len(found))
        ]
        return found + lacking

    def _grown(self, strategy: str) -> Draft | None:
        """One mutation, not compared by values yet."""
        for name in dict.fromkeys((strategy, FALLBACK)):
            texts = mutations(name, self.parent, self.ground, self.rng, 1, self.seen)
            if texts:
                expression = compile_expression(
                    texts[0], fields=self.ground.fields, has_industry=self.ground.has_industry
                )
                draft = Draft(
                    text=texts[0], origin="offline", strategy=name, expression=expression,
                    overlap=self.seen.overlap(expression),
                )  # fmt: skip
                self.seen.add(expression)
                return draft
        return None

    def proposed(self, drafts: Iterable[Draft]) -> list[Draft]:
        """A model's drafts: those that repeat something known get an error, on all three levels."""
        out: list[Draft] = []
        for draft in drafts:
            if draft.expression is None:
                out.append(draft)
                continue
            same = self.seen.likeness(draft.expression)
            if same is not None:
                out.append(_repeated(draft, same))
                continue
            out.append(replace(draft, overlap=self.seen.overlap(draft.expression)))
            self.seen.add(draft.expression)
        return self.screened(out)

    def screened(self, drafts: Sequence[Draft]) -> list[Draft]:
        """The drafts after their values were compared with those of all that are known."""
        wanted = [draft.expression for draft in drafts if draft.expression is not None]
        values = iter(self._values(wanted))
        return [draft if draft.expression is None else self._compared(draft, next(values)) for draft in drafts]

    def _compared(self, draft: Draft, values: Ranked | None) -> Draft:
        if values is None or draft.expression is None:
            return draft
        same = self.seen.likeness_of_values(values, self._rows)
        if same is not None:
            return _repeated(draft, same)
        self.seen.add(draft.expression, values)
        return draft


def _repeated(draft: Draft, same: Likeness) -> Draft:
    return replace(draft, expression=None, error=REPEATED, likeness=same)
