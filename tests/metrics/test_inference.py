"""HAC means, Sharpe inference, the bootstrap and correlations against published vectors and statsmodels."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.stats
import statsmodels.api as sm

from quantgpt.foundations.errors import BadRequest
from quantgpt.metrics.bootstrap import bootstrap_interval, mean_block, stationary_indices
from quantgpt.metrics.correlation import average_ranks, monotonicity, pearson, spearman
from quantgpt.metrics.hac import hac_mean
from quantgpt.metrics.sharpe_inference import (
    deflated_sharpe,
    expected_best_sharpe,
    minimum_track_record,
    probabilistic_sharpe,
    sharpe_moments,
)


@pytest.fixture
def series() -> np.ndarray:
    rng = np.random.default_rng(9)
    noise = rng.normal(size=400)
    out = np.zeros(400)
    for t in range(1, 400):
        out[t] = 0.6 * out[t - 1] + noise[t]
    return out * 0.05 + 0.02


@pytest.mark.parametrize("lag", [0, 1, 10, 40])
def test_hac_equals_statsmodels_without_small_sample_correction(series: np.ndarray, lag: int) -> None:
    fit = sm.OLS(series, np.ones(series.size)).fit(
        cov_type="HAC", cov_kwds={"maxlags": lag, "kernel": "bartlett", "use_correction": False}, use_t=False
    )
    got = hac_mean(series, lag)
    assert got.se == pytest.approx(float(fit.bse[0]), rel=1e-10)
    assert got.t == pytest.approx(float(fit.tvalues[0]), rel=1e-10)
    assert got.p == pytest.approx(float(fit.pvalues[0]), rel=1e-9)
    np.testing.assert_allclose((got.ci_low, got.ci_high), fit.conf_int()[0], rtol=1e-9)


def test_hac_drops_missing_dates(series: np.ndarray) -> None:
    holes = series.copy()
    holes[::9] = np.nan
    assert hac_mean(holes, 10) == hac_mean(holes[np.isfinite(holes)], 10)


@pytest.mark.parametrize("values", [[], [1.0], [2.0, 2.0, 2.0], [np.nan, 1.0]])
def test_hac_of_too_little_has_no_error(values: list[float]) -> None:
    got = hac_mean(np.array(values, dtype=float), 4)
    assert math.isnan(got.t)
    assert math.isnan(got.p)


def test_hac_with_more_lags_than_dates_is_still_a_number() -> None:
    assert math.isfinite(hac_mean(np.array([1.0, 2.0, 4.0]), 50).se)


def test_deflated_sharpe_of_the_published_example() -> None:
    best = expected_best_sharpe(100, 0.5 / 250)
    assert best == pytest.approx(0.1132, abs=5e-5)
    assert deflated_sharpe(2.5 / math.sqrt(250), 1250, -3.0, 10.0, 100, 0.5 / 250) == pytest.approx(0.9004, abs=5e-5)


def test_one_trial_needs_no_deflation() -> None:
    assert deflated_sharpe(0.05, 500, 0.0, 3.0, 1, 0.01) == probabilistic_sharpe(0.05, 500, 0.0, 3.0)


def test_a_normal_sharpe_has_the_textbook_probability() -> None:
    expected = scipy.stats.norm.cdf(0.1 * math.sqrt(251) / math.sqrt(1 + 0.5 * 0.01))
    assert probabilistic_sharpe(0.1, 252, 0.0, 3.0) == pytest.approx(expected, rel=1e-12)


def test_after_the_minimum_track_record_the_probability_is_the_confidence() -> None:
    n = minimum_track_record(0.1, -0.5, 5.0)
    spread = 1 + 0.5 * 0.1 + 1.0 * 0.01
    assert scipy.stats.norm.cdf(0.1 * math.sqrt(n - 1) / math.sqrt(spread)) == pytest.approx(0.95, abs=1e-12)
    assert minimum_track_record(-0.1, 0.0, 3.0) == math.inf
    assert math.isnan(minimum_track_record(math.nan, 0.0, 3.0))


def test_moments_equal_scipy(series: np.ndarray) -> None:
    ratio, skew, kurtosis, n = sharpe_moments(series)
    assert ratio == pytest.approx(series.mean() / series.std(ddof=1))
    assert skew == pytest.approx(scipy.stats.skew(series))
    assert kurtosis == pytest.approx(scipy.stats.kurtosis(series, fisher=False))
    assert n == 400
    assert math.isnan(sharpe_moments(np.ones(10))[0])


@pytest.mark.parametrize(("trials", "variance"), [(0, 0.1), (math.nan, 0.1), (10, -1.0)])
def test_impossible_trials_are_refused(trials: float, variance: float) -> None:
    with pytest.raises(BadRequest):
        expected_best_sharpe(trials, variance)


def test_resampled_rows_come_in_blocks_of_the_asked_mean_length() -> None:
    rows = stationary_indices(500, 10.0, 400, seed=3)
    assert rows.shape == (400, 500)
    assert rows.min() == 0
    assert rows.max() == 499
    follows = (np.diff(rows, axis=1) % 500 == 1).mean()
    assert follows == pytest.approx(0.9, abs=0.01)
    assert abs(np.bincount(rows.ravel(), minlength=500).mean() - 400) < 1e-9


def test_the_bootstrap_repeats_itself_and_covers_the_mean(series: np.ndarray) -> None:
    ask = {"block": mean_block(series.size, 5), "resamples": 2000, "seed": 11}
    first = bootstrap_interval(series, lambda x: x.mean(axis=1), **ask)
    assert first == bootstrap_interval(series, lambda x: x.mean(axis=1), **ask)
    assert first.low < series.mean() < first.high
    hac = hac_mean(series, 10)
    assert (first.high - first.low) / (hac.ci_high - hac.ci_low) == pytest.approx(1.0, abs=0.25)


def test_the_bootstrap_resamples_whole_rows(series: np.ndarray) -> None:
    pair = np.column_stack([series, 2.0 * series])
    got = bootstrap_interval(pair, lambda x: (x[:, :, 1] - 2.0 * x[:, :, 0]).mean(axis=1), block=5, seed=1)
    assert got == (0.0, 0.0)


def test_the_bootstrap_of_too_little_is_missing() -> None:
    assert all(math.isnan(x) for x in bootstrap_interval(np.array([1.0]), lambda x: x.mean(axis=1), block=2, seed=1))
    with pytest.raises(BadRequest):
        stationary_indices(0, 2.0, 10, seed=1)


def test_correlations_equal_scipy() -> None:
    rng = np.random.default_rng(2)
    x, y = rng.integers(0, 6, 80).astype(float), rng.normal(size=80)
    y[::10] = np.nan
    both = np.isfinite(y)
    assert pearson(x, y) == pytest.approx(scipy.stats.pearsonr(x[both], y[both]).statistic, abs=1e-12)
    assert spearman(x, y) == pytest.approx(scipy.stats.spearmanr(x[both], y[both]).statistic, abs=1e-12)
    np.testing.assert_array_equal(average_ranks(x), scipy.stats.rankdata(x))


def test_monotonicity_follows_the_direction() -> None:
    rising = np.array([0.1, 0.2, 0.15, 0.3, 0.4])
    assert monotonicity(rising) == pytest.approx(0.9)
    assert monotonicity(rising, sign=-1) == 0.0
    assert monotonicity(-rising, sign=-1) == pytest.approx(0.9)
    assert monotonicity(rising[:2]) == 0.0
    assert monotonicity(np.ones(5)) == 0.0
