"""One form for all spellings of one computation: aliases resolved, constants folded, operands in a fixed order.

Every rewrite keeps every bit of the result; that is why sums and products are not regrouped. Only the order of the two
sides of a correlation or covariance decides its last bit, and it is the same for all spellings.
"""

from __future__ import annotations

from quantgpt.expr.spelling import FIELD_WORD, OTHER_WORD, as_word, is_column
from quantgpt.expr.tree import Node, apply, fold, number, placed
from quantgpt.foundations.errors import BadExpression
from quantgpt.operators._base import OPERATORS, Axis, Takes

PRECEDENCE = {
    "or": 10,
    "and": 20,
    "not": 30,
    "gt": 40,
    "lt": 40,
    "ge": 40,
    "le": 40,
    "eq": 40,
    "ne": 40,
    "add": 50,
    "sub": 50,
    "mul": 60,
    "div": 60,
    "neg": 70,
    "power": 80,
}
CHAINS = {
    **PRECEDENCE,
    "qlib_add": 50,
    "qlib_sub": 50,
    "qlib_mul": 60,
    "qlib_div": 60,
    "qlib_or": 44,
    "qlib_and": 48,
}
"""operators that are written between their operands in some dialect, by how tightly they bind there"""
ATOM = 100
MIRRORED = {"lt": "gt", "le": "ge"}
TWICE_IS_ONCE = {"rank", "abs", "sign"}


def canonical_tree(root: Node, text: str = "") -> Node:
    """The canonical tree of `root`.

    Raises: BadExpression when a constant part is not a finite number, or stands where a series is needed.
    """

    rewriter = _Rewriter(text)
    return fold(root, rewriter.visit)


def _is(node: Node, name: str) -> bool:
    return node.kind == "call" and node.name == name


def _is_number(node: Node, value: float) -> bool:
    return node.kind == "number" and node.value == value


class _Rewriter:
    """Rewrites nodes whose parts are canonical; remembers their texts, which decide the order of operands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.texts: dict[str, tuple[str, int]] = {}

    def visit(self, node: Node, parts: tuple[Node, ...]) -> Node:
        """The canonical node of an operator on canonical parts."""
        operator = node.operator
        if operator is None:
            return number(node.value) if node.kind == "number" else placed(node)
        name = operator.name
        if operator.axis is Axis.CELL and parts and all(part.kind == "number" for part in parts):
            return number(_constant(node, parts, self.text))
        self.check_series(node, parts)
        if name in MIRRORED:
            return self.ordered(MIRRORED[name], parts[::-1])
        if name in TWICE_IS_ONCE and _is(parts[0], name):
            return parts[0]
        return self.simplified(name, parts) or self.ordered(name, parts, node.numbers)

    def check_series(self, node: Node, parts: tuple[Node, ...]) -> None:
        """Refuse a constant where only something that varies makes sense."""
        places = node.operator.places if node.operator else ()
        for place, written, part in zip(places, node.parts, parts, strict=False):
            if place.takes is Takes.SERIES and part.kind == "number":
                raise BadExpression(
                    f"{node.name} needs a data series, not a constant",
                    text=self.text,
                    start=written.start,
                    end=written.end,
                    hint="这里要写行情列或由它算出的表达式，而不是一个常数",
                    nearest="close",
                    code="constant",
                )

    def ordered(self, name: str, parts: tuple[Node, ...], numbers: tuple[float, ...] = ()) -> Node:
        """The operator on its parts, which are put in order where their order does not matter."""
        operator = OPERATORS[name]
        if operator.commutative:
            bind = CHAINS.get(name)
            parts = tuple(sorted(parts, key=lambda part: self.rank_of(part, bind)))
        return apply(operator, parts, numbers)

    def rank_of(self, part: Node, bind: int | None) -> tuple[bool, bool, str]:
        """What decides the order of operands: chains stay on the left, where they need no brackets, numbers go last."""
        inner = part.parts[0] if part.name == "single" and part.parts else part
        in_chain = bind is not None and CHAINS.get(inner.name if inner.kind == "call" else "") == bind
        return part.kind == "number", not in_chain, self.printed(part)[0]

    def printed(self, node: Node) -> tuple[str, int]:
        """Text of a canonical node and how tightly it binds; the texts of its parts are mostly known."""
        return fold(node, _print, self.texts)

    def simplified(self, name: str, parts: tuple[Node, ...]) -> Node | None:
        """A shorter tree with the same bits, where there is one."""
        if name == "neg" and _is(parts[0], "neg"):
            return parts[0].parts[0]
        if len(parts) != 2:
            return None
        a, b = parts
        if name in ("mul", "div") and _is_number(b, 1.0):
            return a
        if name == "mul" and _is_number(a, 1.0):
            return b
        if name in ("mul", "div") and _is_number(b, -1.0) and not _is_product(a):
            return _negated(a)
        if name == "mul" and _is_number(a, -1.0) and not _is_product(b):
            return _negated(b)
        if name == "power" and _is_number(b, 1.0):
            return a
        if name == "add" and _is(b, "neg"):
            return _difference(a, b.parts[0])
        if name == "add" and _is(a, "neg"):
            return _difference(b, a.parts[0])
        if name == "sub" and _is(b, "neg"):
            together = (a, b.parts[0])
            return self.simplified("add", together) or self.ordered("add", together)
        return _difference(a, b) if name == "sub" else None


def _is_product(node: Node) -> bool:
    """Whether turning the sign of `node` would take brackets that nobody wrote."""
    return _is(node, "mul") or _is(node, "div")


def _negated(node: Node) -> Node:
    return node.parts[0] if _is(node, "neg") else apply(OPERATORS["neg"], (node,))


def _difference(a: Node, b: Node) -> Node:
    if _is(b, "ts_shift") and b.parts[0].key == a.key:
        return apply(OPERATORS["ts_delta"], (a,), b.numbers)
    return apply(OPERATORS["sub"], (a, b))


def _constant(node: Node, parts: tuple[Node, ...], text: str) -> float:
    operator = node.operator
    try:
        if operator is None or operator.function is None:
            raise ValueError
        value = float(operator.function(*(part.value for part in parts)))
        if value - value != 0.0:
            raise ValueError
    except (ArithmeticError, ValueError):
        raise BadExpression(
            "Constant part is not a finite number",
            text=text,
            start=node.start,
            end=node.end,
            hint="这一部分只有常数，算出来不是有限的数",
            code="constant",
        ) from None
    return value


def literal(value: float) -> str:
    """The shortest text that reads back as the same number.

    >>> literal(20.0), literal(0.5), literal(-3.0), literal(1e-8)
    ('20', '0.5', '-3', '1e-08')
    """
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def text_of(root: Node) -> str:
    """The canonical text of a tree, with no more brackets than its grammar needs."""
    return fold(root, _print)[0]


def printed_parts(root: Node) -> dict[str, tuple[str, int]]:
    """The canonical text of every sub-tree of a tree and how tightly it binds, by the sub-tree's key."""
    done: dict[str, tuple[str, int]] = {}
    fold(root, _print, done)
    return done


def _print(node: Node, parts: tuple[tuple[str, int], ...]) -> tuple[str, int]:
    """Text of a node and how tightly it binds."""
    if node.kind == "number":
        return literal(node.value), ATOM if node.value >= 0 else PRECEDENCE["neg"]
    operator = node.operator
    if operator is None:
        if node.inner is not None:
            return f"{OTHER_WORD}({text_of(node.inner)}, {as_word(node.code)})", ATOM
        plain = not node.is_market_field or is_column(node.name)
        return (node.name if plain else f"{FIELD_WORD}({as_word(node.name)})"), ATOM
    bind = PRECEDENCE.get(operator.name)
    if bind is None:
        inside = [text for text, _ in parts] + [literal(n) for n in node.numbers]
        return f"{operator.name}({', '.join(inside)})", ATOM
    if operator.name == "neg":
        return f"-{_wrapped(parts[0], bind)}", bind
    if operator.name == "not":
        return f"not {_wrapped(parts[0], bind)}", bind
    left, right = parts
    symbol = operator.symbol
    if operator.name == "power":
        return f"{_wrapped(left, ATOM)}^{_wrapped(right, bind)}", bind
    low = bind if bind != PRECEDENCE["gt"] else bind + 1
    gap = "" if bind == PRECEDENCE["mul"] else " "
    return f"{_wrapped(left, low)}{gap}{symbol}{gap}{_wrapped(right, bind + 1)}", bind


def _wrapped(part: tuple[str, int], least: int) -> str:
    text, bind = part
    return text if bind >= least else f"({text})"
