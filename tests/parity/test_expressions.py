"""Our panels against the slow interpreter, with suspensions, late listings and names that are not eligible."""

from __future__ import annotations

import numpy as np
import pytest
from tests.expr.made_market import made_market
from tests.parity.expression_oracle import oracle

from quantgpt.expr import compile_expression, evaluate, operator_catalogue

EXPRESSIONS = [
    "rank(close/ts_mean(close, 20))",
    "rank(-1 * ts_delta(close, 5) / ts_shift(close, 5))",
    "rank(-1 * ts_std(returns, 20))",
    "rank(ts_corr(close, volume, 10))",
    "sign_power(rank(volume/adv20), 2) * rank((close-vwap)/close)",
    "close*-1 + close/-1 - -close^2",
    "2^3^2 * returns + 1e-8",
    "(close > open) ? volume : -volume",
    "ts_mean(volume, 3) if close >= open else ts_sum(volume, 7)",
    "where(returns > 0 and volume > adv10 or not (close < open), 1, -1)",
    "ts_mean(rank(close), 12)",
    "zscore(ts_mean(returns, 5)) - scale(ts_std(returns, 10))",
    "ts_rank(volume, 10) * ts_rank(close, 25)",
    "ts_argmax(close, 10) - ts_argmin(low, 10)",
    "decay_linear(rank(returns), 15)",
    "product(1 + returns, 10) - 1",
    "ts_cov(returns, pct_change, 20)",
    "ts_corr(rank(close), rank(volume), 6)",
    "power(abs(returns), 0.5) + pow(returns, 3) + (0-returns)^0.5",
    "tanh(zscore(returns)) + sigmoid(zscore(volume)) + exp(returns) + sqrt(returns)",
    "log(volume) - log(returns)",
    "max(close, open) - min(close, open) + clip(returns, -0.01, ts_mean(returns, 3))",
    "close / (open - open)",
    "ts_max(high, 20) / ts_min(low, 20)",
    "rank(rank(close)) + rank(sign(returns))",
    "indneutralize(rank(returns)) + group_rank(volume)",
    "group_zscore(ts_mean(returns, 5))",
    "ts_zscore(volume, 20) + ts_av_diff(returns, 5)",
    "ts_median(close, 9) / ts_mad(close, 10)",
    "rsi(close, 14) / 100 + macd(close, 3, 6) / close",
    "atr(14) / close + obv(10) / ts_sum(volume, 10)",
    "(close - boll_lower(close, 20, 2)) / (boll_upper(close, 20, 2) - boll_lower(close, 20, 2)) + boll_width(close, 10, 2)",
    "trade_when(volume > adv5, -returns, close < open, 8)",
    "ts_mean(ts_std(ts_delta(close, 3), 10), 15)",
    "correlation(delta(close, 1), delay(returns, 2), 11) * covariance(close, volume, 5)",
    "(returns == 0) + (returns != 0) * (close <= open) + (weekday == 0)",
    "ts_std(where(returns > 0, 0, 0), 10) + ts_corr(sign(close), volume, 10)",
]


MARKET = made_market()


def assert_same(ours: np.ndarray, theirs: np.ndarray) -> None:
    np.testing.assert_array_equal(np.isnan(ours), np.isnan(theirs))
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_panels_equal_those_of_the_slow_interpreter(text: str) -> None:
    expression = compile_expression(text)
    ours = evaluate([expression], MARKET)[0]
    assert_same(ours, oracle(expression, MARKET.fields, MARKET.eligible, MARKET.industry))


@pytest.mark.parametrize("row", operator_catalogue(), ids=lambda row: row["name"])
def test_every_operator_equals_the_slow_interpreter_on_its_example(row: dict) -> None:
    expression = compile_expression(row["example"])
    ours = evaluate([expression], MARKET)[0]
    assert_same(ours, oracle(expression, MARKET.fields, MARKET.eligible, MARKET.industry))


def test_a_batch_gives_the_bits_of_its_members() -> None:
    expressions = [compile_expression(text) for text in EXPRESSIONS]
    together = evaluate(expressions, MARKET)
    for expression, panel in zip(expressions, together, strict=True):
        assert evaluate([expression], MARKET)[0].tobytes() == panel.tobytes()


def test_no_result_is_infinite() -> None:
    for panel in evaluate([compile_expression(text) for text in EXPRESSIONS], MARKET):
        assert not np.isinf(panel).any()
