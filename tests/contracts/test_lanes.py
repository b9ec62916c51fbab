"""Every operator that is written in lanes has a kernel that gives the same numbers; no form is left without an operator."""

from __future__ import annotations

import numpy as np
import pytest
from tests.expr.made_features import different, made_inputs

from quantgpt.expr import read_expression
from quantgpt.expr.features import compute_features
from quantgpt.operators._base import _LOWERS, OPERATORS, Operator, Takes

INPUTS = made_inputs()
COLUMNS = {"bar": "bar", "y": "volume", "b": "open", "a": "high", "g": "vwap"}
WINDOWS = (1, 2, 9, 31)
ROUNDING = 4
"""steps of float32: a quotient that is a result is rounded from a · (1/b)"""
WRITTEN = sorted(name for name in (OPERATORS.words(), _LOWERS)[1] if name in OPERATORS)


def calls(operator: Operator) -> list[str]:
    """The operator on columns of the made market, with several windows where it has one."""
    if all(place.takes is not Takes.WINDOW for place in operator.places):
        return [operator.example]
    texts = []
    for window in WINDOWS:
        words = {Takes.WINDOW: str(window), Takes.NUMBER: "0.3"}
        parts = (words.get(place.takes, COLUMNS.get(place.name, "close")) for place in operator.places)
        texts.append(f"{operator.name}({', '.join(parts)})")
    return texts


def test_every_form_belongs_to_an_operator() -> None:
    assert sorted(_LOWERS) == WRITTEN


@pytest.mark.parametrize("vocabulary", ["quantgpt", "qlib"])
def test_lanes_give_the_numbers_of_the_kernel(vocabulary: str) -> None:
    operators = [OPERATORS[name] for name in WRITTEN if OPERATORS[name].vocabulary == vocabulary]
    batch = [(operator, read_expression(text)) for operator in operators for text in calls(operator)]
    fused = compute_features([one for _, one in batch], INPUTS).values
    plain = compute_features([one for _, one in batch], INPUTS, fuse=False).values
    for (_, one), made, expected in zip(batch, fused, plain, strict=True):
        assert not different(made, expected, ROUNDING).any(), one.text
    seen = {operator.name for (operator, _), expected in zip(batch, plain, strict=True) if np.isfinite(expected).any()}
    assert seen == {operator.name for operator in operators}
