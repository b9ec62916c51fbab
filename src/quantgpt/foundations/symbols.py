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
_CRYPTO = re.compile(r"^(?P<pair>[A-Z0-9]{5,20})\.(?P<exchange>[A-Z0-9]+)\.(?P<venue>PERP|SPOT)$")
QUOTES = (
    "FDUSD",
    "USDT",
    "USDC",
    "BUSD",
    "TUSD",
    "USD1",
    "USD",
    "DAI",
    "BTC",
    "ETH",
    "BNB",
    "EUR",
    "GBP",
    "JPY",
    "TRY",
)
"""Quote currencies that the name of a pair can end with, longer ones first."""


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


def crypto_symbol(pair: str, exchange: str, venue: str) -> str:
    """The inside spelling of a pair: what is traded, on which exchange, perpetual contract or spot.

    >>> crypto_symbol("BTCUSDT", "BINANCE", "perp")
    'BTCUSDT.BINANCE.PERP'
    """
    return f"{pair}.{exchange}.{venue.upper()}"


def crypto_parts(symbol: str) -> tuple[str, str, str] | None:
    """Pair, exchange and venue (`perp`, `spot`) of an inside spelling; None where it is none of a pair.

    >>> crypto_parts("BTCUSDT.BINANCE.PERP"), crypto_parts("600519.SH")
    (('BTCUSDT', 'BINANCE', 'perp'), None)
    """
    match = _CRYPTO.match(symbol)
    return (match["pair"], match["exchange"], match["venue"].lower()) if match else None


def base_and_quote(pair: str) -> tuple[str, str]:
    """The two currencies of a pair.

    >>> base_and_quote("BTCUSDT"), base_and_quote("ETHBTC")
    (('BTC', 'USDT'), ('ETH', 'BTC'))

    Raises: BadRequest where the quote currency is none that we know.
    """
    for quote in QUOTES:
        if pair.endswith(quote) and len(pair) > len(quote):
            return pair.removesuffix(quote), quote
    raise BadRequest(
        f"认不出 {pair[:20]!r} 的计价货币", en=f"the quote currency of {pair[:20]!r} is not known", field="symbol"
    )
