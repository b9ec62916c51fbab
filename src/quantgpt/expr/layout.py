"""A canonical text laid out for reading: broken at its outermost chain of operators, each part with its place and words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from quantgpt.expr.analysis import warmup_of
from quantgpt.expr.canonical import ATOM, PRECEDENCE, printed_parts
from quantgpt.expr.lowering import lowered
from quantgpt.expr.tokens import TokenKind, scan
from quantgpt.expr.tree import Node
from quantgpt.expr.words import in_words

WIDTH = 72
"""characters in a line, where the parts allow it"""
SHORT = 40
"""a text of so many characters stays on one line"""
INDENT = 2
_CHAINS = ({"mul", "div"}, {"add", "sub"}, {"and"}, {"or"})

Texts = Mapping[str, tuple[str, int]]
"""text of every sub-tree, and how tightly it binds, by its key"""


@dataclass(frozen=True, slots=True)
class Part:
    """One operand of the outermost chain of a tree: a factor of a product, a term of a sum, or the whole."""

    text: str
    """as it stands in the canonical text, brackets included"""
    symbol: str | None
    """the operator before it; None for the first"""
    start: int
    end: int
    """its place in the canonical text"""
    warmup: int
    """sessions that it looks back on"""
    zh: str
    en: str


def parts_of(tree: Node) -> tuple[Part, ...]:
    """The operands of the outermost chain of a canonical tree, left to right.

    >>> from quantgpt.expr import compile_expression
    >>> [(part.symbol, part.text) for part in parts_of(compile_expression("rank(close)*rank(volume)/open").tree)]
    [(None, 'rank(close)'), ('*', 'rank(volume)'), ('/', 'open')]
    """
    texts = printed_parts(tree)
    found, at = [], 0
    whole = texts[tree.key][0]
    for symbol, node, text in _chain(tree, texts):
        at = whole.index(text, at)
        warmup = warmup_of(lowered(node))
        words = in_words(node, "zh"), in_words(node, "en")
        found.append(Part(text, symbol, at, at + len(text), warmup, *words))
        at += len(text)
    return tuple(found)


def pretty(tree: Node) -> str:
    """The canonical text of a tree in lines: a short one as it is, else a line for each operand of the outermost chain,
    and what is still too wide broken at its own chain or its arguments. Reading it gives the same tree.

    >>> from quantgpt.expr import compile_expression
    >>> print(pretty(compile_expression("rank(ts_mean(close, 20)/close) * rank(ts_std(volume, 60))").tree))
    rank(ts_mean(close, 20)/close)
      * rank(ts_std(volume, 60))
    """
    texts = printed_parts(tree)
    if len(texts[tree.key][0]) <= SHORT:
        return texts[tree.key][0]
    return "\n".join(_laid(tree, texts, 0, outermost=True))


def _chain(tree: Node, texts: Texts) -> list[tuple[str | None, Node, str]]:
    """(operator before it, operand, its text as it stands there) of the chain that a tree is; itself where it is none."""
    family = next((names for names in _CHAINS if tree.kind == "call" and tree.name in names), None)
    if family is None:
        return [(None, tree, texts[tree.key][0])]
    found: list[tuple[str | None, Node, str]] = []
    node, least = tree, PRECEDENCE[tree.name]
    while node.kind == "call" and node.name in family and node.operator is not None:
        left, right = node.parts
        found.append((node.operator.symbol, right, _wrapped(texts[right.key], least + 1)))
        node = left
    found.append((None, node, _wrapped(texts[node.key], least)))
    return found[::-1]


def _wrapped(part: tuple[str, int], least: int) -> str:
    text, bind = part
    return text if bind >= least else f"({text})"


def _laid(node: Node, texts: Texts, indent: int, *, outermost: bool = False) -> list[str]:
    """The lines of a sub-tree that begins at column `indent`; the first line without its indentation."""
    text, bind = texts[node.key]
    if not outermost and indent + len(text) <= WIDTH:
        return [text]
    chain = _chain(node, texts)
    if len(chain) > 1:
        return _chain_lines(chain, texts, indent)
    if node.kind == "call" and bind == ATOM and node.parts:
        return _call_lines(node, texts, indent)
    if node.kind == "call" and node.name == "neg":
        inner = _laid_within(node.parts[0], texts, indent + 1, PRECEDENCE["neg"])
        return [f"-{inner[0]}", *inner[1:]]
    return [text]


def _laid_within(node: Node, texts: Texts, indent: int, least: int) -> list[str]:
    """The same in brackets, where the text around it binds more tightly."""
    if texts[node.key][1] >= least:
        return _laid(node, texts, indent)
    lines = _laid(node, texts, indent + 1)
    return [f"({lines[0]}", *lines[1:-1], f"{lines[-1]})"] if len(lines) > 1 else [f"({lines[0]})"]


def _chain_lines(chain: list[tuple[str | None, Node, str]], texts: Texts, indent: int) -> list[str]:
    lines: list[str] = []
    for symbol, node, text in chain:
        head = "" if symbol is None else f"{' ' * (indent + INDENT)}{symbol} "
        at = len(head) if head else indent
        wrapped = text != texts[node.key][0]
        inner = [text] if at + len(text) <= WIDTH else _laid_within(node, texts, at, ATOM if wrapped else 0)
        lines += [f"{head}{inner[0]}", *inner[1:]]
    return lines


def _call_lines(node: Node, texts: Texts, indent: int) -> list[str]:
    """A call with an argument on each line."""
    text = texts[node.key][0]
    inside = " " * (indent + INDENT)
    arguments = [_laid(part, texts, indent + INDENT) for part in node.parts]
    numbers = text[len(node.name) + 1 : -1]
    for part in node.parts:
        numbers = numbers[len(texts[part.key][0]) :].removeprefix(", ")
    lines = [f"{node.name}("]
    for argument in arguments:
        lines += [f"{inside}{argument[0]}", *argument[1:]]
        lines[-1] += ","
    lines[-1] = f"{lines[-1]} {numbers})" if numbers else f"{lines[-1][:-1]})"
    return lines


# -- a text in its writer's own words ------------------------------------------------------------------------------------

_TIGHT = {"*", "/", "^"}
_WORDS = {"and", "or", "not", "if", "else"}
_LEVELS = ({"or", "|", "||"}, {"and", "&", "&&"}, {"+", "-"}, {"*", "/"})


def formatted(text: str) -> str:
    """A text of our dialect with its own words, evenly spaced, and broken before the operators of its outermost chain where
    it is long. It reads as before.

    >>> formatted("rank( adv20 )*rank( close-open )")
    'rank(adv20)*rank(close - open)'
    """
    pieces, depth = _spaced(text)
    line = "".join(space + word for space, word in pieces)
    if len(line) <= SHORT:
        return line
    outer = {word.lower() for (_, word), deep in zip(pieces, depth, strict=True) if deep == 0}
    family = next((names for names in _LEVELS if outer & names), None)
    if family is None or outer & {"if", "else", "?", ":", "<", ">", "<=", ">=", "==", "!=", "not"}:
        return line
    made = ""
    for (space, word), deep in zip(pieces, depth, strict=True):
        breaks = deep == 0 and word.lower() in family
        made += f"\n{' ' * INDENT}{word} " if breaks else (space if not made.endswith(" ") else "") + word
    return made


def _spaced(text: str) -> tuple[list[tuple[str, str]], list[int]]:
    """(space before it, word) of every token, and how deep in brackets it stands; −1 for a sign before a value."""
    pieces: list[tuple[str, str]] = []
    depths: list[int] = []
    depth, glued, before = 0, True, ""
    for token in scan(text):
        if token.kind is TokenKind.END:
            break
        word = token.text
        value_before = before not in ("", "(", ",") and (before[-1].isalnum() or before in (")",) or before[-1] in "_.")
        value_before = value_before and before.lower() not in _WORDS
        sign = word in ("-", "+", "!") and not value_before
        if token.kind is TokenKind.CLOSE:
            depth -= 1
        if glued or word in (")", ",") or (token.kind is TokenKind.OPEN and value_before) or word in _TIGHT:
            space = ""
        else:
            space = " "
        pieces.append((space, word))
        depths.append(-1 if sign else depth)
        if token.kind is TokenKind.OPEN:
            depth += 1
        glued = token.kind is TokenKind.OPEN or sign or word in _TIGHT
        before = word
    return pieces, depths
