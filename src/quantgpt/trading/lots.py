"""How many shares an order may ask for.

Sources: SSE and SZSE Trading Rules (2023 revision, 3.3.8): lots of 100, odd lots only sold out at once; SSE STAR Market
Special Trading Rules: 200 shares or more by single shares; BSE Trading Rules: 100 shares or more by single shares.
"""

from __future__ import annotations

from quantgpt.trading.boards import Board

LOT = 100
_MINIMUM = {Board.MAIN: 100, Board.CHINEXT: 100, Board.STAR: 200, Board.BSE: 100}
_STEP = {Board.MAIN: LOT, Board.CHINEXT: LOT, Board.STAR: 1, Board.BSE: 1}


def _allowed(board: Board, wanted: int) -> int:
    shares = wanted // _STEP[board] * _STEP[board]
    return shares if shares >= _MINIMUM[board] else 0


def buy_quantity(board: Board, wanted: int) -> int:
    """The largest number of shares up to `wanted` that a purchase may ask for; 0 where there is none.

    >>> buy_quantity(Board.MAIN, 350), buy_quantity(Board.STAR, 350), buy_quantity(Board.STAR, 199)
    (300, 350, 0)
    """
    return _allowed(board, max(wanted, 0))


def sell_quantity(board: Board, wanted: int, held: int) -> int:
    """The largest number of shares up to `wanted` that a sale may ask for out of `held` that may be sold today.

    Everything that is held may always be sold at once, odd lot included; less than that only as a purchase could be.

    >>> sell_quantity(Board.MAIN, 350, 350), sell_quantity(Board.MAIN, 340, 350), sell_quantity(Board.STAR, 150, 150)
    (350, 300, 150)
    """
    if held <= 0 or wanted <= 0:
        return 0
    return held if wanted >= held else _allowed(board, wanted)
