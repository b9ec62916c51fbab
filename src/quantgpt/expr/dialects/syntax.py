"""Qlib's tokens → a tree of what was written, with the precedence of Python, whose parser Qlib hands its text to.

`&` and `|` bind tighter than comparisons, `**` binds tightest and to the right, a sign binds tighter than `*`.
"""

from __future__ import annotations

from dataclasses import replace

from quantgpt.expr.dialects.tokens import Stranger, tokenise
from quantgpt.expr.syntax import STACK_LIMIT, Reader, Syntax
from quantgpt.expr.tokens import MAX_DEPTH, Token, TokenKind
from quantgpt.foundations.errors import BadExpression

BINARY = {
    ">": (40, 41, "Gt"),
    "<": (40, 41, "Lt"),
    ">=": (40, 41, "Ge"),
    "<=": (40, 41, "Le"),
    "==": (40, 41, "Eq"),
    "!=": (40, 41, "Ne"),
    "|": (44, 45, "Or"),
    "&": (48, 49, "And"),
    "+": (50, 51, "Add"),
    "-": (50, 51, "Sub"),
    "*": (60, 61, "Mul"),
    "/": (60, 61, "Div"),
    "**": (80, 75, "Power"),
}
SYMBOLS = {name: symbol for symbol, (_, _, name) in BINARY.items()}
PREFIX = {"-": "Neg", "+": "Pos", "~": "Not"}
SIGN = 70
COMPARISON = 40


def parse(text: object, stranger: Stranger | None = None) -> tuple[Syntax, tuple[Token, ...]]:
    """The syntax tree of a text in Qlib's dialect, and its tokens without the END.

    Operators are calls of the Qlib word they stand for; `Neg` and `Pos` are signs, a quoted text is a part of kind
    `text`. `stranger` as in `tokenise`.

    Raises: BadExpression with the place and the reason.
    """
    tokens = tokenise(text, stranger)
    reader = QlibReader(str(text), tokens)
    try:
        tree = reader.expression(0)
    except RecursionError:
        raise reader.error(reader.now, "Expression is too deep to be read here", "请减少嵌套层数", "too_deep") from None
    if reader.now.kind is not TokenKind.END:
        raise reader.unexpected()
    return tree, tokens[:-1]


class QlibReader(Reader):
    """Top-down operator precedence with Python's table."""

    def expression(self, least: int) -> Syntax:
        """Read one expression whose operators bind at least as tightly as `least`."""
        self.depth += 1
        if self.depth > STACK_LIMIT:
            raise self.error(self.now, f"Expression is too deep: more than {MAX_DEPTH} levels", code="too_deep")
        left = self.operand(least)
        while self.now.kind is TokenKind.OPERATOR and self.now.text in BINARY:
            power, right_power, name = BINARY[self.now.text]
            if power < least:
                break
            token = self.take()
            right = self.expression(right_power)
            left = _operator(name, token, (left, right))
            if power == COMPARISON and BINARY.get(self.now.text, (0,))[0] == COMPARISON:
                raise self.chained((left.parts[0], right))
        self.depth -= 1
        return left

    def chained(self, parts: tuple[Syntax, ...]) -> BadExpression:
        """The refusal of `a < b < c`, which also comes of `a > b & c > d` without brackets."""
        loose = any(part.kind == "operator" and part.name in ("And", "Or") for part in parts)
        hint = "& 和 | 比比较符结合得更紧，每个比较都要加括号" if loose else "写成两个加括号的比较"
        return self.error(
            self.now, "Comparisons cannot be chained", f"{hint}，例如 ($close>$open)&($open>$low)", nearest="&"
        )

    def operand(self, least: int) -> Syntax:
        """Read one operand: a field, brackets, a quoted text, a sign and what it stands before, a number or a call."""
        token = self.now
        if token.kind is TokenKind.COLUMN:
            self.take()
            place = (token.start, token.end)
            return Syntax("name", token.text[1:], (), token.start, token.end, place)
        if token.kind is TokenKind.OPEN:
            self.take()
            inner = self.expression(0)
            return replace(inner, start=token.start, end=self.close().end)
        if token.kind is TokenKind.STRING:
            self.take()
            return Syntax("text", token.text[1:-1], (), token.start, token.end, (token.start, token.end))
        if token.kind is TokenKind.OPERATOR and token.text in PREFIX:
            self.take()
            return _operator(PREFIX[token.text], token, (self.expression(SIGN),))
        if token.kind is TokenKind.OPERATOR:
            raise self.unexpected()
        return super().operand(least)

    def number(self) -> Syntax:
        """Read a number; Python, and so Qlib, refuses whole numbers with a leading zero."""
        token = self.now
        if token.text.isdigit() and len(token.text) > 1 and token.text[0] == "0" and token.text.strip("0"):
            plain = token.text.lstrip("0")
            raise self.error(token, f"Unexpected '{token.text[:20]}': a leading zero", "整数前面不写 0", nearest=plain)
        return super().number()


def _operator(name: str, token: Token, parts: tuple[Syntax, ...]) -> Syntax:
    start = min(token.start, parts[0].start)
    return Syntax("operator", name, parts, start, parts[-1].end, (token.start, token.end))
