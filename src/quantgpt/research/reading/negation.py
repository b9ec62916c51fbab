"""What is denied, avoided or turned around: how far a "not" reaches, and what it leaves alone.

A negation ends where its clause does, at a contrast ("but", 而是), and in Chinese at the 的 behind a set of names that it
takes out (剔除小市值的 动量). Where its reach is not certain its word stays unread, so that the whole text is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from quantgpt.research.reading.word import Word

DIRECTIONS = frozenset({"low", "high"})
OTHER_WAY = {
    one: other
    for pair in (
        "low high",
        "expand shrink",
        "rise fall",
        "above below",
        "stable unstable",
        "strength weakness",
        "near far",
    )
    for one, other in (pair.split(), pair.split()[::-1])
}
_REACH = 3
CONTRAST = frozenset({"but", "yet", "while", "但", "但是", "而", "而是", "而要", "不过", "却"})
_INSTEAD = frozenset({"但", "but", "而是", "而要"})
_STRATEGIES = frozenset({"momentum", "reversal", "winners", "losers"})
_NAMES = ("股", "股票", "票", "公司", "标的", "品种", "盘")
"""what ends a phrase that means names rather than a quantity"""
_ALL_OF = frozenset({"都", "均", "皆", "都很", "都要", "都是", "都比较", "both"})


def negated(words: Iterable[Word]) -> list[Word]:
    """The words with denials, "not" and "avoid" applied to what they reach, and without the silent ones."""
    made = _each(list(words))
    _deny(made)
    for i, word in enumerate(made):
        if word.kind == "concept" and word.value == "not":
            made[i] = _turn_next(made, i)
    for i, word in enumerate(made):
        if word.kind == "concept" and word.value in ("avoid", "opposite"):
            _turn_clause(made, i)
    return [word for word in made if word.kind != "silent"]


def _each(made: list[Word]) -> list[Word]:
    """The direction that is said of several quantities at once ("A和B都低") said of each of them."""
    for i, word in enumerate(made):
        after = made[i + 1] if i + 1 < len(made) else None
        shared = word.text in _ALL_OF and word.kind == "silent" and after is not None and after.value in DIRECTIONS
        if shared or (word.value in DIRECTIONS and word.text.startswith("双")):
            way = after if shared and after else word
            return [*_spread(made[:i], replace(way, joined=False)), *made[i + shared :]]
    return made


def _spread(before: list[Word], way: Word) -> list[Word]:
    """The words with a direction after each quantity that a plain link or 、 ends and that has none."""
    made: list[Word] = []
    for word in before:
        joins = (word.kind == "link" and word.value == "plus") or word.text == "、"
        if joins and (last := _last_run(made)) and not any(one.value in DIRECTIONS for one in last):
            made.append(way)
        made.append(word)
    return made


def _last_run(made: list[Word]) -> list[Word]:
    start = len(made)
    while start and made[start - 1].kind not in ("break", "link"):
        start -= 1
    return [word for word in made[start:] if word.kind == "concept"]


def _deny(made: list[Word]) -> None:
    """Take "not this but that", "that, not this" as "that"."""
    for i, word in enumerate(made):
        if word.kind != "concept" or word.value not in ("deny", "not"):
            continue
        following = next((k for k in range(i + 1, len(made)) if made[k].kind != "silent"), None)
        if word.value == "deny" and following is not None and made[following].value == "not":
            made[i] = made[following] = Word("silent", "", word.text)
            continue
        reached, end = _until(made, i + 1)
        if word.value == "deny" or _denies(made, i, reached, end):
            _replaced(made, i, reached, end)


def _denies(made: list[Word], at: int, reached: list[int], end: int) -> bool:
    """Whether a bare "not" denies what a noun names instead of turning it around."""
    if not made[at].text.isascii() or not reached or any(made[k].value in OTHER_WAY for k in reached):
        return False
    instead = end < len(made) and made[end].text in _INSTEAD
    return instead or made[at].text in ("no", "without") or all(made[k].value in _STRATEGIES for k in reached)


def _replaced(made: list[Word], at: int, reached: list[int], end: int) -> None:
    """Drop what is denied where something else is asked for; turn it around where it is a side; else leave it unread."""
    word = made[at]
    instead = end < len(made) and made[end].text in _INSTEAD
    others = [k for k, one in enumerate(made) if one.kind == "concept" and k not in reached and k != at]
    kept = {made[k].value for k in others} - DIRECTIONS
    denied = {made[k].value for k in reached}
    if word.text in ("no", "without"):
        made[at] = Word("unread", word.text, word.text)
    elif instead and any(k > end for k in others):
        _drop(made, at, end)
    elif denied & OTHER_WAY.keys() and word.text in ("不是", "并不是", "并非"):
        made[at] = replace(word, value="not")
    elif kept and reached and (not denied & OTHER_WAY.keys() or denied - DIRECTIONS <= kept):
        _drop(made, at, end)
    else:
        made[at] = Word("unread", word.text, word.text)


def _drop(made: list[Word], start: int, end: int) -> None:
    for k in range(start, end):
        if made[k].kind not in ("break", "wrap", "hold", "groups", "universe", "years", "benchmark"):
            made[k] = Word("silent", "", made[k].text)


def _until(made: list[Word], at: int) -> tuple[list[int], int]:
    """(concepts up to the next break or contrast, its place)."""
    found = []
    while at < len(made) and not _ends(made[at]):
        found += [at] if made[at].kind == "concept" else []
        at += 1
    return found, at


def _ends(word: Word) -> bool:
    return (word.kind == "break" and word.text != "、") or (word.kind == "link" and word.text in CONTRAST)


def _turn_next(made: list[Word], at: int) -> Word:
    """Turn the next word that has an opposite; where there is none, the clause is what is not wanted."""
    seen, ahead = 0, False
    for k in range(at + 1, len(made)):
        if made[k].kind in ("break", "link") or seen >= _REACH:
            break
        if made[k].kind != "concept":
            continue
        seen, ahead = seen + 1, True
        if made[k].value in OTHER_WAY:
            made[k] = replace(made[k], value=OTHER_WAY[made[k].value])
            return Word("silent", "", made[at].text)
    return replace(made[at], value="avoid") if ahead else Word("unread", made[at].text, made[at].text)


def _turn_clause(made: list[Word], at: int) -> None:
    word = made[at]
    if word.value == "opposite":
        _turn_run(made, at)
        return
    forward = _until(made, at + 1)[0]
    if not forward and (before := _before(made, at)) and _parted(made, before[-1] - 1, before[::-1]) is not None:
        made[at] = Word("unread", word.text, word.text)
        return
    parted = _parted(made, at, forward) if not word.text.isascii() else None
    if parted is not None:
        _, end = _until(made, at + 1)
        if _means_names(made, parted, end):
            made[at] = Word("unread", word.text, word.text)
            return
        forward = [k for k in forward if k < parted]
        made[parted] = Word("link", "plus", made[parted].text)
    under = forward or ([] if word.text.isascii() else _before(made, at))
    for k in under:
        made[k] = replace(made[k], turned=not made[k].turned)
    made[at] = Word("silent", "", word.text) if under else Word("unread", word.text, word.text)


def _parted(made: list[Word], at: int, reached: list[int]) -> int | None:
    """The 的 that ends a set of names which is to be taken out, where a quantity is named behind it."""
    for k in range(at + 1, reached[-1] if reached else 0):
        if made[k].text != "的" or made[k].kind != "silent":
            continue
        inside = [made[j].value for j in reached if j < k]
        behind = [made[j].value for j in reached if j > k]
        names = any(value in OTHER_WAY or value in _STRATEGIES for value in inside)
        if names and any(value not in DIRECTIONS for value in behind):
            return k
    return None


def _means_names(made: list[Word], start: int, end: int) -> bool:
    said = [word.text for word in made[start + 1 : end] if word.text]
    return bool(said) and said[-1].endswith(_NAMES)


def _before(made: list[Word], at: int) -> list[int]:
    """The concepts of the clause before."""
    found = []
    at -= 1
    while at >= 0 and not _ends(made[at]):
        found += [at] if made[at].kind == "concept" and made[at].value not in ("avoid", "opposite") else []
        at -= 1
    return found


def _turn_run(made: list[Word], at: int) -> None:
    """Turn what a minus stands before, or what 取反 stands behind, up to the next link."""
    word = made[at]
    step = 1 if word.text == "-" else -1
    k, under = at + step, list[int]()
    while 0 <= k < len(made) and made[k].kind not in ("link", "break", "unread"):
        under += [k] if made[k].kind == "concept" else []
        k += step
    part = step < 0 <= k and made[k].kind == "link" and made[k].value != "plus"
    told = part or {made[k].value for k in under} & (DIRECTIONS | {"avoid", "opposite", "not"})
    if not under or told:
        made[at] = Word("unread", word.text, word.text)
        return
    for k in under:
        made[k] = replace(made[k], turned=not made[k].turned)
    made[at] = Word("silent", "", word.text)
