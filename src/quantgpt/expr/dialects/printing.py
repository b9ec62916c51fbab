"""A tree → text in one of the dialects, with no more brackets than the grammar needs."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from quantgpt.expr.canonical import literal, text_of
from quantgpt.expr.dialects.kinds import FactBook, Kind, as_single, joined
from quantgpt.expr.dialects.names import TABLES, table_of
from quantgpt.expr.dialects.syntax import BINARY, COMPARISON, SIGN, SYMBOLS
from quantgpt.expr.dialects.table import LETTER_NAMES, Row, Rule, Table, own_row
from quantgpt.expr.syntax import Syntax, parse
from quantgpt.expr.tree import BAR, LISTED, Node, fold
from quantgpt.foundations.errors import BadRequest

ATOM = 100
_UNSAID = {"single", "on_bars"}
_SAME_WORD = {"qlib_log32": "qlib_log", "qlib_power32": "qlib_power"}
_PREFERRED = {"qlib_ewm": "EMA", "ewma": "EMA"}
_IN_WIDTH = {
    *("qlib_add", "qlib_sub", "qlib_mul", "qlib_div", "qlib_power32", "qlib_greater", "qlib_less", "qlib_if"),
    *("qlib_gt", "qlib_ge", "qlib_lt", "qlib_le", "qlib_eq", "qlib_ne"),
}
"""operators whose literals Qlib holds in the width of the other operands"""


class NoWord(BadRequest):
    """A dialect has no word for an operator; `operators` names those that it lacks."""

    def __init__(self, operators: frozenset[str], compat: str) -> None:
        self.operators = operators
        names = ", ".join(sorted(operators))
        super().__init__(
            f"Qlib's dialect (compat={compat}) has no word for {names}",
            hint=f"Qlib 写法（compat={compat}）里没有 {names}",
            field="expression",
            nearest='compat="extended"' if compat == "qlib" else None,
        )


def print_tree(tree: Node, dialect: str = "quantgpt", *, compat: str = "qlib", loose: bool = False) -> str:
    """The text of a tree; reading it again gives the same tree, where the dialect has words for all of it.

    In Qlib's dialect the roundings to single precision are not written, since its reader puts them in again. With `loose`
    the words of the other tables stand in where the table of `compat` has none; then it may read back as another tree.

    Raises: BadRequest for an unknown dialect or compat, NoWord where Qlib's dialect has no word for an operator.
    """
    if dialect == "quantgpt":
        return text_of(tree)
    if dialect != "qlib":
        raise BadRequest(f"no dialect {dialect!r}", hint="dialect 取 quantgpt 或 qlib", field="dialect", nearest="qlib")
    table = table_of(compat)
    fallbacks = [name for name in ("strict", "qlib") if name != compat] if loose else []
    text = _Printer(table, *fallbacks).text(tree)
    if text.missing:
        raise NoWord(text.missing, compat)
    return text.text


@dataclass(frozen=True, slots=True)
class _Text:
    """Text of a part, how tightly it binds, and the operators in it that have no word."""

    text: str
    bind: int
    missing: frozenset[str] = frozenset()

    def within(self, least: int) -> str:
        return self.text if self.bind >= least else f"({self.text})"


class _Printer:
    def __init__(self, table: Table, *fallbacks: str) -> None:
        self.table = table
        self.tables = (table.name, *fallbacks)
        self.facts = FactBook()
        self.texts: dict[str, _Text] = {}

    def text(self, root: Node) -> _Text:
        return fold(root, self._visit, self.texts)

    def _visit(self, node: Node, parts: tuple[_Text, ...]) -> _Text:
        if node.kind == "number":
            return _number(literal(node.value))
        if node.inner is not None:
            inner = _Printer(self.table, *self.tables[1:]).text(node.inner)
            return _Text(f"Mask({inner.text},'{node.code}')", ATOM, inner.missing)
        if node.operator is None:
            return _Text(f"${node.name}", ATOM, frozenset() if node.is_market_field else frozenset({node.name}))
        if node.name in _UNSAID:
            return parts[0]
        for row, template in self._candidates(node):
            given: dict[str, Node | float] = {}
            if _matches(template, node, given) and _allowed(row, given):
                return self._row(node, row, given)
        missing = frozenset({node.name}).union(*(part.missing for part in parts))
        return _Text(node.name, ATOM, missing)

    def _candidates(self, node: Node) -> list[tuple[Row, Syntax]]:
        """The rows that may stand for a node: those of the tables in turn, then the words of our own dialect."""
        found = [pair for name in self.tables for pair in _rows(name).get(node.name, ())]
        if self.table.signs and (row := own_row(node.name)):
            found.append((row, parse(row.template)[0]))
        return found

    def _row(self, node: Node, row: Row, given: dict[str, Node | float]) -> _Text:
        """The text of a row of the table with its letters replaced."""
        short = self.table.ladder and self._narrow(node)
        arguments = [self._argument(letter, given, short) for letter in row.pattern]
        missing = frozenset[str]().union(*(one.missing for one in arguments))
        if row.word == "Neg":
            return _Text(f"-{arguments[0].within(SIGN)}", SIGN, missing)
        if row.word not in SYMBOLS:
            return _Text(f"{row.word}({','.join(one.text for one in arguments)})", ATOM, missing)
        symbol = SYMBOLS[row.word]
        power, right_power, _ = BINARY[symbol]
        left, right = arguments
        least = {COMPARISON: power + 1, BINARY["**"][0]: ATOM}.get(power, power)
        return _Text(f"{left.within(least)}{symbol}{right.within(right_power)}", power, missing)

    def _narrow(self, node: Node) -> bool:
        """Whether Qlib holds the literals of `node` in single precision."""
        parts = node.parts[1:] if node.name == "qlib_if" else node.parts
        return node.name in _IN_WIDTH and joined(self.facts.kind(part) for part in parts) is Kind.F32

    def _argument(self, letter: str, given: dict[str, Node | float], short: bool) -> _Text:
        if letter == "z":
            return _number("0")
        if letter == "p":
            ahead = given["n"]
            return _number(literal(-ahead.value if isinstance(ahead, Node) else -ahead))
        value = given[LETTER_NAMES.get(letter, letter)]
        if isinstance(value, Node) and value.kind != "number":
            return self.texts[value.key]
        number = value.value if isinstance(value, Node) else value
        return _number(_shortest(number) if short else literal(number))


def _number(text: str) -> _Text:
    return _Text(text, SIGN if text.startswith("-") else ATOM)


def _shortest(value: float) -> str:
    """The shortest text that rounds to the same float32.

    >>> _shortest(0.10000000149011612)
    '0.1'
    """
    if value == int(value) and abs(value) < 1e15:
        return literal(value)
    tries = (repr(float(f"{value:.{digits}g}")) for digits in range(1, 10))
    return next((text for text in tries if as_single(float(text)) == value), literal(value))


@functools.cache
def _rows(table: str) -> dict[str, list[tuple[Row, Syntax]]]:
    """The rows of a table by the operator at the top of their template, the largest template first."""
    found: dict[str, list[tuple[Row, Syntax]]] = {}
    for row in TABLES[table].rows:
        if row.rule in (Rule.OTHER, Rule.MACRO) or "i" in row.pattern:
            continue
        template = parse(row.template)[0]
        if template.kind == "name" or (row.word == "Neg" and template.name != "neg"):
            continue
        if _PREFERRED.get(template.name, row.word) == row.word:
            found.setdefault(template.name, []).append((row, template))
    for narrow, wide in _SAME_WORD.items():
        found[narrow] = found.get(wide, [])
    for candidates in found.values():
        candidates.sort(key=lambda pair: -_size(pair[1]))
    return found


def _size(template: Syntax) -> int:
    return 1 + sum(_size(part) for part in template.parts)


def _matches(template: Syntax, value: Node | float, given: dict[str, Node | float]) -> bool:
    """Whether a value has the form of a template; fills in what its letters stand for."""
    if template.kind == "number":
        return (value.value if isinstance(value, Node) and value.kind == "number" else value) == template.value
    if template.kind == "name":
        if template.name in (BAR, LISTED):
            return isinstance(value, Node) and value.name == template.name and not value.parts
        known = given.setdefault(template.name, value)
        return known is value or _key(known) == _key(value)
    if not isinstance(value, Node) or value.operator is None:
        return False
    if _SAME_WORD.get(value.name, value.name) != template.name:
        return False
    inside: tuple[Node | float, ...] = (*value.parts, *value.numbers)
    return len(inside) == len(template.parts) and all(
        _matches(part, one, given) for part, one in zip(template.parts, inside, strict=True)
    )


def _allowed(row: Row, given: dict[str, Node | float]) -> bool:
    """Whether the numbers of a call are such that it reads back as the same row."""
    share, window = given.get("a"), given.get("n")
    if isinstance(share, float) and not 0.0 < share < 1.0:
        return False
    return not isinstance(window, float) or window >= row.least


def _key(value: Node | float) -> object:
    return value.key if isinstance(value, Node) else value
