"""What can be traded at the open is decided by the open, the day's reference price and the day's status alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.parity.views import make_view, random_view

from quantgpt.foundations.panel import MarketView
from quantgpt.trading.tradable import exit_prices, opens_buyable, opens_sellable, trade_states


def one_name(open_: float, close: float, *, traded: bool = True, st: int = 0) -> MarketView:
    """A single main-board name with reference price 10.00 on one session."""
    return make_view(
        days=np.array(["2024-01-02"], dtype="datetime64[D]"),
        raw_open=np.array([[open_]]),
        raw_close=np.array([[close]]),
        pre_close=np.array([[10.0]]),
        factor=np.ones((1, 1)),
        traded=np.array([[traded]]),
        age=np.array([[500]], dtype=np.int32),
        st=np.array([[st]], dtype=np.int8),
    )


@pytest.mark.parametrize(
    ("open_", "close", "traded", "st", "buyable", "sellable"),
    [
        (10.00, 10.00, True, 0, True, True),
        (11.00, 10.00, True, 0, False, True),  # opens at the limit and breaks later: still not bought
        (10.99, 11.00, True, 0, True, True),  # closes at the limit: the open was free
        (9.00, 9.50, True, 0, True, False),
        (9.01, 9.00, True, 0, True, True),
        (10.00, 10.00, False, 0, False, False),
        (10.50, 10.50, True, 1, False, True),
        (9.50, 9.50, True, 1, True, False),
        (10.50, 10.50, True, -1, True, True),
    ],
)
def test_states_at_the_open(open_: float, close: float, traded: bool, st: int, buyable: bool, sellable: bool) -> None:
    view = one_name(open_, close, traded=traded, st=st)
    assert opens_buyable(view).item() is buyable
    assert opens_sellable(view).item() is sellable


def test_nothing_of_the_rest_of_the_day_decides_at_the_open() -> None:
    view = random_view(3)
    fields = {**view.fields, "raw_close": view.fields["raw_close"] * 1.5, "close": view.fields["close"] * 1.5}
    np.testing.assert_array_equal(trade_states(view), trade_states(replace(view, fields=fields)))


def test_at_the_close_the_closing_price_decides() -> None:
    view = one_name(10.0, 11.0)
    assert trade_states(view, "close").item() & 1 == 0
    assert trade_states(view, "open").item() & 1 == 1


def test_a_sale_waits_for_the_first_open_above_the_lower_limit() -> None:
    price = np.array([[10.0], [9.0], [8.1], [7.9], [8.0]])
    view = make_view(
        days=np.busday_offset("2024-01-02", np.arange(5)),
        raw_open=price,
        raw_close=price,
        pre_close=np.array([[10.0], [10.0], [9.0], [8.1], [7.9]]),
        factor=np.ones((5, 1)),
        traded=np.array([[True], [True], [True], [True], [False]]),
        age=np.arange(500, 505, dtype=np.int32)[:, None],
    )
    found = exit_prices(view)
    assert found.price.ravel()[:4].tolist() == [10.0, 7.9, 7.9, 7.9]
    assert np.isnan(found.price[4, 0])
    assert found.delayed.ravel().tolist() == [False, True, True, False, True]
