"""One expression in the words of the other dialect, exact where the numbers are, and said so where they are not.

Exact is meant of the same panels. Which panels a name stands for is another matter: `$close` of a market of ours in Qlib's
convention is scaled name by name so that its first valid close is 1, and held in single precision, while `close` is adjusted
to the first stored bar and stays in yuan; `$volume` and `volume` differ by the inverse. A ratio of a name to itself is the
same in both but for rounding. What compares levels across names is not, and a note of the code `level_scale` says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from quantgpt.expr.canonical import text_of
from quantgpt.expr.dialects.names import table_of
from quantgpt.expr.dialects.printing import NoWord, print_tree
from quantgpt.expr.expression import Compat, Dialect, Expression, read_expression
from quantgpt.expr.lowering import expanded
from quantgpt.expr.scales import level_comparisons
from quantgpt.expr.tree import Node, apply, fold, walk
from quantgpt.foundations.errors import BadExpression, BadRequest
from quantgpt.operators._base import OPERATORS


@dataclass(frozen=True, slots=True)
class Difference:
    """What has no exact counterpart: the operators of the expression at fault, and why, in two languages."""

    operators: tuple[str, ...]
    zh: str
    en: str
    code: str = "numbers"
    """`numbers`: other values on the same panels; `no_word`, `refused`, `too_large`: it cannot be said there; `looks_ahead`;
    `level_scale`: equal on the same panels, but the two dialects read other panels of one market"""


@dataclass(frozen=True, slots=True)
class Translation:
    """`text` in the other dialect, empty where it cannot be said there at all.

    `exact`: on the same panels it gives the same numbers, to the bit. `notes` say where it does not, and where the panels
    that the two dialects read of one market make it differ.
    """

    text: str
    exact: bool
    notes: tuple[Difference, ...] = ()


_ARITHMETIC = {"add", "sub", "mul", "div", "power", "log", "neg"}
_COMPARISONS = {"gt", "ge", "lt", "le", "eq", "ne"}
_WINDOWS = {
    *(
        "mean",
        "sum",
        "std",
        "var",
        "skew",
        "kurt",
        "max",
        "min",
        "med",
        "median",
        "mad",
        "mean_deviation",
        "count",
        "rank",
    ),
    *("quantile", "slope", "rsquare", "resi", "corr", "cov", "argmax", "argmin", "idxmax", "idxmin"),
    *("max_position", "min_position"),
}
_REASONS: tuple[tuple[set[str], str, str], ...] = (
    (
        {"decay_linear", "wma"},
        "Qlib 的 WMA 加权平均后又除以有效个数，线性加权均值没有等价写法",
        "Qlib's WMA divides the weighted mean by the number of valid values once more",
    ),
    (
        {"ema", "ewma", "ewm", "ema_all"},
        "Qlib 的 EMA 从载入区间首日起算，取值取决于查询起始日；这里的权重截断后重新归一",
        "Qlib's EMA begins where the rows loaded begin, so it depends on where the question starts; ours cuts its weights off",
    ),
    (
        {"delta", "delta_all"},
        "Qlib 的 Delta 少载入一行，历史中间开始查询时首行缺失",
        "Qlib's Delta loads one row too few, so the first row of a question inside the history is missing",
    ),
    (
        {"idxmax", "idxmin", "argmax", "argmin", "max_position", "min_position"},
        "窗口里有缺失时，Qlib 给出第一个缺失的位置；位置从 1 数起",
        "Qlib gives the position of the first missing value where the window holds one, and counts from 1",
    ),
    (
        {name for name in _WINDOWS if "idx" not in name and "arg" not in name and "position" not in name},
        "Qlib 的滚动窗口有一个有效值就有结果，这里要求至少 90% 有效",
        "Qlib's windows give a value from one valid row on; ours need 90 % of the rows",
    ),
    (
        _COMPARISONS | {"and", "or", "not", "if", "where"},
        "任一侧缺失的比较在 Qlib 里为 0（!= 为 1），这里为缺失",
        "a comparison with a missing side is 0 in Qlib (1 for !=) and missing here",
    ),
    (
        _ARITHMETIC | {"power32", "log32", "single", "sign", "abs", "greater", "less", "max", "min"},
        "Qlib 用单精度计算字段之间的四则运算并保留无穷大，这里用双精度，无穷大作缺失",
        "Qlib computes between fields in single precision and keeps infinities; ours is double and infinities are missing",
    ),
    (
        {"first", "ref", "shift"},
        "Qlib 的 Ref(x,0) 是载入区间首日的值；Ref 保留无穷大",
        "Qlib's Ref(x,0) is the value of the first row loaded, and Ref keeps infinities",
    ),
)
_EQUAL = {"qlib_ref": "ts_shift", "qlib_greater": "max", "qlib_less": "min", "qlib_abs": "abs"}
"""operators of Qlib with the numbers of ours on fields, which hold no infinities"""


def translate(expression: Expression, to: Dialect = "qlib", *, compat: Compat = "qlib") -> Translation:
    """`expression` in the words of the dialect `to`; for Qlib's, of the table of names `compat`.

    Into our own dialect every expression goes exactly, since it has a spelling for each of Qlib's operators. Into
    Qlib's it does where the words have the same numbers, which is proved by reading the text back. Both are said of the
    same panels; a note `level_scale` tells of what differs on one market, whose prices Qlib's convention scales name by name.

    Raises: BadRequest for an unknown dialect or compat.
    """
    table_of(compat)
    if to not in ("quantgpt", "qlib"):
        raise BadRequest(f"no dialect {to!r}", hint="dialect 取 quantgpt 或 qlib", field="dialect", nearest="qlib")
    made = _into_ours(expression) if to == "quantgpt" else _into_qlib(expression, compat)
    levels = level_comparisons(expression.plan) if made.text and expression.dialect != to else ()
    return replace(made, notes=(*made.notes, _level_scale(levels))) if levels else made


def _level_scale(names: tuple[str, ...]) -> Difference:
    return Difference(
        names,
        f"{'、'.join(names)} 用到价格或成交量的绝对水平：Qlib 约定把每只证券的价格缩放到首个有效收盘价为 1（成交量反向），"
        "这里的 close 另行复权；数据相同时结果相同，同一行情库按两种约定读取时结果不同",
        f"{', '.join(names)}: reads levels of prices or volumes, which Qlib's convention scales name by name (the first "
        "valid close is 1) and ours does not: equal on the same panels, not on one market read in both conventions",
        "level_scale",
    )


def _into_ours(expression: Expression) -> Translation:
    text = text_of(expression.tree)
    try:
        again = read_expression(text, fields=expression.fields or None)
    except BadExpression as refused:
        note = Difference(
            (), f"写出来超过了可读的限度：{refused.hint}", f"too large to be read back: {refused.message}", "too_large"
        )
        return Translation(text, False, (note,))
    notes = (_LOOKS_AHEAD,) if expression.lookahead else ()
    return Translation(text, again.plan.key == expression.plan.key, notes)


_LOOKS_AHEAD = Difference(
    ("qlib_lead",), "含未来数据，只能作标签，不能作因子", "it looks ahead: a label may, a factor may not", "looks_ahead"
)


def _worded(tree: Node, compat: Compat) -> str:
    """The text of a tree in Qlib's words; a combination that has none is expanded."""
    try:
        return print_tree(tree, "qlib", compat=compat, loose=True)
    except NoWord:
        return print_tree(expanded(tree), "qlib", compat=compat, loose=True)


def _into_qlib(expression: Expression, compat: Compat) -> Translation:
    try:
        text = _worded(expression.tree, compat)
        again = read_expression(text, dialect="qlib", compat=compat, fields=expression.fields)
    except NoWord as missing:
        names = tuple(sorted(missing.operators))
        return Translation("", False, (_no_word(names, compat),))
    except BadExpression as refused:
        note = Difference((), f"Qlib 不接受：{refused.hint}", f"Qlib refuses it: {refused.message}", "refused")
        return Translation("", False, (note,))
    if _same(expression.plan, again.plan):
        return Translation(text, True)
    return Translation(text, False, _differences(expression.plan, again.plan))


def _no_word(names: tuple[str, ...], compat: str) -> Difference:
    shown = "、".join(names)
    return Difference(
        names,
        f"Qlib 写法（compat={compat}）没有 {shown} 的对应",
        f"Qlib's dialect (compat={compat}) has no counterpart of {', '.join(names)}",
        "no_word",
    )


def _same(one: Node, other: Node) -> bool:
    """Whether two plans give the same bits on fields without infinities."""
    return one.key == other.key or _ours_where_equal(one).key == _ours_where_equal(other).key


def _ours_where_equal(root: Node) -> Node:
    """`root` with Qlib's operators replaced by ours where these have the same numbers on finite values."""
    finite: dict[str, bool] = {}

    def visit(node: Node, parts: tuple[Node, ...]) -> Node:
        operator = node.operator
        if operator is None:
            finite[node.key] = node.inner is None
            return node
        name = _EQUAL.get(node.name, node.name)
        safe = name in _EQUAL.values() and all(finite[part.key] for part in node.parts)
        made = apply(OPERATORS[name] if safe else operator, parts, node.numbers)
        finite[node.key] = safe
        return made

    return fold(root, visit)


def _differences(one: Node, other: Node) -> tuple[Difference, ...]:
    """Why two plans differ: the operators that only the first has, by reason."""
    mine, theirs = ({node.name for node in walk(root) if node.operator} for root in (one, other))
    lost = sorted(mine - theirs) or sorted(theirs - mine)
    found: list[Difference] = []
    for names, zh, en in _REASONS:
        here = tuple(
            name for name in lost if name.removeprefix("qlib_").removeprefix("ts_").removesuffix("_all") in names
        )
        if here:
            found.append(Difference(here, zh, en))
            lost = [name for name in lost if name not in here]
    if lost or not found:
        zh = f"{'、'.join(lost) or '数字'}在两种写法里的取值不同"
        en = f"{', '.join(lost) or 'the numbers'}: not the same numbers in both dialects"
        found.append(Difference(tuple(lost), zh, en))
    return tuple(found)
