"""Whether a factor says anything new: by what it computes, by what it is made of, by the values it gives."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from quantgpt.expr.expression import Expression, compile_expression, read_expression
from quantgpt.expr.tree import Node, fold
from quantgpt.foundations.errors import BadExpression
from quantgpt.operators._base import Takes
from quantgpt.research.ranking_form import RankingForm, ranking_form

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from quantgpt.factors.ic import Ranked

MOST_CORRELATION = 0.9
"""mean rank correlation, in absolute value, above which two factors count as one"""
NEAR_WINDOWS = 1.15
"""windows within this ratio of each other hardly differ"""
LEAST_SESSIONS = 20
"""sessions with a correlation below which values say nothing"""
EVERY = 5
"""one session in so many is compared"""
PUBLIC_LIBRARIES = ("kakushadze101", "gtja191", "alpha158")
SIMILAR = 0.6
"""overlap from which a public factor is named as similar"""

Level = Literal["form", "structure", "values"]


@dataclass(frozen=True, slots=True)
class Likeness:
    """Why a factor counts as a duplicate of `other`.

    `degree`: 1 for the same form, the overlap for a near twin, the rank correlation for values.
    """

    level: Level
    other: str
    degree: float

    @property
    def sentence(self) -> str:
        """The reason in one line."""
        how = {"form": "排序与它相同", "structure": "结构与它几乎相同", "values": "因子值与它高度相关"}[self.level]
        figure = f"（秩相关 {self.degree:.2f}）" if self.level == "values" else ""
        return f"重复表达式：{how}{figure}：{self.other}"


@functools.lru_cache(maxsize=4096)
def _form_of(expression: Expression) -> RankingForm:
    return ranking_form(expression.plan)


def form_of(expression: Expression) -> RankingForm:
    """What decides how the expression orders names."""
    return _form_of(expression)


# -- structure ------------------------------------------------------------------------------------------------------


def sizes(root: Node) -> dict[str, int]:
    """Number of nodes of every different sub-tree, by key."""
    done: dict[str, int] = {}
    fold(root, lambda node, parts: 1 + sum(parts), done)
    return done


def overlap(a: Expression, b: Expression) -> float:
    """Share of common sub-trees, each weighted by its size: 0 for nothing in common, 1 for the same tree.

    >>> price, volume = compile_expression("rank(close / open)"), compile_expression("rank(volume)")
    >>> overlap(price, price), overlap(price, volume)
    (1.0, 0.0)
    """
    one, other = sizes(a.plan), sizes(b.plan)
    common = sum(size for key, size in one.items() if key in other)
    whole = sum(one.values()) + sum(size for key, size in other.items() if key not in one)
    return common / whole


def near_twins(a: Expression, b: Expression) -> bool:
    """The same tree but for windows that hardly differ.

    >>> f = compile_expression
    >>> near_twins(f("ts_mean(close, 20)"), f("ts_mean(close, 21)"))
    True
    >>> near_twins(f("ts_mean(close, 20)"), f("ts_mean(close, 40)"))
    False
    """
    return _same_shape(a.plan, b.plan) and all(
        max(m, n) <= NEAR_WINDOWS * min(m, n) for m, n in zip(_windows(a.plan), _windows(b.plan), strict=True)
    )


def _windows(root: Node) -> list[float]:
    found = []
    for node in _in_order(root):
        if node.operator is not None:
            places = node.operator.places[node.operator.inputs :]
            found += [n for n, place in zip(node.numbers, places, strict=True) if place.takes is Takes.WINDOW]
    return found


def _same_shape(a: Node, b: Node) -> bool:
    one, other = list(_in_order(a)), list(_in_order(b))
    return len(one) == len(other) and all(_label(x) == _label(y) for x, y in zip(one, other, strict=True))


def _label(node: Node) -> tuple[object, ...]:
    operator = node.operator
    if operator is None:
        return node.kind, node.name, node.value
    places = operator.places[operator.inputs :]
    fixed = tuple(n for n, place in zip(node.numbers, places, strict=True) if place.takes is not Takes.WINDOW)
    return operator.name, len(node.parts), fixed


def _in_order(root: Node) -> Iterable[Node]:
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.parts))


# -- values ---------------------------------------------------------------------------------------------------------


def rank_correlation(a: Ranked, b: Ranked, rows: NDArray[np.int64]) -> float:
    """Mean rank correlation of two factors over one session in five of `rows`; NaN where too few can be compared."""
    import numpy as np

    from quantgpt.factors.ic import rank_ic

    found = rank_ic(a, b, np.ascontiguousarray(rows[::EVERY])).values
    known = found[np.isfinite(found)]
    enough = known.size >= min(LEAST_SESSIONS, max(1, rows.size // (2 * EVERY)))
    return float(known.mean()) if enough else float("nan")


# -- the three levels -----------------------------------------------------------------------------------------------


class Seen:
    """The factors that a new one is compared with: the parent, its siblings, earlier trials.

    Values are compared with those whose values are known; form and structure with all.
    """

    def __init__(self, known: Iterable[Expression] = ()) -> None:
        self._forms: dict[str, str] = {}
        self._trees: list[Expression] = []
        self._values: list[tuple[str, Ranked]] = []
        for expression in known:
            self.add(expression)

    def __len__(self) -> int:
        return len(self._trees)

    def add(self, expression: Expression, values: Ranked | None = None) -> None:
        """Remember a factor."""
        key = form_of(expression).key
        if key not in self._forms:
            self._forms[key] = expression.text
            self._trees.append(expression)
        if values is not None:
            self._values.append((expression.text, values))

    def likeness(self, expression: Expression) -> Likeness | None:
        """The first two levels, which need no data: the same form, or a near twin."""
        same = self._forms.get(form_of(expression).key)
        if same is not None:
            return Likeness("form", same, 1.0)
        twin = next((known for known in self._trees if near_twins(expression, known)), None)
        return None if twin is None else Likeness("structure", twin.text, overlap(expression, twin))

    def likeness_of_values(self, values: Ranked, rows: NDArray[np.int64]) -> Likeness | None:
        """The third level: the factor that its values agree with most, if that is too much."""
        found = [(abs(rank_correlation(values, known, rows)), text) for text, known in self._values]
        degree, text = max((pair for pair in found if pair[0] == pair[0]), default=(0.0, ""))
        return Likeness("values", text, degree) if degree > MOST_CORRELATION else None

    def most_alike(self, expression: Expression, at_most: int) -> list[Expression]:
        """Known factors with the largest overlap, most alike first."""
        return sorted(self._trees, key=lambda known: (-overlap(expression, known), known.text))[:at_most]

    def overlap(self, expression: Expression) -> float:
        """The largest overlap with a known factor."""
        return max((overlap(expression, known) for known in self._trees), default=0.0)


# -- public sets ----------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=1)
def _public() -> Sequence[tuple[str, str, Expression]]:
    """Every published factor that can be read as one of ours: library, name, expression."""
    from quantgpt.libraries import library

    found = []
    for name in PUBLIC_LIBRARIES:
        shelf = library(name)
        for factor in shelf:
            try:
                if shelf.dialect == "quantgpt":
                    read = compile_expression(factor.expression)
                else:
                    read = read_expression(factor.expression, dialect="qlib", compat="strict")
            except BadExpression:
                continue
            found.append((name, factor.name, read))
    return found


@functools.lru_cache(maxsize=1)
def _public_forms() -> Mapping[str, tuple[str, str]]:
    return {form_of(read).key: (library, name) for library, name, read in reversed(_public())}


def redundancy(expression: Expression) -> dict[str, Any]:
    """How a factor stands to the published sets: `same`, `similar` or `distinct`, and to which factor. It is information,
    no part of any score."""
    same = _public_forms().get(form_of(expression).key)
    if same is not None:
        return {"verdict": "same", "library": same[0], "name": same[1], "overlap": 1.0}
    mine = sizes(expression.plan)
    best, library, name = max((_overlap_of(mine, read), library, name) for library, name, read in _public())
    if best < SIMILAR:
        return {"verdict": "distinct", "library": None, "name": None, "overlap": round(best, 4)}
    return {"verdict": "similar", "library": library, "name": name, "overlap": round(best, 4)}


def likeness_of(expression: Expression, known: Expression) -> tuple[str | None, float]:
    """How alike two factors are: `same` (they order names alike), `twin` (but for windows that hardly differ), `similar`
    (much in common) or None; and the share of common sub-trees."""
    degree = round(overlap(expression, known), 4)
    if form_of(expression).key == form_of(known).key:
        return "same", degree
    if near_twins(expression, known):
        return "twin", degree
    return ("similar" if degree >= SIMILAR else None), degree


def alike_public(expression: Expression) -> list[tuple[str, str, str, str, float]]:
    """Published factors like this one: (library, name, its canonical text, level, overlap), in the order of the sets."""
    mine, key, found = sizes(expression.plan), form_of(expression).key, []
    for library, name, read in _public():
        if form_of(read).key == key or _overlap_of(mine, read) >= SIMILAR or near_twins(expression, read):
            level, degree = likeness_of(expression, read)
            found.append((library, name, read.canonical, str(level), degree))
    return found


def _overlap_of(mine: Mapping[str, int], other: Expression) -> float:
    theirs = _public_sizes(other)
    common = sum(size for key, size in mine.items() if key in theirs)
    whole = sum(mine.values()) + sum(theirs.values()) - common
    return common / whole


@functools.lru_cache(maxsize=512)
def _public_sizes(expression: Expression) -> Mapping[str, int]:
    return sizes(expression.plan)
