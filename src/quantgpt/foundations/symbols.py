"""Spellings of symbols: one inside (`600519.SH`), every vendor's at the door."""

from __future__ import annotations

import re

from quantgpt.foundations.errors import BadRequest

_PATTERNS = (
    re.compile(r"^(?P<code>\d{6})\.(?P<exchange>SH|SZ|BJ|SSE|SZSE|XSHG|XSHE|SS)$", re.IGNORECASE),
    re.compile(r"^(?P<exchange>sh|sz|bj)[._]?(?P<code>\d{6})$", re.IGNORECASE),
)
_EXCHANGES = {"SSE": "SH", "XSHG": "SH", "SS": "SH", "SZSE": "SZ", "XSHE": "SZ"}
_ORDER = {"SH": 0, "SZ": 1, "BJ": 2}


def normalise_stock(text: str) -> str:
    """The inside spelling of an A-share or index symbol.

    >>> normalise_stock("sh.600519"), normalise_stock("SZ000858"), normalise_stock("600036.XSHG")
    ('600519.SH', '000858.SZ', '600036.SH')

    Raises: BadRequest for anything else.
    """
    for pattern in _PATTERNS:
        if match := pattern.match(text.strip()):
            exchange = match["exchange"].upper()
            return f"{match['code']}.{_EXCHANGES.get(exchange, exchange)}"
    raise BadRequest(f"not a stock symbol: {text[:40]!r}", hint="write it like 600519.SH or sh.600519", field="symbol")


def baostock_spelling(symbol: str) -> str:
    """`600519.SH` as the vendor baostock and the HTTP contract write it.

    >>> baostock_spelling("600519.SH")
    'sh.600519'
    """
    code, _, exchange = symbol.partition(".")
    return f"{exchange.lower()}.{code}"


def tie_order(symbol: str) -> tuple[int, str]:
    """Sort key that breaks ties between names: exchange (Shanghai, Shenzhen, Beijing), then code."""
    code, _, exchange = symbol.partition(".")
    return _ORDER.get(exchange, len(_ORDER)), code
