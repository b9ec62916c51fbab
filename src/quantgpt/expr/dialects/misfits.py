"""Why a word or an argument is refused: the errors of Qlib's dialect, with the place and the nearest valid thing."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from quantgpt.expr.canonical import literal
from quantgpt.expr.dialects.names import TABLES
from quantgpt.expr.dialects.scope import INDUSTRY, QlibScope, Value, fits_one, shown
from quantgpt.expr.dialects.table import SERIES, VALUES, WINDOWS, Row
from quantgpt.expr.dialects.tokens import BARE_WORD, NO_POINT_IN_TIME, POINT_IN_TIME
from quantgpt.expr.syntax import Syntax
from quantgpt.expr.tokens import Token, TokenKind
from quantgpt.expr.tree import Node
from quantgpt.foundations.errors import BadExpression
from quantgpt.operators._base import MAX_WINDOW

LIBRARY_NAMES = ("alpha158", "alpha360", "gtja191", "kakushadze101", "technicals")
"""factor libraries, whose names stand where a list of expressions may stand, not in one"""

_CODE = re.compile(r"[A-Za-z]{2}[0-9]{6}")


def unknown(part: Syntax, scope: QlibScope) -> BadExpression:
    """Why a word is refused, with the nearest one that there is."""
    table = scope.table
    words = table.spoken()
    low = {word.lower(): word for word in words}
    own = table.name == "extended" or part.name == "Neg"
    elsewhere = [] if own else TABLES["extended"].rows_of(part.name)
    near = low.get(part.name.lower())
    if near is None and elsewhere and not any(row.word in words for row in elsewhere):
        why = f"{part.name} is not one of Qlib's operators"
        others = [name for name in ("extended", "strict") if name != table.name and TABLES[name].rows_of(part.name)]
        hint = f"{part.name} 在 compat={' 或 '.join(others)} 里才有"
        return scope.refusal(part.word, why, hint, "unknown_function", 'compat="extended"')
    near = near or (elsewhere[0].word if elsewhere else None)
    near = near or next(iter(difflib.get_close_matches(part.name.lower(), low, n=1, cutoff=0.6)), None)
    near = low.get(near, near) if near else None
    hint = f"可改用 {near}" if near else "可用函数见算子列表"
    return scope.refusal(part.word, f"Unknown function: {part.name[:40]}", hint, "unknown_function", near)


def misfit(part: Syntax, found: list[Row], children: tuple[Value, ...], scope: QlibScope) -> BadExpression:
    """Why none of the rows fits: the number of arguments, then each argument in turn."""
    word = shown(part)
    signature = " 或 ".join(dict.fromkeys(row.signature for row in found))
    whole = (part.start, part.end)
    fitting = [row for row in found if len(row.pattern) == len(children)]
    if not fitting:
        if part.name == "Rank" and len(children) == 1:
            why = "Rank takes 2 arguments: Qlib has no rank across names"
            here = bool(scope.table.rows_of("CSRank"))
            hint = f"Rank(x,N) 是时序排名；截面排名是 CSRank(x){'' if here else '（compat=extended 或 strict）'}"
            return scope.refusal(whole, why, hint, "arity", "CSRank(x)" if here else "Rank(x,N)")
        counts = " or ".join(str(n) for n in sorted({len(row.pattern) for row in found}))
        plural = "" if counts == "1" else "s"
        why = f"{word} takes {counts} argument{plural}, got {len(children)}"
        return scope.refusal(whole, why, f"写法：{signature}", "arity", found[0].signature)
    for index, child in enumerate(children):
        letters = {row.pattern[index] for row in fitting}
        if any(fits_one(letter, child, 1) for letter in letters):
            continue
        place = (part.parts[index].start, part.parts[index].end) if index < len(part.parts) else whole
        return _wrong_argument(_Argument(word, place, child, letters, max(row.least for row in fitting)), scope)
    if not any(isinstance(child, Node) for child in children):
        return scope.refusal(
            whole, f"{word} needs a data series, not a constant", "至少要有一个字段", "constant", "$close"
        )
    windowed = next((row for row in fitting if "n" in row.pattern), fitting[0])
    least = windowed.least
    index = max(windowed.pattern.find("n"), 0)
    place = (part.parts[index].start, part.parts[index].end)
    why = f"{word}: the window must be 0 or at least {least}, got {children[index]}"
    return scope.refusal(place, why, f"窗口取 0，或至少 {least}", "window", least)


@dataclass(frozen=True, slots=True)
class _Argument:
    """An argument that fits nowhere: of which word, where, what it is, and what it might have been."""

    word: str
    place: tuple[int, int]
    value: Value
    letters: set[str]
    least: int


def _wrong_argument(argument: _Argument, scope: QlibScope) -> BadExpression:
    """Why one argument is refused."""
    word, place, letters, value = argument.word, argument.place, argument.letters, argument.value
    written = scope.text[place[0] : place[1]][:40]
    if letters & set(SERIES + VALUES) or not letters & set(WINDOWS + "zapqkh"):
        return _no_expression(argument, written, scope)
    if letters & set("qkh") and not letters & set(WINDOWS):
        if "q" not in letters:
            return scope.refusal(
                place, f"{word} needs a literal number, got {written}", "这里只能写一个数字", "literal", 0.5
            )
        nearest = min(max(value, 0), 1) if isinstance(value, int | float) else 0.5
        why = f"{word} needs a number from 0 to 1, got {written}"
        return scope.refusal(place, why, "q 是 0 到 1 之间的数字", "literal", nearest)
    if isinstance(value, Node | str):
        why = f"{word}: window must be a literal integer between 1 and {MAX_WINDOW}, got {written}"
        return scope.refusal(place, why, f"窗口必须是 1 到 {MAX_WINDOW} 的整数，不能是表达式", "window", 20)
    return _wrong_window(argument, value, scope)


def _no_expression(argument: _Argument, written: str, scope: QlibScope) -> BadExpression:
    """Why something stands where an expression, a code or a group is needed."""
    word, place, letters = argument.word, argument.place, argument.letters
    if "t" in letters:
        why = f"{word} needs the code of an instrument in quotes, got {written}"
        return scope.refusal(place, why, "代码要加引号，例如 'SH000300'", "code", "'SH000300'")
    if "i" in letters:
        why = f"{word} needs a group or an exposure, got {written}"
        return scope.refusal(place, why, "第二个参数写 $industry 或一个表达式", "group", "$industry")
    if argument.value == INDUSTRY:
        why = f"{word}: $industry is no number"
        return scope.refusal(place, why, _grouping(scope), "unknown_column", None)
    if isinstance(argument.value, str):
        why = f"{word} needs an expression, not a text"
        return scope.refusal(place, why, "引号只用于证券代码", "type", "$close")
    why = f"{word} needs a data series, not a constant"
    return scope.refusal(place, why, "这里要写字段或由它算出的表达式，而不是一个常数", "constant", "$close")


def _wrong_window(argument: _Argument, value: int | float, scope: QlibScope) -> BadExpression:
    """Why a number is no window."""
    word, place, least = argument.word, argument.place, argument.least
    signed = "p" in argument.letters and scope.allow_lookahead
    nearest = min(max(round(value), least), MAX_WINDOW)
    got = literal(value) if isinstance(value, int) or value != int(value) else f"{value:.1f}"
    if isinstance(value, float) and 0 < value < 1:
        why = f"{word} takes no share between 0 and 1, got {got}"
        words = dict.fromkeys(row.word for row in scope.table.rows if "a" in row.pattern)
        hint = f"只有 {' '.join(words)} 接受 0 到 1 之间的小数"
        return scope.refusal(place, why, hint, "window", least)
    if isinstance(value, float):
        why = f"{word}: Qlib takes the window as a whole number, got {got}"
        return scope.refusal(place, why, f"窗口写成整数 {nearest}，不带小数点", "window", nearest)
    if value == 0:
        why = f"{word} takes no window of 0"
        return scope.refusal(place, why, f"窗口必须是 1 到 {MAX_WINDOW} 的整数", "window", 1)
    lowest = -MAX_WINDOW if signed else 1
    why = f"{word}: window must be a literal integer between {lowest} and {MAX_WINDOW}, got {got}"
    ahead = "，不能取未来的数据" if value < 0 and not signed else ""
    if signed:
        nearest = max(min(value, MAX_WINDOW), -MAX_WINDOW)
    return scope.refusal(place, why, f"窗口必须是 {lowest} 到 {MAX_WINDOW} 的整数{ahead}", "window", nearest)


def stranger(token: Token, scope: QlibScope) -> BadExpression:
    """Why a bare word, or a field of `$$`, is refused: with the field, the word or the code that was probably meant."""
    word, place = token.text, (token.start, token.end)
    if token.kind is TokenKind.COLUMN:
        near = scope.near_field(word.strip("$"))
        hint = f"{NO_POINT_IN_TIME}；{f'可改用 {near}' if near else scope.some_fields()}"
        return scope.refusal(place, f"{word}: {POINT_IN_TIME}", hint, "unknown_column", near)
    why = f"Unknown name: '{word[:40]}'"
    if word.lower() in LIBRARY_NAMES:
        library = f'fields="{word.lower()}"'
        hint = f"{word} 是因子库的名称，直接写成文本而不放进列表：{library}"
        return scope.refusal(place, why, hint, "unknown_name", library)
    if _CODE.fullmatch(word):
        code = f"'{word.upper()}'"
        return scope.refusal(place, why, f"代码要加引号：{code}", "unknown_name", code)
    exact = word.lower() in {name.lower() for name in scope.offered()}
    found = [] if exact else scope.table.rows_of(word)
    if found:
        signature = found[0].signature
        return scope.refusal(place, why, f"{word} 是函数，写作 {signature}", "unknown_name", signature)
    near = scope.near_field(word)
    return scope.refusal(place, why, f"字段前面要加 $，例如 {near}" if near else BARE_WORD, "unknown_name", near)


def group_alone(part: Syntax, scope: QlibScope) -> BadExpression:
    """Why `$industry` alone is refused."""
    nearest = "Neutralize($close,$industry)" if scope.table.signs else None
    return scope.refusal(
        (part.start, part.end), "$industry is no number: it only groups names", _grouping(scope), "group", nearest
    )


def _grouping(scope: QlibScope) -> str:
    where = "" if scope.table.signs else "（compat=extended 或 strict）"
    return f"$industry 只能用作分组，例如 Neutralize($close,$industry){where}"
