"""Qlib's text → tokens. Qlib deletes every blank before it reads, and so does this; places stay those of the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeAlias

from quantgpt.expr.tokens import MAX_CHARACTERS, Token, TokenKind, check_limits, checked_text, empty, refusal
from quantgpt.foundations.errors import BadExpression

EXAMPLE = "$close/Ref($close,1)-1"
POINT_IN_TIME = "point-in-time fields are not supported"
NO_POINT_IN_TIME = "不支持按公告日取值的财务字段（$$）"
BARE_WORD = "字段前面要加 $，例如 $close；证券代码要加引号"

Stranger: TypeAlias = Callable[[Token], BadExpression]
"""why a bare word or a field of `$$` is refused"""

_TOKEN = re.compile(
    r"""(?P<space>[\t\r\n]+)
      | (?P<field>\$\$?[\w、：（）]*)
      | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<string>'[^'\n]*'|"[^"\n]*")
      | (?P<operator>\*\*|<=|>=|==|!=|&&|\|\||//|<<|>>|[-+*/<>&|~^%=!?:@])
      | (?P<open>\()
      | (?P<close>\))
      | (?P<comma>,)""",
    re.VERBOSE,
)
_LONE_WORD = re.compile(r"(?<![\w$])(and|or|not|if|else)(?!\w)")
_QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")
_LOGIC = {"and": "&", "or": "|", "not": "Not(x)", "if": "If(cond,a,b)", "else": "If(cond,a,b)"}
_NOT_QLIB = {
    "^": ("乘方写作 **，或 Power(x, y)", "**"),
    "&&": ("并且写作 &，两边加括号", "&"),
    "||": ("或者写作 |，两边加括号", "|"),
    "=": ("比较相等写作 ==", "=="),
    "!": ("取反写作 Not(x)", "Not(x)"),
    "?": ("条件选择写作 If(cond, a, b)", "If(cond,a,b)"),
    ":": ("条件选择写作 If(cond, a, b)", "If(cond,a,b)"),
    "%": ("这里没有取余", None),
    "//": ("这里没有整除，除法写作 /", "/"),
    "<<": ("这里没有移位", None),
    ">>": ("这里没有移位", None),
    "@": ("字段只写 $close，频率不写在表达式里", None),
}
_KINDS = {
    "field": TokenKind.COLUMN,
    "number": TokenKind.NUMBER,
    "operator": TokenKind.OPERATOR,
    "string": TokenKind.STRING,
    "open": TokenKind.OPEN,
    "close": TokenKind.CLOSE,
    "comma": TokenKind.COMMA,
}


def scan(text: str) -> Iterator[Token]:
    """Every token of `text` in order; a token's text has its blanks deleted, its place is that in `text`."""
    places = [index for index, character in enumerate(text) if character != " "]
    plain = text.replace(" ", "")
    at = 0
    while at < len(plain):
        found = _TOKEN.match(plain, at)
        stop = at + 1 if found is None else found.end()
        start, end = places[at], places[stop - 1] + 1
        word = plain[at:stop]
        group = "unknown" if found is None else found.lastgroup or ""
        at = stop
        if group == "space":
            continue
        if group == "name":
            rest = plain[at:].lstrip("\t\r\n")[:1]
            called = unicodedata.normalize("NFKC", rest) == "("
            yield Token(start, end, TokenKind.FUNCTION if called else TokenKind.UNKNOWN, word)
        else:
            yield Token(start, end, _KINDS.get(group, TokenKind.UNKNOWN), word)


def tokenise(text: object, stranger: Stranger | None = None) -> tuple[Token, ...]:
    """The tokens of an expression in Qlib's dialect, ended by an END token.

    `stranger` says why a bare word or a field of `$$` is refused, where it is known which fields and words there are.

    Raises: BadExpression when the text is no text, empty, too long, too deep, too large, holds something that Qlib's
            expressions do not know or has unbalanced brackets.
    """
    text = checked_text(text)
    _refuse_lone_words(text)
    tokens = []
    for token in scan(text):
        _check(text, token, stranger or partial(_stranger, text))
        tokens.append(token)
    if not tokens:
        raise empty(text, EXAMPLE)
    check_limits(text, tokens)
    return (*tokens, Token(len(text), len(text), TokenKind.END, ""))


def _refuse_lone_words(text: str) -> None:
    """Refuse `and`, `or`, `not`, `if` and `else`, which run into their neighbours once the blanks are gone."""
    outside = _QUOTED.sub(lambda quoted: " " * len(quoted.group()), text[:MAX_CHARACTERS])
    found = _LONE_WORD.search(outside)
    if found is None:
        return
    instead = _LOGIC[found.group()]
    token = Token(found.start(), found.end(), TokenKind.KEYWORD, found.group())
    raise refusal(
        text, token, f"Unexpected '{found.group()}'", f"Qlib 的写法是 {instead}，比较要加括号", "syntax", instead
    )


def _stranger(text: str, token: Token) -> BadExpression:
    """The refusal of a bare word or a field of `$$` where no fields are known."""
    if token.kind is TokenKind.COLUMN:
        return refusal(
            text, token, f"{token.text}: {POINT_IN_TIME}", f"{NO_POINT_IN_TIME}，字段写作 $close", "unknown_column"
        )
    return refusal(text, token, f"Unknown name: '{token.text[:40]}'", BARE_WORD, "unknown_name")


def _check(text: str, token: Token, stranger: Stranger) -> None:
    word = token.text
    if token.kind is TokenKind.OPERATOR and word in _NOT_QLIB:
        hint, nearest = _NOT_QLIB[word]
        raise refusal(text, token, f"Unexpected '{word}'", hint, "operator", nearest)
    if token.kind is TokenKind.COLUMN and word.strip("$") == "":
        raise refusal(text, token, f"Unexpected '{word}': a field name must follow", "写作 $close", "syntax", "$close")
    if token.kind is TokenKind.COLUMN:
        _refuse_wide_brackets(text, token)
    if token.kind is TokenKind.COLUMN and word.startswith("$$"):
        raise stranger(token)
    if token.kind is not TokenKind.UNKNOWN:
        return
    if word[0].isascii() and (word[0].isalpha() or word[0] == "_"):
        raise stranger(token)
    raise _strange(text, token)


def _refuse_wide_brackets(text: str, token: Token) -> None:
    """Refuse a full-width bracket that has run into the name of a field, whose own brackets come in pairs."""
    opened, closed = token.text.count("（"), token.text.count("）")
    if opened == closed:
        return
    wide = "）" if closed > opened else "（"
    at = text.rindex(wide, token.start, token.end)
    raise _strange(text, Token(at, at + 1, TokenKind.UNKNOWN, wide))


def _strange(text: str, token: Token) -> BadExpression:
    """Why a character is refused, with the one of half the width where there is one."""
    word = token.text
    shown = f"'{word}' (U+{ord(word):04X})" if word.isprintable() else f"U+{ord(word):04X}"
    half = unicodedata.normalize("NFKC", word)
    if half != word and _TOKEN.fullmatch(half):
        return refusal(text, token, f"Unexpected character {shown}", f"请改用半角字符 '{half}'", "character", half)
    hint = "表达式只用 $字段、英文函数名、数字、括号、逗号和 + - * / ** > < >= <= == != & |"
    return refusal(text, token, f"Unexpected character {shown}", hint, "character")
