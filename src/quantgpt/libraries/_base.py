"""What a factor library is, the registry of all of them, and the reader of their tables."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import resources

from quantgpt.foundations.errors import Broken, NotFound
from quantgpt.foundations.registry import Registry

CATEGORIES = {
    "technical": ("技术指标", "Technical indicators"),
    "momentum": ("动量", "Momentum"),
    "mean_reversion": ("均值回归", "Mean reversion"),
    "volatility": ("波动率", "Volatility"),
    "volume": ("成交量", "Volume"),
    "price": ("价格形态", "Price and candle shape"),
    "price_volume": ("量价关系", "Price against volume"),
    "cross_sectional": ("截面", "Across names"),
    "fundamental": ("基本面", "Fundamentals"),
}
DIALECTS = ("quantgpt", "qlib")
COMPATS = ("strict", "qlib")
COLUMNS = ("name", "category", "expression", "zh", "en")


@dataclass(frozen=True, slots=True)
class LibraryFactor:
    """One named expression of a library: how it is written, what it measures, where it was published."""

    name: str
    expression: str
    dialect: str
    zh: str
    en: str
    category: str
    source: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One factor of the source that cannot be stated exactly, and why."""

    name: str
    zh: str
    en: str


@dataclass(frozen=True)
class Library:
    """A named set of factors in the order of its source.

    `compat` says with whose numbers its expressions are meant: `qlib` for Qlib's, quirks included, `strict` for ours.
    `note_zh` and `note_en` hold the choices that the source leaves open. `labels` are expressions that look ahead and are
    no factors.

    Raises: Broken for two factors of one name, an unknown category or an empty text.
    """

    name: str
    zh: str
    en: str
    dialect: str
    compat: str
    source: str
    factors: tuple[LibraryFactor, ...]
    left_out: tuple[LeftOut, ...] = ()
    labels: tuple[LibraryFactor, ...] = ()
    note_zh: str = ""
    note_en: str = ""

    def __post_init__(self) -> None:
        if self.dialect not in DIALECTS or self.compat not in COMPATS:
            raise Broken(f"library {self.name!r}: dialect {self.dialect!r} with compat {self.compat!r}")
        seen: set[str] = set()
        for factor in (*self.factors, *self.labels):
            if factor.name in seen:
                raise Broken(f"library {self.name!r}: two factors are named {factor.name!r}")
            seen.add(factor.name)
            if factor.category not in CATEGORIES:
                raise Broken(f"library {self.name!r}: {factor.name} has the unknown category {factor.category!r}")
            if factor.dialect != self.dialect or not all((factor.expression, factor.zh, factor.en, factor.source)):
                raise Broken(f"library {self.name!r}: {factor.name} is not complete")
        for left in self.left_out:
            if left.name in seen:
                raise Broken(f"library {self.name!r}: {left.name} is both stated and left out")
            seen.add(left.name)

    def __len__(self) -> int:
        return len(self.factors)

    def __iter__(self) -> Iterator[LibraryFactor]:
        return iter(self.factors)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the factors, in order."""
        return tuple(factor.name for factor in self.factors)

    @property
    def expressions(self) -> dict[str, str]:
        """Expression by name, in order."""
        return {factor.name: factor.expression for factor in self.factors}

    def factor(self, name: str) -> LibraryFactor:
        """The factor of that name.

        Raises: NotFound with the nearest name, or with the reason where the factor was left out.
        """
        for factor in self.factors:
            if factor.name == name:
                return factor
        for left in self.left_out:
            if left.name == name:
                raise NotFound(f"{self.name} leaves out {name}: {left.en}", hint=left.zh, field="factor")
        raise _unknown(f"library {self.name} has no factor named {name!r}", name, self.names)


class _Shelf(Registry[Callable[[], Library]]):
    """The registry of libraries: every module of the package puts one builder in; a library is built when asked for."""

    def __init__(self) -> None:
        super().__init__("library")

    def names(self) -> tuple[str, ...]:
        """The names of all libraries."""
        self.load("quantgpt.libraries")
        return tuple(self)


LIBRARIES = _Shelf()
"""name → builder; use `library(name)` for the library itself and `LIBRARIES.names()` for what there is"""


def shelved(name: str) -> Callable[[Callable[[], Library]], Callable[[], Library]]:
    """Register the builder of a library, which runs when the library is first asked for, and once."""

    def register(build: Callable[[], Library]) -> Callable[[], Library]:
        once = functools.cache(build)
        LIBRARIES.add(name, once)
        return once

    return register


def library(name: str) -> Library:
    """The library of that name, in any case.

    Raises: NotFound with the nearest name.

    >>> len(library("alpha158"))
    158
    """
    names = LIBRARIES.names()
    if name.lower() not in names:
        raise _unknown(f"no library named {name!r}", name.lower(), names)
    return LIBRARIES[name.lower()]()


def factors_of(file: str, *, dialect: str, source: str) -> tuple[LibraryFactor, ...]:
    """The factors of a table beside this module: tab-separated, first row `name category expression zh en`.

    Lines that begin with `#` are remarks.

    Raises: Broken with the file and the line of a row that is not complete.
    """
    return tuple(
        LibraryFactor(name, expression, dialect, zh, en, category, f"{source}, {name}")
        for name, category, expression, zh, en in _rows(file)
    )


def _rows(file: str) -> Iterator[tuple[str, ...]]:
    text = resources.files("quantgpt.libraries").joinpath(file).read_text(encoding="utf-8")
    lines = [(at, line) for at, line in enumerate(text.splitlines(), 1) if line and not line.startswith("#")]
    if not lines or tuple(lines[0][1].split("\t")) != COLUMNS:
        raise Broken(f"{file}: the first row is not {' '.join(COLUMNS)}")
    for at, line in lines[1:]:
        cells = tuple(cell.strip() for cell in line.split("\t"))
        if len(cells) != len(COLUMNS) or not all(cells):
            raise Broken(f"{file}, line {at}: {len(COLUMNS)} cells are needed, none of them empty")
        yield cells


def left_out_report(names: Iterable[str] | None = None) -> str:
    """A text that lists, library by library, what could not be stated exactly, with the reasons in both languages."""
    lines = []
    for name in LIBRARIES.names() if names is None else names:
        shelf = library(name)
        lines.append(f"{shelf.name}: {len(shelf)} stated, {len(shelf.left_out)} left out")
        for left in shelf.left_out:
            lines.append(f"  {left.name}: {left.en}")
            lines.append(f"    {left.zh}")
    return "\n".join(lines)


def _unknown(message: str, word: str, names: Iterable[str]) -> NotFound:
    names = tuple(names)
    lower = {name.lower(): name for name in names}
    near = next((lower[n] for n in difflib.get_close_matches(word.lower(), lower, n=1)), None)
    hint = f"did you mean {near}?" if near else f"known: {', '.join(names[:12])}{' …' if len(names) > 12 else ''}"
    return NotFound(message, hint=hint, nearest=near)
