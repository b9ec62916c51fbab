"""IC, decay, direction, regimes, permutation and groups against slow pandas, scipy and statsmodels oracles."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from numpy.typing import NDArray

from quantgpt.factors.breakdown import by_industry
from quantgpt.factors.decay import marginal_ic
from quantgpt.factors.evidence import EvidenceInputs, gather_evidence
from quantgpt.factors.grouping import form_groups, rounded
from quantgpt.factors.ic import groups_of, mean_by_group, pearson_ic, rank_ic, rank_rows, split_rank_ic, summarise
from quantgpt.factors.labels import forward_returns, marginal_returns
from quantgpt.factors.neutralise import neutralise
from quantgpt.factors.permutation import assign_slots, null_sums, relabellings
from quantgpt.factors.regimes import regimes_of_level
from quantgpt.market.demo import demo_view

F64 = NDArray[np.float64]
WARMUP, HOLDING = 60, 5


@pytest.fixture(scope="module")
def view():
    """A small market with suspensions, listings and limits."""
    return demo_view(assets=60, sessions=220, seed=11, warmup=WARMUP)


@pytest.fixture(scope="module")
def factors(view) -> dict[str, F64]:
    """A smooth factor, one with many ties, one with missing values, one of tiny and huge numbers."""
    close, volume = view.fields["close"], view.fields["volume"]
    g = np.random.default_rng(5)
    momentum = np.full(close.shape, np.nan)
    momentum[10:] = close[10:] / close[:-10] - 1.0
    gaps = np.where(g.random(close.shape) < 0.3, np.nan, momentum)
    return {
        "momentum": momentum,
        "ties": np.round(momentum, 2),
        "gaps": gaps,
        "scales": np.sign(momentum) * np.exp(40.0 * momentum) * volume,
        "negative zero": np.where(momentum > 0, -0.0, np.round(momentum, 1)),
    }


KINDS = ("momentum", "ties", "gaps", "scales", "negative zero")


def oracle_ic(factor: F64, label: F64, eligible: NDArray[np.bool_], rows: NDArray[np.int64], method: str) -> F64:
    """One row at a time with pandas; values compared after rounding to 40 mantissa bits for ranks."""
    out = np.full(rows.size, np.nan)
    for k, t in enumerate(rows):
        f = pd.Series(np.where(eligible[t], factor[t], np.nan))
        frame = pd.DataFrame({"f": f, "r": label[t]}).replace([np.inf, -np.inf], np.nan).dropna()
        if len(frame) < 5 or frame["f"].nunique() < 2:
            continue
        if method == "spearman":
            frame = frame.apply(lambda column: pd.Series(rounded(column.to_numpy()), column.index)).rank()
            if frame["f"].nunique() < 2:
                continue
        out[k] = frame["f"].corr(frame["r"])
    return out


@pytest.mark.parametrize("kind", KINDS)
def test_rank_ic_equals_pandas(view, factors, kind: str) -> None:
    label = forward_returns(view, HOLDING).values
    rows = np.arange(view.first, view.days.size)
    ours = rank_ic(rank_rows(factors[kind], view.eligible), rank_rows(label), rows).values
    np.testing.assert_allclose(ours, oracle_ic(factors[kind], label, view.eligible, rows, "spearman"), atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_pearson_ic_equals_pandas(view, factors, kind: str) -> None:
    label = forward_returns(view, HOLDING).values
    rows = np.arange(view.first, view.days.size)
    valid = view.eligible & np.isfinite(factors[kind])
    ours = pearson_ic(factors[kind], valid, label, np.isfinite(label), rows)
    np.testing.assert_allclose(ours, oracle_ic(factors[kind], label, view.eligible, rows, "pearson"), atol=1e-9)


def test_hac_t_equals_statsmodels(view, factors) -> None:
    label = forward_returns(view, HOLDING).values
    values = rank_ic(rank_rows(factors["momentum"], view.eligible), rank_rows(label), np.arange(view.first, 280)).values
    ours = summarise(values, 2 * HOLDING)
    known = values[np.isfinite(values)]
    peer = sm.OLS(known, np.ones(known.size)).fit(
        cov_type="HAC", cov_kwds={"maxlags": 2 * HOLDING, "use_correction": False}
    )
    assert ours.hac.t == pytest.approx(float(peer.tvalues[0]), abs=1e-9)
    assert ours.std == pytest.approx(float(pd.Series(values).std()), abs=1e-12)
    assert (ours.hac.ci_low, ours.hac.ci_high) == pytest.approx(tuple(peer.conf_int()[0]), abs=1e-9)


def test_decay_ic_equals_pandas_lag_by_lag(view, factors) -> None:
    open_ = view.fields["open"]
    rows = np.arange(view.first, view.days.size - 6)
    ours, names = marginal_ic(
        rank_rows(factors["gaps"], view.eligible), rank_rows(marginal_returns(view)), rows, lags=20
    )
    for lag in (1, 2, 7, 20):
        one_day = np.full(open_.shape, np.nan)
        one_day[: -lag - 1] = open_[lag + 1 :] / open_[lag:-1] - 1.0
        expected = oracle_ic(factors["gaps"], one_day, view.eligible, rows, "spearman")
        np.testing.assert_allclose(ours[:, lag - 1], expected, atol=1e-12)
        pairs = (view.eligible & np.isfinite(factors["gaps"]) & np.isfinite(one_day))[rows].sum(axis=1)
        assert names[:, lag - 1].tolist() == pairs.tolist()


def test_rank_ic_inside_industries_equals_pandas(view, factors) -> None:
    label = forward_returns(view, HOLDING).values
    rows = np.arange(view.first, view.days.size - 6)
    parts = len(view.industry_names)
    ours, _ = split_rank_ic(
        rank_rows(factors["ties"], view.eligible), rank_rows(label), rows, view.industry.astype(np.int32), parts
    )
    for part in range(0, parts, 3):
        inside = view.eligible & (view.industry == part)[None, :]
        expected = oracle_ic(factors["ties"], label, inside, rows, "spearman")
        np.testing.assert_allclose(ours[:, part], expected, atol=1e-12)
    slices = by_industry(
        rank_rows(factors["ties"], view.eligible), rank_rows(label), rows, view.industry, view.industry_names, 10
    )
    for s in slices:
        column = ours[:, view.industry_names.index(s.name)]
        assert s.hac.mean == pytest.approx(float(np.nanmean(column)), abs=1e-12)


def test_moving_parts_give_the_same_as_fixed_ones(view, factors) -> None:
    label = rank_rows(forward_returns(view, HOLDING).values)
    rows = np.arange(view.first, view.days.size - 6)
    x, part = rank_rows(factors["momentum"], view.eligible), view.industry.astype(np.int32)
    fixed, _ = split_rank_ic(x, label, rows, part, len(view.industry_names))
    moving, _ = split_rank_ic(x, label, rows, np.tile(part, (view.days.size, 1)), len(view.industry_names))
    np.testing.assert_array_equal(fixed, moving)


@pytest.mark.parametrize("kind", KINDS)
def test_groups_from_sorted_rows_equal_the_grouping_rule(view, factors, kind: str) -> None:
    rows = np.arange(view.first, view.days.size)
    for n in (2, 5, 20):
        ours = groups_of(rank_rows(factors[kind], view.eligible), rows, n)
        np.testing.assert_array_equal(ours, form_groups(factors[kind], view.eligible, rows, n))


def test_group_means_equal_pandas(view, factors) -> None:
    label = forward_returns(view, 10).values
    rows = np.arange(view.first, view.days.size - 12)
    groups = groups_of(rank_rows(factors["gaps"], view.eligible), rows, 4)
    ours = mean_by_group(groups, label, rows, 4)
    for k in range(0, rows.size, 17):
        frame = pd.DataFrame({"g": groups[k], "r": label[rows[k]]})
        expected = frame[frame["g"] >= 0].groupby("g")["r"].mean().reindex(range(4))
        np.testing.assert_allclose(ours[k], expected.to_numpy(), atol=1e-12)


def test_direction_is_the_sign_of_the_first_third(view, factors) -> None:
    label = forward_returns(view, HOLDING).values
    long_view = demo_view(assets=40, sessions=500, seed=3, warmup=30)
    close = long_view.fields["close"]
    factor = np.full(close.shape, np.nan)
    factor[5:] = close[5:] / close[:-5] - 1.0
    for panel, market in ((factors["momentum"], view), (factor, long_view)):
        returns = label if market is view else forward_returns(market, HOLDING).values
        evidence = gather_evidence(_ask(market, panel, returns))
        series = pd.Series(
            oracle_ic(panel, returns, market.eligible, np.arange(market.first, market.days.size - 6), "spearman")
        )
        known = series.dropna()
        size = len(known) // 3 if len(known) // 3 >= 120 else len(known) // 2
        assert evidence.direction.sign == (1 if known.iloc[:size].mean() >= 0 else -1)
        assert evidence.direction.rank_ic == pytest.approx(known.iloc[:size].mean(), abs=1e-12)
        assert evidence.direction.source == ("calibration" if len(known) // 3 >= 120 else "calibration_half")
        assert evidence.outside.mean == pytest.approx(known.iloc[size:].mean(), abs=1e-12)


def _ask(market, panel: F64, returns: F64, **more) -> EvidenceInputs:
    rows = np.arange(market.first, market.days.size - 6)
    return EvidenceInputs(
        factor=rank_rows(panel, market.eligible),
        label=rank_rows(returns),
        marginal=rank_rows(marginal_returns(market)),
        rows=rows,
        days=market.days[rows],
        regimes=regimes_of_level(market.benchmark),
        holding=HOLDING,
        **more,
    )


def test_regimes_equal_pandas(view) -> None:
    level = pd.Series(view.benchmark)
    ours = regimes_of_level(view.benchmark)
    change = level / level.shift(60) - 1.0
    trend = np.select([change > 0.05, change < -0.05, change.notna()], [0, 1, 2], -1)
    std = level.pct_change().rolling(20).std()
    median = std.expanding(min_periods=60).median()
    volatility = np.select([std > median, median.notna() & std.notna()], [0, 1], -1)
    assert ours.trend.tolist() == trend.tolist()
    assert ours.volatility.tolist() == volatility.tolist()


def test_the_permutation_trick_equals_relabelling_the_names(view, factors) -> None:
    g = np.random.default_rng(1)
    sessions, names = 40, 30
    factor, label = g.normal(size=(sessions, names)), np.round(g.normal(size=(sessions, names)), 1)
    x, y = rank_rows(factor), rank_rows(label)
    rows, cells = np.arange(sessions), g.integers(0, 3, sessions)
    slots, total = assign_slots(x.valid)
    assert total == names
    shuffles = relabellings(total, 25, seed=4)
    sums = null_sums(x, y, rows, cells, 3, slots, shuffles)
    for p, shuffle in enumerate(shuffles):
        moved = np.empty_like(factor)
        moved[:, slots[0]] = factor[:, np.argsort(slots[0])][:, shuffle]
        literal = rank_ic(rank_rows(moved), y, rows).values
        for cell in range(3):
            assert sums.sums[cell, p] == pytest.approx(literal[cells == cell].sum(), abs=1e-12)
    assert sums.counts.tolist() == [int((cells == cell).sum()) for cell in range(3)]


def test_the_null_of_a_gappy_universe_has_the_variance_of_its_names() -> None:
    g = np.random.default_rng(2)
    sessions, names = 60, 80
    factor = g.normal(size=(sessions, names))
    start, length = g.integers(0, 40, names), g.integers(15, 60, names)
    t = np.arange(sessions)[:, None]
    factor[(t < start) | (t >= start + length) | (g.random((sessions, names)) < 0.05)] = np.nan
    x, y = rank_rows(factor), rank_rows(g.normal(size=(sessions, names)))
    slots, total = assign_slots(x.valid)
    sums = null_sums(x, y, np.arange(sessions), np.arange(sessions), sessions, slots, relabellings(total, 4000, 1))
    number = x.valid.sum(axis=1)
    ratio = sums.sums.var(axis=1) * (number - 1)
    assert np.abs(ratio[number >= 10].mean() - 1.0) < 0.02
    assert np.abs(ratio[number >= 10] - 1.0).max() < 0.15


def test_a_slot_never_holds_two_names_and_serves_the_next_one() -> None:
    present = np.zeros((200, 4), dtype=bool)
    present[:50, 0] = present[50:, 1] = present[:, 2] = True
    present[[0, 199], 3] = True
    slots, total = assign_slots(present)
    assert total == 3
    assert slots[0, 0] == slots[60, 1]
    for row in slots:
        used = row[row >= 0]
        assert len(set(used.tolist())) == used.size
    assert (slots[present] >= 0).all()


def test_industry_and_size_residuals_equal_least_squares(view, factors) -> None:
    size = np.log(view.fields["cap"])
    ours = neutralise(factors["momentum"], view.eligible, view.industry, size)
    for t in range(view.first, view.days.size, 37):
        valid = view.eligible[t] & np.isfinite(factors["momentum"][t]) & np.isfinite(size[t])
        dummies = pd.get_dummies(pd.Series(view.industry[valid])).to_numpy(dtype=float)
        design = np.column_stack([dummies, size[t, valid]])
        beta = np.linalg.lstsq(design, factors["momentum"][t, valid], rcond=None)[0]
        np.testing.assert_allclose(ours[t, valid], factors["momentum"][t, valid] - design @ beta, atol=1e-9)
        assert np.isnan(ours[t, ~valid]).all()
