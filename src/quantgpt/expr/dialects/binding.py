"""What was written in Qlib's dialect → the typed tree: words are looked up in the table, arguments matched, kinds obeyed."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from quantgpt.expr.analysis import Notice
from quantgpt.expr.canonical import canonical_tree
from quantgpt.expr.dialects.ladder import Ladder, Refused
from quantgpt.expr.dialects.misfits import group_alone, misfit, unknown
from quantgpt.expr.dialects.scope import INDUSTRY, QlibScope, Value, fits, shown
from quantgpt.expr.dialects.syntax import parse
from quantgpt.expr.dialects.table import LETTER_NAMES, Row, Rule
from quantgpt.expr.syntax import Syntax
from quantgpt.expr.tree import Node, fold, market_field, on_other, placed, walk
from quantgpt.foundations.errors import BadExpression
from quantgpt.foundations.fields import FIELDS, USUAL_FIELDS
from quantgpt.operators._base import OPERATORS, Axis

LARGEST_POWER = 1024.0
"""of a constant, as a power of two"""

_CODE = re.compile(r"[\w.^=-]{1,40}")


def bind_qlib(syntax: Syntax, scope: QlibScope) -> Node:
    """The typed tree of `syntax`.

    Raises: BadExpression for what Qlib refuses and for unknown names, with the place, the reason and the nearest name.
    """
    value = _Binder(scope, Ladder(scope.table.ladder), {}).bind(syntax)
    if isinstance(value, Node):
        return value
    if syntax.kind == "name":
        raise group_alone(syntax, scope)
    raise BadExpression(
        "Expression uses no market data: it is a constant",
        text=scope.text,
        start=0,
        end=len(scope.text),
        hint="至少要用到一个字段，例如 $close",
        nearest="$close",
        code="constant",
    )


class _Binder:
    """One reading of one text; `given` are the arguments of a macro whose body is read."""

    def __init__(self, scope: QlibScope, ladder: Ladder, given: dict[str, Node]) -> None:
        self.scope, self.ladder, self.given = scope, ladder, given

    def bind(self, syntax: Syntax) -> Value:
        """The value of a part: a tree, a constant or a quoted text."""
        results: dict[int, Value] = {}
        stack = [syntax]
        while stack:
            part = stack[-1]
            if id(part) in results:
                stack.pop()
                continue
            missing = [child for child in part.parts if id(child) not in results]
            if missing:
                stack.extend(reversed(missing))
                continue
            value = self.value(part, tuple(results[id(child)] for child in part.parts))
            results[id(part)] = placed(value, part.start, part.end) if isinstance(value, Node) else value
            stack.pop()
        return results[id(syntax)]

    def value(self, part: Syntax, children: tuple[Value, ...]) -> Value:
        if part.kind == "number":
            return int(part.name) if part.is_integer else part.value
        if part.kind == "text":
            return part.name
        if part.kind == "name":
            return self.field(part)
        if part.kind == "operator" and all(isinstance(child, int | float) for child in children):
            return self.constant(part, [child for child in children if isinstance(child, int | float)])
        return self.call(part, children)

    def field(self, part: Syntax) -> Value:
        """A field of the data, in lower case as Qlib's folders name it."""
        offered = self.scope.offered()
        name = part.name if part.name in offered else part.name.lower()
        if name in self.given:
            return self.given[name]
        if name == INDUSTRY and (self.scope.table.signs or name not in offered):
            return INDUSTRY
        if name in offered:
            return market_field(name)
        near = self.scope.near_field(name)
        known = name in FIELDS or name in USUAL_FIELDS
        why = f"Missing field: '${name[:40]}' is not in this data" if known else f"Unknown field: '${name[:40]}'"
        hint = f"可改用 {near}" if near else self.scope.some_fields()
        code = "missing_field" if known else "unknown_column"
        raise self.scope.refusal(part.word, why, hint, code, near)

    def constant(self, part: Syntax, numbers: list[int | float]) -> int | float:
        """Arithmetic on bare numbers, as Python does it: whole numbers stay whole until they are divided."""
        place = (part.start, part.end)
        try:
            value = _constant(part.name, numbers)
        except (ArithmeticError, ValueError):
            value = None
        if value is None or abs(value) > 1e300:
            why = "Constant part is not a finite number"
            raise self.scope.refusal(place, why, "这一部分只有常数，算出来不是可用的数", "constant")
        return value

    def call(self, part: Syntax, children: tuple[Value, ...]) -> Node:
        table = self.scope.table
        if part.kind == "operator" and part.name in ("Neg", "Pos", "Not"):
            self.sign(part, children[0])
            if part.name == "Pos":
                inner = children[0]
                assert isinstance(inner, Node)
                return inner
        found = table.rows_of(part.name)
        if not found or (part.kind == "call" and part.name == "Neg"):
            raise unknown(part, self.scope)
        nodes = [child for child in children if isinstance(child, Node)]
        codes = {node.code for node in nodes}
        if len(codes) == 1 and "" not in codes and found[0].rule is not Rule.OTHER:
            inside = tuple(_inside(child) for child in children)
            made = self.matched(part, found, inside)
            if not _across_names(made):
                return self.lent(codes.pop(), made)
        return self.matched(part, found, children)

    def sign(self, part: Syntax, child: Value) -> None:
        """Refuse a sign before an expression, unless the dialect adds it."""
        symbol = {"Neg": "-", "Pos": "+", "Not": "~"}[part.name]
        if self.scope.table.signs and isinstance(child, Node):
            return
        instead = {"Neg": "0-x", "Pos": "x", "Not": "Not(x)"}[part.name]
        why = f"'{symbol}' before an expression: Qlib has no such sign"
        raise self.scope.refusal(part.word, why, f"写作 {instead}", "operator", instead)

    def matched(self, part: Syntax, found: list[Row], children: tuple[Value, ...]) -> Node:
        """The tree of the first row whose pattern the arguments fit."""
        row = next((row for row in found if fits(row, children)), None)
        if row is None:
            raise misfit(part, found, children, self.scope)
        if row.rule is Rule.OTHER:
            return self.other(part, row, children)
        if row.rule is Rule.MACRO:
            return self.macro(part, row, children)
        self.look_out(part, row)
        given = {
            LETTER_NAMES.get(letter, letter): _number(value)
            for letter, value in zip(row.pattern, children, strict=True)
        }
        ahead = given.get("p")
        if isinstance(ahead, float):
            given["n"] = -ahead
        try:
            return self.ladder.build(row.rule, row.template, given)
        except Refused as refused:
            place = (part.start, part.end)
            raise self.scope.refusal(
                place, f"{shown(part)}: {refused.message}", refused.hint, "kind", refused.nearest
            ) from None

    def look_out(self, part: Syntax, row: Row) -> None:
        """Refuse looking ahead and missing industries; remark on what is mostly meant otherwise."""
        if row.template.startswith("qlib_lead") and not self.scope.allow_lookahead:
            why = f"{part.name} with a number below 0 looks ahead"
            raise self.scope.refusal((part.start, part.end), why, "因子不能使用未来数据，N 取正数", "lookahead", 1)
        operator = OPERATORS.find(row.template.partition("(")[0])
        if operator and operator.grouped and not self.scope.has_industry:
            why = f"{part.name} needs industry data, and this market has none"
            raise self.scope.refusal(part.word, why, "当前市场没有行业分类数据，请先导入", "no_industry", "CSRank")
        if row.word in ("Max", "Min") and row.pattern == "xz":
            instead = "Greater" if row.word == "Max" else "Less"
            extreme = "maximum" if row.word == "Max" else "minimum"
            self.scope.notices.append(
                Notice(
                    "expanding_extreme",
                    part.start,
                    part.end,
                    f"{row.word}(x,0) 是自起始日以来的{'最大' if row.word == 'Max' else '最小'}值；与 0 比较写作 {instead}(x,0)",
                    f"{row.word}(x,0) is the expanding {extreme} since start; did you mean {instead}(x,0)?",
                )
            )

    def other(self, part: Syntax, row: Row, children: tuple[Value, ...]) -> Node:
        """`x` on one other name."""
        inner, code = children if row.pattern == "xt" else children[::-1]
        assert isinstance(inner, Node)
        assert isinstance(code, str)
        if not _CODE.fullmatch(code):
            why = f"{part.name}: '{code[:40]}' is no code of an instrument"
            raise self.scope.refusal((part.start, part.end), why, "代码例如 'SH000300'", "code", "'SH000300'")
        if _across_names(inner):
            why = f"{part.name}: one name alone has no rank among others"
            raise self.scope.refusal((part.start, part.end), why, "截面函数不能只在一只证券上计算", "kind", None)
        return inner if inner.inner is not None else self.lent(code.upper(), inner)

    def lent(self, code: str, inner: Node) -> Node:
        """A leaf: `inner` on the name `code`, on the rows that this name has."""
        kept = self.ladder.rows_of(inner) if self.scope.table.ladder else inner
        return on_other(code, canonical_tree(kept, self.scope.text))

    def macro(self, part: Syntax, row: Row, children: tuple[Value, ...]) -> Node:
        """The tree of a combination, with a notice that shows what it stands for."""
        values = dict(zip(row.pattern, children, strict=True))
        nodes = {letter: value for letter, value in values.items() if isinstance(value, Node)}
        numbers = {letter: value for letter, value in values.items() if isinstance(value, int)}
        body = re.sub(r"\{(\w)\}", lambda found: str(numbers[found.group(1)]), row.template)
        silent = replace(self.scope, text=body, notices=[])
        try:
            made = _Binder(silent, self.ladder, nodes).bind(parse(body)[0])
        except BadExpression as refused:
            place = (part.start, part.end)
            raise self.scope.refusal(place, refused.message, refused.hint, refused.code, refused.nearest) from None
        assert isinstance(made, Node)
        text = self.scope.text
        shown = body
        for letter, node in nodes.items():
            written = text[node.start : node.end].replace(" ", "")
            put = written if re.fullmatch(r"\$\w+", written) else f"({written})"
            shown = re.sub(rf"\${letter}\b", put, shown)
        short = not row.pattern
        what = text[part.start : part.end]
        if not short:
            self.scope.notices.append(
                Notice("expanded", part.start, part.end, f"{what} 展开为 {shown}", f"{what} stands for {shown}")
            )
        else:
            self.scope.notices.extend(
                replace(
                    one, start=part.start, end=part.end, zh=one.zh.replace(body, what), en=one.en.replace(body, what)
                )
                for one in silent.notices
            )
        return _moved(made, part)


def _number(value: Value) -> Node | float:
    """A value as a tree is built from it; a text stands for nothing."""
    if isinstance(value, Node):
        return value
    return 0.0 if isinstance(value, str) else float(value)


def _inside(child: Value) -> Value:
    """Of a leaf on another name what is computed there, before it was cut to the rows of that name."""
    if not isinstance(child, Node) or child.inner is None:
        return child
    return child.inner.parts[0] if child.inner.name == "on_bars" else child.inner


def _across_names(root: Node) -> bool:
    return any(node.operator is not None and node.operator.axis is Axis.DAY for node in walk(root))


def _moved(root: Node, part: Syntax) -> Node:
    """A tree that was read from a macro's body, placed where the macro was written."""

    def visit(node: Node, parts: tuple[Node, ...]) -> Node:
        return placed(replace(node, parts=parts), part.start, part.end)

    return fold(root, visit)


def _constant(name: str, numbers: list[int | float]) -> int | float | None:
    if name == "Neg":
        return -numbers[0]
    if name == "Pos":
        return numbers[0]
    if name in ("Add", "Sub", "Mul", "Div"):
        a, b = numbers
        return {"Add": a + b, "Sub": a - b, "Mul": a * b}[name] if name != "Div" else a / b
    if name != "Power":
        return None
    base, exponent = numbers
    if base and abs(exponent) * math.log2(max(abs(base), 1 / abs(base))) > LARGEST_POWER:
        return None
    value = base**exponent
    return value if isinstance(value, int | float) else None
