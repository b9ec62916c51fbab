"""Price limits on each side of every date on which a rule changed, and the vector form against the Decimal one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from quantgpt.trading.boards import Board, board_of
from quantgpt.trading.limits import limit_price, limit_prices

MAIN, CHINEXT, STAR, BSE = Board
OLD = 500

# reference, board, special treatment, sessions since listing, day -> upper, lower (None: no limit)
GOLDEN = [
    # ordinary bands; 10.05 × 1.1 = 11.055 and 10.05 × 0.9 = 9.045 round half up
    ("10.05", MAIN, 0, OLD, "2024-01-02", 11.06, 9.05),
    ("10.05", CHINEXT, 0, OLD, "2024-01-02", 12.06, 8.04),
    ("10.05", STAR, 0, OLD, "2024-01-02", 12.06, 8.04),
    ("10.05", BSE, 0, OLD, "2024-01-02", 13.07, 7.04),
    ("1713.71", MAIN, 0, OLD, "2023-06-30", 1885.08, 1542.34),
    ("1687.80", MAIN, 0, OLD, "2023-06-30", 1856.58, 1519.02),
    # ChiNext widens on 2020-08-24, also for names listed before
    ("20.00", CHINEXT, 0, OLD, "2020-08-21", 22.00, 18.00),
    ("20.00", CHINEXT, 0, OLD, "2020-08-24", 24.00, 16.00),
    ("20.00", CHINEXT, 1, OLD, "2020-08-24", 24.00, 16.00),
    ("20.00", STAR, 1, OLD, "2020-08-21", 24.00, 16.00),
    # special treatment on the main board widens on 2026-07-06; unknown is not special
    ("3.33", MAIN, 1, OLD, "2026-07-03", 3.50, 3.16),
    ("3.33", MAIN, 1, OLD, "2026-07-06", 3.66, 3.00),
    ("3.33", MAIN, 0, OLD, "2026-07-03", 3.66, 3.00),
    ("3.33", MAIN, -1, OLD, "2026-07-03", 3.66, 3.00),
    # the first five sessions: STAR always
    ("20.00", STAR, 0, 0, "2019-07-22", None, None),
    ("20.00", STAR, 0, 4, "2019-07-26", None, None),
    ("20.00", STAR, 0, 5, "2019-07-29", 24.00, 16.00),
    # ChiNext when listed from 2020-08-24, before that +44 % / −36 % on the first day only
    ("20.00", CHINEXT, 0, 0, "2020-08-21", 28.80, 12.80),
    ("20.00", CHINEXT, 0, 1, "2020-08-24", 24.00, 16.00),
    ("20.00", CHINEXT, 0, 0, "2020-08-24", None, None),
    ("20.00", CHINEXT, 0, 4, "2020-08-28", None, None),
    ("20.00", CHINEXT, 0, 4, "2020-08-27", 24.00, 16.00),
    ("20.00", CHINEXT, 0, 5, "2020-08-31", 24.00, 16.00),
    # main board when listed from 2023-04-10
    ("20.00", MAIN, 0, 0, "2023-04-07", 28.80, 12.80),
    ("20.00", MAIN, 0, 1, "2023-04-10", 22.00, 18.00),
    ("20.00", MAIN, 0, 0, "2023-04-10", None, None),
    ("20.00", MAIN, 0, 4, "2023-04-14", None, None),
    ("20.00", MAIN, 0, 3, "2023-04-12", 22.00, 18.00),
    ("20.00", MAIN, 0, 5, "2023-04-17", 22.00, 18.00),
    # Beijing: the first day only
    ("20.00", BSE, 0, 0, "2024-01-02", None, None),
    ("20.00", BSE, 0, 1, "2024-01-03", 26.00, 14.00),
    # no reference price, no limit
    ("nan", MAIN, 0, OLD, "2024-01-02", None, None),
]


@pytest.mark.parametrize(("reference", "board", "st", "age", "day", "up", "down"), GOLDEN)
def test_limits_on_golden_days(
    reference: str, board: Board, st: int, age: int, day: str, up: float | None, down: float | None
) -> None:
    high, low = limit_prices(
        np.array([[float(reference)]]),
        np.array([board], dtype=np.int8),
        np.array([[st]], dtype=np.int8),
        np.array([[age]], dtype=np.int32),
        np.array([day], dtype="datetime64[D]"),
    )
    assert (high[0, 0] if up is not None else np.isnan(high[0, 0])) == (up if up is not None else True)
    assert (low[0, 0] if down is not None else np.isnan(low[0, 0])) == (down if down is not None else True)


DAYS = np.array(
    [d for d in np.arange("2019-07-22", "2026-08-01", dtype="datetime64[D]") if np.is_busday(d)], dtype="datetime64[D]"
)


@given(
    cents=some.integers(min_value=1, max_value=400_000),
    board=some.sampled_from(Board),
    st=some.sampled_from([-1, 0, 1]),
    age=some.integers(min_value=-1, max_value=8),
    row=some.integers(min_value=10, max_value=DAYS.size - 1),
)
@settings(max_examples=400, deadline=None)
def test_the_vector_form_equals_the_decimal_twin(cents: int, board: Board, st: int, age: int, row: int) -> None:
    up, down = limit_prices(
        np.array([[cents / 100]]),
        np.array([board], dtype=np.int8),
        np.array([[st]], dtype=np.int8),
        np.array([[age]], dtype=np.int32),
        DAYS[row : row + 1],
    )
    listed: date = DAYS[row - max(age, 0)].item()
    slow = limit_price(Decimal(cents) / 100, board, st=st == 1, age=age, day=DAYS[row].item(), listed=listed)
    fast = tuple(
        None if np.isnan(x[0, 0]) else Decimal(repr(float(x[0, 0]))).quantize(Decimal("0.01")) for x in (up, down)
    )
    assert fast == slow


def test_every_cent_up_to_a_hundred_yuan_rounds_half_up() -> None:
    cents = np.arange(1, 10_001)
    up, down = limit_prices(
        (cents / 100)[None, :],
        np.zeros(cents.size, dtype=np.int8),
        np.zeros((1, cents.size), dtype=np.int8),
        np.full((1, cents.size), OLD, dtype=np.int32),
        np.array(["2024-01-02"], dtype="datetime64[D]"),
    )
    assert np.rint(up[0] * 100).astype(int).tolist() == [(110 * c + 50) // 100 for c in cents.tolist()]
    assert np.rint(down[0] * 100).astype(int).tolist() == [(90 * c + 50) // 100 for c in cents.tolist()]


@pytest.mark.parametrize("price", [0.0, -5.0, float("nan")])
def test_impossible_references_have_no_limit(price: float) -> None:
    up, down = limit_prices(
        np.array([[price]]),
        np.zeros(1, dtype=np.int8),
        np.zeros((1, 1), dtype=np.int8),
        np.full((1, 1), OLD, dtype=np.int32),
        np.array(["2024-01-02"], dtype="datetime64[D]"),
    )
    assert np.isnan(up).all()
    assert np.isnan(down).all()


def test_an_empty_panel_has_empty_limits() -> None:
    up, down = limit_prices(
        np.zeros((0, 0)), np.zeros(0, dtype=np.int8), np.zeros((0, 0), dtype=np.int8),
        np.zeros((0, 0), dtype=np.int32), np.zeros(0, dtype="datetime64[D]"),
    )  # fmt: skip
    assert up.shape == down.shape == (0, 0)


@pytest.mark.parametrize(
    ("symbol", "board"),
    [
        ("600519.SH", MAIN), ("601318.SH", MAIN), ("603288.SH", MAIN), ("605499.SH", MAIN), ("000001.SZ", MAIN),
        ("001979.SZ", MAIN), ("002594.SZ", MAIN), ("003816.SZ", MAIN), ("300750.SZ", CHINEXT), ("301269.SZ", CHINEXT),
        ("302132.SZ", CHINEXT), ("688981.SH", STAR), ("689009.SH", STAR), ("430047.BJ", BSE), ("830799.BJ", BSE),
        ("873169.BJ", BSE), ("920002.BJ", BSE), ("300750.SH", MAIN), ("688981.SZ", MAIN),
    ],
)  # fmt: skip
def test_boards_by_code(symbol: str, board: Board) -> None:
    assert board_of(symbol) is board


def test_the_market_store_numbers_boards_alike() -> None:
    from quantgpt.market.boards import board_code

    symbols = ("600519.SH", "300750.SZ", "688981.SH", "920002.BJ", "002594.SZ", "302132.SZ", "689009.SH", "830799.BJ")
    assert [board_code(symbol) for symbol in symbols] == [int(board_of(symbol)) for symbol in symbols]
