"""T+1: shares bought today cannot be sold today."""

from __future__ import annotations

from datetime import date


def sellable_shares(lots: dict[date, int], today: date) -> int:
    """Shares that may be sold today out of lots by the day on which they were bought.

    Source: SSE and SZSE Trading Rules (2023 revision, 3.1.5).

    >>> sellable_shares({date(2024, 1, 2): 300, date(2024, 1, 3): 200}, date(2024, 1, 3))
    300
    """
    return sum(shares for bought, shares in lots.items() if bought < today)
