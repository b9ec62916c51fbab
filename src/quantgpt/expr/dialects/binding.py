"""What was written in Qlib's dialect → the typed tree: words are looked up in the table, arguments matched, kinds obeyed."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from quantgpt.expr.analysis import Notice
from quantgpt.expr.canonical import canonical_tree, literal
from quantgpt.expr.dialects.ladder import Ladder, Refused
from quantgpt.expr.dialects.names import TABLES
from quantgpt.expr.dialects.syntax import SYMBOLS, parse
from quantgpt.expr.dialects.table import LETTER_NAMES, SERIES, VALUES, WINDOWS, Row, Rule, Table
from quantgpt.expr.syntax import Syntax
from quantgpt.expr.tree import BAR, LISTED, Node, fold, market_field, on_other, placed, walk
from quantgpt.foundations.errors import BadExpression
from quantgpt.foundations.fields import FIELDS, USUAL_FIELDS
from quantgpt.operators._base import MAX_WINDOW, Axis

INDUSTRY = "industry"
LARGEST_POWER = 1024.0
"""of a constant, as a power of two"""

Value = Node | int | float | str
_CODE = re.compile(r"[\w.^=-]{1,40}")


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
        return [*FIELDS, *USUAL_FIELDS] if self.fields is None else sorted(self.fields)


def bind_qlib(syntax: Syntax, scope: QlibScope) -> Node:
    """The typed tree of `syntax`.

    Raises: BadExpression for what Qlib refuses and for unknown names, with the place, the reason and the nearest name.
    """
    value = _Binder(scope, Ladder(scope.table.ladder), {}).bind(syntax)
    if isinstance(value, Node):
        return value
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

    def refusal(
        self, place: tuple[int, int], message: str, hint: str, code: str, nearest: object = None
    ) -> BadExpression:
        return BadExpression(
            message, text=self.scope.text, start=place[0], end=place[1], hint=hint, code=code, nearest=nearest
        )

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
        if name == INDUSTRY and name not in offered:
            return INDUSTRY
        if name in offered and name not in (BAR, LISTED):
            return market_field(name)
        near = next(iter(difflib.get_close_matches(name, offered, n=1, cutoff=0.5)), None)
        known = name in FIELDS or name in USUAL_FIELDS
        why = f"Missing field: '${name[:40]}' is not in this data" if known else f"Unknown field: '${name[:40]}'"
        listed = ", ".join(f"${one}" for one in offered[:9])
        hint = f"可改用 ${near}" if near else f"可用的字段：{listed} 等"
        code = "missing_field" if known else "unknown_column"
        raise self.refusal(part.word, why, hint, code, f"${near}" if near else None)

    def constant(self, part: Syntax, numbers: list[int | float]) -> int | float:
        """Arithmetic on bare numbers, as Python does it: whole numbers stay whole until they are divided."""
        place = (part.start, part.end)
        try:
            value = _constant(part.name, numbers)
        except (ArithmeticError, ValueError):
            value = None
        if value is None or abs(value) > 1e300:
            why = "Constant part is not a finite number"
            raise self.refusal(place, why, "这一部分只有常数，算出来不是可用的数", "constant")
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
            raise self.unknown(part)
        nodes = [child for child in children if isinstance(child, Node)]
        codes = {node.code for node in nodes}
        if len(codes) == 1 and "" not in codes and found[0].rule is not Rule.OTHER:
            inside = tuple(child.inner if isinstance(child, Node) and child.inner else child for child in children)
            made = self.matched(part, found, inside)
            if not _across_names(made):
                return on_other(codes.pop(), canonical_tree(made, self.scope.text))
        return self.matched(part, found, children)

    def sign(self, part: Syntax, child: Value) -> None:
        """Refuse a sign before an expression, unless the dialect adds it."""
        symbol = {"Neg": "-", "Pos": "+", "Not": "~"}[part.name]
        if self.scope.table.signs and isinstance(child, Node):
            return
        instead = {"Neg": "0-x", "Pos": "x", "Not": "Not(x)"}[part.name]
        why = f"'{symbol}' before an expression: Qlib has no such sign"
        raise self.refusal(part.word, why, f"写作 {instead}", "operator", instead)

    def unknown(self, part: Syntax) -> BadExpression:
        table = self.scope.table
        words = table.spoken()
        low = {word.lower(): word for word in words}
        own = table.name == "extended" or part.name == "Neg"
        elsewhere = [] if own else TABLES["extended"].rows_of(part.name)
        near = low.get(part.name.lower())
        if near is None and elsewhere and not any(row.word in words for row in elsewhere):
            why = f"{part.name} is not one of Qlib's operators"
            hint = f"{part.name} 只在扩展写法（compat=extended）里有"
            return self.refusal(part.word, why, hint, "unknown_function", 'compat="extended"')
        near = near or (elsewhere[0].word if elsewhere else None)
        near = near or next(iter(difflib.get_close_matches(part.name.lower(), low, n=1, cutoff=0.6)), None)
        near = low.get(near, near) if near else None
        hint = f"可改用 {near}" if near else "可用函数见算子列表"
        return self.refusal(part.word, f"Unknown function: {part.name[:40]}", hint, "unknown_function", near)

    def matched(self, part: Syntax, found: list[Row], children: tuple[Value, ...]) -> Node:
        """The tree of the first row whose pattern the arguments fit."""
        row = next((row for row in found if _fits(row, children)), None)
        if row is None:
            raise self.misfit(part, found, children)
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
            raise self.refusal(
                place, f"{_shown(part)}: {refused.message}", refused.hint, "kind", refused.nearest
            ) from None

    def look_out(self, part: Syntax, row: Row) -> None:
        """Refuse looking ahead and missing industries; remark on what is mostly meant otherwise."""
        if row.template.startswith("qlib_lead") and not self.scope.allow_lookahead:
            why = f"{part.name} with a number below 0 looks ahead"
            raise self.refusal((part.start, part.end), why, "因子不能使用未来数据，N 取正数", "lookahead", 1)
        if row.template.startswith("indneutralize") and not self.scope.has_industry:
            why = f"{part.name} needs industry data, and this market has none"
            raise self.refusal(part.word, why, "当前市场没有行业分类数据，请先导入", "no_industry", "CSRank")
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
            raise self.refusal((part.start, part.end), why, "代码例如 'SH000300'", "code", "'SH000300'")
        if _across_names(inner):
            why = f"{part.name}: one name alone has no rank among others"
            raise self.refusal((part.start, part.end), why, "截面函数不能只在一只证券上计算", "kind", None)
        return inner if inner.inner is not None else on_other(code.upper(), canonical_tree(inner, self.scope.text))

    def macro(self, part: Syntax, row: Row, children: tuple[Value, ...]) -> Node:
        """The tree of a combination, with a notice that shows what it stands for."""
        values = dict(zip(row.pattern, children, strict=True))
        nodes = {letter: value for letter, value in values.items() if isinstance(value, Node)}
        numbers = {letter: value for letter, value in values.items() if isinstance(value, int)}
        body = re.sub(r"\{(\w)\}", lambda found: str(numbers[found.group(1)]), row.template)
        silent = replace(self.scope, text=body, notices=[])
        made = _Binder(silent, self.ladder, nodes).bind(parse(body)[0])
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

    def misfit(self, part: Syntax, found: list[Row], children: tuple[Value, ...]) -> BadExpression:
        """Why none of the rows fits: the number of arguments, then each argument in turn."""
        word = _shown(part)
        signature = " 或 ".join(dict.fromkeys(row.signature for row in found))
        whole = (part.start, part.end)
        fitting = [row for row in found if len(row.pattern) == len(children)]
        if not fitting:
            if part.name == "Rank" and len(children) == 1:
                why = "Rank takes 2 arguments: Qlib has no rank across names"
                return self.refusal(
                    whole, why, "Rank(x,N) 是时序排名；截面排名是 CSRank(x)（compat=extended）", "arity", "Rank(x,N)"
                )
            counts = " or ".join(str(n) for n in sorted({len(row.pattern) for row in found}))
            plural = "" if counts == "1" else "s"
            why = f"{word} takes {counts} argument{plural}, got {len(children)}"
            return self.refusal(whole, why, f"写法：{signature}", "arity", found[0].signature)
        for index, child in enumerate(children):
            letters = {row.pattern[index] for row in fitting}
            if any(_fits_one(letter, child, 1) for letter in letters):
                continue
            place = (part.parts[index].start, part.parts[index].end) if index < len(part.parts) else whole
            return self.wrong_argument(word, place, letters, child, max(fitting, key=lambda row: row.least))
        if not any(isinstance(child, Node) for child in children):
            return self.refusal(
                whole, f"{word} needs a data series, not a constant", "至少要有一个字段", "constant", "$close"
            )
        windowed = next((row for row in fitting if "n" in row.pattern), fitting[0])
        least = windowed.least
        index = max(windowed.pattern.find("n"), 0)
        place = (part.parts[index].start, part.parts[index].end)
        why = f"{word}: the window must be 0 or at least {least}, got {children[index]}"
        return self.refusal(place, why, f"窗口取 0，或至少 {least}", "window", least)

    def wrong_argument(
        self, word: str, place: tuple[int, int], letters: set[str], child: Value, row: Row
    ) -> BadExpression:
        """Why one argument is refused."""
        written = self.scope.text[place[0] : place[1]][:40]
        if letters & set(SERIES + VALUES) or not letters & set(WINDOWS + "zapqkh"):
            if "t" in letters:
                why = f"{word} needs the code of an instrument in quotes, got {written}"
                return self.refusal(place, why, "代码要加引号，例如 'SH000300'", "code", "'SH000300'")
            if "i" in letters:
                why = f"{word}: only industries are held as groups, got {written}"
                return self.refusal(place, why, "分组只支持 $industry", "group", "$industry")
            if child == INDUSTRY:
                near = next(iter(difflib.get_close_matches(INDUSTRY, self.scope.offered(), n=1, cutoff=0.5)), None)
                why = f"{word}: $industry is no number"
                return self.refusal(place, why, "$industry 只能用作 Neutralize 的分组", "unknown_column", near)
            if isinstance(child, str):
                return self.refusal(
                    place, f"{word} needs an expression, not a text", "引号只用于证券代码", "type", "$close"
                )
            why = f"{word} needs a data series, not a constant"
            return self.refusal(place, why, "这里要写字段或由它算出的表达式，而不是一个常数", "constant", "$close")
        if letters & set("qkh") and not letters & set(WINDOWS):
            what = "a number from 0 to 1" if "q" in letters else "a literal number"
            return self.refusal(place, f"{word} needs {what}, got {written}", "这里只能写一个数字", "literal", 0.5)
        if isinstance(child, Node | str):
            why = f"{word}: window must be a literal integer between 1 and {MAX_WINDOW}, got {written}"
            return self.refusal(place, why, f"窗口必须是 1 到 {MAX_WINDOW} 的整数，不能是表达式", "window", 20)
        return self.wrong_window(word, place, letters, child, row)

    def wrong_window(
        self, word: str, place: tuple[int, int], letters: set[str], child: int | float, row: Row
    ) -> BadExpression:
        nearest = min(max(round(child), row.least), MAX_WINDOW) if math.isfinite(child) else 20
        got = literal(child) if isinstance(child, int) or child != int(child) else f"{child:.1f}"
        if isinstance(child, float) and 0 < child < 1:
            why = f"{word} takes no share between 0 and 1, got {got}"
            hint = "只有 Mean Sum Std Var Max Min Med Count EMA 接受 0 到 1 之间的小数"
            return self.refusal(place, why, hint, "window", row.least)
        if isinstance(child, float):
            why = f"{word}: Qlib takes the window as a whole number, got {got}"
            return self.refusal(place, why, f"窗口写成整数 {nearest}，不带小数点", "window", nearest)
        if child == 0:
            why = f"{word} takes no window of 0"
            return self.refusal(place, why, f"窗口必须是 1 到 {MAX_WINDOW} 的整数", "window", 1)
        sides = f"between {-MAX_WINDOW} and {MAX_WINDOW}" if "p" in letters else f"between 1 and {MAX_WINDOW}"
        why = f"{word}: window must be a literal integer {sides}, got {got}"
        ahead = "，不能取未来的数据" if child < 0 and "p" not in letters else ""
        hint = f"窗口必须是 1 到 {MAX_WINDOW} 的整数{ahead}"
        if "p" in letters:
            nearest = max(min(round(child), MAX_WINDOW), -MAX_WINDOW)
        return self.refusal(place, why, hint, "window", nearest)


def _number(value: Value) -> Node | float:
    """A value as a tree is built from it; a text stands for nothing."""
    if isinstance(value, Node):
        return value
    return 0.0 if isinstance(value, str) else float(value)


def _fits(row: Row, children: tuple[Value, ...]) -> bool:
    """Whether the arguments have the pattern of `row`, and one of them at least is an expression."""
    if len(children) != len(row.pattern):
        return False
    if not all(_fits_one(letter, child, row.least) for letter, child in zip(row.pattern, children, strict=True)):
        return False
    return any(isinstance(child, Node) for child in children) or not set(row.pattern) & set(SERIES + VALUES)


def _fits_one(letter: str, child: Value, least: int) -> bool:
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


def _shown(part: Syntax) -> str:
    """A word as it was written."""
    return SYMBOLS.get(part.name, part.name) if part.kind == "operator" else part.name


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
