"""Facts of a tree that need no data: what it reads, how far back it looks, its unit, and what looks odd."""

from __future__ import annotations

import math
from dataclasses import dataclass

from quantgpt.expr.tree import BAR, Node, fold, walk
from quantgpt.foundations.fields import FIELDS, Unit
from quantgpt.operators._base import UNBOUNDED, Axis, UnitRule

LONG_WARMUP = 500
AHEAD = "qlib_lead"
"""the operator that reads later sessions"""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that is allowed but looks like a mistake, with its place in the text."""

    code: str
    start: int
    end: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit: powers of yuan and of shares; `percent` marks numbers where 2.0 means 2 %, `date` calendar parts.

    `free` is a bare number, which agrees with every unit; `known` is False where the unit cannot be told.
    """

    yuan: float = 0.0
    shares: float = 0.0
    percent: bool = False
    date: bool = False
    free: bool = False
    known: bool = True

    @property
    def name(self) -> str:
        """The unit's name for people."""
        if not self.known:
            return "mixed"
        if self.percent:
            return Unit.PERCENT.value
        if self.date:
            return Unit.DATE.value
        names = {(1.0, -1.0): Unit.PRICE, (0.0, 1.0): Unit.SHARES, (1.0, 0.0): Unit.MONEY, (0.0, 0.0): Unit.RATIO}
        unit = names.get((self.yuan, self.shares))
        return unit.value if unit else "mixed"


RATIO = Measure()
NUMBER = Measure(free=True)
UNKNOWN = Measure(known=False)
_FIELD_MEASURES = {
    Unit.PRICE: Measure(1.0, -1.0),
    Unit.SHARES: Measure(0.0, 1.0),
    Unit.MONEY: Measure(1.0, 0.0),
    Unit.RATIO: RATIO,
    Unit.PERCENT: Measure(percent=True),
    Unit.DATE: Measure(date=True),
}


def warmup_of(root: Node) -> int:
    """Sessions needed before the first row so that it is exact: the largest sum of look-backs along any path.

    `root` has its definitions expanded.
    """

    def visit(node: Node, parts: tuple[int, ...]) -> int:
        own = node.operator.history(*node.numbers) if node.operator and node.operator.axis is Axis.TIME else 0
        return own + max(parts, default=0)

    return fold(root, visit)


def fields_of(root: Node) -> frozenset[str]:
    """Names of the fields that the tree reads, also those it reads of one other name; the bar mark is none."""
    nodes = walk(root)
    inside = (fields_of(node.inner) for node in nodes if node.inner is not None)
    return frozenset(node.name for node in nodes if node.is_market_field).union(*inside)


def uses_industry(root: Node) -> bool:
    """Whether any operator compares names within their industry."""
    return any(node.operator is not None and node.operator.grouped for node in walk(root))


def lookahead_of(root: Node) -> int:
    """Sessions after a row that its value reads: the largest sum of looks ahead along any path."""

    def visit(node: Node, parts: tuple[int, ...]) -> int:
        inner = lookahead_of(node.inner) if node.inner is not None else 0
        own = int(node.numbers[0]) if node.name == AHEAD and node.numbers else 0
        return own + max(parts, default=inner)

    return fold(root, visit)


def left_of(root: Node) -> int:
    """Rows that Qlib loads before the first one asked for.

    One row less than `Delta` and fewer than `EMA` need, and none for what starts with the question: their values depend
    on where the question starts.

    Source: Qlib 0.9.7, `get_extended_window_size` in `qlib/data/ops.py`.
    """

    def visit(node: Node, parts: tuple[int, ...]) -> int:
        inner = left_of(node.inner) if node.inner is not None else 0
        return _own_left(node) + max(parts, default=inner)

    return fold(root, visit)


def _own_left(node: Node) -> int:
    operator = node.operator
    if operator is None or operator.axis is not Axis.TIME or node.name == AHEAD:
        return 0
    if operator.from_origin:
        if not node.numbers or node.name.endswith("_all"):
            return 0
        size = node.numbers[0]
        return max(int(math.log(1e-6) / math.log(1.0 - size)) - 1 if size < 1 else int(size) - 1, 0)
    return operator.history(*node.numbers)


def units_of(root: Node) -> tuple[str, tuple[Notice, ...]]:
    """The unit of the result, and notices about units that do not go together."""
    notices: list[Notice] = []
    measure = fold(root, lambda node, parts: _measure(node, parts, notices))
    return measure.name, tuple(notices)


def _measure(node: Node, parts: tuple[Measure, ...], notices: list[Notice]) -> Measure:
    if node.kind == "number":
        return NUMBER
    if node.operator is None:
        spec = FIELDS.get(node.name)
        if node.inner is not None:
            return fold(node.inner, lambda part, below: _measure(part, below, []))
        return _FIELD_MEASURES[spec.unit] if spec else UNKNOWN
    rule = node.operator.unit
    if rule is UnitRule.RATIO:
        return RATIO
    if rule is UnitRule.ANY:
        return RATIO if all(part.known and part.name == "ratio" for part in parts) and parts else UNKNOWN
    if rule in (UnitRule.ALIKE, UnitRule.FLAG):
        compared = node.operator.category in ("arithmetic", "comparison", "condition")
        together = _together(node, parts, notices) if compared else RATIO
        return RATIO if rule is UnitRule.FLAG else together
    if rule is UnitRule.BRANCH:
        return _together(node, parts[1:], notices) if node.name in ("where", "qlib_if") else parts[1]
    if rule in (UnitRule.PRODUCT, UnitRule.QUOTIENT, UnitRule.COVARIANCE):
        return _combined(parts[0], parts[1], -1.0 if rule is UnitRule.QUOTIENT else 1.0)
    return parts[0]


def _combined(a: Measure, b: Measure, turn: float) -> Measure:
    if a.free and b.free:
        return NUMBER
    if not (a.known and b.known):
        return UNKNOWN
    if a.date or b.date:
        return RATIO
    yuan, shares = a.yuan + turn * b.yuan, a.shares + turn * b.shares
    percent = (a.percent != b.percent) if turn > 0 else (a.percent and not b.percent)
    return Measure(yuan, shares, percent and yuan == 0 and shares == 0)


def _together(node: Node, parts: tuple[Measure, ...], notices: list[Notice]) -> Measure:
    """The unit of things that are added, compared or chosen between; a notice where they differ."""
    firm = [part for part in parts if not part.free]
    if not firm:
        return NUMBER
    first = firm[0]
    for other in firm[1:]:
        if not (first.known and other.known):
            return UNKNOWN
        if (first.yuan, first.shares, first.date) != (other.yuan, other.shares, other.date):
            notices.append(
                Notice(
                    "units_differ",
                    node.start,
                    node.end,
                    f"单位不同：{_ZH.get(first.name, first.name)}与{_ZH.get(other.name, other.name)}放在一起",
                    f"different units: {first.name} together with {other.name}",
                )
            )
            return UNKNOWN
        if first.percent != other.percent:
            notices.append(
                Notice(
                    "percent_and_fraction",
                    node.start,
                    node.end,
                    "百分数（2.0 = 2%）与小数（0.02 = 2%）放在一起，例如 pct_change 与 returns",
                    "a percentage (2.0 is 2 %) together with a fraction (0.02 is 2 %), such as pct_change and returns",
                )
            )
            return UNKNOWN
    return first


_ZH = {
    "price": "价格",
    "shares": "股数",
    "money": "金额",
    "ratio": "比率",
    "percent": "百分数",
    "date": "日期",
    "mixed": "混合",
}


_CONSTANT_OF_TWINS = {"sub", "div", "eq", "ts_corr", "qlib_sub", "qlib_div", "qlib_eq", "qlib_corr"}
_NEEDS_TWO = {"ts_std", "ts_corr", "ts_cov", "qlib_std", "qlib_var", "qlib_corr", "qlib_cov"}


def oddities_of(root: Node, unit: str, warmup: int) -> tuple[Notice, ...]:
    """Notices about parts that are always the same, always missing, or cannot be compared across names."""
    found: list[Notice] = []
    for node in walk(root):
        parts = node.parts
        if node.name in _CONSTANT_OF_TWINS and len(parts) == 2 and parts[0].key == parts[1].key:
            found.append(
                _note("degenerate", node, "两边相同，结果恒定", "both sides are the same: the result is constant")
            )
        if node.name in _NEEDS_TWO and node.numbers and node.numbers[0] < 2:
            found.append(
                _note(
                    "too_short", node, "窗口至少要 2 个交易日，否则结果总是缺失", "a window under 2 is always missing"
                )
            )
        if node.name == "clip" and parts[1].kind == parts[2].kind == "number" and parts[1].value == parts[2].value:
            found.append(
                _note("degenerate", node, "上下界相同，结果恒定", "both bounds are the same: the result is constant")
            )
        if node.name in ("gt", "lt", "ge", "le") and _fraction_against_percent(parts):
            found.append(
                _note(
                    "percent_and_fraction",
                    node,
                    "returns 是小数（0.02 = 2%），这里像是按百分数比较",
                    "returns is a fraction (0.02 is 2 %), compared here as if it were a percentage",
                )
            )
    if unit in ("price", "shares", "money"):
        found.append(
            _note(
                "level",
                root,
                "结果带有量纲，股票之间不可直接比较；通常取比率或 rank(x)",
                "the result has a unit and does not compare across names; take a ratio or rank(x)",
            )
        )
    if warmup >= UNBOUNDED or _from_start(root):
        found.append(_unbounded(root))
    elif warmup > LONG_WARMUP:
        found.append(
            _note(
                "long_warmup",
                root,
                f"需要之前 {warmup} 个交易日的数据，历史较短的股票会缺失",
                f"needs {warmup} earlier sessions; names with less history are missing",
            )
        )
    return tuple(found)


def _unbounded(root: Node) -> Notice:
    """What an expression without a fixed warm-up depends on: the start of the question, or the listing."""
    if _from_start(root):
        zh = "Qlib 的 EMA、Delta、小数窗口和 N=0 从载入区间首日起算，结果取决于查询的起始日"
        en = "Qlib's EMA, Delta, shares and N = 0 begin where the rows loaded begin: the value depends on the start asked for"
        return _note("depends_on_start", root, zh, en)
    zh, en = "从上市首日起算，没有固定的预热期", "begins at the first bar of a name; there is no fixed warm-up"
    return _note("unbounded", root, zh, en)


def _from_start(root: Node) -> bool:
    """Whether a part depends on the first row that is loaded."""
    return any(node.operator and node.operator.from_origin and BAR in _leaves(node) for node in walk(root))


def _leaves(node: Node) -> set[str]:
    return {part.name for part in node.parts if part.operator is None}


def _fraction_against_percent(parts: tuple[Node, ...]) -> bool:
    """Whether daily returns are compared with a number of 1 (100 %) or more."""
    sizes = [abs((part.parts[0] if part.name == "neg" else part).value) for part in parts]
    return any(part.name == "returns" for part in parts) and max(sizes) >= 1


def _note(code: str, node: Node, zh: str, en: str) -> Notice:
    return Notice(code, node.start, node.end, zh, en)
