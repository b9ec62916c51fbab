"""Decimal numbers out of text, exactly: however long they are written, nothing is rounded."""

from __future__ import annotations

import re
from decimal import Decimal

LONGEST_NUMBER = 40
"""characters of a number"""
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")


def exact_decimal(text: str) -> Decimal | None:
    """The number that is written, None where none is (NaN and Infinity are none). The text has at most LONGEST_NUMBER characters.

    >>> exact_decimal("1e-3"), exact_decimal("NaN")
    (Decimal('0.001'), None)
    """
    return Decimal(text) if _DECIMAL.fullmatch(text) else None


def digits_after_point(number: Decimal) -> int:
    """Digits after the point that say something, zeros at the end left out; exact however long the number is.

    >>> digits_after_point(Decimal("1.50")), digits_after_point(Decimal("1E+3")), digits_after_point(Decimal("0E-9"))
    (1, 0, 0)
    """
    _, digits, exponent = number.as_tuple()
    zeros = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    return max(0, -(int(exponent) + zeros)) if any(digits) else 0
