"""How the parts of a tree change when every name's prices are multiplied by a number of its own, and its volumes divided.

Two conventions of adjusted prices differ in just that. A part of degree d is multiplied by the d-th power of the number: 1
for prices, −1 for volumes, 0 for amounts and for ratios of a name to itself. What mixes degrees has none.
"""

from __future__ import annotations

from quantgpt.expr.tree import BAR, LISTED, Node, fold
from quantgpt.foundations.fields import FIELDS, Unit
from quantgpt.operators._base import Axis, UnitRule

NEGLIGIBLE = 1e-8
"""literals up to this size only keep a quotient finite, and go with every degree"""
ANYTHING = float("inf")
"""the degree of zero, which goes with every other"""

_SCALED = {"open": 1.0, "high": 1.0, "low": 1.0, "close": 1.0, "vwap": 1.0, "volume": -1.0, "change": 0.0}
_POWERS = {"power", "sign_power", "qlib_power", "qlib_power32"}
_SIGNS = {"sign", "qlib_sign"}
_SQUARED = {"qlib_var", "qlib_var_all"}


def level_comparisons(root: Node) -> tuple[str, ...]:
    """The operators that compare levels across names, or mix levels with something of another degree; sorted names.

    `root` has its definitions expanded. Empty where every comparison is among parts of degree 0. A field that is not known
    to us counts as a level.
    """
    found: set[str] = set()

    def visit(node: Node, parts: tuple[float | None, ...]) -> float | None:
        if node.operator is None:
            return _leaf(node)
        if node.operator.axis is Axis.DAY:
            if any(part not in (0.0, ANYTHING) for part in parts):
                found.add(node.name)
            return 0.0
        degree = _degree(node, parts)
        if degree is None and None not in parts:
            found.add(node.name)
        return degree

    fold(root, visit)
    return tuple(sorted(found))


def _leaf(node: Node) -> float | None:
    """The degree of a number or a field; what is computed on another name has one only where it is a ratio."""
    if node.kind == "number":
        return ANYTHING if abs(node.value) <= NEGLIGIBLE else 0.0
    if node.inner is not None:
        own = fold(node.inner, lambda part, below: _degree(part, below) if part.operator else _leaf(part))
        return own if own in (0.0, ANYTHING) else None
    name = node.name.partition(":")[0]
    if name in (BAR, LISTED):
        return 0.0
    if name in _SCALED:
        return _SCALED[name]
    spec = FIELDS.get(name)
    unscaled = spec is not None and spec.in_expressions and spec.unit not in (Unit.PRICE, Unit.SHARES)
    return 0.0 if unscaled else None


def _degree(node: Node, parts: tuple[float | None, ...]) -> float | None:
    """The degree of an operator's result; None where it has none."""
    operator = node.operator
    degrees = tuple(part for part in parts if part is not None)
    if operator is None or len(degrees) < len(parts):
        return None
    first = degrees[0]
    match operator.unit:
        case UnitRule.PRODUCT | UnitRule.COVARIANCE:
            return _plus(first, degrees[1])
        case UnitRule.QUOTIENT:
            return 0.0 if degrees[1] == ANYTHING else _plus(first, -degrees[1])
        case UnitRule.ALIKE:
            return _joined(degrees)
        case UnitRule.FLAG:
            return 0.0 if operator.category == "logic" or _joined(degrees) is not None else None
        case UnitRule.BRANCH:
            return _joined(degrees[1:]) if operator.axis is Axis.CELL else degrees[1]
        case UnitRule.RATIO:
            free = operator.axis is not Axis.CELL or node.name in _SIGNS or first in (0.0, ANYTHING)
            return 0.0 if free else None
        case UnitRule.ANY:
            return _of_any(node, degrees)
    if node.name == "product":
        return first * node.numbers[0]
    return _joined(degrees) if node.name == "clip" else first


def _of_any(node: Node, degrees: tuple[float, ...]) -> float | None:
    """The degree of a power, a root, a logarithm, a variance or a slope."""
    first = degrees[0]
    if all(degree in (0.0, ANYTHING) for degree in degrees):
        return 0.0
    if node.name in _POWERS:
        exponent = node.parts[1]
        return first * exponent.value if exponent.kind == "number" else None
    if node.name == "sqrt":
        return first / 2
    if node.operator is not None and node.operator.axis is Axis.TIME:
        return 2 * first if node.name in _SQUARED else first
    return None


def _plus(one: float, other: float) -> float:
    return ANYTHING if ANYTHING in (one, other) else one + other


def _joined(degrees: tuple[float, ...]) -> float | None:
    """The one degree of things that are added, compared or chosen between; None where they have several."""
    firm = {degree for degree in degrees if degree != ANYTHING}
    if len(firm) > 1:
        return None
    return firm.pop() if firm else ANYTHING
