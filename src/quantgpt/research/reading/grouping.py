"""Which ideas the words name: a text cut into stretches, each of which one idea accounts for completely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from quantgpt.research.ideas import Idea, Library, library
from quantgpt.research.reading.fitting import (
    LINKS,
    NEARNESS,
    NUMBERS,
    both_sides,
    crosses,
    directed_apart,
    is_link,
    is_scattered,
    moved,
    told_apart,
    windows_of,
)
from quantgpt.research.reading.negation import DIRECTIONS, OTHER_WAY
from quantgpt.research.reading.sides import side_of
from quantgpt.research.reading.word import Word

MOST_WORDS = 36
MOST_IDEAS = 5
SOFT = frozenset({"previous"})
_IDEA, _EXTRA, _MATCHED, _ACROSS, _UNLINKED, _APART, _STYLE, _STOLEN, _BARE = (
    10.0,
    0.1,
    0.6,
    0.5,
    1.0,
    2.0,
    0.4,
    3.0,
    3.0,
)


@dataclass(frozen=True)
class Named:
    """An idea as a stretch of words names it: which side of it is wanted, with which windows."""

    idea: Idea
    side: int
    windows: tuple[int, ...]
    skipped: int | None = None
    bare: bool = False
    """a level of which the words do not say which end they want"""
    level: bool = False
    """no word says which end is wanted, and there is no usual one"""


@dataclass(frozen=True)
class Reading:
    """The ideas of a text in order, and the link before each but the first."""

    named: tuple[Named, ...]
    links: tuple[str, ...]


def read_ideas(words: Sequence[Word]) -> Reading | None:
    """The cheapest way to account for all words by ideas, None where there is none."""
    atoms = list(words)
    while atoms and is_link(atoms[-1], LINKS):
        atoms.pop()
    dangling = None
    if atoms and atoms[-1].kind == "link" and atoms[-1].value == "times":
        dangling = "times"
        atoms.pop()
    while atoms and is_link(atoms[0], LINKS):
        atoms.pop(0)
    if not atoms or len(atoms) > MOST_WORDS:
        return None
    found = _Cutting(tuple(atoms)).best()
    if found is None:
        return None
    named, links = found
    if len(named) > 1 and any(one.bare for one in named):
        return None
    if "over" in links and _preferred(atoms):
        return None
    if set(links) == {"plus"} and _one_direction_for_two(atoms, named):
        return None
    if dangling is None and len(named) > 1:
        named, links = _said_once(named, links)
    if _opposed(named):
        return None
    if dangling:
        if len(named) < 2 or set(links) - {"plus"}:
            return None
        links = (dangling,) * len(links)
    return Reading(_shared(atoms, named), links)


def _said_once(named: tuple[Named, ...], links: tuple[str, ...]) -> tuple[tuple[Named, ...], tuple[str, ...]]:
    """The ideas without those that only repeat an earlier one."""
    if set(links) != {"plus"}:
        return named, links
    kept = tuple({(one.idea.id, one.side, one.windows, one.skipped): one for one in named}.values())
    return kept, links[: len(kept) - 1]


def _preferred(atoms: Sequence[Word]) -> bool:
    """Whether "over" weighs one side against another instead of dividing: "low volatility over high momentum"."""
    directed = any(atom.kind == "concept" and atom.value in DIRECTIONS for atom in atoms)
    return directed and any(atom.text in ("over", "/") for atom in atoms)


def _one_direction_for_two(atoms: Sequence[Word], named: tuple[Named, ...]) -> bool:
    """Whether two quantities are linked and a direction is said of one only: "市值和换手率低"."""
    linked = any(atom.kind == "link" or atom.text == "、" for atom in atoms)
    directed = any(atom.kind == "concept" and atom.value in DIRECTIONS for atom in atoms)
    return linked and directed and any(one.level for one in named)


def _opposed(named: tuple[Named, ...]) -> bool:
    """Whether both ends of one quantity are wanted at once."""
    wanted = {(one.idea.id, one.windows, one.skipped): one.side for one in named}
    return any(wanted[one.idea.id, one.windows, one.skipped] != one.side for one in named)


def _shared(atoms: Sequence[Word], named: tuple[Named, ...]) -> tuple[Named, ...]:
    """The one window of a text, where it stands for all its ideas: said apart, or with no link between the ideas."""
    sizes = [atom.value for atom in atoms if atom.kind in NUMBERS]
    if len(named) < 2 or len(set(sizes)) != 1:
        return named
    if not _stands_apart(atoms) and any(_separates(atoms, i) for i in range(len(atoms))):
        return named
    size = int(sizes[0])
    return tuple(
        one
        if one.windows or not one.idea.params or one.idea.exact or one.idea.two or size < one.idea.least
        else replace(one, windows=(size,))
        for one in named
    )


def _separates(atoms: Sequence[Word], at: int) -> bool:
    """Whether what is said before a place is apart from what is said behind it: a link, a break, a 的 behind a quantity."""
    quantity = any(a.kind == "concept" and a.value not in DIRECTIONS for a in atoms[:at])
    return atoms[at].kind in ("link", "break") or (atoms[at].parted and quantity)


def _stands_apart(atoms: Sequence[Word]) -> bool:
    """Whether a window has a clause to itself."""
    for i, atom in enumerate(atoms):
        if atom.kind in NUMBERS:
            before = i == 0 or atoms[i - 1].kind == "break"
            after = i + 1 == len(atoms) or atoms[i + 1].kind == "break"
            if before and after and any(a.kind == "break" for a in atoms):
                return True
    return False


@lru_cache(maxsize=1)
def _index() -> dict[str, tuple[tuple[Idea, frozenset[str]], ...]]:
    """Patterns by one of their concepts."""
    made: dict[str, list[tuple[Idea, frozenset[str]]]] = {}
    for idea in library().ideas.values():
        for pattern in idea.patterns:
            made.setdefault(min(pattern - DIRECTIONS or pattern), []).append((idea, pattern))
    return {concept: tuple(rows) for concept, rows in made.items()}


@dataclass(frozen=True)
class _Stretch:
    """A stretch of words taken as one idea."""

    cost: float
    named: Named


@dataclass(frozen=True)
class _Path:
    """A cut of the words up to some place; `directed`: its last idea has a direction."""

    cost: float
    named: tuple[Named, ...]
    links: tuple[str, ...]
    directed: bool


class _Cutting:
    """The search for the cheapest cut, from left to right."""

    def __init__(self, atoms: tuple[Word, ...]) -> None:
        self.atoms = atoms
        self.known: Library = library()
        self.prefix = self._numbers_first()

    def _numbers_first(self) -> bool:
        for atom in self.atoms:
            if atom.kind in NUMBERS or (atom.kind == "concept" and atom.value in DIRECTIONS):
                return True
            if atom.kind == "concept":
                return False
        return True

    def best(self) -> tuple[tuple[Named, ...], tuple[str, ...]] | None:
        """The ideas and the links of the cheapest cut."""
        paths: list[_Path | None] = [_Path(0.0, (), (), False)]
        for end in range(1, len(self.atoms) + 1):
            found: list[_Path] = []
            if not self._joins(end - 1):
                for start in range(end):
                    path = None if self._joins(start) else self._through(paths, start, end)
                    found += [path] if path else []
            paths.append(min(found, key=lambda path: path.cost, default=None))
        last = paths[-1]
        return None if last is None else (last.named, last.links)

    def _joins(self, at: int) -> bool:
        return self.atoms[at].kind in ("break", "link")

    def _through(self, paths: Sequence[_Path | None], start: int, end: int) -> _Path | None:
        """The best path to `end` whose last idea begins at `start`."""
        before, link = self._before(paths, start)
        if self.atoms[start].joined and start:
            return None
        if before is None or (start and link is None) or len(before.named) >= MOST_IDEAS:
            return None
        stretch = self._stretch(start, end)
        if stretch is None:
            return None
        directed = any(atom.value in DIRECTIONS for atom in self.atoms[start:end])
        linked = start == 0 or self._joins(start - 1)
        if not linked and not (directed or before.directed or (stretch.named.windows and before.named[-1].windows)):
            return None
        cost = before.cost + stretch.cost + (0.0 if linked else _UNLINKED)
        links = (*before.links, link) if start and link else before.links
        return _Path(cost, (*before.named, stretch.named), links, directed)

    def _before(self, paths: Sequence[_Path | None], start: int) -> tuple[_Path | None, str | None]:
        """(the best path to here, the link that leads here); what a colon explains is no second idea."""
        at, said = start, set()
        while at and self._joins(at - 1):
            at -= 1
            if self.atoms[at].value == ":":
                return None, None
            if self.atoms[at].kind == "link":
                said.add(str(self.atoms[at].value))
        if start and not at:
            return None, None
        said -= {"plus"}
        return paths[at], None if len(said) > 1 else next(iter(said), "plus")

    def _torn(self, start: int, end: int) -> bool:
        """Whether a stretch takes a number out of a clause that names another idea."""
        inner = range(start, end)
        breaks = [i for i in inner if self.atoms[i].kind == "break"]
        if not breaks:
            return False
        if start and not self._joins(start - 1) and not self._named(start, breaks[0]):
            return True
        return end < len(self.atoms) and not self._joins(end) and not self._named(breaks[-1], end)

    def _robs(self, start: int, end: int) -> bool:
        """Whether a stretch begins with the direction of the quantity before it: "流动性 | 差 的 小盘"."""
        if not start or not self._is_named(start - 1):
            return False
        for at in range(start, end):
            if at > start and self.atoms[at].parted:
                return True
            if self.atoms[at].value not in OTHER_WAY:
                return False
        return False

    def _compares(self, start: int, end: int) -> bool:
        """Whether a comparison is torn from one of the two that it compares."""
        first, last = self.atoms[start], self.atoms[end - 1]
        before = start > 0 and self.atoms[start - 1].kind == "concept"
        after = end < len(self.atoms) and self.atoms[end].kind == "concept"
        if last.value in ("ratio", "difference") and start > 1 and self._joined_names(start):
            return True
        return bool((first.value == "relative" and before) or (last.value == "relative" and after))

    def _joined_names(self, start: int) -> bool:
        """Whether a link that only enumerates stands before a place, and a quantity before it: "A和 | B的比值"."""
        link = self.atoms[start - 1]
        return link.kind == "link" and link.value == "plus" and self._is_named(start - 2)

    def _is_named(self, at: int) -> bool:
        return self.atoms[at].kind == "concept" and self.atoms[at].value not in DIRECTIONS

    def _named(self, start: int, end: int) -> bool:
        return any(a.kind == "concept" and a.value not in DIRECTIONS for a in self.atoms[start:end])

    def _stretch(self, start: int, end: int) -> _Stretch | None:
        atoms = self.atoms[start:end]
        concepts = [atom for atom in atoms if atom.kind == "concept"]
        if not concepts or any(atom.kind not in _READ for atom in atoms) or self._torn(start, end):
            return None
        after = self.atoms[end] if end < len(self.atoms) else None
        if self._robs(start, end) or self._compares(start, end) or crosses(atoms, after):
            return None
        said = {str(atom.value) for atom in concepts}
        said |= {str(atom.value) for atom in atoms if atom.kind == "link" and atom.value not in LINKS}
        if said & {"near", "far"}:
            said |= {"distance"}
        if any(atom.kind == "skipping" for atom in atoms):
            said |= {"skip"}
        best: _Stretch | None = None
        for concept in sorted(said):
            for idea, pattern in _index().get(concept, ()):
                if not pattern <= said or not said - pattern <= idea.accepts | DIRECTIONS | SOFT | NEARNESS:
                    continue
                if not both_sides(idea, pattern, atoms) or (not idea.composite and moved(pattern, atoms)):
                    continue
                made = self._as(idea, pattern, atoms, said, self._awkward(start, end))
                if made and (best is None or made.cost < best.cost):
                    best = made
        return best

    def _as(
        self, idea: Idea, pattern: frozenset[str], atoms: tuple[Word, ...], said: set[str], awkward: float
    ) -> _Stretch | None:
        """The stretch as one idea, None where its words, sides or numbers do not fit the idea."""
        scattered = is_scattered(pattern, atoms)
        if scattered is None or (scattered and not idea.across):
            return None
        if not idea.composite and ((scattered and directed_apart(atoms)) or told_apart(atoms)):
            return None
        side = side_of(self.known, idea, pattern, atoms)
        if side is None:
            return None
        taken = windows_of(idea, atoms)
        if taken is None:
            return None
        windows, skipped = taken
        cost = _IDEA - _MATCHED * len(pattern) + _EXTRA * len(said - pattern) + _ACROSS * bool(scattered)
        bare = idea.directed and not side.told
        return _Stretch(cost + awkward + _BARE * bare, Named(idea, side.sign, windows, skipped, bare, not side.told))

    def _awkward(self, start: int, end: int) -> float:
        """What speaks against the ends of a stretch: a number across a link, a word on the unusual side."""
        cost = 0.0
        for at, inner, first in ((start, start + 1, True), (end - 1, end - 2, False)):
            atom = self.atoms[at]
            direction = atom.kind == "concept" and atom.value in DIRECTIONS
            if (atom.kind == "concept" and not direction) or not start <= inner < end:
                continue
            if self._joins(inner):
                cost += _APART
            elif direction:
                cost += _STOLEN * (first == self._directions_follow(at))
            elif first != self.prefix:
                cost += _STYLE
        return cost

    def _directions_follow(self, at: int) -> bool:
        """Whether directions stand behind what they belong to, in the run of words without a link around `at`."""
        before, after = self._beside(at, -1), self._beside(at, 1)
        if before and after and bool(self.known.polarity.get(after)) != bool(self.known.polarity.get(before)):
            return bool(self.known.polarity.get(after))
        last = at
        while last + 1 < len(self.atoms) and not self._joins(last + 1):
            last += 1
        while last > at and self.atoms[last].kind != "concept":
            last -= 1
        return self.atoms[last].value in DIRECTIONS

    def _beside(self, at: int, step: int) -> str | None:
        """The concept right before or after a place, in the same run of words."""
        at += step
        while 0 <= at < len(self.atoms) and not self._joins(at):
            if self.atoms[at].kind == "concept":
                return str(self.atoms[at].value)
            at += step
        return None


_READ = frozenset({"concept", "link", "break", "window", "number", "skipping", "term", "today"})
