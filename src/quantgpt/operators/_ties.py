"""When two values are equal on paper: ranks compare values rounded to 40 mantissa bits."""

from __future__ import annotations

from quantgpt.operators._lazy import routine

SPLIT = 4097.0
LARGE = 1e300


@routine
def tied(x: float) -> float:
    """`x` rounded to 40 bits behind the leading one (Veltkamp's splitting); equal on paper is equal here.

    >>> tied(0.1 + 0.2) == tied(0.3), tied(1.0 + 1e-9) == tied(1.0)
    (True, False)
    """
    if not -LARGE < x < LARGE:
        return x
    scaled = SPLIT * x
    return scaled - (scaled - x)
