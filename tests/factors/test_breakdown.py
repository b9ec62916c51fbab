"""The IC by year, month and size."""

import numpy as np
import pytest

from quantgpt.factors.breakdown import SIZE_BUCKETS, by_month, by_size, by_year
from quantgpt.factors.evidence import critical_t
from quantgpt.factors.ic import rank_rows
from quantgpt.metrics.hac import hac_mean


def test_years_and_months_cover_every_session() -> None:
    days = np.arange(np.datetime64("2021-11-15"), np.datetime64("2023-02-10"))
    values = np.random.default_rng(0).normal(size=days.size)
    values[3] = np.nan
    years, months = by_year(values, days, 4), by_month(values, days, 4)
    assert list(years) == ["2021", "2022", "2023"]
    assert sum(s.n for s in years.values()) == sum(h.n for h in months.values()) == days.size - 1
    assert years["2022"].mean == pytest.approx(
        np.nanmean(values[days.astype("datetime64[Y]") == np.datetime64("2022")])
    )


def test_a_factor_that_works_in_small_names_only_shows_it() -> None:
    g = np.random.default_rng(1)
    size, factor = g.lognormal(size=(120, 200)), g.normal(size=(120, 200))
    small = size < np.quantile(size, 0.2, axis=1, keepdims=True)
    label = np.where(small, factor, 0.0) + g.normal(size=factor.shape)
    slices = by_size(rank_rows(factor), rank_rows(label), np.arange(120), size, lag=2)
    assert [s.name for s in slices] == list(SIZE_BUCKETS)
    assert slices[0].hac.mean > 0.5
    assert all(abs(s.hac.mean) < 0.1 for s in slices[1:])
    assert all(s.names == pytest.approx(40, abs=1) for s in slices)


def test_names_without_a_size_are_left_out() -> None:
    g = np.random.default_rng(2)
    size = np.full((10, 30), np.nan)
    slices = by_size(rank_rows(g.normal(size=(10, 30))), rank_rows(g.normal(size=(10, 30))), np.arange(10), size, 2)
    assert all(s.days == 0 for s in slices)


def test_the_critical_value_of_many_lags_is_that_of_simulated_noise() -> None:
    g = np.random.default_rng(3)
    t = np.array([abs(hac_mean(g.normal(size=240), 40).t) for _ in range(3000)])
    assert np.quantile(t, 0.95) == pytest.approx(critical_t(40, 240), abs=0.12)
    assert critical_t(0, 100) == 1.96
    assert critical_t(10, 0) > 4
