"""Tokens → a tree of what was written, with the place of every part; names mean nothing yet."""

from __future__ import annotations

from dataclasses import dataclass

from quantgpt.expr.tokens import MAX_DEPTH, Token, TokenKind, tokenise
from quantgpt.foundations.errors import BadExpression

BINARY = {
    "or": (10, 11, "or"),
    "and": (20, 21, "and"),
    ">": (40, 41, "gt"),
    "<": (40, 41, "lt"),
    ">=": (40, 41, "ge"),
    "<=": (40, 41, "le"),
    "==": (40, 41, "eq"),
    "!=": (40, 41, "ne"),
    "+": (50, 51, "add"),
    "-": (50, 51, "sub"),
    "*": (60, 61, "mul"),
    "/": (60, 61, "div"),
    "^": (80, 75, "power"),
}
WRITTEN_BETWEEN = {"if": "where(cond, a, b)", "else": "a if cond else b", "and": "a and b", "or": "a or b"}
TERNARY = 5
NOT = 30
SIGN = 70
COMPARISON = 40
STACK_LIMIT = 7 * MAX_DEPTH


@dataclass(frozen=True, slots=True, eq=False)
class Syntax:
    """A written part: a number, a name, or a call (operators are calls too) of `name` on `parts`.

    `start` and `end` are character offsets of the part, `word` those of its name.
    """

    kind: str
    name: str
    parts: tuple[Syntax, ...]
    start: int
    end: int
    word: tuple[int, int]
    value: float = 0.0
    is_integer: bool = False


def parse(text: object) -> tuple[Syntax, tuple[Token, ...]]:
    """The syntax tree of `text` and its tokens without the END.

    Raises: BadExpression with the place and the reason.
    """
    tokens = tokenise(text)
    reader = Reader(str(text), tokens)
    try:
        tree = reader.expression(0)
    except RecursionError:
        raise reader.error(reader.now, "Expression is too deep to be read here", "请减少嵌套层数", "too_deep") from None
    if reader.now.kind is not TokenKind.END:
        raise reader.unexpected()
    return tree, tokens[:-1]


class Reader:
    """Pratt's top-down operator precedence over a list of tokens."""

    def __init__(self, text: str, tokens: tuple[Token, ...]) -> None:
        self.text = text
        self.tokens = tokens
        self.at = 0
        self.depth = 0

    @property
    def now(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.tokens[self.at]
        self.at += token.kind is not TokenKind.END
        return token

    def error(
        self, token: Token, message: str, hint: str = "", code: str = "syntax", nearest: object = None
    ) -> BadExpression:
        return BadExpression(
            message, text=self.text, start=token.start, end=token.end, hint=hint, code=code, nearest=nearest
        )

    def unexpected(self) -> BadExpression:
        token = self.now
        if token.kind is TokenKind.END:
            return self.error(token, "Unexpected end of expression", "表达式没有写完")
        if self.at and token.kind in (TokenKind.NUMBER, TokenKind.COLUMN, TokenKind.FUNCTION, TokenKind.OPEN):
            return self.error(
                token, f"Unexpected '{token.text}': an operator is missing before it", "两项之间缺少运算符"
            )
        return self.error(token, f"Unexpected '{token.text}'", "此处不该出现这个符号")

    def expression(self, least: int) -> Syntax:
        """Read one expression whose operators bind at least as tightly as `least`."""
        self.depth += 1
        if self.depth > STACK_LIMIT:
            raise self.error(self.now, f"Expression is too deep: more than {MAX_DEPTH} levels", code="too_deep")
        left = self.operand(least)
        while True:
            token = self.now
            if token.kind is TokenKind.OPERATOR and token.text == "?" and least <= TERNARY:
                left = self.question(left)
            elif token.kind is TokenKind.KEYWORD and token.text == "if" and least <= TERNARY:
                left = self.conditional(left)
            elif token.kind in (TokenKind.OPERATOR, TokenKind.KEYWORD) and token.text in BINARY:
                power, right_power, name = BINARY[token.text]
                if power < least:
                    break
                self.take()
                right = self.expression(right_power)
                left = _call(name, token, (left, right))
                if power == COMPARISON and self.now.text in BINARY and BINARY[self.now.text][0] == COMPARISON:
                    raise self.error(
                        self.now,
                        "Comparisons cannot be chained",
                        "写成两个比较，例如 close > open and open > low",
                        nearest="and",
                    )
            else:
                break
        self.depth -= 1
        return left

    def question(self, condition: Syntax) -> Syntax:
        token = self.take()
        yes = self.expression(TERNARY)
        if self.now.text != ":":
            raise self.error(
                self.now, "A ':' is missing in 'condition ? a : b'", "三元写法为 条件 ? a : b", nearest=":"
            )
        self.take()
        return _call("where", token, (condition, yes, self.expression(TERNARY)))

    def conditional(self, yes: Syntax) -> Syntax:
        token = self.take()
        condition = self.expression(TERNARY + 1)
        if self.now.text != "else":
            raise self.error(
                self.now, "'else' is missing in 'a if condition else b'", "写法为 a if 条件 else b", nearest="else"
            )
        self.take()
        no = self.expression(TERNARY)
        return Syntax("call", "where", (condition, yes, no), yes.start, no.end, (token.start, token.end))

    def operand(self, least: int) -> Syntax:
        token = self.now
        if token.kind is TokenKind.NUMBER:
            return self.number()
        if token.kind is TokenKind.OPEN:
            self.take()
            inner = self.expression(0)
            self.close()
            return inner
        if token.kind is TokenKind.COLUMN:
            self.take()
            return Syntax("name", token.text, (), token.start, token.end, (token.start, token.end))
        if token.kind is TokenKind.FUNCTION:
            return self.call()
        if token.text in ("-", "+"):
            self.take()
            inner = self.expression(SIGN)
            return inner if token.text == "+" else _call("neg", token, (inner,))
        if token.text == "not":
            if least > NOT:
                raise self.error(token, "'not' needs brackets here", "写成 (not …)", nearest="(not …)")
            self.take()
            return _call("not", token, (self.expression(NOT),))
        if token.text in WRITTEN_BETWEEN:
            pattern = WRITTEN_BETWEEN[token.text]
            raise self.error(token, f"Unexpected '{token.text}'", f"写法：{pattern}", nearest=pattern)
        raise self.unexpected()

    def number(self) -> Syntax:
        token = self.take()
        value = float(token.text)
        if value - value != 0.0:
            raise self.error(token, f"Number too large: {token.text[:20]}", "数字超出范围", "number")
        follower = self.now
        if follower.start == token.end and follower.kind in (TokenKind.COLUMN, TokenKind.FUNCTION, TokenKind.NUMBER):
            raise self.error(
                Token(token.start, follower.end, TokenKind.NUMBER, ""),
                f"Unexpected '{self.text[token.start : follower.end][:20]}'",
                "数字后面缺少运算符",
            )
        plain = token.text.isdigit()
        return Syntax("number", token.text, (), token.start, token.end, (token.start, token.end), value, plain)

    def call(self) -> Syntax:
        name = self.take()
        self.take()
        parts: list[Syntax] = []
        if self.now.kind is not TokenKind.CLOSE:
            parts.append(self.expression(0))
            while self.now.kind is TokenKind.COMMA:
                self.take()
                parts.append(self.expression(0))
        end = self.close().end
        return Syntax("call", name.text, tuple(parts), name.start, end, (name.start, name.end))

    def close(self) -> Token:
        if self.now.kind is not TokenKind.CLOSE:
            raise self.unexpected()
        return self.take()


def _call(name: str, token: Token, parts: tuple[Syntax, ...]) -> Syntax:
    start = min(token.start, parts[0].start)
    return Syntax("operator", name, parts, start, parts[-1].end, (token.start, token.end))
