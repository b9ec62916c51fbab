"""Every registered operator keeps the promises of its kind; a planted one that looks ahead is caught."""

from __future__ import annotations

import doctest
from collections.abc import Callable

import numpy as np
import pytest
from tests.expr.made_market import made_market, permuted, prefix, suffix

from quantgpt.expr import EvalInputs, compile_expression, evaluate
from quantgpt.operators._base import MAX_WINDOW, OPERATORS, Axis, Operator, Place, Takes, UnitRule, needed

EVERY = OPERATORS.all()
KERNELS = [operator for operator in EVERY if operator.axis is not Axis.MACRO]
TIMED = [operator for operator in EVERY if operator.axis in (Axis.TIME, Axis.MACRO)]
MARKET = made_market()
CALLS = {
    "trade_when": "trade_when(returns > 0.005, close, returns < -0.03, {})",
    "ts_quantile": "ts_quantile(close, {}, 0.8)",
}
COLUMNS = ("close", "returns", "volume")
names = pytest.mark.parametrize("operator", EVERY, ids=lambda operator: operator.name)
kernels = pytest.mark.parametrize("operator", KERNELS, ids=lambda operator: operator.name)


def complete_market() -> EvalInputs:
    """The made market without its gaps, every name eligible."""
    g = np.random.default_rng(3)
    fields = {
        name: np.where(np.isnan(panel), g.normal(10, 1, panel.shape), panel) for name, panel in MARKET.fields.items()
    }
    return EvalInputs(MARKET.days, fields, np.ones_like(MARKET.eligible), np.abs(MARKET.industry).astype(np.int16))


COMPLETE = complete_market()


def apply(operator: Operator, market: EvalInputs, window: int = 5) -> np.ndarray:
    """The operator on columns of a market."""
    if operator.axis is Axis.MACRO or operator.name in CALLS:
        return evaluate([compile_expression(call(operator, window))], market)[0]
    panels = [market.fields[name] for name in COLUMNS[: operator.inputs]]
    literals = [window if place.takes is Takes.WINDOW else 2.0 for place in operator.places[operator.inputs :]]
    return operator(*panels, *literals, eligible=market.eligible, groups=market.industry)


def call(operator: Operator, window: int) -> str:
    """The operator called on columns, as text."""
    if operator.name in CALLS:
        return CALLS[operator.name].format(window)
    columns = iter(COLUMNS)
    windows = iter((window, window + 2))
    words = []
    for place in operator.places:
        if place.takes is Takes.WINDOW:
            words.append(str(next(windows)))
        else:
            words.append("2" if place.takes is Takes.NUMBER else next(columns))
    return f"{operator.name}({', '.join(words)})"


def looks_ahead(function: Callable[[EvalInputs], np.ndarray], market: EvalInputs) -> bool:
    """Whether cutting off the future changes a bit of the past."""
    whole = function(market)
    return any(
        function(prefix(market, days)).tobytes() != np.ascontiguousarray(whole[:days]).tobytes()
        for days in (1, 2, 7, 30, 61, 89)
    )


@names
@pytest.mark.parametrize("window", [1, 4, 12])
def test_the_future_never_changes_the_past(operator: Operator, window: int) -> None:
    assert not looks_ahead(lambda market: apply(operator, market, window), MARKET)


def planted(kernel: Callable[..., None], axis: Axis) -> Operator:
    places = (Place("x", Takes.SERIES),) + ((Place("n", Takes.WINDOW),) if axis is Axis.TIME else ())
    words = {"category": "time_series", "zh": "", "en": "", "say_zh": "", "say_en": "", "doc": "", "example": ""}
    return Operator("planted", axis, places, **words, unit=UnitRule.SAME, function=kernel, _cache={"compiled": kernel})


def tomorrow(out: np.ndarray, at: int, x: np.ndarray, window: int) -> None:
    """Tomorrow's value, where there is one."""
    out[:] = np.nan
    out[:-1] = x[at + 1 : at + len(out)]


def whole_sample_score(out: np.ndarray, at: int, x: np.ndarray, window: int) -> None:
    """The value less the mean of the whole sample."""
    out[:] = x[at:] - np.nanmean(x)


def rank_of_all_days(out: np.ndarray, x: np.ndarray, eligible: np.ndarray) -> None:
    """The share of all cells of all days that are smaller."""
    for place in np.ndindex(out.shape):
        out[place] = np.nanmean(x < x[place])


@pytest.mark.parametrize(
    ("kernel", "axis"),
    [(tomorrow, Axis.TIME), (whole_sample_score, Axis.TIME), (rank_of_all_days, Axis.DAY)],
    ids=["tomorrow", "whole_sample", "all_days"],
)
def test_a_planted_look_ahead_is_caught(kernel: Callable[..., None], axis: Axis) -> None:
    operator = planted(kernel, axis)
    assert looks_ahead(lambda market: apply(operator, market), MARKET)


@names
def test_more_history_than_the_warmup_changes_nothing(operator: Operator) -> None:
    texts = [call(operator, 4), call(operator, 12)] if not operator.symbol else [operator.example]
    for text in texts:
        expression = compile_expression(text)
        whole = evaluate([expression], MARKET)[0]
        for first in (expression.warmup, 50, 77):
            begin = max(0, first - expression.warmup)
            cut = evaluate([expression], suffix(MARKET, begin))[0]
            np.testing.assert_array_equal(cut[first - begin :], whole[first:])


@pytest.mark.parametrize("operator", TIMED, ids=lambda operator: operator.name)
def test_one_session_less_than_the_warmup_shows(operator: Operator) -> None:
    expression = compile_expression(call(operator, 4))
    whole = evaluate([expression], COMPLETE)[0]
    assert expression.warmup > 0
    changed = 0
    for first in range(expression.warmup, 80):
        begin = first - expression.warmup + 1
        cut = evaluate([expression], suffix(COMPLETE, begin))[0][first - begin]
        changed += not np.array_equal(cut, whole[first], equal_nan=True)
    assert changed


@names
def test_the_result_has_the_shape_of_the_input(operator: Operator) -> None:
    panel = apply(operator, MARKET)
    assert panel.shape == MARKET.eligible.shape
    assert panel.dtype == np.float64
    assert panel.flags.c_contiguous


@names
def test_nothing_comes_from_nothing(operator: Operator) -> None:
    empty = {name: np.full_like(panel, np.nan) for name, panel in MARKET.fields.items()}
    market = EvalInputs(MARKET.days, empty, MARKET.eligible, MARKET.industry)
    assert np.isnan(apply(operator, market)).all()


@names
def test_inputs_are_left_as_they_were(operator: Operator) -> None:
    before = {name: panel.copy() for name, panel in MARKET.fields.items()}
    apply(operator, MARKET)
    for name, panel in MARKET.fields.items():
        np.testing.assert_array_equal(panel, before[name])


@names
def test_the_order_of_names_does_not_matter(operator: Operator) -> None:
    order = np.random.default_rng(1).permutation(MARKET.eligible.shape[1])
    whole, shuffled = apply(operator, MARKET), apply(operator, permuted(MARKET, order))
    if operator.name in ("zscore", "scale_abs", "indneutralize", "group_zscore", "cs_residual"):
        np.testing.assert_allclose(shuffled, whole[:, order], rtol=1e-12, atol=1e-12)
    else:
        np.testing.assert_array_equal(shuffled, whole[:, order])


@names
def test_nothing_becomes_infinite(operator: Operator) -> None:
    wild = np.array([0.0, -0.0, 1e308, -1e308, 5e-324, 1e-300, np.inf, -np.inf, np.nan, 1.0, -1.0, 1e16])
    g = np.random.default_rng(2)
    shape = MARKET.eligible.shape
    fields = {name: g.choice(wild, shape) for name in MARKET.fields}
    fields["close"][::2] = 1.0
    market = EvalInputs(MARKET.days, fields, MARKET.eligible, MARKET.industry)
    finite = {name: np.where(np.isinf(panel), 1e308, panel) for name, panel in fields.items()}
    with np.errstate(all="ignore"):
        assert not np.isinf(apply(operator, EvalInputs(MARKET.days, finite, MARKET.eligible, MARKET.industry), 3)).any()
        if operator.axis in (Axis.TIME, Axis.DAY) and operator.name not in ("ts_shift", "trade_when"):
            assert not np.isinf(apply(operator, market, 3)).any()


@pytest.mark.parametrize("operator", [o for o in KERNELS if o.axis is Axis.DAY], ids=lambda operator: operator.name)
def test_names_that_are_not_eligible_have_no_value_and_no_influence(operator: Operator) -> None:
    panel = apply(operator, MARKET)
    assert np.isnan(panel[~MARKET.eligible]).all()
    fields = {name: np.where(MARKET.eligible, column, 1e6) for name, column in MARKET.fields.items()}
    other = apply(operator, EvalInputs(MARKET.days, fields, MARKET.eligible, MARKET.industry))
    np.testing.assert_array_equal(panel, other)


@pytest.mark.parametrize(
    "operator",
    [o for o in KERNELS if o.axis is Axis.TIME and o.name not in ("ts_shift", "ts_delta", "trade_when", "ema", "ewma")],
    ids=lambda operator: operator.name,
)
def test_a_window_needs_nine_tenths_of_its_sessions(operator: Operator) -> None:
    rows, window = 40, 20
    for gaps, has_value in ((2, True), (3, False)):
        columns = [np.random.default_rng(k).normal(5, 1, (rows, 1)) for k in range(operator.inputs)]
        for column in columns:
            column[rows - 1 - window // 2 : rows - 1 - window // 2 + gaps] = np.nan
        numbers = [0.5 for place in operator.places if place.takes is Takes.NUMBER]
        assert np.isfinite(operator(*columns, window, *numbers)[-1, 0]) == has_value
    assert needed(9) == 9
    assert needed(MAX_WINDOW) == 900


@kernels
def test_the_example_in_the_docs_runs(operator: Operator) -> None:
    scope = {"np": np, "NAN": float("nan"), "OPERATORS": OPERATORS}
    scope |= {operator.name: operator, f"{operator.name}_": operator}
    test = doctest.DocTestParser().get_doctest(operator.doc, scope, operator.name, None, 0)
    assert test.examples
    assert not doctest.DocTestRunner().run(test).failed


@names
def test_an_operator_says_what_it_does_in_two_languages(operator: Operator) -> None:
    assert operator.zh
    assert operator.en
    assert operator.say_zh
    assert operator.say_en
    assert compile_expression(operator.example).words_zh
