"""The board that a stock is listed on, which decides its price band and its lot."""

from __future__ import annotations

from enum import IntEnum


class Board(IntEnum):
    """Boards of the three exchanges; `MarketView.board` holds these codes."""

    MAIN = 0
    CHINEXT = 1
    STAR = 2
    BSE = 3

    @property
    def zh(self) -> str:
        """Name in Chinese."""
        return ("主板", "创业板", "科创板", "北交所")[self]

    @property
    def en(self) -> str:
        """Name in English."""
        return ("main board", "ChiNext", "STAR", "BSE")[self]


_STAR = ("688", "689")
_CHINEXT = ("300", "301", "302")


def board_of(symbol: str) -> Board:
    """Board of a stock by its code; the main board where the code tells nothing else.

    Source: code ranges assigned by the exchanges: 600/601/603/605 and 000–003 main, 300–302 ChiNext, 688/689 STAR,
            43/82/83/87/88/92 Beijing.

    >>> board_of("600519.SH").name, board_of("300750.SZ").name, board_of("688981.SH").name, board_of("920002.BJ").name
    ('MAIN', 'CHINEXT', 'STAR', 'BSE')
    """
    code, _, exchange = symbol.partition(".")
    if exchange == "BJ":
        return Board.BSE
    if exchange == "SH" and code.startswith(_STAR):
        return Board.STAR
    if exchange == "SZ" and code.startswith(_CHINEXT):
        return Board.CHINEXT
    return Board.MAIN
