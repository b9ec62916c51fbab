"""Text → tokens, and the limits that are checked before anything is built from them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from quantgpt.foundations.errors import BadExpression
from quantgpt.foundations.fields import FIELDS

MAX_CHARACTERS = 4000
MAX_NODES = 400
MAX_DEPTH = 40


class TokenKind(StrEnum):
    """What a token is, which also decides its colour."""

    NUMBER = "number"
    FUNCTION = "function"
    COLUMN = "column"
    OPERATOR = "operator"
    KEYWORD = "keyword"
    OPEN = "open"
    CLOSE = "close"
    COMMA = "comma"
    STRING = "string"
    UNKNOWN = "unknown"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text: character offsets `start` (inclusive) and `end` (exclusive), what it is, and what it says."""

    start: int
    end: int
    kind: TokenKind
    text: str


KEYWORDS = {"and", "or", "not", "if", "else"}

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
      | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<operator>\*\*|<=|>=|==|!=|&&|\|\||[-+*/^<>?:&|=!])
      | (?P<open>\()
      | (?P<close>\))
      | (?P<comma>,)""",
    re.VERBOSE,
)

_AVERAGE_VOLUME = re.compile(r"adv[0-9]+")
_SAME_MEANING = {"&": "and", "&&": "and", "|": "or", "||": "or"}
_NOT_OURS = {
    "**": ("乘方写作 ^，例如 close^2", "^"),
    "=": ("比较相等写作 ==", "=="),
    "!": ("取反写作 not，例如 not (close > open)", "not"),
}


def scan(text: str) -> Iterator[Token]:
    """Every token of `text` in order, spaces left out; what is not in the alphabet comes as UNKNOWN tokens."""
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            yield Token(at, at + 1, TokenKind.UNKNOWN, text[at])
            at += 1
            continue
        at = found.end()
        group = found.lastgroup
        word = found.group()
        if group == "space":
            continue
        if group == "name":
            if word.lower() in KEYWORDS:
                yield Token(found.start(), at, TokenKind.KEYWORD, word.lower())
                continue
            rest = text[at:].lstrip(" \t\r\n")[:1] if at < len(text) else ""
            yield Token(found.start(), at, TokenKind.FUNCTION if rest == "(" else TokenKind.COLUMN, word)
            continue
        kind = {
            "number": TokenKind.NUMBER,
            "operator": TokenKind.OPERATOR,
            "open": TokenKind.OPEN,
            "close": TokenKind.CLOSE,
            "comma": TokenKind.COMMA,
        }[group or ""]
        yield Token(found.start(), at, kind, word)


def checked_text(text: object) -> str:
    """`text`, if it is text of an allowed length.

    Raises: BadExpression where it is not.
    """
    if not isinstance(text, str):
        raise BadExpression("Expression must be text", hint="表达式必须是文本", code="type")
    if len(text) > MAX_CHARACTERS:
        raise BadExpression(
            f"Expression is too long: {len(text)} characters, at most {MAX_CHARACTERS}",
            text=text,
            start=MAX_CHARACTERS,
            end=len(text),
            hint=f"表达式最长 {MAX_CHARACTERS} 个字符",
            nearest=MAX_CHARACTERS,
            code="too_long",
        )
    return text


def empty(text: str, example: str) -> BadExpression:
    """The error of a text in which nothing is written."""
    return BadExpression(
        "Expression is empty",
        text=text,
        start=0,
        end=len(text),
        hint=f"写一个因子表达式，例如 {example}",
        nearest=example,
        code="empty",
    )


def tokenise(text: object) -> tuple[Token, ...]:
    """The tokens of an expression, ended by an END token.

    Raises: BadExpression when the text is no text, empty, too long, too deep, too large, holds a character outside the
            alphabet or has unbalanced brackets.
    """
    text = checked_text(text)
    tokens = []
    for token in scan(text):
        if token.kind is TokenKind.UNKNOWN:
            raise _strange(text, token)
        if token.kind is TokenKind.OPERATOR:
            if token.text in _NOT_OURS:
                hint, nearest = _NOT_OURS[token.text]
                raise refusal(text, token, f"Unexpected '{token.text}'", hint, "operator", nearest)
            if token.text in _SAME_MEANING:
                token = Token(token.start, token.end, TokenKind.KEYWORD, _SAME_MEANING[token.text])
        tokens.append(token)
    if not tokens:
        raise empty(text, "rank(close/ts_mean(close, 20))")
    check_limits(text, tokens)
    return (*tokens, Token(len(text), len(text), TokenKind.END, ""))


def refusal(text: str, token: Token, message: str, hint: str, code: str, nearest: object = None) -> BadExpression:
    """The error of one token."""
    return BadExpression(message, text=text, start=token.start, end=token.end, hint=hint, code=code, nearest=nearest)


def _strange(text: str, token: Token) -> BadExpression:
    character = token.text
    name = f"U+{ord(character):04X}"
    shown = f"'{character}' ({name})" if character.isprintable() else name
    if character == "$":
        return _dollar(text, token, shown)
    plain = unicodedata.normalize("NFKC", character)
    if plain != character and _TOKEN.fullmatch(plain):
        return refusal(text, token, f"Unexpected character {shown}", f"请改用半角字符 '{plain}'", "character", plain)
    hint = "表达式只用英文字母、数字、下划线、括号、逗号和运算符 + - * / ^ > < >= <= == != ? :"
    return refusal(text, token, f"Unexpected character {shown}", hint, "character")


def _dollar(text: str, token: Token, shown: str) -> BadExpression:
    """Why `$` is refused: fields have none here."""
    found = _TOKEN.match(text, token.end)
    word = found.group().lower() if found and found.lastgroup == "name" else ""
    column = word if word in FIELDS and FIELDS[word].in_expressions else None
    hint = f"Qlib 写法只在 quantgpt.features 中可用；这里{f'写 {column}' if column else '字段不加 $，例如 close'}"
    return refusal(text, token, f"Unexpected character {shown}", hint, "character", column)


def check_limits(text: str, tokens: list[Token]) -> None:
    """Refuse what is too large, too deep or has unbalanced brackets, before a tree is built from it."""
    counted = 0
    opened: list[tuple[Token, int]] = []
    chain = 0
    operand_next = True
    for token in tokens:
        kind, word = token.kind, token.text
        counted += weight(token)
        if counted > MAX_NODES:
            raise refusal(
                text,
                token,
                f"Expression is too large: more than {MAX_NODES} nodes",
                f"最多 {MAX_NODES} 个节点，请拆成几个因子",
                "too_large",
                MAX_NODES,
            )
        if kind is TokenKind.OPEN:
            opened.append((token, chain))
            operand_next = True
        elif kind is TokenKind.CLOSE:
            if not opened:
                raise refusal(text, token, "Unbalanced brackets: ')' has no '('", "多了一个右括号", "brackets")
            chain = opened.pop()[1]
            operand_next = False
        elif kind is TokenKind.COMMA:
            chain = opened[-1][1] if opened else 0
            operand_next = True
        elif kind in (TokenKind.OPERATOR, TokenKind.KEYWORD):
            if operand_next or word in ("^", "**", "?", "if", "not"):
                chain += 1
            elif word not in (":", "else"):
                chain = opened[-1][1] if opened else 0
            operand_next = True
        else:
            operand_next = False
        if len(opened) + chain > MAX_DEPTH:
            raise refusal(
                text,
                token,
                f"Expression is too deep: more than {MAX_DEPTH} levels",
                f"最多嵌套 {MAX_DEPTH} 层",
                "too_deep",
                MAX_DEPTH,
            )
    if opened:
        last = opened[-1][0]
        raise refusal(text, last, "Unbalanced brackets: '(' is never closed", "缺少右括号", "brackets")


def weight(token: Token) -> int:
    """How many nodes a token stands for: none for brackets, three for `adv20`, which is ts_mean(volume, 20)."""
    if token.kind in (TokenKind.OPEN, TokenKind.CLOSE, TokenKind.COMMA, TokenKind.END) or token.text in (":", "else"):
        return 0
    return 3 if token.kind is TokenKind.COLUMN and _AVERAGE_VOLUME.fullmatch(token.text) else 1


def nesting(tokens: tuple[Token, ...]) -> int:
    """Levels of brackets, at least 1."""
    depth = deepest = 0
    for token in tokens:
        depth += (token.kind is TokenKind.OPEN) - (token.kind is TokenKind.CLOSE)
        deepest = max(deepest, depth)
    return deepest + 1
