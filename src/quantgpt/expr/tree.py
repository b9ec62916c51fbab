"""The typed, immutable tree that everything else reads: numbers, fields and applied operators."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from quantgpt.operators._base import Operator

T = TypeVar("T")

BAR = "bar"
"""the field that is 1 between the first and the last stored bar of a name and missing elsewhere"""
LISTED = "listed"
"""`bar`, in an operator that starts at the first stored bar and not where the question starts"""
OTHER = "other:"
"""what the names of leaves begin with that are computed on one other name"""


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A number (`value`), a field (`name`), or an `operator` applied to `parts` with literal `numbers`.

    `key` identifies the whole sub-tree: two nodes with one key are the same computation.
    """

    kind: str
    name: str = ""
    value: float = 0.0
    operator: Operator | None = None
    parts: tuple[Node, ...] = ()
    numbers: tuple[float, ...] = ()
    start: int = 0
    end: int = 0
    key: str = field(default="", repr=False)
    inner: Node | None = field(default=None, repr=False)
    """of a leaf that is computed on one other name: what is computed there"""

    @property
    def is_market_field(self) -> bool:
        """Whether it is a field that the data hold, neither the bar mark nor something computed on another name."""
        return self.kind == "field" and self.inner is None and self.name.partition(":")[0] not in (BAR, LISTED)

    @property
    def code(self) -> str:
        """Of a leaf that is computed on one other name: that name."""
        return self.name[len(OTHER) :].rpartition(":")[0] if self.inner is not None else ""

    def __repr__(self) -> str:
        return f"Node({self.kind}, {self.name or self.value!r}, {len(self.parts)} parts)"


def number(value: float, start: int = 0, end: int = 0) -> Node:
    """A literal number; minus zero is zero."""
    value = value + 0.0
    return Node("number", value=value, start=start, end=end, key=f"#{value!r}")


def market_field(name: str, start: int = 0, end: int = 0) -> Node:
    """A field of the market."""
    return Node("field", name, start=start, end=end, key=f"@{name}")


def on_other(code: str, inner: Node, start: int = 0, end: int = 0) -> Node:
    """A leaf: `inner` computed on the name `code` alone, aligned by session."""
    name = f"{OTHER}{code}:{hashlib.sha256(inner.key.encode()).hexdigest()[:12]}"
    return Node("field", name, start=start, end=end, key=f"@{name}", inner=inner)


def placed(node: Node, start: int = 0, end: int = 0) -> Node:
    """`node` with another place in the text."""
    return replace(node, start=start, end=end)


def apply(
    operator: Operator, parts: tuple[Node, ...], numbers: tuple[float, ...] = (), start: int = 0, end: int = 0
) -> Node:
    """`operator` applied to sub-trees and literal numbers."""
    words = "|".join([operator.name, *(part.key for part in parts), *(repr(float(n)) for n in numbers)])
    key = hashlib.sha256(words.encode()).hexdigest()
    return Node("call", operator.name, 0.0, operator, parts, numbers, start, end, key)


def fold(root: Node, visit: Callable[[Node, tuple[T, ...]], T], done: dict[str, T] | None = None) -> T:
    """Visit every different sub-tree once, parts before wholes, without recursion; the value of the root.

    `done` holds values already known by key, and takes the new ones.
    """
    done = {} if done is None else done
    stack = [root]
    while stack:
        node = stack[-1]
        if node.key in done:
            stack.pop()
            continue
        missing = [part for part in node.parts if part.key not in done]
        if missing:
            stack.extend(reversed(missing))
            continue
        done[node.key] = visit(node, tuple(done[part.key] for part in node.parts))
        stack.pop()
    return done[root.key]


def walk(root: Node) -> list[Node]:
    """Every different sub-tree once, parts before wholes."""
    seen: list[Node] = []

    def note(node: Node, _: tuple[None, ...]) -> None:
        seen.append(node)

    fold(root, note)
    return seen
