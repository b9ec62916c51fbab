"""Whether a stretch of words fits an idea: where its concepts stand, what its quotient divides, which windows it takes."""

from __future__ import annotations

from collections.abc import Sequence

from quantgpt.research.ideas import Idea
from quantgpt.research.reading.negation import CONTRAST, DIRECTIONS, OTHER_WAY
from quantgpt.research.reading.word import Word

LINKS = frozenset({"plus", "break"})
"""what may stand between two ideas, or inside one, without saying anything"""
NUMBERS = frozenset({"window", "number"})
NEARNESS = frozenset({"near", "far"})


def is_link(word: Word, which: frozenset[str]) -> bool:
    """Whether a word parts two clauses or is one of these links."""
    return word.kind == "break" or (word.kind == "link" and word.value in which)


_OF_A_SERIES = frozenset({"usual", "mean", "sum", "previous", "ma", "relative", "ratio", "difference"})


def crosses(atoms: Sequence[Word], after: Word | None) -> bool:
    """Whether a stretch runs over a 的 that ends what is said of one quantity: "涨幅大的 | 高换手", "市值小的 | 低 波动"."""
    for i in range(1, len(atoms)):
        if not atoms[i].parted:
            continue
        end = next((k for k in range(i, len(atoms)) if atoms[k].kind in ("break", "link")), len(atoms))
        left, right = _concepts(atoms[:i]), _concepts(atoms[i:end])
        if not any(_names(word) for word in left):
            continue
        named = any(_names(word) for word in right)
        if left[-1].value in DIRECTIONS and named:
            return True
        if left[-1].value in OTHER_WAY and named and len(left) == 1 and any(not _names(word) for word in right):
            return True
        if not named and end == len(atoms) and after is not None and _names(after):
            return True
    return False


def _concepts(atoms: Sequence[Word]) -> list[Word]:
    return [atom for atom in atoms if atom.kind == "concept"]


def _names(word: Word) -> bool:
    return word.kind == "concept" and word.value not in DIRECTIONS


def moved(pattern: frozenset[str], atoms: Sequence[Word]) -> bool:
    """Whether a move is said of names that a direction has told already: "high turnover stocks that fell"."""
    said = _concepts(atoms)
    for i, word in enumerate(said[1:-1], 1):
        before, after = said[i - 1], said[i + 1]
        if word.value in pattern and before.value in DIRECTIONS and after.value in _MOVES & pattern:
            return True
    return False


_MOVES = frozenset({"rise", "fall"})


def directed_apart(atoms: Sequence[Word]) -> bool:
    """Whether directions or a contrast part the clauses, so that they are said of several things."""
    if any(atom.kind == "link" and atom.text in CONTRAST for atom in atoms):
        return True
    clauses, here = 0, False
    for atom in (*atoms, Word("break", "")):
        if is_link(atom, LINKS):
            clauses, here = clauses + here, False
        elif atom.kind == "concept" and atom.value in DIRECTIONS:
            here = True
    return clauses > 1


def told_apart(atoms: Sequence[Word]) -> bool:
    """Whether two clauses each name a quantity and a side of it."""
    told, clause = 0, list[Word]()
    for atom in (*atoms, Word("break", "")):
        if atom.kind == "break":
            told += any(_names(word) for word in clause) and any(word.value in DIRECTIONS for word in clause)
            clause = []
        elif atom.kind == "concept":
            clause.append(atom)
    return told > 1


_BASES = frozenset({"ma", "ema", "mean", "highest", "lowest", "vwap", "usual", "previous"})
"""what a quantity is usually held against"""


def both_sides(idea: Idea, pattern: frozenset[str], atoms: tuple[Word, ...]) -> bool:
    """Whether a quotient or a difference inside an idea is the idea's own: its quantities on both sides, in its order."""
    at = next((i for i, atom in enumerate(atoms) if atom.kind == "link" and atom.value in ("over", "minus")), None)
    if at is None:
        return True
    left, right = ({str(a.value) for a in side if a.kind == "concept"} for side in (atoms[:at], atoms[at + 1 :]))
    if not idea.ordered and left & _BASES and not right & _BASES and right - DIRECTIONS:
        return False
    if atoms[at].value == "minus":
        return True
    named = [said - DIRECTIONS - _OF_A_SERIES for said in (left, right)]
    if "over" not in pattern and all(named) and not named[0] & named[1]:
        return False
    return all(not said or said & pattern for said in named)


def is_scattered(pattern: frozenset[str], atoms: tuple[Word, ...]) -> bool | None:
    """Whether the concepts of a pattern are said in several clauses, none of which has them all."""
    clause: set[str] = set()
    for atom in (*atoms, Word("break", "")):
        if is_link(atom, LINKS):
            if pattern <= clause:
                return False
            clause = set()
        elif atom.kind == "skipping":
            clause |= {"skip"}
        elif atom.kind in ("concept", "link"):
            clause |= {str(atom.value)} | ({"distance"} if atom.value in NEARNESS else set())
    return True


def windows_of(idea: Idea, atoms: tuple[Word, ...]) -> tuple[tuple[int, ...], int | None] | None:
    """(windows in their order, the latest sessions to leave out), None where they are not what the idea takes."""
    exact: list[int] = []
    sizes: list[int] = []
    skipped: int | None = None
    skipping = False
    for atom in atoms:
        if atom.kind == "skipping":
            long, skipped = atom.value
            sizes.append(long)
        elif atom.kind == "concept" and atom.value == "skip":
            skipping = True
        elif atom.kind in NUMBERS:
            if atom.value != int(atom.value):
                return None
            if skipping:
                skipped, skipping = int(atom.value), False
                continue
            sizes.append(int(atom.value))
            exact += [] if atom.worded else [int(atom.value)]
    if len(set(sizes)) > len(idea.params) - ("skip" in idea.params):
        sizes = [size for size in sizes if size in exact or not any(abs(size - e) <= 0.1 * e for e in exact)]
    if len(sizes) > len(idea.params) and len(set(sizes)) == 1:
        sizes = sizes[:1]
    return _fitting(idea, atoms, sizes, skipped)


def _fitting(
    idea: Idea, atoms: tuple[Word, ...], sizes: list[int], skipped: int | None
) -> tuple[tuple[int, ...], int | None] | None:
    terms = [int(atom.value) for atom in atoms if atom.kind == "term"]
    today = any(atom.kind == "today" for atom in atoms)
    if today and not idea.today:
        return None
    if not sizes and idea.params and not idea.exact and not idea.two:
        first = next(iter(idea.params.values()))
        if today and idea.least == 1:
            sizes = [1]
        elif terms and first != 1:
            sizes = [terms[0]]
    if skipped is not None and "skip" not in idea.params:
        return None
    most = len(idea.params) - ("skip" in idea.params)
    if len(sizes) > most or (idea.two and len(set(sizes)) != 2) or (idea.exact and len(sizes) not in (0, most)):
        return None
    if any(not 1 <= size <= idea.longest for size in sizes) or (sizes and min(sizes) < idea.least):
        return None
    return tuple(sizes), skipped
