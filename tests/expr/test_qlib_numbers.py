"""The canonical form of a Qlib expression has the bits of what was written, and so has every spelling of it."""

from __future__ import annotations

import random

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.expr.made_features import made_inputs
from tests.expr.qlib_trees import random_qlib_text
from tests.parity.plain_kernels import one, panel

from quantgpt.expr import read_expression
from quantgpt.expr.canonical import canonical_tree
from quantgpt.expr.dialects.binding import bind_qlib
from quantgpt.expr.dialects.names import TABLES
from quantgpt.expr.dialects.scope import QlibScope
from quantgpt.expr.dialects.syntax import parse
from quantgpt.expr.lowering import lowered
from quantgpt.expr.tree import Node, fold

INPUTS = made_inputs()
FIELDS = tuple(sorted(INPUTS.fields))
START = 20


def values(tree: Node) -> NDArray[np.float64]:
    """The values of a tree, operator by operator."""
    with np.errstate(all="ignore"):
        found = fold(lowered(tree), lambda node, parts: one(node, parts, INPUTS, START), {})
    return panel(found, (len(INPUTS.days), len(INPUTS.first)))


def bound(text: str) -> Node:
    return bind_qlib(parse(text)[0], QlibScope(text, TABLES["qlib"], INPUTS.fields))


@pytest.mark.parametrize("seed", range(12))
def test_the_canonical_tree_has_the_bits_of_the_written_one(seed: int) -> None:
    """Of everything but `Corr` and `Cov`: their operands are ordered first, and the order decides the last bit."""
    rng = random.Random(seed)
    for _ in range(5):
        text = random_qlib_text(rng, 4, "qlib", FIELDS, {"other": 0.0, "pair": 0.0})
        written = bound(text)
        assert np.array_equal(values(written), values(canonical_tree(written, text)), equal_nan=True), text


SAME_NUMBERS = [
    ("$close-Ref($close,3)", "Sub($close,Ref($close,3))"),
    ("0-(0-$close)", "$close"),
    ("$close*1", "$close"),
    ("Abs(Abs($close))", "Abs($close)"),
    ("($close>$open)*1", "If($close>$open,1,0)"),
    ("Delta($close,3)+0*Ref($close,3)", "$close-Ref($close,3)"),
    ("Mean(Ref($close>$open,1),4)", "Mean(Ref(If($close>$open,1,0),1),4)"),
]


@pytest.mark.parametrize(("one_way", "other_way"), SAME_NUMBERS)
def test_equal_computations_have_equal_numbers(one_way: str, other_way: str) -> None:
    first, second = (values(read_expression(text, dialect="qlib").tree) for text in (one_way, other_way))
    assert np.array_equal(first[START:], second[START:], equal_nan=True)


def test_a_single_and_a_double_differ_where_qlib_has_them_differ() -> None:
    single = values(read_expression("$close*0.1", dialect="qlib").tree)
    double = values(read_expression("Mean($close,1)*0.1", dialect="qlib").tree)
    ours = values(read_expression("$close*0.1", dialect="qlib", compat="strict").tree)
    known = ~np.isnan(single)
    assert np.array_equal(single[known], single[known].astype(np.float32))
    assert (single[known] != ours[known]).any()
    assert np.array_equal(double, ours, equal_nan=True)
