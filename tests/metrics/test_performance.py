"""Performance figures: by hand, on edge cases, and against three other libraries with the differences in convention."""

from __future__ import annotations

import math

import empyrical
import numpy as np
import pandas as pd
import pytest

from quantgpt.metrics.drawdown import drawdown, max_drawdown, nav
from quantgpt.metrics.performance import performance
from quantgpt.metrics.periods import compounded, months, years
from quantgpt.metrics.returns import annualised_mean, daily_rate, profit_factor, sharpe, sortino, win_rate
from quantgpt.metrics.rolling import rolling_sharpe

DAYS = np.busday_offset("2022-01-04", np.arange(727)).astype("datetime64[D]")


@pytest.fixture
def returns() -> np.ndarray:
    rng = np.random.default_rng(5)
    out = rng.standard_t(4, 727) * 0.01 + 0.0003
    out[[3, 40, 41]] = 0.0
    return out


def test_figures_equal_empyrical(returns: np.ndarray) -> None:
    """Same conventions, but its Sharpe and Sortino take a daily rate, and its drawdown starts at 1 too."""
    rate, got = daily_rate(0.03), performance(returns)
    assert got.total_return == pytest.approx(empyrical.cum_returns_final(returns), abs=1e-12)
    assert got.cagr == pytest.approx(empyrical.cagr(returns, annualization=252), abs=1e-12)
    assert got.sharpe == pytest.approx(empyrical.sharpe_ratio(returns, risk_free=rate, annualization=252), abs=1e-10)
    assert got.sortino == pytest.approx(empyrical.sortino_ratio(returns - rate, annualization=252), abs=1e-10)
    assert got.max_drawdown == pytest.approx(empyrical.max_drawdown(returns), abs=1e-12)
    assert got.volatility == pytest.approx(empyrical.annual_volatility(returns, annualization=252), abs=1e-12)


@pytest.mark.filterwarnings("ignore")
def test_figures_equal_quantstats(returns: np.ndarray) -> None:
    """Same conventions, but its CAGR counts calendar years unless told the number of periods."""
    import quantstats.stats as qs

    series, got = pd.Series(returns, index=pd.DatetimeIndex(DAYS)), performance(returns)
    assert got.total_return == pytest.approx(float(qs.comp(series)), abs=1e-12)
    assert got.sharpe == pytest.approx(float(qs.sharpe(series, rf=0.03, periods=252)), abs=1e-10)
    assert got.sortino == pytest.approx(float(qs.sortino(series, rf=0.03, periods=252)), abs=1e-10)
    assert got.max_drawdown == pytest.approx(float(qs.max_drawdown(series)), abs=1e-12)
    assert got.volatility == pytest.approx(float(qs.volatility(series, periods=252)), abs=1e-12)
    assert got.win_rate == pytest.approx(float(qs.win_rate(series)), abs=1e-12)
    assert got.profit_factor == pytest.approx(float(qs.profit_factor(series)), abs=1e-12)


def test_published_example_of_trading_day_years() -> None:
    assert pytest.approx(0.052, abs=5e-4) == (1.156) ** (1 / 2.86) - 1
    flat = np.full(720, 1.156 ** (1 / 720) - 1)
    assert performance(flat).cagr == pytest.approx(1.156 ** (252 / 720) - 1, abs=1e-12)


@pytest.mark.parametrize(("mean", "annual"), [(0.00021, 0.0543), (0.00102, 0.2930)])
def test_mean_daily_returns_compound_over_252_days(mean: float, annual: float) -> None:
    assert annualised_mean(mean) == pytest.approx(annual, abs=1e-4)


def test_the_starting_value_is_a_peak() -> None:
    falling = np.array([-0.10, -0.10, 0.05])
    assert max_drawdown(falling) == pytest.approx(-0.19)
    np.testing.assert_allclose(drawdown(falling), [-0.10, -0.19, 0.81 * 1.05 - 1.0], atol=1e-12)
    assert max_drawdown(np.array([0.1, 0.1])) == 0.0


def test_win_rate_leaves_out_days_without_a_move() -> None:
    assert win_rate(np.array([0.01, 0.0, 0.0, -0.01, 0.02])) == pytest.approx(2 / 3)
    assert math.isnan(win_rate(np.zeros(5)))


def test_profit_factor_needs_a_loss() -> None:
    assert profit_factor(np.array([0.03, -0.01, -0.02])) == pytest.approx(1.0)
    assert math.isnan(profit_factor(np.array([0.01, 0.02])))


@pytest.mark.parametrize("series", [[], [np.nan, np.nan]])
def test_no_returns_give_no_figures(series: list[float]) -> None:
    got = performance(np.array(series, dtype=float))
    figures = (got.total_return, got.cagr, got.sharpe, got.sortino, got.max_drawdown, got.volatility, got.win_rate)
    assert all(math.isnan(x) for x in figures)
    assert got.n == 0


def test_constant_returns_have_no_ratio() -> None:
    assert math.isnan(sharpe(np.full(100, 0.001)))
    assert math.isnan(sortino(np.full(100, 0.001)))
    assert math.isnan(sharpe(np.array([0.01])))


def test_a_total_loss_is_minus_one() -> None:
    got = performance(np.array([0.1, -1.0, 0.0]))
    assert (got.total_return, got.cagr, got.max_drawdown) == (-1.0, -1.0, -1.0)
    assert math.isnan(performance(np.array([-1.5, 0.1])).cagr)


def test_missing_days_are_left_out(returns: np.ndarray) -> None:
    holes = returns.copy()
    holes[::7] = np.nan
    assert performance(holes) == performance(holes[np.isfinite(holes)])


def test_rolling_sharpe_is_the_sharpe_of_each_window(returns: np.ndarray) -> None:
    rolled = rolling_sharpe(returns, window=126)
    assert np.isnan(rolled[:125]).all()
    for end in (126, 300, 727):
        assert rolled[end - 1] == pytest.approx(sharpe(returns[end - 126 : end]), abs=1e-12)


def test_rolling_sharpe_of_odd_series_is_missing() -> None:
    assert np.isnan(rolling_sharpe(np.full(200, 0.001))).all()
    assert np.isnan(rolling_sharpe(np.zeros(10))).all()
    assert rolling_sharpe(np.zeros(0)).size == 0


def test_months_and_years_compound_to_the_total(returns: np.ndarray) -> None:
    for spans in (months(DAYS), years(DAYS)):
        parts = compounded(returns, spans)
        assert np.prod(1 + parts) - 1 == pytest.approx(performance(returns).total_return, abs=1e-12)
    monthly = pd.Series(returns, index=pd.DatetimeIndex(DAYS)).add(1).groupby(DAYS.astype("datetime64[M]")).prod() - 1
    np.testing.assert_allclose(compounded(returns, months(DAYS)), monthly.to_numpy(), atol=1e-12)
    assert months(DAYS)[0].label == "2022-01"
    assert [span.label for span in years(DAYS)] == ["2022", "2023", "2024"]
    assert months(DAYS[:0]) == ()
    assert np.isnan(compounded(np.array([np.nan]), months(DAYS[:1]))).all()


def test_net_asset_value_starts_before_the_first_day() -> None:
    np.testing.assert_allclose(nav(np.array([0.1, np.nan, -0.5])), [1.1, 1.1, 0.55])
