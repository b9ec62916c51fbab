"""Every operator of Qlib on the golden market, to the printed digits: the slow oracle, the compiled operators called one
by one, and the program from text to feature matrix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from tests.parity.qlib_golden import (
    ROWS_OF_SH600000,
    ROWS_OF_SZ000002,
    golden_market,
    golden_rows,
    golden_rows_from_40,
)
from tests.parity.qlib_kernels import qlib_panel
from tests.parity.qlib_oracle import qlib_column

from quantgpt.expr import read_expression
from quantgpt.expr.features import FeatureInputs, compute_features

MARKET = golden_market()
ROWS = golden_rows()
FROM_40 = golden_rows_from_40()


def of_oracle(text: str, code: str, start: int = 0) -> Any:
    return qlib_column(text, MARKET, code, start)


def of_kernels(text: str, code: str, start: int = 0) -> Any:
    return qlib_panel(text, MARKET, start)[:, MARKET.codes.index(code)]


@cache
def inputs() -> FeatureInputs:
    """The golden market for the program, with every instrument at hand for `ChangeInstrument` and `Mask`."""
    days = np.busday_offset("2020-01-01", np.arange(MARKET.length), roll="forward")
    first, last = np.array(MARKET.first, np.int32), np.array(MARKET.last, np.int32)
    whole = FeatureInputs(days, MARKET.fields, first, last)
    alone = {}
    for k, code in enumerate(MARKET.codes):
        fields = {name: np.ascontiguousarray(panel[:, [k]]) for name, panel in MARKET.fields.items()}
        alone[code] = FeatureInputs(days, fields, first[[k]], last[[k]])
    return replace(whole, others=alone)


def of_program(text: str, code: str, start: int = 0) -> Any:
    expression = read_expression(text, dialect="qlib", compat="qlib", fields=MARKET.fields)
    block = compute_features([expression], inputs(), start=start)
    return np.asarray(block.values[0][:, MARKET.codes.index(code)], dtype=np.float64)


sources = pytest.mark.parametrize("source", [of_oracle, of_kernels, of_program])


def assert_printed(ours: Any, printed: list[float]) -> None:
    """Missing where missing, and the same eight digits but for the last; a printed 0 may be a rest of 1e-12."""
    np.testing.assert_array_equal(np.isnan(ours), np.isnan(printed))
    np.testing.assert_allclose(ours, printed, rtol=1.2e-7, atol=1e-12)


@sources
@pytest.mark.parametrize("text", ROWS)
def test_the_table_is_reproduced(source: Callable[..., Any], text: str) -> None:
    first, second = source(text, "SH600000"), source(text, "SZ000002")
    assert_printed(np.concatenate([first[list(ROWS_OF_SH600000)], second[list(ROWS_OF_SZ000002)]]), ROWS[text])


@sources
@pytest.mark.parametrize("text", FROM_40)
def test_a_query_from_the_middle_of_the_history_is_reproduced(source: Callable[..., Any], text: str) -> None:
    assert_printed(source(text, "SH600000", 40)[:3], FROM_40[text])


@sources
@pytest.mark.parametrize("text", ["Mean($close,5)", "Ref($close,3)", "Slope($close,5)", "EMA($close,0.3)"])
def test_words_with_a_window_do_not_depend_on_where_the_query_starts(source: Callable[..., Any], text: str) -> None:
    np.testing.assert_allclose(source(text, "SH600000", 40), source(text, "SH600000")[40:], rtol=1e-6)
