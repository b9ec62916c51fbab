"""The recipe of the recorded values: `python -m tests.libraries.checksums` evaluates the libraries on a piece of the demo
market and writes one line for every factor into `checksums/`.

A line holds the name, how many cells have a value, the mean of their absolute values, and the SHA-256 of all cells rounded
to nine significant digits. The single-precision logarithm is numpy's, whose last bit differs between processors: where an
expression takes it, the hash is left out and the figures stand alone.

A recorded line may change for three reasons: the definition of the factor was wrong, the definition of an operator was, or
the demo market was made anew. It may not change because something was made faster.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from quantgpt.expr import EvalInputs, Expression, evaluate, read_expression
from quantgpt.expr.features import FeatureInputs, compute_features
from quantgpt.expr.tree import walk
from quantgpt.foundations.panel import MarketView
from quantgpt.libraries import Library, left_out_report, library
from quantgpt.market.demo import demo_view

RECORDED = ("alpha158", "alpha360", "kakushadze101", "technicals")
FOLDER = Path(__file__).with_name("checksums")
WARMUP = 260
DIGITS = 9
POWERS = np.array([float(f"1e{k}") for k in range(-307, 309)])


def market() -> MarketView:
    """Forty names over sixty sessions of the demo market, and what the longest expression looks back on."""
    return demo_view(assets=40, sessions=60, seed=7, warmup=WARMUP)


def read(shelf: Library) -> list[Expression]:
    """The expressions of a library in its own dialect."""
    return [read_expression(factor.expression, dialect=shelf.dialect, compat=shelf.compat) for factor in shelf]


def panels(shelf: Library, view: MarketView) -> list[Any]:
    """The panels of a library: by the evaluator in our dialect, as features of single precision in Qlib's."""
    expressions = read(shelf)
    if shelf.dialect == "quantgpt":
        return [panel[WARMUP:] for panel in evaluate(expressions, EvalInputs.of(view))]
    names = sorted(set().union(*(expression.fields for expression in expressions)))
    fields = {name: np.ascontiguousarray(view.fields[name]) for name in names}
    bars = np.isfinite(view.fields["close"])
    first = np.where(bars.any(axis=0), bars.argmax(axis=0), len(bars))
    last = np.where(bars.any(axis=0), len(bars) - 1 - bars[::-1].argmax(axis=0), -1)
    inputs = FeatureInputs(view.days, fields, first, last, view.eligible, view.industry)
    return list(compute_features(expressions, inputs, start=WARMUP).values)


def digest(panel: Any) -> str:
    """SHA-256 of the cells, rounded to nine significant digits; what is missing is 0 in both parts."""
    values = np.asarray(panel, dtype=np.float64)
    known = np.isfinite(values) & (np.abs(values) >= POWERS[0])
    size = np.abs(values[known])
    exponent = np.zeros(values.shape, "<i4")
    digits = np.where(np.isnan(values), 1, np.where(np.isinf(values), np.sign(values) * 2, 0)).astype("<i8")
    exponent[known] = np.searchsorted(POWERS, size, side="right") - 1
    digits[known] = np.rint(values[known] / POWERS[exponent[known]] * 10.0 ** (DIGITS - 1))
    return hashlib.sha256(exponent.tobytes() + digits.tobytes()).hexdigest()


def lines(shelf: Library, view: MarketView) -> Iterator[tuple[str, str, str, str]]:
    """Name, number of values, mean size and hash of every factor."""
    for name, expression, panel in zip(shelf.names, read(shelf), panels(shelf, view), strict=True):
        values = np.asarray(panel[np.isfinite(panel)], dtype=np.float64)
        mean = float(np.abs(values).mean()) if values.size else 0.0
        depends = any(node.name == "qlib_log32" for node in walk(expression.tree))
        yield name, str(values.size), f"{mean:.9e}", "-" if depends else digest(panel)


def recorded(name: str) -> dict[str, tuple[str, str, str, str]]:
    """The recorded lines of a library, by factor."""
    text = (FOLDER / f"{name}.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines()]
    return {row[0]: (row[0], row[1], row[2], row[3]) for row in rows}


def write() -> None:
    """Evaluate the libraries and write what they give; say what could not be stated."""
    view = market()
    FOLDER.mkdir(exist_ok=True)
    for name in RECORDED:
        made = ["\t".join(line) for line in lines(library(name), view)]
        (FOLDER / f"{name}.tsv").write_text("\n".join(made) + "\n", encoding="utf-8")
        sys.stdout.write(f"{name}: {len(made)} lines\n")
    sys.stdout.write(f"{left_out_report()}\n")


if __name__ == "__main__":
    write()
