"""The tokens of a text that is still being typed, in any dialect."""

from __future__ import annotations

from quantgpt.expr.dialects.tokens import scan as scan_qlib
from quantgpt.expr.tokens import MAX_CHARACTERS, Token, scan


def colour_tokens(text: object, dialect: str = "quantgpt") -> tuple[Token, ...]:
    """The tokens of any text in one of the dialects, for colouring while it is being typed; never raises."""
    if not isinstance(text, str):
        return ()
    read = scan_qlib if dialect == "qlib" else scan
    return tuple(read(text[:MAX_CHARACTERS]))
