"""validate_expression"""

from __future__ import annotations

from quantgpt.faces.mcp.desk import Call, desk_of
from quantgpt.faces.mcp.tools._base import tool


@tool("validate_expression", "校验表达式 · Validate", reads=True)
def validate_expression(ctx: Call, expression: str) -> str:
    """Check an expression without running it: `OK: expression is valid`, or `ERROR: …` with place and nearest name."""
    from quantgpt.services.expressions import validate

    found = validate(desk_of(ctx).app, expression)
    error = found["error"]
    if error is None:
        return "OK: expression is valid"
    place = f" at line {error['line']}, column {error['column']}"
    nearest = f"; did you mean {error['nearest']}?" if error["nearest"] not in (None, "") else ""
    hint = f" ({error['hint']})" if error["hint"] else ""
    return f"ERROR: {error['message']}{place}{nearest}{hint}"
