"""A whole request: what is said of the test and of the whole expression is set apart; the rest names the ideas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from quantgpt.research.reading.word import Word

DEFAULT_SMOOTHING = 5
DEFAULT_DECAY = 10
_OF_THE_TEST = {
    "hold": "holding_period",
    "groups": "n_groups",
    "universe": "universe",
    "years": "years",
    "benchmark": "benchmark",
}
_ENDS = {"top": "high", "bottom": "low"}


@dataclass(frozen=True)
class Request:
    """A text set apart: words that name ideas, what wraps the expression, what is said of the test."""

    words: tuple[Word, ...]
    wraps: dict[str, int]
    """name of a wrap, and its window (0: it takes none)"""
    test: dict[str, Any]
    contradicts: bool = False
    filters: bool = False
    """a share of the names is to be kept before something else is asked of them"""


def request_of(words: Sequence[Word]) -> Request:
    """The request that the words make."""
    kept: list[Word] = []
    wraps: dict[str, int] = {}
    test: dict[str, Any] = {}
    contradicts = filters = False
    claimed: set[int] = set()
    for i, word in enumerate(words):
        if i in claimed:
            continue
        if word.kind in _OF_THE_TEST:
            name = _OF_THE_TEST[word.kind]
            contradicts = contradicts or test.get(name, word.value) != word.value
            test[name] = word.value
        elif word.kind in _ENDS:
            filters = filters or any(later.kind == "concept" for later in words[i + 1 :])
            test["share"] = f"{word.kind} {word.value}"
            if word.kind == "bottom":
                kept.append(replace(word, kind="concept", value="low"))
        elif word.kind == "wrap":
            wraps[word.value] = _window_beside(words, i, kept, claimed) if word.value == "smoothed" else 0
        else:
            kept.append(word)
    return Request(tuple(kept), wraps, test, contradicts, filters)


def _window_beside(words: Sequence[Word], at: int, kept: list[Word], claimed: set[int]) -> int:
    """The window of a smoothing: the one right before it, else the one right after it where there are more."""
    if kept and kept[-1].kind == "window" and words[at - 1] is kept[-1]:
        return int(kept.pop().value)
    several = sum(word.kind in ("window", "number") for word in words) > 1
    if several and at + 1 < len(words) and words[at + 1].kind in ("window", "number"):
        claimed.add(at + 1)
        return int(words[at + 1].value)
    return DEFAULT_SMOOTHING


def decay_apart(request: Request) -> Request | None:
    """The request with "linearly weighted" taken as said of the whole expression; None where it does not say so."""
    words = list(request.words)
    at = next((i for i, word in enumerate(words) if word.value == "linear_decay"), None)
    if at is None:
        return None
    window = DEFAULT_DECAY
    windows = [i for i, word in enumerate(words) if word.kind in ("window", "number")]
    beside = next((i for i in (at - 1, at + 1) if i in windows), None)
    del_ = {at}
    if beside is not None and len(windows) > 1:
        window = int(words[beside].value)
        del_.add(beside)
    left = tuple(word for i, word in enumerate(words) if i not in del_)
    return replace(request, words=left, wraps={**request.wraps, "linear_decay": window})
