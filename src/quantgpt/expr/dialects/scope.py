"""What words, fields and arguments may mean in one text of Qlib's dialect."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from dataclasses import dataclass, field

from quantgpt.expr.analysis import Notice
from quantgpt.expr.dialects.syntax import SYMBOLS
from quantgpt.expr.dialects.table import SERIES, VALUES, WINDOWS, Row, Table
from quantgpt.expr.suggestions import COLUMN_SUGGESTIONS
from quantgpt.expr.syntax import Syntax
from quantgpt.expr.tree import BAR, LISTED, Node
from quantgpt.foundations.errors import BadExpression
from quantgpt.foundations.fields import FIELDS, USUAL_FIELDS
from quantgpt.operators._base import MAX_WINDOW

INDUSTRY = "industry"
CONSTANTS = ("nan", "inf", "true", "false", "none")
"""words that stand for constants elsewhere, and for no field"""

Value = Node | int | float | str
"""an expression, a constant as Python holds it, or a quoted text"""


@dataclass(frozen=True)
class QlibScope:
    """What words and fields may mean in one text."""

    text: str
    table: Table
    fields: Collection[str] | None = None
    has_industry: bool = True
    allow_lookahead: bool = True
    notices: list[Notice] = field(default_factory=list)

    def offered(self) -> list[str]:
        """The names of fields that may be read."""
        names = [*FIELDS, *USUAL_FIELDS] if self.fields is None else sorted(self.fields)
        return [name for name in names if name not in (BAR, LISTED)]

    def near_field(self, word: str) -> str | None:
        """The field that was probably meant by `word`, as it is written; None where there is none like it."""
        offered, low = self.offered(), word.lower()
        if low in CONSTANTS:
            return None
        usual = COLUMN_SUGGESTIONS.get(low)
        names = {name.lower(): name for name in offered}
        near = low if low in names else usual if usual in names else None
        near = near or next(iter(difflib.get_close_matches(low, names, n=1, cutoff=0.6)), None)
        return f"${names[near]}" if near else None

    def some_fields(self) -> str:
        """A few of the fields that may be read, for a hint."""
        return f"可用的字段：{', '.join(f'${one}' for one in self.offered()[:9])} 等"

    def refusal(
        self, place: tuple[int, int], message: str, hint: str, code: str, nearest: object = None
    ) -> BadExpression:
        """The error of a place in the text."""
        return BadExpression(
            message, text=self.text, start=place[0], end=place[1], hint=hint, code=code, nearest=nearest
        )


def fits(row: Row, children: tuple[Value, ...]) -> bool:
    """Whether the arguments have the pattern of `row`, and one of them at least is an expression."""
    if len(children) != len(row.pattern):
        return False
    if not all(fits_one(letter, child, row.least) for letter, child in zip(row.pattern, children, strict=True)):
        return False
    return any(isinstance(child, Node) for child in children) or not set(row.pattern) & set(SERIES + VALUES)


def fits_one(letter: str, child: Value, least: int) -> bool:
    """Whether one argument is what a letter of a pattern asks for, windows being at least `least`."""
    if letter in SERIES:
        return isinstance(child, Node)
    if letter in VALUES:
        return not isinstance(child, str)
    if letter == "t":
        return isinstance(child, str)
    if letter == "i":
        return child == INDUSTRY
    if isinstance(child, Node | str):
        return False
    whole = isinstance(child, int)
    if letter in WINDOWS:
        return whole and least <= child <= MAX_WINDOW
    if letter == "p":
        return whole and -MAX_WINDOW <= child < 0
    if letter == "z":
        return whole and child == 0
    if letter == "a":
        return not whole and 0 < child < 1
    return letter != "q" or 0 <= child <= 1


def shown(part: Syntax) -> str:
    """A word as it was written."""
    return SYMBOLS.get(part.name, part.name) if part.kind == "operator" else part.name
