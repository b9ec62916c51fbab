"""From a text to the concepts that its words stand for; what no word accounts for stays visible as unread."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache

from quantgpt.research.ideas import library, vocabulary
from quantgpt.research.reading.negation import negated
from quantgpt.research.reading.signs import signs_told, subtracted
from quantgpt.research.reading.times import Span, spans_of
from quantgpt.research.reading.word import Word

BREAKS = frozenset(",;:。.!?、\n…—")
QUIET = frozenset("()[]\"'“”《》「」【】_~·# ")
_HYPHEN = re.compile(r"(?<=[a-z])-(?=[a-z])")
_MINUS = re.compile(r"(?<!\s)-|-(?!\s)")
_UNIT = re.compile(r"[a-z%][a-z0-9%]*(?:'[a-z]+)?|\d+(?:\.\d+)?|[\u3400-\u9fff]|\S|\n")
_MADE_OF_BOTH = re.compile(r"([a-z]+)(\d+)")
_UNREAD = 40
_LEFTMOST = 1e-6
"""of two readings with as many words, the one whose first words are longer"""
_WHOLE = frozenset({"news", "series"})
_LIKE = 0.84
_ENDINGS = ("est", "er", "ed", "ing", "ly")
_SHORTEST_BASE = 4
_SHORTEST_TYPO = 5
_MOST_TYPOS = 3


Entry = tuple[str, tuple[str, ...]]


def stem(word: str) -> str:
    """An English word without the endings that make no difference."""
    word = word.removesuffix("'s").removesuffix("s'") if "'" in word and not word.startswith("'") else word
    if word in _WHOLE:
        return word
    if len(word) > 5 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and word[-2] not in "sui":
        return word[:-1]
    return word


def units_of(text: str, known: frozenset[str] = frozenset()) -> list[str]:
    """The text cut into English words, numbers, and single signs."""
    units: list[str] = []
    for match in _UNIT.finditer(_MINUS.sub(" ", _HYPHEN.sub(" ", f" {text} "))):
        unit = match[0]
        if unit in QUIET:
            continue
        both = _MADE_OF_BOTH.fullmatch(unit)
        if both and unit not in known:
            units += [stem(both[1]), both[2]]
        else:
            units.append(stem(unit) if unit[0].isascii() and unit[0].isalpha() else unit)
    return units


@dataclass(frozen=True)
class Lexicon:
    """Every form that is read, as units, with what it stands for."""

    entries: dict[tuple[str, ...], Entry]
    singles: frozenset[str]
    """English words that are a part of some form"""
    longest: int
    clashes: tuple[str, ...]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lexicon of the data files."""
    entries: dict[tuple[str, ...], Entry] = {}
    clashes: list[str] = []
    mixed = frozenset(word for form, _ in _forms() for word in re.findall(r"[a-z]+\d+[a-z]*", form))
    for form, entry in _forms():
        key = tuple(units_of(form, mixed))
        if entries.setdefault(key, entry) != entry:
            clashes.append(f"{form}: {entries[key]} and {entry}")
    singles = frozenset(unit for key in entries for unit in key if unit[0].isascii() and unit[0].isalpha())
    return Lexicon(entries, singles | mixed, max(map(len, entries)), tuple(clashes))


def _forms() -> Iterator[tuple[str, Entry]]:
    data = vocabulary()
    for idea in library().ideas.values():
        yield from ((form, ("concept", (f"={idea.id}",))) for form in idea.names)
    for kind, table in (("concept", "words"), ("link", "links"), ("wrap", "wraps"), ("universe", "universes")):
        for name, forms in data[table].items():
            yield from ((form, (kind, (name,))) for form in forms)
    for form, concepts in data["compounds"].items():
        yield form, ("concept", tuple(concepts.split()))
    for name, row in data["missing"].items():
        yield from ((form, ("missing", (name,))) for form in row["words"])
    yield from ((form, ("silent", ())) for form in data["silent"]["words"])


@dataclass(frozen=True)
class Words:
    """A text as words, and the spellings that were taken for others."""

    words: tuple[Word, ...]
    mended: dict[str, str]


def words_of(text: str) -> Words:
    """The words of a text in the one spelling."""
    known = lexicon()
    found: list[Word] = []
    tried: dict[str, str] = {}
    for piece in spans_of(signs_told(text)):
        if isinstance(piece, Span):
            found.append(Word(piece.kind, piece.value, worded=piece.worded))
        else:
            units = [_mended(unit, known, tried) for unit in units_of(piece, known.singles)]
            found += _cut(units, known)
    mended = {unit: word for unit, word in tried.items() if unit != word}
    return Words(tuple(negated(subtracted(_in_place(_parted(found))))), mended)


def _mended(unit: str, known: Lexicon, tried: dict[str, str]) -> str:
    """The word that an unknown English word is a misspelling of; itself where there is none. Only a few are tried."""
    if unit in known.singles or not (unit.isascii() and unit.isalpha()) or not _SHORTEST_TYPO <= len(unit) <= 20:
        return unit
    for ending in _ENDINGS:
        base = unit.removesuffix(ending)
        if base != unit and len(base) >= _SHORTEST_BASE:
            for form in (base, f"{base}e", base[:-1]):
                if form in known.singles and len(form) >= _SHORTEST_BASE:
                    return form
    if unit not in tried and len(tried) < _MOST_TYPOS:
        near = [word for word in known.singles if abs(len(word) - len(unit)) <= 2 and word[0] == unit[0]]
        tried[unit] = next(iter(get_close_matches(unit, sorted(near), n=1, cutoff=_LIKE)), unit)
    return tried.get(unit, unit)


def _cut(units: list[str], known: Lexicon) -> list[Word]:
    """The reading of the units with the fewest unread ones, then with the fewest words."""
    cost = [0.0] + [float("inf")] * len(units)
    came: list[tuple[int, Entry | None]] = [(0, None)] * (len(units) + 1)
    for at in range(len(units)):
        single = units[at]
        price = 0.5 if single in BREAKS or single[0].isdigit() else _UNREAD
        _offer(cost, came, at, at + 1, price, None)
        for size in range(1, min(known.longest, len(units) - at) + 1):
            entry = known.entries.get(tuple(units[at : at + size]))
            if entry:
                _offer(cost, came, at, at + size, 1.01 if entry[0] == "silent" else 1.0, entry)
    made: list[Word] = []
    at = len(units)
    while at:
        start, entry = came[at]
        made += reversed(list(_read(units[start:at], entry)))
        at = start
    return made[::-1]


def _offer(
    cost: list[float], came: list[tuple[int, Entry | None]], start: int, end: int, price: float, entry: Entry | None
) -> None:
    price -= _LEFTMOST * end
    if cost[start] + price < cost[end]:
        cost[end], came[end] = cost[start] + price, (start, entry)


def _read(units: list[str], entry: Entry | None) -> Iterable[Word]:
    text = "".join(units) if not units[0].isascii() else " ".join(units)
    if entry is None:
        if text in BREAKS:
            return [Word("break", text, text)]
        if text[0].isdigit():
            return [Word("number", float(text), text)]
        return [Word("unread", text, text)]
    kind, values = entry
    return [Word(kind, value, text, joined=i > 0) for i, value in enumerate(values)] or [Word(kind, "", text)]


def _parted(words: list[Word]) -> list[Word]:
    """The words, each told whether a 的 stands before it; 日 behind a quantity is no particle."""
    made = list(words)
    behind = named = False
    for i, word in enumerate(words):
        if word.kind == "silent":
            behind = behind or word.text == "的"
            if word.text in ("日", "天") and named:
                made[i] = Word("unread", word.text, word.text)
        elif behind:
            made[i], behind = replace(word, parted=True), False
        named = word.kind == "concept"
    return made


_NUMBERS = frozenset({"window", "number", "term"})
_PEAKS = {"high": "highest", "low": "lowest"}


def _in_place(words: list[Word]) -> list[Word]:
    """Words whose meaning hangs on a number beside them: "近20日", "over 20 days", "20-day high"."""
    made = list(words)
    for i, word in enumerate(words):
        after = next((k for k in range(i + 1, len(words)) if words[k].kind != "silent"), len(words))
        numbered = after < len(words) and words[after].kind in _NUMBERS
        passing = word.text == "近" or (word.text == "over" and not _names_something(words, after + 1))
        if numbered and passing:
            made[i] = Word("silent", "", word.text)
        elif word.text == "less" and i and _names_something(words, i + 1) and _named_before(words, i):
            made[i] = Word("link", "minus", word.text)
        elif word.text in _PEAKS and _is_peak(words, i):
            made[i] = replace(word, value=_PEAKS[word.text])
        elif (word.text in _SKIPS and not numbered) or (word.text == "差" and _is_verdict(words, i)):
            made[i] = replace(word, value="avoid")
        elif (
            word.kind == "wrap" and word.text.startswith("剔除") and i + 1 < len(words) and words[i + 1].value in _PEAKS
        ) or (word.text == "倒数" and i and words[i - 1].text == "的"):
            made[i] = Word("unread", word.text, word.text)
        elif word.text in _DEVIATES and {"ma", "小"} <= _clause_around(words, i):
            made[i] = replace(word, value="near")
        elif word.text == "最近" and _ends_distance(words, i, after):
            made[i] = Word("concept", "near", word.text)
    return made


_SKIPS = frozenset({"不含", "跳过", "skip", "skipping"})
_SMALL = frozenset({"小", "最小", "较小", "更小", "很小"})
_DEVIATES = frozenset({"偏离", "偏离程度", "距离", "离差"})


def _is_verdict(words: list[Word], at: int) -> bool:
    """Whether 差 says that something is bad rather than low: "换手率越低越差"."""
    said = [word.text for word in _clause_before(words, at)]
    return said[-1:] == ["越"] and "越" in said[:-1]


def _clause_around(words: list[Word], at: int) -> set[str]:
    """The concepts of the clause of a place, and 小 where something is to be small."""
    end = at
    while end < len(words) and words[end].kind != "break":
        end += 1
    clause = [word for word in [*_clause_before(words, at), *words[at:end]] if word.kind == "concept"]
    return {"小" if word.text in _SMALL else str(word.value) for word in clause}


_BEFORE_PEAKS = frozenset({"near", "far", "distance", "breakout", "price", "close", "highest", "lowest"})


def _is_peak(words: list[Word], at: int) -> bool:
    """Whether "high" or "low" after a window is the highest or lowest price over it."""
    if not at or words[at - 1].kind != "window":
        return False
    if at + 1 < len(words) and words[at + 1].value == "momentum" and words[at - 1].worded:
        return True
    if _names_something(words, at + 1):
        return False
    before = [word.value for word in _clause_before(words, at) if word.kind == "concept"]
    return not before or before[-1] in _BEFORE_PEAKS


def _ends_distance(words: list[Word], at: int, after: int) -> bool:
    """Whether "最近" means nearest: it ends a clause that names a distance."""
    last = after >= len(words) or words[after].kind == "break"
    return last and any(word.value == "distance" for word in _clause_before(words, at))


def _clause_before(words: list[Word], at: int) -> list[Word]:
    start = at
    while start and words[start - 1].kind != "break":
        start -= 1
    return words[start:at]


def _named_before(words: list[Word], at: int) -> bool:
    """Whether the word before is a concept that is no direction."""
    before = words[at - 1]
    return before.kind == "concept" and before.value not in ("low", "high")


def _names_something(words: list[Word], at: int) -> bool:
    """Whether a concept that is no direction comes next."""
    at = next((k for k in range(at, len(words)) if words[k].kind != "silent"), len(words))
    return at < len(words) and words[at].kind == "concept" and words[at].value not in ("low", "high")
