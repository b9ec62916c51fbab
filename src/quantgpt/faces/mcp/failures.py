"""Errors as agents see them: a tool error whose body is `{"error": …}` and says what to do next."""

from __future__ import annotations

import json
from typing import Any

from mcp.types import CallToolResult, TextContent
from pydantic import ValidationError

from quantgpt.foundations.errors import BadExpression, Kind, QuantError

INTERNAL = "工具内部错误，请稍后重试"
_WORDS = {"missing": "缺少参数", "extra_forbidden": "没有这个参数"}


def failure(error: QuantError) -> CallToolResult:
    """The answer of a tool that could not do what was asked."""
    body: dict[str, Any] = {"error": error.message or INTERNAL, "kind": str(error.kind)}
    if error.kind is Kind.INTERNAL:
        body["error"] = INTERNAL
    elif isinstance(error, BadExpression):
        body |= {"code": error.code, "start": error.start, "end": error.end, "column": error.column}
    for name in ("field", "hint", "nearest", "retry_after_seconds", "job_id"):
        value = getattr(error, name, None)
        if value not in (None, ""):
            body[name] = value if isinstance(value, str | int | float) else str(value)
    return refusal(body)


def bad_arguments(error: ValidationError) -> CallToolResult:
    """The answer to arguments that do not fit the schema: every one of them in one sentence."""
    faults = [(".".join(map(str, e["loc"])), _WORDS.get(e["type"], e["msg"])) for e in error.errors()]
    body = {"error": "参数有误：" + "；".join(f"{name}：{words}" for name, words in faults), "kind": str(Kind.INVALID)}
    return refusal({**body, "field": faults[0][0]} if faults else body)


def refusal(body: dict[str, Any]) -> CallToolResult:
    """A tool error with that body, as text and as an object."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=body, is_error=True)
