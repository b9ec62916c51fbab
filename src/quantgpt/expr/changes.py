"""What was changed between two expressions: spans of their canonical texts, and a few words."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

from quantgpt.expr.expression import Expression
from quantgpt.expr.tokens import Token, TokenKind, scan

MOST_TOKENS = 600
"""tokens that differ, beyond the common beginning and end, up to which they are compared one by one"""
MOST_NAMED = 3
LONGEST = 32

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Changes:
    """`removed` are spans of `before`, `added` spans of `after`, in order; both texts are canonical.

    `same`: the two are one computation.
    """

    same: bool
    before: str
    after: str
    removed: tuple[Span, ...]
    added: tuple[Span, ...]
    zh: str
    en: str


def changes(before: Expression, after: Expression) -> Changes:
    """The difference of two expressions, token by token of their canonical texts.

    >>> from quantgpt.expr import compile_expression
    >>> made = changes(compile_expression("rank(ts_mean(close, 20))"), compile_expression("rank(ts_mean(close, 60))"))
    >>> made.zh, [made.after[start:end] for start, end in made.added]
    ('20 → 60', ['60'])
    """
    old, new = _tokens(before), _tokens(after)
    removed, added, named = [], [], []
    for tag, a0, a1, b0, b1 in _steps([token.text for token in old], [token.text for token in new]):
        if tag == "equal":
            continue
        gone, come = _span(old, a0, a1), _span(new, b0, b1)
        removed += [gone] if gone else []
        added += [come] if come else []
        named.append((_piece(before.canonical, gone), _piece(after.canonical, come)))
    same = before.hash == after.hash
    zh, en = ("与它相同", "the same computation") if same else _words(named)
    return Changes(same, before.canonical, after.canonical, tuple(removed), tuple(added), zh, en)


def _tokens(expression: Expression) -> list[Token]:
    if expression.dialect == "qlib":
        from quantgpt.expr.dialects.tokens import scan as scan_qlib

        return [token for token in scan_qlib(expression.canonical) if token.kind is not TokenKind.END]
    return [token for token in scan(expression.canonical) if token.kind is not TokenKind.END]


def _steps(old: list[str], new: list[str]) -> list[tuple[str, int, int, int, int]]:
    """What leads from one list of tokens to the other; of very different long ones that they differ as wholes."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    one, other = old[head : len(old) - tail], new[head : len(new) - tail]
    if not one and not other:
        return []
    if max(len(one), len(other)) > MOST_TOKENS:
        return [("replace", head, head + len(one), head, head + len(other))]
    found = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    return [(tag, head + a0, head + a1, head + b0, head + b1) for tag, a0, a1, b0, b1 in found]


def _span(tokens: list[Token], first: int, stop: int) -> Span | None:
    return (tokens[first].start, tokens[stop - 1].end) if stop > first else None


def _piece(text: str, span: Span | None) -> str:
    piece = text[span[0] : span[1]].strip(" ,*/") if span else ""
    return piece if len(piece) <= LONGEST else f"{piece[: LONGEST - 1]}…"


def _words(named: list[tuple[str, str]]) -> tuple[str, str]:
    """The changes in a few words, the same in both languages but for how many more there are."""
    shown = []
    for gone, come in named[:MOST_NAMED]:
        shown.append(f"{gone} → {come}" if gone and come else f"+ {come}" if come else f"− {gone}")
    more = len(named) - len(shown)
    zh, en = "；".join(shown), "; ".join(shown)
    return (f"{zh}；另有 {more} 处", f"{en}; {more} more") if more else (zh, en)
