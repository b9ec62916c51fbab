"""Which side of a quantity the words call good: directions, words with a sign, and what is to be avoided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quantgpt.research.ideas import Idea, Library
from quantgpt.research.reading.negation import DIRECTIONS
from quantgpt.research.reading.word import Word

_EXTREMES = frozenset({"oversold", "overbought"})
"""states that already are an end: a direction beside them may only say the same"""
_LEVELS = frozenset({"低", "最低", "较低", "更低", "很低", "low", "lower", "lowest"})
"""below a level, these say the same once more; "小", "least" say how far below"""
_WAY = {"low": -1, "high": 1, "near": -1, "far": 1}


@dataclass(frozen=True)
class Side:
    """1 for the high end of the named quantity, -1 for its low end; `told` where the words say so."""

    sign: int
    told: bool


@dataclass(frozen=True)
class _Vote:
    sign: int
    directed: bool
    by: frozenset[str]


def side_of(known: Library, idea: Idea, pattern: frozenset[str], atoms: Sequence[Word]) -> Side | None:
    """The side that a stretch of words wants, None where it contradicts itself or says what the idea has no side for."""
    votes: list[_Vote] = []
    for clause in _clauses(known, idea, atoms):
        vote = _vote(known, idea, pattern, clause)
        if vote is None:
            return None
        if vote.sign:
            votes.append(vote)
    told = [vote for vote in votes if vote.directed]
    chosen = told or votes
    if not chosen:
        return Side(_order(idea, atoms), False)
    if len({vote.sign for vote in chosen}) > 1:
        return None
    sign = chosen[0].sign
    for vote in votes:
        if vote.sign != sign and not any(vote.by <= other.by or not other.by for other in told):
            return None
    return Side(sign * _order(idea, atoms), True)


def _clauses(known: Library, idea: Idea, atoms: Sequence[Word]) -> list[list[Word]]:
    """The clauses of a stretch; one that holds nothing but a direction belongs to the one before it."""
    clauses: list[list[Word]] = [[]]
    for atom in atoms:
        if atom.kind == "break":
            clauses.append([])
        elif atom.kind == "concept":
            clauses[-1].append(atom)
    made: list[list[Word]] = []
    for clause in clauses:
        if made and clause and all(atom.value in _WAY for atom in clause):
            made[-1] += clause
        elif clause:
            made.append(clause)
    if len(made) > 1 and all(atom.value in _WAY for atom in made[0]):
        made[:2] = [made[0] + made[1]]
    return made


def _vote(known: Library, idea: Idea, pattern: frozenset[str], clause: Sequence[Word]) -> _Vote | None:
    said = {str(atom.value) for atom in clause}
    way = _way(idea, pattern, clause)
    if way is None or (way and said & known.states):
        return None
    way = _said_again(known, said, clause, way)
    if way is None:
        return None
    signed = {word: known.sign_of(idea, word) for word in said | ({"distance"} if said & {"near", "far"} else set())}
    if idea.composite:
        signed = {word: 0 if word in pattern else sign for word, sign in signed.items()}
    if said & {"near", "far"} and not known.sign_of(idea, "distance"):
        return None
    signs = {sign for sign in signed.values() if sign}
    if len(signs) > 1:
        return None
    if len({atom.turned for atom in clause if atom.value != "price"}) > 1:
        return None
    turned = -1 if any(atom.turned for atom in clause) else 1
    if not signs and not way and turned == 1:
        return _Vote(0, False, frozenset())
    by = frozenset(word for word, sign in signed.items() if sign)
    return _Vote((next(iter(signs), 1)) * (way or 1) * turned, bool(way) or turned == -1, by)


def _said_again(known: Library, said: set[str], clause: Sequence[Word], way: int) -> int | None:
    """The direction of a clause without one that repeats what another word says; None where it denies it."""
    for state in sorted(said & _EXTREMES):
        if way and way != known.polarity[state]:
            return None
        way = 0
    if "below" in said and way == -1 and any(atom.text in _LEVELS for atom in clause):
        return 0
    return way


def _way(idea: Idea, pattern: frozenset[str], clause: Sequence[Word]) -> int | None:
    """The direction of a clause, 0 without one, None where there are several of different sides or quantities.

    A direction right before "price" is that of the price, not of an idea that merely may be said of prices.
    """
    used = pattern & DIRECTIONS
    places = [(i, str(atom.value)) for i, atom in enumerate(clause) if atom.value in _WAY]
    if idea.composite:
        spare = [word for _, word in places if word not in used]
        lows = [word for _, word in places if word == "low"]
        if len(lows) > ("low" in used) or any(word != "high" for word in spare):
            return None
        return 0
    ways = {_WAY[word] for _, word in places}
    if len(ways) > 1:
        return None
    if "price" not in pattern and any(i + 1 < len(clause) and clause[i + 1].value == "price" for i, _ in places):
        return None
    if len(places) > 1 and _of_several(clause, [i for i, _ in places]):
        return None
    return next(iter(ways), 0)


def _of_several(clause: Sequence[Word], places: Sequence[int]) -> bool:
    """Whether two directions of a clause belong to two quantities: "low A low B", "A low B low"."""
    first, last = places[0], places[-1]
    between = last - first > len(places) - 1
    return between and (last + 1 < len(clause) or first > 0)


def _order(idea: Idea, atoms: Sequence[Word]) -> int:
    """-1 where the two concepts of a difference or a ratio are named the other way round."""
    if not idea.ordered:
        return 1
    places = [next((i for i, atom in enumerate(atoms) if atom.value == word), -1) for word in idea.ordered]
    return -1 if -1 < places[1] < places[0] else 1
