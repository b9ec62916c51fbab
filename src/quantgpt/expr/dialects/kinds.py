"""What kind of number each part of a Qlib expression is, which decides in what width Qlib computes with it.

Qlib's fields are float32 and stay so under arithmetic with each other and with numbers; whatever looks over time is
float64; comparisons are booleans; a shifted boolean is an array of Python objects. The tree holds doubles everywhere and
says `single` where Qlib rounds, so the kinds can be told from the tree alone.

Source: numpy 2 promotion (NEP 50) and pandas 3.1, of which Qlib 0.9.7 makes its arithmetic.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from quantgpt.expr.tree import Node, fold
from quantgpt.operators._base import Axis


class Kind(StrEnum):
    """What Qlib would hold."""

    NUMBER = "number"
    """a literal"""
    F32 = "f32"
    F64 = "f64"
    BOOL = "bool"
    LAGGED = "lagged"
    """a shifted boolean: True, False or NaN as objects"""
    OBJECT = "object"
    """arithmetic on a shifted boolean: Python floats as objects"""


@dataclass(frozen=True, slots=True)
class Facts:
    """Of a part: its kind, and whether it may have a value before the first and after the last bar of a name."""

    kind: Kind
    before: bool
    after: bool


COMPARISONS = {"qlib_gt", "qlib_ge", "qlib_lt", "qlib_le", "qlib_eq", "qlib_ne"}
_BOOLEAN = COMPARISONS | {"qlib_and", "qlib_or", "qlib_not"}
_SINGLE = {"single", "qlib_log32", "qlib_power32", "qlib_sign"}
_ARITHMETIC = {"qlib_add", "qlib_sub", "qlib_mul", "qlib_div"}
_CHOICE = {"qlib_greater", "qlib_less"}
_OBJECTS = {Kind.LAGGED, Kind.OBJECT}


def joined(kinds: Iterable[Kind]) -> Kind:
    """The kind of a result that holds values of all these kinds.

    >>> joined([Kind.F32, Kind.NUMBER]).value, joined([Kind.BOOL, Kind.NUMBER]).value
    ('f32', 'f64')
    """
    found = set(kinds)
    if found & _OBJECTS:
        return Kind.OBJECT
    if Kind.F64 in found:
        return Kind.F64
    if Kind.F32 in found:
        return Kind.F32
    return Kind.BOOL if found == {Kind.BOOL} else Kind.F64


def as_single(value: float) -> float | None:
    """`value` rounded to float32; None where it is too large for that.

    >>> as_single(0.1), as_single(1e300)
    (0.10000000149011612, None)
    """
    try:
        return float(struct.unpack("<f", struct.pack("<f", value))[0])
    except OverflowError:
        return None


class FactBook:
    """The facts of the parts of a tree, each found once."""

    def __init__(self) -> None:
        self._known: dict[str, Facts] = {}

    def of(self, node: Node) -> Facts:
        """The facts of `node`."""
        return fold(node, self._visit, self._known)

    def kind(self, node: Node) -> Kind:
        """The kind of `node`."""
        return self.of(node).kind

    def _visit(self, node: Node, parts: tuple[Facts, ...]) -> Facts:
        if node.kind == "number":
            return Facts(Kind.NUMBER, True, True)
        if node.operator is None:
            if node.inner is not None:
                return Facts(self.kind(node.inner), True, True)
            return Facts(Kind.F32 if node.is_market_field else Kind.F64, False, False)
        kind = _kind(node.name, tuple(part.kind for part in parts))
        return Facts(kind, *_reach(node, parts))


def _kind(name: str, parts: tuple[Kind, ...]) -> Kind:
    if name in _BOOLEAN:
        return Kind.BOOL
    if name in _SINGLE:
        return Kind.F32
    if name in ("on_bars", "qlib_abs"):
        return parts[0]
    if name in _CHOICE or name == "qlib_if":
        return joined(parts if name in _CHOICE else parts[1:])
    if name in _ARITHMETIC:
        return Kind.OBJECT if _OBJECTS & set(parts) else Kind.F64
    if name in ("qlib_ref", "qlib_lead"):
        return Kind.LAGGED if parts[0] is Kind.BOOL else parts[0]
    if name == "qlib_first":
        return Kind.F64 if parts[0] in _OBJECTS else parts[0]
    if name == "qlib_delta":
        return Kind.OBJECT if parts[0] in {*_OBJECTS, Kind.BOOL} else Kind.F64
    return Kind.F64


def _reach(node: Node, parts: tuple[Facts, ...]) -> tuple[bool, bool]:
    """Whether the value may be there before the first bar and after the last, where the inputs of a name are missing."""
    name, operator = node.name, node.operator
    if name in _BOOLEAN:
        return True, True
    if name == "on_bars":
        return False, False
    if name in ("qlib_power", "qlib_power32"):
        reach = _power_reach(node, parts)
        return reach, reach
    if name == "qlib_if" or name == "where":
        return any(part.before for part in parts[1:]), any(part.after for part in parts[1:])
    if name in ("qlib_ref", "qlib_lead"):
        return (True, parts[0].after) if name == "qlib_lead" else (parts[0].before, True)
    if name.startswith(("qlib_count", "qlib_first")):
        return True, True
    axis = operator.axis if operator else Axis.CELL
    if axis is Axis.DAY:
        return False, False
    if axis is Axis.CELL:
        return all(part.before for part in parts), all(part.after for part in parts)
    return any(part.before for part in parts), True


def _power_reach(node: Node, parts: tuple[Facts, ...]) -> bool:
    """x ** 0 and 1 ** x are 1 even where x is missing."""
    base, exponent = parts
    outside = [part.before or part.after for part in parts]
    if not any(outside):
        return False
    if exponent.kind is Kind.NUMBER and not outside[0]:
        return node.parts[1].value == 0.0
    if base.kind is Kind.NUMBER and not outside[1]:
        return node.parts[0].value == 1.0
    return True
