"""Names of any characters as plain words, so that every tree can be written down and read again."""

from __future__ import annotations

import re

from quantgpt.foundations.fields import FIELDS

FIELD_WORD = "qlib_field"
"""`qlib_field(word)` is a field of the data that has no column name of its own in our dialect"""
OTHER_WORD = "qlib_other"
"""`qlib_other(x, word)` is `x` computed on one other name"""

_ESCAPED = re.compile(r"_([0-9a-f]{2})")


def as_word(name: str) -> str:
    """`name` as a word of letters, digits and `_`: any other character, and a leading digit, as `_` and its bytes.

    >>> as_word("SH600000"), as_word("000300.SH"), as_word("a_b_ca")
    ('SH600000', '_3000300_2eSH', 'a_b_5fca')
    """
    letters = []
    for index, character in enumerate(name):
        if character == "_":
            plain = not _ESCAPED.match(name, index)
        else:
            plain = character.isascii() and character.isalnum() and not (index == 0 and character.isdigit())
        letters.append(character if plain else "".join(f"_{byte:02x}" for byte in character.encode()))
    return "".join(letters)


def from_word(word: str) -> str | None:
    """The name that `as_word` turned into `word`; None where it is not one of its words.

    >>> from_word("_3000300_2eSH"), from_word("a_2")
    ('000300.SH', 'a_2')
    """
    pieces = _ESCAPED.split(word)
    raw = b"".join(bytes.fromhex(piece) if odd % 2 else piece.encode() for odd, piece in enumerate(pieces))
    try:
        name = raw.decode()
    except UnicodeDecodeError:
        return None
    return name if name and as_word(name) == word else None


def is_column(name: str) -> bool:
    """Whether a field of that name is a bare column of our dialect."""
    return name in FIELDS and FIELDS[name].in_expressions
