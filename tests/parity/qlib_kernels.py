"""Qlib's expressions on whole panels, by calling the compiled `qlib_*` operators one after the other.

A second reader beside that of the program: it writes the rounding to float32 and the bars where the description of Qlib
asks for them, so that a mistake in a kernel and one in the dialect can be told apart.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tests.parity.qlib_golden import Market
from tests.parity.qlib_oracle import CELLS, EWM_WORDS, constant, extension, is_literal, read

from quantgpt.operators._base import OPERATORS

Panel = NDArray[np.float64]
INFIX = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.Pow: "power",
    ast.BitAnd: "and",
    ast.BitOr: "or",
    ast.Gt: "gt",
    ast.GtE: "ge",
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Eq: "eq",
    ast.NotEq: "ne",
}
BARRED = ("IdxMax", "IdxMin", "WMA", "Delta", "EMA")
MIRRORED = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}


@dataclass(frozen=True)
class Value:
    """A panel, what Qlib would hold in it (`f32`, `f64` or `bool`), and 1 on the bars that it has."""

    panel: Panel
    kind: str
    bar: Panel


def run(name: str, *arguments: Any) -> Panel:
    """One compiled operator."""
    return OPERATORS[name](*(a.panel if isinstance(a, Value) else a for a in arguments))


def qlib_panel(text: str, market: Market, start: int = 0, single: bool = True) -> Panel:
    """Values of `text` for every instrument on the rows from `start` on, NaN where there is no bar."""
    reader = Reader(market, start, text)
    value = reader.value(read(text))
    panel = run("on_bars", run("single", value) if single else value, reader.bar)
    return panel[start:]


class Reader:
    """Evaluates the syntax of one query."""

    def __init__(self, market: Market, start: int, text: str) -> None:
        self.market = market
        shape = next(iter(market.fields.values())).shape
        rows = np.arange(shape[0])[:, None]
        bar = (rows >= np.array(market.first)) & (rows <= np.array(market.last))
        loaded = bar & (rows >= start - extension(read(text))[0])
        self.bar = np.where(loaded, 1.0, np.nan)

    def value(self, node: ast.expr) -> Any:
        """A `Value`, or a literal number."""
        if is_literal(node):
            return float(constant(node))
        if isinstance(node, ast.Name):
            panel = self.market.fields[node.id.removeprefix("field_")].astype(np.float64)
            return Value(run("on_bars", panel, self.bar), "f32", self.bar)
        if isinstance(node, ast.BinOp):
            return self.cell(INFIX[type(node.op)], self.value(node.left), self.value(node.right))
        if isinstance(node, ast.Compare):
            return self.cell(INFIX[type(node.ops[0])], self.value(node.left), self.value(node.comparators[0]))
        assert isinstance(node, ast.Call)
        assert isinstance(node.func, ast.Name)
        word = node.func.id
        if word == "ChangeInstrument":
            return self.other(constant(node.args[0]), node.args[1])
        if word == "Mask":
            return self.other(constant(node.args[1]), node.args[0])
        if word in CELLS:
            return self.cell(word.lower(), *(self.value(part) for part in node.args))
        if word in ("Corr", "Cov"):
            parts = [self.value(part) for part in node.args[:2]]
            panels = [self.barred(part) for part in parts]
            return Value(run(f"qlib_{word.lower()}", *panels, constant(node.args[2])), "f64", self.united(parts))
        return self.timed(word, self.value(node.args[0]), *(constant(part) for part in node.args[1:]))

    def barred(self, value: Value) -> Panel:
        return run("on_bars", value, value.bar)

    def other(self, code: str, node: ast.expr) -> Value:
        """One column for all, with its own bars."""
        value, j = self.value(node), self.market.codes.index(code)
        panel, bar = (np.repeat(part[:, [j]], part.shape[1], axis=1) for part in (value.panel, value.bar))
        return Value(panel, value.kind, bar)

    def united(self, parts: Any) -> Panel:
        """The bars that any part has, as pandas aligns the series of two instruments."""
        bars = [part.bar == 1.0 for part in parts if isinstance(part, Value)]
        return np.where(np.logical_or.reduce(bars), 1.0, np.nan)

    def cell(self, name: str, *parts: Any) -> Value:
        """A function of one bar."""
        if name == "if":
            choices = self.fitted(parts[1:])
            return Value(run("qlib_if", parts[0], *choices), self.joined(parts[1:]), self.united(parts))
        kind, bar = self.joined(parts), self.united(parts)
        parts = tuple(self.fitted(parts))
        if name in ("gt", "ge", "lt", "le", "eq", "ne", "and", "or", "not"):
            if isinstance(parts[0], float):
                name, parts = MIRRORED.get(name, name), parts[::-1]
            return Value(run(f"qlib_{name}", *parts), "bool", bar)
        if name == "sign":
            return Value(run("qlib_sign", *parts), "f32", bar)
        if name in ("log", "power"):
            return Value(run(f"qlib_{name}{'32' if kind == 'f32' else ''}", *parts), kind, bar)
        panel = run(f"qlib_{name}", *parts)
        return Value(run("single", panel) if kind == "f32" else panel, kind, bar)

    def joined(self, parts: Any) -> str:
        """The width of arithmetic between parts."""
        kinds = {part.kind for part in parts if isinstance(part, Value)}
        return "f32" if "f32" in kinds and "f64" not in kinds else "f64"

    def fitted(self, parts: Any) -> list[Any]:
        """The parts with literals in the width of the arithmetic."""
        if self.joined(parts) == "f64":
            return list(parts)
        return [float(np.float32(part)) if isinstance(part, float) else part for part in parts]

    def timed(self, word: str, value: Value, n: float, *numbers: float) -> Value:
        """A word that looks over time."""
        x, bar, name = self.barred(value), value.bar, f"qlib_{word.lower()}"
        same = "f64" if value.kind == "bool" else value.kind
        if word == "Ref" and n < 0:
            ahead = np.vstack([x[-int(n) :], np.full((min(-int(n), len(x)), x.shape[1]), np.nan)])
            return Value(run("on_bars", ahead, bar), same, bar)
        if word == "Ref":
            return Value(run("on_bars", run("qlib_ref", x, n) if n else run("qlib_first", x, bar), bar), same, bar)
        if 0 < n < 1:
            assert word in (*EWM_WORDS, "EMA")
            return Value(run("qlib_ewm", x, bar, n), "f64", bar)
        if n == 0:
            panel = run(f"{name}_all", x, bar, *numbers)
        elif word in BARRED:
            panel = run(name, x, bar, n)
        else:
            panel = run(name, x, n, *numbers)
        panel = run("on_bars", panel, bar)
        if word == "Delta":
            return Value(run("single", panel) if same == "f32" else panel, same, bar)
        return Value(panel, "f64", bar)
