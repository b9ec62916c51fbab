"""Forward returns against a slow oracle, and the promises about time that they keep."""

from __future__ import annotations

import numpy as np
import pytest
from tests.parity.slow_trading import can_buy, can_sell, slow_label
from tests.parity.views import columns, make_view, prefix, random_view

from quantgpt.factors.labels import forward_returns, label_prices, marginal_returns
from quantgpt.foundations.errors import BadRequest
from quantgpt.trading.tradable import opens_buyable, opens_sellable

STARTS = ("2020-07-27", "2023-03-20", "2026-06-08")


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("seed", range(3))
def test_tradability_equals_the_slow_oracle(seed: int, start: str) -> None:
    view = random_view(seed, rows=50, names=20, start=start)
    every = [(t, i) for t in range(50) for i in range(20)]
    assert opens_buyable(view).ravel().tolist() == [can_buy(view, t, i) for t, i in every]
    assert opens_sellable(view).ravel().tolist() == [can_sell(view, t, i) for t, i in every]


@pytest.mark.parametrize("horizon", [1, 5, 20])
@pytest.mark.parametrize("seed", range(6))
def test_labels_equal_the_slow_oracle(seed: int, horizon: int) -> None:
    view = random_view(seed, start=STARTS[seed % 3])
    labels = forward_returns(view, horizon)
    slow = [[slow_label(view, t, i, horizon) for i in range(24)] for t in range(60)]
    np.testing.assert_allclose(labels.values, [[value for value, _ in row] for row in slow], rtol=0, atol=1e-12)
    assert labels.delayed.tolist() == [[late for _, late in row] for row in slow]
    assert labels.delayed.any()


@pytest.mark.parametrize("cut", [10, 30, 59])
def test_later_rows_never_change_a_label_that_was_there(cut: int) -> None:
    view = random_view(11)
    whole, part = forward_returns(view, 5), forward_returns(prefix(view, cut), 5)
    known = np.isfinite(part.values)
    np.testing.assert_array_equal(part.values[known], whole.values[:cut][known])


def test_a_label_needs_nothing_of_the_close_after_the_signal() -> None:
    view = random_view(12)
    other = prefix(view, 60, raw_close=view.fields["raw_close"] * 1.01)
    np.testing.assert_array_equal(label_prices(view).entry, label_prices(other).entry)


def test_the_order_of_names_does_not_matter() -> None:
    view = random_view(13)
    order = np.random.default_rng(0).permutation(24)
    np.testing.assert_array_equal(
        forward_returns(columns(view, order), 5).values, forward_returns(view, 5).values[:, order]
    )


def test_a_name_that_is_delisted_while_held_ends_at_its_last_price() -> None:
    price = np.array([[10.0], [10.0], [9.5], [9.5], [9.5], [9.5], [9.5]])
    age = np.array([[100], [101], [102], [103], [-1], [-1], [-1]], dtype=np.int32)
    traded = np.array([[True], [True], [True], [False], [False], [False], [False]])
    view = make_view(
        days=np.busday_offset("2024-01-02", np.arange(7)),
        raw_open=price, raw_close=price, pre_close=price, factor=np.ones((7, 1)), traded=traded, age=age,
    )  # fmt: skip
    labels = forward_returns(view, 2)
    assert labels.values[0, 0] == pytest.approx(-0.05)
    assert labels.delayed[0, 0]
    assert np.isnan(labels.values[1:].ravel()[1:]).all()


def test_labels_that_would_end_after_the_last_row_are_missing() -> None:
    labels = forward_returns(random_view(3), 7)
    assert np.isnan(labels.values[-8:]).all()
    assert not labels.delayed[-8:].any()


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_spans_too_short_for_any_label_give_none(rows: int) -> None:
    view = prefix(random_view(4), rows)
    assert np.isnan(forward_returns(view, 5).values).all()
    assert marginal_returns(view).shape == (rows, 24)


def test_marginal_returns_are_the_session_from_open_to_open() -> None:
    view = random_view(5)
    marginal, labels = marginal_returns(view), forward_returns(view, 1)
    both = np.isfinite(labels.values) & ~labels.delayed
    np.testing.assert_allclose(marginal[both], labels.values[both], rtol=0, atol=1e-12)
    assert np.isnan(marginal[-2:]).all()


@pytest.mark.parametrize("horizon", [0, -3])
def test_a_horizon_below_one_is_refused(horizon: int) -> None:
    with pytest.raises(BadRequest, match="持有期"):
        forward_returns(random_view(1), horizon)
