"""What was changed between two expressions: spans of their canonical texts, and a few words."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

from quantgpt.expr.canonical import printed_parts
from quantgpt.expr.expression import Expression
from quantgpt.expr.tokens import Token, TokenKind, scan

MOST_TOKENS = 600
"""tokens that differ, beyond the common beginning and end, up to which they are compared one by one"""
MOST_NAMED = 3
LONGEST = 32
REWRITTEN = 0.45
"""share of common tokens below which nothing of the old expression is left"""

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
    code: str
    """`same`, `rewritten`, `wrapped`, `unwrapped`, `replaced`, `added`, `removed` or `changed`"""


def changes(before: Expression, after: Expression) -> Changes:
    """The difference of two expressions, token by token of their canonical texts.

    >>> from quantgpt.expr import compile_expression
    >>> made = changes(compile_expression("rank(ts_mean(close, 20))"), compile_expression("rank(ts_mean(close, 60))"))
    >>> made.zh, [made.after[start:end] for start, end in made.added]
    ('参数 20 → 60', ['60'])
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
    code, zh, en = _said(before, after, named)
    return Changes(same, before.canonical, after.canonical, tuple(removed), tuple(added), zh, en, code)


def _said(before: Expression, after: Expression, named: list[tuple[str, str]]) -> tuple[str, str, str]:
    """The change in a few words: what was put around, taken away, replaced."""
    if before.hash == after.hash:
        return "same", "与它相同", "the same computation"
    if (around := _around(after, before)) is not None:
        return "wrapped", f"外层套 {around}", f"wrapped in {around}"
    if (around := _around(before, after)) is not None:
        return "unwrapped", f"去掉外层 {around}", f"without the outer {around}"
    if _likeness(before, after) < REWRITTEN:
        return "rewritten", "整条重写", "rewritten"
    zh, en = _words(named)
    if all(gone and come for gone, come in named):
        numbers = all(_is_number(gone) and _is_number(come) for gone, come in named)
        return ("replaced", f"参数 {zh}", f"parameter {en}") if numbers else ("replaced", zh, en)
    if not any(gone for gone, _ in named):
        return "added", zh, en
    return ("removed" if not any(come for _, come in named) else "changed"), zh, en


def _around(outer: Expression, inner: Expression) -> str | None:
    """What is put around the inner expression to make the outer one, with … for the inner; None where it is not that."""
    tree = outer.tree
    if tree.operator is None or all(part.key != inner.tree.key for part in tree.parts):
        return None
    inside = printed_parts(inner.tree)[inner.tree.key][0]
    whole = printed_parts(tree)[tree.key][0]
    shown = whole.replace(inside, "…", 1)
    return shown if len(shown) <= LONGEST else f"{tree.name}(…)"


def _likeness(before: Expression, after: Expression) -> float:
    """Share of the tokens that both have, in order."""
    old, new = ([token.text for token in _tokens(one)] for one in (before, after))
    if max(len(old), len(new)) > MOST_TOKENS:
        return 1.0
    return SequenceMatcher(None, old, new, autojunk=False).ratio()


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


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
