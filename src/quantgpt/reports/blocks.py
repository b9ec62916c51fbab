"""What a report is made of: sections of cards that hold a chart, a table or the reason why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from quantgpt.reports.words import DASH, Label

NO_SERIES = Label("本次运行没有留下这一项数据", "this run stored no such data")


@dataclass(frozen=True)
class Cell:
    """One cell of a table: its words, style classes, a colour swatch, a tag behind the words, words on hover.

    `meter` draws a bar of 0 to 100 behind the words.
    """

    words: str = DASH
    style: str = ""
    swatch: str = ""
    tag: str = ""
    title: str = ""
    meter: float | None = None


@dataclass(frozen=True)
class Row:
    """One row; `head` rows divide a table into parts and have one cell."""

    cells: Sequence[Cell]
    style: str = ""
    head: Label | None = None


@dataclass(frozen=True)
class Column:
    """Head of a column; numbers stand at the right, words at the left."""

    label: Label
    left: bool = False


@dataclass(frozen=True)
class Table:
    """A table with a note below it; `wide` tables scroll sideways on narrow screens."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    note: Label | None = None


@dataclass(frozen=True)
class Key:
    """A swatch of a legend: `line`, `dash`, `bar` or `dot` in the colour of a style class."""

    label: str
    shape: str
    style: str


@dataclass(frozen=True)
class Condition:
    """One condition of a test: held, not held, or None for a remark."""

    held: bool | None
    label: Label


@dataclass(frozen=True)
class Card:
    """One framed piece: title, how to read it, then a chart, a table, facts or the reason why there is none.

    `span` is its width in twelfths of the page.
    """

    title: Label
    caption: Label | None = None
    span: int = 6
    keys: Sequence[Key] = ()
    chart: Markup | None = None
    table: Table | None = None
    facts: Sequence[tuple[Label, Cell]] = ()
    foot: Label | None = None
    tag: Label | None = None
    missing: Label | None = None


@dataclass(frozen=True)
class TestCard:
    """One of the four tests: its question, verdict, null distribution, the deciding inequality and its conditions."""

    __test__ = False

    title: Label
    question: Label
    passed: bool | None
    chart: Markup | None
    rule: str
    conditions: Sequence[Condition]
    missing: Label | None = None


@dataclass(frozen=True)
class Tile:
    """One key figure and what it is compared with."""

    label: Label
    value: str
    below: str = ""
    style: str = ""


@dataclass(frozen=True)
class Section:
    """One part of the report."""

    key: str
    title: Label
    cards: Sequence[Card]
    tests: Sequence[TestCard] = ()
    tiles: Sequence[Tile] = ()
    note: Label | None = None


def absent(title: Label, reason: Label | None = None, *, span: int = 6, caption: Label | None = None) -> Card:
    """A card that keeps its frame and says why it is empty."""
    return Card(title, caption, span, missing=reason or NO_SERIES)


def numbers(*cells: str | Cell) -> list[Cell]:
    """Cells from plain words."""
    return [cell if isinstance(cell, Cell) else Cell(cell) for cell in cells]


def heads(*labels: tuple[str, str], left: int = 1) -> list[Column]:
    """Columns from (zh, en) pairs; the first `left` of them hold words."""
    return [Column(Label(*label), i < left) for i, label in enumerate(labels)]
