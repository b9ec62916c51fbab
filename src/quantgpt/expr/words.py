"""A tree in words, Chinese and English."""

from __future__ import annotations

from typing import Literal

from quantgpt.expr.canonical import literal
from quantgpt.expr.tree import Node, fold
from quantgpt.foundations.fields import FIELDS
from quantgpt.operators._base import Axis

LONGEST = 600
_UNSAID = {"single", "on_bars"}
_INFIX = {"add", "sub", "mul", "div", "gt", "lt", "ge", "le", "eq", "ne", "and", "or"}


def in_words(root: Node, language: Literal["zh", "en"]) -> str:
    """One sentence of what the tree computes, cut where it would run on."""
    sentence = _phrase(root, language)
    if len(sentence) > LONGEST:
        sentence = sentence[:LONGEST] + "…"
    return f"{sentence}。" if language == "zh" else f"{sentence[:1].upper()}{sentence[1:]}."


def _phrase(root: Node, language: Literal["zh", "en"]) -> str:
    chinese = language == "zh"

    def visit(node: Node, parts: tuple[tuple[str, bool], ...]) -> tuple[str, bool]:
        if node.kind == "number":
            return literal(node.value), False
        operator = node.operator
        if operator is None:
            if node.inner is not None:
                inner = _phrase(node.inner, language)[: LONGEST + 1]
                return (f"{node.code} 的（{inner}）" if chinese else f"({inner}) of {node.code}"), False
            spec = FIELDS.get(node.name)
            return (spec.zh.split("（")[0] if chinese and spec else node.name), False
        if operator.name in _UNSAID:
            return parts[0]
        inside = [f"（{t}）" if joined and chinese else f"({t})" if joined else t for t, joined in parts]
        pattern = operator.say_zh if chinese else operator.say_en
        text = pattern.format(*inside, *(literal(n) for n in node.numbers))
        return text[: LONGEST + 1], operator.name.removeprefix("qlib_") in _INFIX or (
            operator.axis is Axis.CELL and len(parts) > 1
        )

    return fold(root, visit)[0]
