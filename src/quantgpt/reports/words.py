"""How numbers, dates and missing values are written in reports; nothing else formats them.

Missing: None and non-finite numbers are written as a dash, never as 0, `nan` or nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

DASH = "—"
MINUS = "−"


@dataclass(frozen=True)
class Label:
    """The same words in Chinese and in English."""

    zh: str
    en: str = ""


def is_number(value: object) -> bool:
    """A finite number (booleans are not numbers)."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def as_number(value: object) -> float | None:
    """`value` as a float, None when it is not a finite number."""
    return float(value) if isinstance(value, int | float) and is_number(value) else None


def finite(values: Sequence[object]) -> list[float]:
    """The finite numbers among `values`."""
    return [number for value in values if (number := as_number(value)) is not None]


def fixed(value: object, digits: int = 2, *, sign: bool = False, suffix: str = "") -> str:
    """A number with a fixed count of decimals, thousands commas and a real minus.

    >>> fixed(-1234.5, 1), fixed(0.25, 1, sign=True), fixed(None), fixed(-0.0001, 2)
    ('−1,234.5', '+0.2', '—', '0.00')
    """
    number = as_number(value)
    if number is None:
        return DASH
    text = f"{abs(number):,.{digits}f}"
    if not any(c in "123456789" for c in text):
        return text + suffix
    return (MINUS if number < 0 else "+" if sign else "") + text + suffix


def percent(value: object, digits: int = 1, *, sign: bool = False) -> str:
    """A fraction as a percentage.

    >>> percent(0.179, sign=True), percent(-0.198)
    ('+17.9%', '−19.8%')
    """
    number = as_number(value)
    return DASH if number is None else fixed(100 * number, digits, sign=sign, suffix="%")


def change(value: object, digits: int = 1) -> str:
    """A return or a difference: always signed.

    >>> change(0.179), change(-0.05)
    ('+17.9%', '−5.0%')
    """
    return percent(value, digits, sign=True)


def p_value(value: object) -> str:
    """A p value with three decimals.

    >>> p_value(0.0004), p_value(0.0312)
    ('< 0.001', '0.031')
    """
    number = as_number(value)
    if number is None:
        return DASH
    return "< 0.001" if number < 0.001 else f"{number:.3f}"


def p_equals(value: object) -> str:
    """`p = 0.031` or `p < 0.001`."""
    text = p_value(value)
    return f"p {text}" if text.startswith("<") else f"p = {text}"


def count(value: object) -> str:
    """A whole number with thousands commas."""
    return fixed(value, 0)


def short(value: object) -> str:
    """A number for an axis or a parameter: as many decimals as it has, at most six significant figures.

    >>> short(0.05), short(2.0), short(-1500), short(None)
    ('0.05', '2', '−1,500', '—')
    """
    number = as_number(value)
    if number is None:
        return DASH
    text = f"{abs(number):,.6f}".rstrip("0").rstrip(".")
    if abs(number) < 1e-6 and number:
        text = f"{abs(number):.3g}"
    return (MINUS if number < 0 and text != "0" else "") + text


def interval(low: object, high: object, digits: int = 2, *, scale: float = 1.0, suffix: str = "") -> str:
    """Both ends of an interval, joined by an en dash; "至" where a minus sign would make the dash ambiguous.

    >>> interval(59.8, 72.4, 1), interval(-0.01, 0.02, 2)
    ('59.8–72.4', '−0.01 至 0.02')
    """
    left, right = as_number(low), as_number(high)
    if left is None or right is None:
        return DASH
    ends = fixed(left * scale, digits), fixed(right * scale, digits) + suffix
    return (" 至 " if left < 0 or right < 0 else "–").join(ends)


def span(first: object, last: object) -> str:
    """Two dates as a range."""
    return f"{plain(first)} → {plain(last)}"


def plain(value: object) -> str:
    """Any value as text for a person: a dash for nothing, 是 / 否 for booleans, numbers short, lists joined."""
    if value is None or value == "":
        return DASH
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return short(value)
    if isinstance(value, list | tuple):
        return "、".join(plain(item) for item in value) or DASH
    return str(value)


def direction_class(value: object, digits: int = 3) -> str:
    """`up`, `down` or nothing: the style class of a return as it is shown."""
    number = as_number(value)
    if number is None or round(number, digits) == 0:
        return ""
    return "up" if number > 0 else "down"
