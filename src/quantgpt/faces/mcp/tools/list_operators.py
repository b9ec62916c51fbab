"""list_operators"""

from __future__ import annotations

from quantgpt.faces.mcp.reference import operator_reference
from quantgpt.faces.mcp.tools._base import tool


@tool("list_operators", "算子参考 · Operators", reads=True)
def list_operators() -> str:
    """All operators and fields of factor expressions, with signatures, meaning and examples, as text."""
    return operator_reference()
