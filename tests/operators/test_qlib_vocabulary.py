"""The operators that repeat Qlib's numbers: documented, apart from our own vocabulary, and strict about their inputs."""

from __future__ import annotations

import doctest

import numpy as np
import pytest

from quantgpt.expr import compile_expression, read_expression
from quantgpt.foundations.errors import BadExpression, Broken
from quantgpt.operators._base import OPERATORS, UNBOUNDED, Axis, Operator, Takes

EVERY = OPERATORS.all("qlib")
KERNELS = [operator for operator in EVERY if operator.function is not None]
names = pytest.mark.parametrize("operator", EVERY, ids=lambda operator: operator.name)
kernels = pytest.mark.parametrize("operator", KERNELS, ids=lambda operator: operator.name)


def call(operator: Operator, panel: np.ndarray, bar: float = 1.0) -> np.ndarray:
    """The operator on one panel in every place, windows of 4, shares of 0.4."""
    given = {Takes.WINDOW: 4, Takes.NUMBER: 0.4}
    bars = np.full_like(panel, bar)
    return operator(*(given.get(p.takes, bars if p.name == "bar" else panel) for p in operator.places))


def test_the_two_vocabularies_are_apart() -> None:
    ours = OPERATORS.all()
    assert not {operator.name for operator in ours} & {operator.name for operator in EVERY}
    assert all(operator.name.startswith("qlib_") or operator.name in ("single", "on_bars") for operator in EVERY)
    assert not set(OPERATORS.words()) & {operator.name for operator in EVERY}
    assert OPERATORS.find("qlib_mean") is OPERATORS["qlib_mean"]


@kernels
def test_the_example_is_an_expression_of_ours(operator: Operator) -> None:
    assert read_expression(operator.example).words_zh


def test_a_look_ahead_is_refused_in_our_dialect() -> None:
    with pytest.raises(BadExpression, match="qlib_lead looks ahead"):
        compile_expression("qlib_lead(close, 5)")


@names
def test_an_operator_is_explained_in_two_languages(operator: Operator) -> None:
    assert operator.zh
    assert operator.en.endswith((".", "own."))
    assert operator.say_zh.count("{") == operator.say_en.count("{") > 0
    assert operator.example.startswith(f"{operator.name}(")
    assert operator.vocabulary == "qlib"


@kernels
def test_the_example_in_the_docs_runs(operator: Operator) -> None:
    scope = {"np": np, "NAN": float("nan"), operator.name: operator}
    test = doctest.DocTestParser().get_doctest(operator.doc, scope, operator.name, None, 0)
    assert test.examples
    assert not doctest.DocTestRunner().run(test).failed


@kernels
def test_inputs_are_left_alone_and_the_result_is_a_panel_of_float64(operator: Operator) -> None:
    panel = np.random.default_rng(0).choice([1.0, 2.5, -3.0, 0.0, np.nan, np.inf], (30, 4))
    before = panel.copy()
    out = call(operator, panel)
    assert out.shape == panel.shape
    assert out.dtype == np.float64
    np.testing.assert_array_equal(panel, before)


@kernels
def test_nothing_comes_from_nothing(operator: Operator) -> None:
    """No number out of missing values, but for what counts them and what asks a yes-or-no question."""
    out = call(operator, np.full((12, 2), np.nan))
    answers = {"qlib_count", "qlib_count_all", "qlib_and", "qlib_or", "qlib_not"}
    answers |= {f"qlib_{word}" for word in ("gt", "ge", "lt", "le", "eq", "ne")}
    assert np.isnan(out).all() != (operator.name in answers)


@pytest.mark.parametrize(
    "operator", [o for o in KERNELS if any(p.name == "bar" for p in o.places)], ids=lambda o: o.name
)
def test_there_is_no_value_without_a_bar(operator: Operator) -> None:
    panel = np.random.default_rng(1).normal(size=(12, 2))
    assert np.isnan(call(operator, panel, bar=np.nan)).all()


def test_what_depends_on_the_first_row_says_so() -> None:
    origin = {operator.name for operator in EVERY if operator.from_origin}
    running = {operator.name for operator in EVERY if operator.name.endswith("_all")}
    assert origin == running | {"qlib_first", "qlib_delta", "qlib_ema", "qlib_ewm"}
    assert {operator.name for operator in EVERY if operator.history(1) == UNBOUNDED} == origin - {"qlib_delta"}


def test_a_look_ahead_has_no_kernel() -> None:
    with pytest.raises(Broken, match="qlib_lead has no kernel"):
        OPERATORS["qlib_lead"].compiled()


@pytest.mark.parametrize("name", ["qlib_log32", "qlib_power32", "qlib_log", "qlib_power"])
def test_logarithms_and_powers_are_numpys_in_the_width_of_qlib(name: str) -> None:
    g = np.random.default_rng(2)
    width = np.float32 if name.endswith("32") else np.float64
    x = np.concatenate([g.lognormal(0, 3, 5000).astype(width), np.array([0, -1, np.inf, np.nan], width)])[:, None]
    for y in (2.0, 0.5, -3.0, 0.1):
        wide = x.astype(np.float64)
        with np.errstate(all="ignore"):
            theirs = np.log(x) if "log" in name else np.power(x, width(y))
            given = (wide,) if "log" in name else (wide, y)
            out = np.empty_like(wide)
            assert OPERATORS[name].compiled()(*given, out=out) is out
        np.testing.assert_array_equal(out, theirs.astype(np.float64))
        np.testing.assert_array_equal(OPERATORS[name](*given), out)


def test_single_arithmetic_is_that_of_float32() -> None:
    g = np.random.default_rng(3)
    a, b = (g.normal(0, 10.0 ** g.integers(-8, 8, 4000)).astype(np.float32)[:, None] for _ in range(2))
    for name in ("add", "sub", "mul", "div"):
        double = OPERATORS[f"qlib_{name}"](a.astype(np.float64), b.astype(np.float64))
        with np.errstate(all="ignore"):
            theirs = {"add": a + b, "sub": a - b, "mul": a * b, "div": a / b}[name]
        np.testing.assert_array_equal(OPERATORS["single"](double), theirs.astype(np.float64))


def test_axes_of_the_vocabulary() -> None:
    assert {operator.axis for operator in EVERY} == {Axis.CELL, Axis.TIME}
