"""The board that a symbol trades on, by its code."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MAIN, CHINEXT, STAR, BSE = 0, 1, 2, 3

_PREFIXES = {
    "SH": {"600": MAIN, "601": MAIN, "603": MAIN, "605": MAIN, "688": STAR, "689": STAR},
    "SZ": {"000": MAIN, "001": MAIN, "002": MAIN, "003": MAIN, "300": CHINEXT, "301": CHINEXT, "302": CHINEXT},
    "BJ": {},
}


def board_code(symbol: str) -> int | None:
    """Code of the board, or None for what is no A-share (an index, a fund, a B share, a bond).

    Source: prefixes that the three exchanges assign to A-shares.

    >>> board_code("600519.SH"), board_code("300750.SZ"), board_code("688981.SH"), board_code("000300.SH")
    (0, 1, 2, None)
    """
    code, _, exchange = symbol.partition(".")
    if exchange == "BJ":
        return BSE if code[:2] in ("43", "82", "83", "87", "88", "92") else None
    return _PREFIXES.get(exchange, {}).get(code[:3])


def board_codes(symbols: Sequence[str]) -> NDArray[np.int8]:
    """Board of each symbol; the main board's where the code tells none."""
    return np.array([board_code(symbol) or MAIN for symbol in symbols], dtype=np.int8)
