"""The library of named ideas that the offline engine knows, and the words that it reads; data of `ideas*.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any

from quantgpt.foundations.errors import Broken

CATEGORIES = {
    "momentum": ("动量与趋势", "Momentum and trend"),
    "reversal": ("反转与回归", "Reversal"),
    "overnight": ("隔夜与跳空", "Overnight"),
    "intraday": ("日内形态", "Within the day"),
    "volatility": ("波动与风险", "Volatility and risk"),
    "volume": ("量价", "Volume"),
    "liquidity": ("流动性与换手", "Liquidity and turnover"),
    "composite": ("组合形态", "Pictures"),
    "size": ("规模与价格", "Size and price"),
    "value": ("估值", "Value"),
}
LONGEST_WINDOW = 1000
_PLACE = re.compile(r"\{(\d*)([a-z_]+)\}")
_FOLLOWS = re.compile(r"max\((\d+),(\d+)\*([a-z_]+)\)")


@dataclass(frozen=True, eq=False)
class Idea:
    """One named idea: how it is said, what it computes, and why it should work."""

    id: str
    zh: str
    en: str
    category: str
    expression: str
    expects: int
    horizon: int
    why_zh: str
    why_en: str
    fields: frozenset[str]
    patterns: tuple[frozenset[str], ...]
    accepts: frozenset[str]
    names: tuple[str, ...] = ()
    phrase_zh: str = ""
    params: Mapping[str, int | str] = field(default_factory=dict)
    least: int = 1
    longest: int = LONGEST_WINDOW
    signs: Mapping[str, int] = field(default_factory=dict)
    ordered: tuple[str, ...] = ()
    inverted: bool = False
    composite: bool = False
    across: bool = False
    two: bool = False
    exact: bool = False
    directed: bool = False
    today: bool = False

    @property
    def asked(self) -> tuple[str, ...]:
        """The parameters that a text may give, in their order."""
        return tuple(self.params)

    def windows(self, given: tuple[int, ...]) -> dict[str, int]:
        """All parameters, the first of them as given."""
        made: dict[str, int] = {}
        for place, (name, default) in enumerate(self.params.items()):
            if place < len(given):
                made[name] = given[place]
            elif isinstance(default, int):
                made[name] = default
            else:
                least, times, other = _FOLLOWS.fullmatch(default).groups()  # type: ignore[union-attr]  # checked on load
                made[name] = min(max(int(least), int(times) * made[other]), LONGEST_WINDOW)
        return made

    def phrase(self) -> str:
        """Words that name the idea with its usual window."""
        if self.phrase_zh:
            return self.phrase_zh
        first = next(iter(self.params.values()), None)
        single = len(self.params) == 1 and isinstance(first, int) and first > 1
        return f"{first}日{self.zh}" if single else self.zh


@dataclass(frozen=True)
class Macro:
    """A piece of expression that is written in one of several ways, by the fields that there are."""

    needs: frozenset[str]
    text: str


@dataclass(frozen=True)
class Library:
    """All ideas, the signs of words, and the pieces that their expressions share."""

    ideas: Mapping[str, Idea]
    polarity: Mapping[str, int]
    macros: Mapping[str, tuple[Macro, ...]]
    states: frozenset[str] = frozenset()
    """words that say a side by themselves and take no direction: "cheap\""""

    def written(self, idea: Idea, windows: Mapping[str, int], fields: frozenset[str]) -> tuple[str, frozenset[str]]:
        """The expression of an idea, and the fields among those that it lacks."""
        missing: set[str] = set()

        def fill(match: re.Match[str]) -> str:
            times, name = match.groups()
            if name in windows:
                return str(windows[name] * int(times or 1))
            ways = self.macros[name]
            for way in ways:
                if way.needs <= fields:
                    return way.text
            missing.update(ways[0].needs - fields)
            return ways[0].text

        text = _plain(_PLACE.sub(fill, idea.expression))
        plain = idea.fields - {need for ways in self.macros.values() for need in ways[0].needs}
        if not any(f"{{{name}}}" in idea.expression for name in self.macros):
            plain = idea.fields
        return text, frozenset(missing | (plain - fields))

    def sign_of(self, idea: Idea, concept: str) -> int:
        """1, -1 or 0: what a word says about the side of the idea that is wanted."""
        if concept in idea.signs:
            return idea.signs[concept]
        return self.polarity.get(concept, 0) * (-1 if idea.inverted else 1)


_OF_ONE = re.compile(r"ts_(?:mean|sum)\((.+), 1\)", re.DOTALL)


def _plain(text: str) -> str:
    """An expression without a mean or a sum over one session around the whole of it."""
    match = _OF_ONE.fullmatch(text)
    depth = 0
    for sign in match[1] if match else ")":
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth < 0:
            return text
    return match[1] if match else text


def _data(name: str) -> dict[str, Any]:
    return tomllib.loads(files("quantgpt.research").joinpath(name).read_text("utf-8"))


@lru_cache(maxsize=1)
def vocabulary() -> dict[str, Any]:
    """The tables of `ideas_words.toml`."""
    return _data("ideas_words.toml")


@lru_cache(maxsize=1)
def library() -> Library:
    """The ideas of `ideas.toml`.

    Raises: Broken where the file contradicts itself.
    """
    data = _data("ideas.toml")
    lists = {f"@{name}": row for name, row in data["lists"].items()}
    ideas: dict[str, Idea] = {}
    for row in data["idea"]:
        idea = _idea(row, lists)
        if idea.id in ideas or idea.category not in CATEGORIES:
            raise Broken(f"ideas.toml: {idea.id} is there twice, or of an unknown category")
        ideas[idea.id] = idea
    polarity = dict.fromkeys(data["polarity"]["plus"], 1) | dict.fromkeys(data["polarity"]["minus"], -1)
    macros = {
        name: tuple(Macro(frozenset(way["needs"]), way["text"]) for way in ways)
        for name, ways in data["macros"].items()
    }
    return Library(ideas, polarity, macros, frozenset(data["polarity"]["states"]))


def _idea(row: dict[str, Any], lists: Mapping[str, list[str]]) -> Idea:
    own = f"={row['id']}"
    patterns = [frozenset(way.split()) for way in row["says"]]
    if row.get("names"):
        patterns.append(frozenset({own}))
    accepts = {word for name in row.get("accepts", ()) for word in lists.get(name, [name])}
    accepts |= {own, *(word for way in patterns if len(way) == 1 for word in way)}
    params = row.get("params", {})
    if any(isinstance(value, str) and not _FOLLOWS.fullmatch(value) for value in params.values()):
        raise Broken(f"ideas.toml: a parameter of {row['id']} is not readable")
    plain = {key: row[key] for key in row.keys() - {"says", "accepts", "names", "fields", "ordered"}}
    return Idea(
        **plain,
        fields=frozenset(row["fields"]),
        patterns=tuple(patterns),
        accepts=frozenset(accepts),
        names=tuple(row.get("names", ())),
        ordered=tuple(row.get("ordered", ())),
    )


def ideas_catalogue() -> list[dict[str, Any]]:
    """Every idea as a plain row, for palettes and lists: titles, category, a phrase, the expression with its usual windows."""
    known = library()
    everything = frozenset(name for idea in known.ideas.values() for name in idea.fields)
    rows = []
    for idea in known.ideas.values():
        windows = idea.windows(())
        zh, en = CATEGORIES[idea.category]
        rows.append(
            {
                "id": idea.id,
                "zh": idea.zh,
                "en": idea.en,
                "category": idea.category,
                "category_zh": zh,
                "category_en": en,
                "phrase": idea.phrase(),
                "expression": known.written(idea, windows, everything)[0],
                "parameters": windows,
                "direction": idea.expects,
                "horizon": idea.horizon,
                "hypothesis_zh": idea.why_zh,
                "hypothesis_en": idea.why_en,
                "fields": sorted(idea.fields),
            }
        )
    return rows
