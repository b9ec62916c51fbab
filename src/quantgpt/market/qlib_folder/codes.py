"""Spellings of instruments in a Qlib folder: `SH600000` in texts, `sh600000` as the name of a folder."""

from __future__ import annotations

from quantgpt.foundations.errors import BadRequest
from quantgpt.foundations.symbols import normalise_stock

RESERVED = frozenset({"CON", "PRN", "AUX", "NUL", *(f"COM{i}" for i in range(10)), *(f"LPT{i}" for i in range(10))})
"""Names that Windows keeps for devices."""
PREFIX = "_qlib_"


def qlib_code(text: str) -> str:
    """An instrument as Qlib writes it; one that is no A-share keeps its letters, in upper case.

    >>> qlib_code("600000.SH"), qlib_code("sz000001"), qlib_code("aapl")
    ('SH600000', 'SZ000001', 'AAPL')

    Raises: BadRequest for a text that can be no instrument.
    """
    plain = str(text).strip()
    if not plain or plain.startswith(".") or any(mark in plain for mark in "/\\\0\t\n"):
        raise BadRequest(
            f"不是证券代码：{plain[:40]!r}", hint="write it like SH600000 or 600000.SH", field="instruments"
        )
    try:
        code, _, exchange = normalise_stock(plain).partition(".")
    except BadRequest:
        return plain.upper()
    return exchange + code


def our_symbol(code: str) -> str:
    """An instrument as we write it inside; one that is no A-share stays as it is.

    >>> our_symbol("SH600000"), our_symbol("AAPL")
    ('600000.SH', 'AAPL')
    """
    try:
        return normalise_stock(code)
    except BadRequest:
        return code


def folder_name(code: str) -> str:
    """The folder below `features` that holds an instrument.

    >>> folder_name("SH600000"), folder_name("CON")
    ('sh600000', '_qlib_con')
    """
    return (PREFIX + code if code.upper() in RESERVED else code).lower()


def code_of_folder(name: str) -> str:
    """The instrument that a folder below `features` holds.

    >>> code_of_folder("sh600000"), code_of_folder("_qlib_con")
    ('SH600000', 'CON')
    """
    return name.removeprefix(PREFIX).upper()
