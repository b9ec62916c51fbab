"""Lots and T+1."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from quantgpt.trading.boards import Board
from quantgpt.trading.lots import buy_quantity, sell_quantity
from quantgpt.trading.settlement import sellable_shares


@pytest.mark.parametrize(
    ("board", "wanted", "allowed"),
    [
        (Board.MAIN, 99, 0), (Board.MAIN, 100, 100), (Board.MAIN, 199, 100), (Board.CHINEXT, 1050, 1000),
        (Board.STAR, 199, 0), (Board.STAR, 200, 200), (Board.STAR, 201, 201), (Board.BSE, 99, 0), (Board.BSE, 101, 101),
        (Board.MAIN, 0, 0), (Board.MAIN, -500, 0),
    ],
)  # fmt: skip
def test_purchases_come_in_lots(board: Board, wanted: int, allowed: int) -> None:
    assert buy_quantity(board, wanted) == allowed


@pytest.mark.parametrize(
    ("board", "wanted", "held", "allowed"),
    [
        (Board.MAIN, 150, 150, 150), (Board.MAIN, 149, 150, 100), (Board.MAIN, 50, 150, 0), (Board.MAIN, 500, 150, 150),
        (Board.STAR, 150, 150, 150), (Board.STAR, 150, 400, 0), (Board.STAR, 399, 400, 399), (Board.MAIN, 100, 0, 0),
    ],
)  # fmt: skip
def test_odd_lots_can_only_be_sold_out(board: Board, wanted: int, held: int, allowed: int) -> None:
    assert sell_quantity(board, wanted, held) == allowed


@given(some.sampled_from(Board), some.integers(0, 10**7), some.integers(0, 10**7))
def test_quantities_never_exceed_what_is_wanted_or_held(board: Board, wanted: int, held: int) -> None:
    assert 0 <= buy_quantity(board, wanted) <= wanted
    assert 0 <= sell_quantity(board, wanted, held) <= min(wanted, held)


def test_shares_bought_today_cannot_be_sold_today() -> None:
    lots = {date(2024, 1, 2): 300, date(2024, 1, 3): 200}
    assert sellable_shares(lots, date(2024, 1, 2)) == 0
    assert sellable_shares(lots, date(2024, 1, 3)) == 300
    assert sellable_shares(lots, date(2024, 1, 4)) == 500
