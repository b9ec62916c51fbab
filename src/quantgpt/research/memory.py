"""What a lineage has tried: the factors that failed, and the parts that keep coming back without paying."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from quantgpt.expr.canonical import text_of
from quantgpt.expr.expression import Expression
from quantgpt.expr.tree import Node, walk
from quantgpt.research.duplicates import form_of, sizes

LEAST_SIZE = 3
"""nodes of a part that can be frequent; smaller ones are the alphabet"""
LEAST_TIMES = 3
"""candidates in which a part must occur to be frequent"""
WINNERS = 5


@dataclass(frozen=True, slots=True)
class Tried:
    """One earlier candidate of a lineage: `score` None where it failed."""

    expression: Expression
    strategy: str = ""
    score: float | None = None
    parent_score: float | None = None
    error: str = ""


@dataclass(frozen=True)
class Memory:
    """What the earlier candidates of a lineage teach."""

    tried: Sequence[Tried] = ()
    failures: Mapping[str, str] = field(default_factory=dict)
    """reason by form, of candidates that could not be tested"""
    worn: Mapping[str, str] = field(default_factory=dict)
    """texts, by key, of parts that occur often in candidates which did not beat their parents"""

    @classmethod
    def of(cls, tried: Iterable[Tried]) -> Memory:
        """What these candidates teach, oldest first."""
        kept = tuple(tried)
        failures = {form_of(one.expression).key: one.error for one in kept if one.score is None and one.error}
        return cls(kept, failures, _worn(kept))

    def winners(self, at_most: int = WINNERS) -> list[Expression]:
        """The best scored candidates, best first, each form once."""
        scored = sorted((one for one in self.tried if one.score is not None), key=_rank)
        found: dict[str, Expression] = {}
        for one in scored:
            found.setdefault(form_of(one.expression).key, one.expression)
        return list(found.values())[:at_most]

    def failed_before(self, expression: Expression) -> str | None:
        """Why a factor that orders names like this one could not be tested."""
        return self.failures.get(form_of(expression).key)

    def wear(self, expression: Expression) -> float:
        """Share of the expression, by size, that consists of worn parts: 0 for fresh, 1 for nothing new."""
        if not self.worn:
            return 0.0
        counted = sizes(expression.tree)
        used = sum(size for key, size in counted.items() if size >= LEAST_SIZE and key in self.worn)
        whole = sum(size for size in counted.values() if size >= LEAST_SIZE)
        return used / whole if whole else 0.0

    def to_json(self) -> dict[str, Any]:
        """Counts for a result."""
        scored = sum(one.score is not None for one in self.tried)
        return {"tried": len(self.tried), "failed": len(self.tried) - scored, "worn_parts": len(self.worn)}


def _rank(one: Tried) -> tuple[float, str]:
    return -(one.score or 0.0), one.expression.text


def _worn(tried: Sequence[Tried]) -> dict[str, str]:
    """Parts of at least three candidates that beat their parents less than half of the time."""
    times: Counter[str] = Counter()
    gains: Counter[str] = Counter()
    nodes: dict[str, Node] = {}
    for one in tried:
        counted = sizes(one.expression.tree)
        better = one.score is not None and one.parent_score is not None and one.score > one.parent_score
        for node in walk(one.expression.tree):
            if counted[node.key] >= LEAST_SIZE:
                nodes[node.key] = node
                times[node.key] += 1
                gains[node.key] += better
    worn = [key for key, n in times.items() if n >= LEAST_TIMES and 2 * gains[key] < n]
    return {key: text_of(nodes[key]) for key in worn}
