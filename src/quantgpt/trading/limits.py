"""Daily price limits by board, special treatment, days since listing and date.

Sources: SSE Trading Rules (2023 revision, 3.4.13–3.4.15) and SZSE Trading Rules (2023 revision, 3.4.13–3.4.16);
SZSE announcement of 2020-06-12 (ChiNext registration reform, first session 2020-08-24); SSE STAR Market Special Trading
Rules (2019); the exchanges' notices of 2013-12-13 on the first day of new shares (144 % and 64 % of the issue price);
BSE Trading Rules (2021); the exchanges' 2026 revision of the main-board band of special treatment (from 2026-07-06).

Limits are counted in integers: a price is a whole number of 0.0001 yuan, a limit a whole number of cents, halves round up.
Not modelled, because no panel tells: the first session of the delisting period and of a resumed listing (no band).
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.panel import Days, FloatPanel
from quantgpt.trading.boards import Board

CHINEXT_REFORM = date(2020, 8, 24)
MAIN_REFORM = date(2023, 4, 10)
WIDER_ST_BAND = date(2026, 7, 6)
FREE_SESSIONS = 5
FIRST_DAY_UP, FIRST_DAY_DOWN = 44, 36
BAND, FREE, FIRST_DAY = 0, 1, 2


def band_percent(board: Board, st: bool, day: date) -> int:
    """Width of the ordinary band in per cent on that day.

    >>> band_percent(Board.MAIN, True, date(2026, 7, 3)), band_percent(Board.MAIN, True, date(2026, 7, 6))
    (5, 10)
    """
    match board:
        case Board.BSE:
            return 30
        case Board.STAR:
            return 20
        case Board.CHINEXT:
            return 20 if day >= CHINEXT_REFORM else 10
        case Board.MAIN:
            return 5 if st and day < WIDER_ST_BAND else 10


def first_sessions(board: Board, age: int, listed: date) -> int:
    """What holds `age` sessions after the listing on `listed`: BAND, FREE (no limit) or FIRST_DAY (+44 % / −36 %)."""
    if age < 0 or age >= FREE_SESSIONS:
        return BAND
    match board:
        case Board.BSE:
            return FREE if age == 0 else BAND
        case Board.STAR:
            return FREE
        case Board.CHINEXT | Board.MAIN:
            if listed >= (CHINEXT_REFORM if board is Board.CHINEXT else MAIN_REFORM):
                return FREE
            return FIRST_DAY if age == 0 else BAND


def limit_price(
    pre_close: Decimal | None, board: Board, *, st: bool, age: int, day: date, listed: date
) -> tuple[Decimal | None, Decimal | None]:
    """Upper and lower limit of one stock on one day in yuan; None where there is no limit. The slow twin of `limit_prices`.

    >>> limit_price(Decimal("10.05"), Board.MAIN, st=False, age=500, day=date(2024, 1, 2), listed=date(2020, 1, 2))
    (Decimal('11.06'), Decimal('9.05'))
    """
    if pre_close is None or pre_close <= 0:
        return None, None
    kind = first_sessions(board, age, listed)
    if kind == FREE:
        return None, None
    width = band_percent(board, st, day)
    up, down = (FIRST_DAY_UP, FIRST_DAY_DOWN) if kind == FIRST_DAY else (width, width)
    cent = Decimal("0.01")
    reference = pre_close.quantize(Decimal("0.0001"), ROUND_HALF_UP)
    return (
        (reference * (100 + up) / 100).quantize(cent, ROUND_HALF_UP),
        (reference * (100 - down) / 100).quantize(cent, ROUND_HALF_UP),
    )


class BandTables(NamedTuple):
    """The rules of a span of sessions as small arrays that a kernel can look up."""

    normal: NDArray[np.int64]
    """(T, boards): per cent, not special treatment"""
    special: NDArray[np.int64]
    """(T, boards): per cent, special treatment"""
    young: NDArray[np.int8]
    """(T, boards, FREE_SESSIONS): BAND, FREE or FIRST_DAY by sessions since listing"""


def band_tables(days: Days) -> BandTables:
    """Rules of each session.

    The listing day of a name `age` sessions old is taken as `age` weekdays earlier. That is exact where it matters: no
    weekday holiday falls into the five sessions from 2020-08-24 and from 2023-04-10, the only days that a rule compares.
    """
    normal = np.empty((days.size, len(Board)), dtype=np.int64)
    special = np.empty_like(normal)
    young = np.empty((days.size, len(Board), FREE_SESSIONS), dtype=np.int8)
    calendar: list[date] = days.astype("datetime64[D]").tolist()
    listings = np.busday_offset(
        days.astype("datetime64[D]")[:, None], -np.arange(FREE_SESSIONS)[None, :], roll="backward"
    ).tolist()
    for t, day in enumerate(calendar):
        for board in Board:
            normal[t, board] = band_percent(board, False, day)
            special[t, board] = band_percent(board, True, day)
            for age in range(FREE_SESSIONS):
                young[t, board, age] = first_sessions(board, age, listings[t][age])
    return BandTables(normal, special, young)


def limit_prices(
    pre_close: FloatPanel,
    board: NDArray[np.int8],
    st: NDArray[np.int8],
    age: NDArray[np.int32],
    days: Days,
) -> tuple[FloatPanel, FloatPanel]:
    """Upper and lower limits of all names on all days.

    Shape: pre_close, st, age (T, N), board (N,), days (T,) -> two (T, N).
    Unit:  yuan, unadjusted. `pre_close` is the exchange's reference price of that day (after ex-dividend).
    NaN:   no limit: no reference price, or a session without a band. Unknown special treatment (-1) counts as none.
    """
    from quantgpt.trading.kernels import limit_cents, read_only

    up, down = limit_cents(
        read_only(pre_close, np.float64),
        read_only(board, np.int8),
        read_only(st, np.int8),
        read_only(age, np.int32),
        *(read_only(table, table.dtype) for table in band_tables(days)),
    )
    return _yuan(up), _yuan(down)


def _yuan(cents: NDArray[np.int64]) -> FloatPanel:
    out: FloatPanel = cents / 100.0
    out[cents < 0] = np.nan
    return out
