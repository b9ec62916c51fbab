"""A tool, the registry of tools and the decorator that fills it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from mcp.types import ToolAnnotations

from quantgpt.foundations.registry import Registry

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Tool:
    """One tool: the function, whose signature is the schema and whose docstring is the description."""

    function: Callable[..., Any]
    title: str
    annotations: ToolAnnotations


TOOLS: Registry[Tool] = Registry("tool")


def tool(name: str, title: str, *, reads: bool = False, ends: bool = False) -> Callable[[F], F]:
    """Register a tool. `reads`: it changes nothing; `ends`: it stops something for good."""

    def register(function: F) -> F:
        marks = ToolAnnotations(
            title=title,
            read_only_hint=reads,
            destructive_hint=ends,
            idempotent_hint=reads or ends,
            open_world_hint=False,
        )
        TOOLS.add(name, Tool(function, title, marks))
        return function

    return register
