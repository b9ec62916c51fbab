"""What was written → the typed tree: names are looked up, arguments counted, windows checked."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from quantgpt.expr.analysis import AHEAD
from quantgpt.expr.canonical import canonical_tree
from quantgpt.expr.spelling import FIELD_WORD, OTHER_WORD, from_word
from quantgpt.expr.suggestions import COLUMN_SUGGESTIONS, FUNCTION_SUGGESTIONS
from quantgpt.expr.syntax import Syntax
from quantgpt.expr.tree import BAR, LISTED, Node, apply, market_field, number, on_other
from quantgpt.foundations.errors import BadExpression
from quantgpt.foundations.fields import FIELDS, USUAL_FIELDS
from quantgpt.operators._base import MAX_WINDOW, OPERATORS, Operator, Takes

MAX_AVERAGE_VOLUME_WINDOW = 500

INDUSTRY = "industry"


@dataclass(frozen=True)
class Scope:
    """What names may mean: the fields there are, whether industries are known, and the arguments of a definition."""

    text: str
    fields: Collection[str] | None = None
    has_industry: bool = True
    given: Mapping[str, Node | float] = field(default_factory=dict)
    allow_lookahead: bool = True


def callable_words() -> list[str]:
    """Every word that may be written before brackets."""
    found = ((word, OPERATORS.find(word)) for word in OPERATORS.words())
    return [word for word, operator in found if operator and _callable(operator) and operator.vocabulary == "quantgpt"]


def _callable(operator: Operator | None) -> bool:
    return operator is not None and (not operator.symbol or operator.name == "power" or operator.vocabulary == "qlib")


def known_fields(scope: Scope) -> list[str]:
    """The names of fields that the scope offers."""
    names = [name for name, spec in FIELDS.items() if spec.in_expressions]
    return names if scope.fields is None else [name for name in names if name in scope.fields]


def bind(syntax: Syntax, scope: Scope) -> Node:
    """The typed tree of `syntax`.

    Raises: BadExpression for unknown names, wrong numbers of arguments and bad windows.
    """
    results: dict[int, Node] = {}
    stack = [syntax]
    while stack:
        part = stack[-1]
        if id(part) in results:
            stack.pop()
            continue
        children = _children(part, scope)
        missing = [child for child in children if id(child) not in results]
        if missing:
            stack.extend(reversed(missing))
            continue
        results[id(part)] = _build(part, tuple(results[id(child)] for child in children), scope)
        stack.pop()
    return results[id(syntax)]


def _error(
    scope: Scope, where: tuple[int, int], message: str, hint: str, code: str, nearest: object = None
) -> BadExpression:
    return BadExpression(message, text=scope.text, start=where[0], end=where[1], hint=hint, code=code, nearest=nearest)


def _find(part: Syntax, scope: Scope) -> Operator:
    found = OPERATORS.find(part.name)
    if part.kind == "operator" and found is not None:
        return found
    if found is not None and _callable(found):
        return found
    low = part.name.lower()
    near = FUNCTION_SUGGESTIONS.get(low) or next(
        iter(difflib.get_close_matches(low, callable_words(), n=1, cutoff=0.6)), None
    )
    if low in {name.lower() for name in FIELDS}:
        raise _error(
            scope, part.word, f"Unknown function: {part.name}", f"{part.name} 是列，不加括号", "unknown_function", low
        )
    hint = f"可改用 {near}" if near else "可用函数见算子列表"
    raise _error(scope, part.word, f"Unknown function: {part.name}", hint, "unknown_function", near)


def _children(part: Syntax, scope: Scope) -> tuple[Syntax, ...]:
    """The parts that are expressions, after the number of arguments has been checked."""
    if part.kind in ("number", "name"):
        return ()
    if part.name.lower() in (FIELD_WORD, OTHER_WORD):
        return _word_places(part, scope)
    operator = _find(part, scope)
    parts = _without_industry(part, operator)
    wanted = len(operator.places)
    if len(parts) != wanted:
        raise _error(
            scope,
            (part.start, part.end),
            f"{operator.name} requires exactly {wanted} arguments, got {len(parts)}",
            f"写法：{operator.signature}，例如 {operator.example}",
            "arity",
            operator.signature,
        )
    return tuple(parts[: operator.inputs])


def _word_places(part: Syntax, scope: Scope) -> tuple[Syntax, ...]:
    """The parts of `qlib_field(word)` and `qlib_other(x, word)` that are expressions."""
    field_only = part.name.lower() == FIELD_WORD
    last = part.parts[-1] if part.parts else None
    fits = len(part.parts) == (1 if field_only else 2) and last is not None and last.kind == "name"
    if not fits or last is None or from_word(last.name) is None:
        shape = f"{FIELD_WORD}(name)" if field_only else f"{OTHER_WORD}(x, code)"
        place = (part.start, part.end)
        raise _error(scope, place, f"{part.name} is written {shape}", f"写法：{shape}", "arity", shape)
    return part.parts[:-1]


def _without_industry(part: Syntax, operator: Operator) -> tuple[Syntax, ...]:
    last = part.parts[-1] if part.parts else None
    if operator.grouped and len(part.parts) == 2 and last and last.kind == "name" and last.name == INDUSTRY:
        return part.parts[:1]
    return part.parts


def _build(part: Syntax, children: tuple[Node, ...], scope: Scope) -> Node:
    if part.kind == "number":
        return number(part.value, part.start, part.end)
    if part.kind == "name":
        return _name(part, scope)
    if part.name.lower() == FIELD_WORD:
        return _imported(part, str(from_word(part.parts[0].name)), scope)
    if part.name.lower() == OTHER_WORD:
        inner = canonical_tree(children[0], scope.text)
        return on_other(str(from_word(part.parts[1].name)), inner, part.start, part.end)
    operator = _find(part, scope)
    if operator.name == AHEAD and not scope.allow_lookahead:
        raise _error(
            scope,
            (part.start, part.end),
            f"{operator.name} looks ahead",
            "因子不能使用未来数据，可用 ts_shift(x, n) 取过去的值",
            "lookahead",
            "ts_shift",
        )
    if operator.grouped and not scope.has_industry:
        raise _error(
            scope,
            part.word,
            f"{operator.name} needs industry data, and this market has none",
            "当前市场没有行业分类数据，请先导入，或改用 rank(x)",
            "no_industry",
            "rank",
        )
    literals = _without_industry(part, operator)[operator.inputs :]
    numbers = []
    for place, literal in zip(operator.places[operator.inputs :], literals, strict=True):
        if place.takes is Takes.WINDOW:
            numbers.append(_window(operator, literal, scope))
        else:
            numbers.append(_number(operator, place.name, literal, scope))
    refused = operator.check(*numbers) if operator.check else None
    if refused is not None:
        why, hint, nearest = refused
        raise _error(scope, (part.start, part.end), f"{operator.name}: {why}", hint, "number", nearest)
    return apply(operator, children, tuple(numbers), part.start, part.end)


def _name(part: Syntax, scope: Scope) -> Node:
    word = part.name
    if word in scope.given:
        given = scope.given[word]
        return given if isinstance(given, Node) else number(given)
    if word.startswith("adv") and word[3:].isdigit():
        window = int(word[3:6]) if len(word) <= 6 else MAX_AVERAGE_VOLUME_WINDOW + 1
        if not 1 <= window <= MAX_AVERAGE_VOLUME_WINDOW:
            limit = MAX_AVERAGE_VOLUME_WINDOW
            raise _error(
                scope,
                part.word,
                f"adv{{N}}: window must be an integer between 1 and {limit}, got {word[3:15]}",
                f"adv 后面的天数取 1 到 {limit}",
                "window",
                "adv20",
            )
        operator = OPERATORS["ts_mean"]
        volume = _field(Syntax("name", "volume", (), part.start, part.end, part.word), scope)
        return apply(operator, (volume,), (float(window),), part.start, part.end)
    return _field(part, scope)


def _imported(part: Syntax, name: str, scope: Scope) -> Node:
    """A field of the data that has no column name in our own vocabulary."""
    offered = (*FIELDS, *USUAL_FIELDS) if scope.fields is None else scope.fields
    if name in offered:
        return market_field(name, part.start, part.end)
    near = next(iter(difflib.get_close_matches(name, sorted(offered), n=1, cutoff=0.5)), None)
    hint = f"可改用 {near}" if near else "当前数据没有该字段"
    raise _error(scope, part.word, f"Unknown column or variable: '{name[:40]}'", hint, "unknown_column", near)


def _field(part: Syntax, scope: Scope) -> Node:
    word = part.name
    ours = word in FIELDS and FIELDS[word].in_expressions
    if word in (BAR, LISTED) or (scope.fields is not None and word in scope.fields and not ours):
        return market_field(word, part.start, part.end)
    spec = FIELDS.get(word)
    if spec is not None and spec.in_expressions:
        if scope.fields is not None and word not in scope.fields:
            raise _error(
                scope,
                part.word,
                f"Missing field: '{word}' is not in this market's data",
                f"当前市场没有 {word} 数据，请先导入含该列的数据",
                "missing_field",
                next(iter(difflib.get_close_matches(word, known_fields(scope), n=1)), None),
            )
        return market_field(word, part.start, part.end)
    names = known_fields(scope)
    if OPERATORS.find(word) is not None and _callable(OPERATORS.find(word)):
        operator = OPERATORS.find(word)
        near: str | None = operator.signature if operator else None
        hint = f"{word} 是函数，写作 {near}"
    else:
        low = word.lower()
        near = low if low in names else COLUMN_SUGGESTIONS.get(low)
        near = near or next(iter(difflib.get_close_matches(low, [*names, "adv20"], n=1, cutoff=0.5)), None)
        hint = f"可改用 {near}" if near else f"可用的列：{', '.join(names[:9])} 等"
    raise _error(scope, part.word, f"Unknown column or variable: '{word[:40]}'", hint, "unknown_column", near)


def _literal(part: Syntax, scope: Scope) -> tuple[float, bool] | None:
    """The value of a literal number with any signs before it, and whether it is written as a whole number."""
    sign = 1.0
    while part.kind == "operator" and part.name == "neg":
        sign = -sign
        part = part.parts[0]
    if part.kind == "number":
        return sign * part.value, part.is_integer
    if part.kind == "name" and part.name in scope.given:
        given = scope.given[part.name]
        if not isinstance(given, Node):
            return sign * given, float(given).is_integer()
    return None


def _window(operator: Operator, part: Syntax, scope: Scope) -> float:
    literal = _literal(part, scope)
    if literal is not None and literal[1] and 1 <= literal[0] <= MAX_WINDOW:
        return literal[0]
    written = scope.text[part.start : part.end][:30]
    if literal is not None:
        value = literal[0]
        nearest = min(max(round(value), 1), MAX_WINDOW)
    else:
        nearest = 20
    ahead = literal is not None and literal[0] < 0
    hint = "窗口必须是 1 到 1000 的整数" + ("，不能取未来的数据" if ahead else "")
    raise _error(
        scope,
        (part.start, part.end),
        f"{operator.name}: window must be a literal integer between 1 and {MAX_WINDOW}, got {written}",
        hint,
        "window",
        nearest,
    )


def _number(operator: Operator, name: str, part: Syntax, scope: Scope) -> float:
    literal = _literal(part, scope)
    if literal is None:
        raise _error(
            scope,
            (part.start, part.end),
            f"{operator.name}: {name} must be a literal number",
            "这里只能写一个数字",
            "literal",
            2,
        )
    return literal[0]
