"""Errors on the wire: one table from kinds to status codes, one shape."""

from __future__ import annotations

import difflib
import logging
import math
import re
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match

from quantgpt.foundations.errors import BadExpression, Kind, QuantError

STATUS = {
    Kind.INVALID: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.RATE_LIMITED: 429,
    Kind.INTERNAL: 500,
    Kind.UNAVAILABLE: 503,
    Kind.FULL_DISK: 507,
}
RETRY_SECONDS = 5
INTERNAL = "服务内部错误，请稍后重试"

METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")

_HTTP_WORDS = {404: "接口不存在", 405: "不支持的请求方法", 400: "请求体不是合法的 JSON"}
_TYPE_WORDS = {
    "missing": "缺少必填字段",
    "string_type": "应为字符串",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "bool_type": "应为 true 或 false",
    "model_attributes_type": "应为 JSON 对象",
    "model_type": "应为 JSON 对象",
    "dict_type": "应为 JSON 对象",
    "json_invalid": "请求体不是合法的 JSON",
    "string_too_long": "太长",
    "string_too_short": "太短",
}

_LISTED = re.compile(r"'([^']*)'")

log = logging.getLogger(__name__)


def error_body(error: QuantError) -> dict[str, Any]:
    """`detail` as the contract has it, and facts for programs beside it."""
    body: dict[str, Any] = {"detail": _one_line(error.message), "code": getattr(error, "code", type(error).__name__)}
    if isinstance(error, BadExpression):
        body["detail"] += (
            f"（第 {error.column} 列）" if error.line == 1 else f"（第 {error.line} 行第 {error.column} 列）"
        )
        body |= {"line": error.line, "column": error.column, "start": error.start, "end": error.end}
    facts = {"field": error.field, "hint": error.hint or None, "nearest": error.nearest, "detail_en": error.en or None}
    return body | {name: value for name, value in facts.items() if value is not None}


def install(api: FastAPI) -> None:
    """Answer every failure in our shape."""
    api.add_exception_handler(QuantError, _quant_error)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(HTTPException, _http)
    api.add_exception_handler(Exception, _broken)


async def _quant_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, QuantError)
    status = STATUS[error.kind]
    if status == 500:
        log.error("%s %s: %s", request.method, request.url.path, error)
    return JSONResponse(error_body(error), status, _headers(error))


def _headers(error: QuantError) -> dict[str, str]:
    if error.kind == Kind.UNAUTHENTICATED:
        return {"WWW-Authenticate": "Bearer"}
    if error.kind in (Kind.RATE_LIMITED, Kind.UNAVAILABLE):
        seconds = getattr(error, "retry_after_seconds", None) or RETRY_SECONDS
        return {"Retry-After": str(max(1, math.ceil(seconds)))}
    return {}


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    faults = [_fault(item) for item in error.errors()]
    if any(item["loc"] == ("body",) and isinstance(item.get("input"), bytes) for item in error.errors()):
        faults = [("Content-Type", "应为 application/json", None)]
    body: dict[str, Any] = {
        "detail": _one_line("；".join(_sentence(name, words) for name, words, _ in faults)),
        "code": "invalid",
    }
    if faults and faults[0][0]:
        body["field"] = faults[0][0]
    if faults and faults[0][2] is not None:
        body["nearest"] = faults[0][2]
    return JSONResponse(body, 400)


def _sentence(name: str, words: str) -> str:
    if name == "Content-Type":
        return f"{name} {words}"
    return f"{name}: {words}" if name else words


def _fault(item: dict[str, Any]) -> tuple[str, str, object]:
    """(field, words, nearest value) of one fault that the wire model found."""
    place = [str(part) for part in item["loc"] if part not in ("body", "query", "path", "header")]
    kind, context = item["type"], item.get("ctx", {})
    if kind == "json_invalid":
        return "", _TYPE_WORDS[kind], None
    if kind == "extra_forbidden":
        from quantgpt.faces.rest.wire import OPTIONS

        near = difflib.get_close_matches(place[-1], OPTIONS, n=1)
        return ".".join(place), f"不认识的选项，可用：{'、'.join(OPTIONS)}", near[0] if near else None
    if kind in ("greater_than_equal", "less_than_equal"):
        limit = context.get("ge", context.get("le"))
        return ".".join(place), f"应{'不小于' if 'ge' in context else '不大于'} {limit}", limit
    if kind == "literal_error":
        known = _LISTED.findall(str(context.get("expected", "")))
        near = difflib.get_close_matches(str(item.get("input")), known, n=1, cutoff=0.1)
        return ".".join(place), f"可用：{'、'.join(known)}", next(iter([*near, *known]), None)
    if kind == "value_error":
        return ".".join(place), str(context.get("error", "取值无效")), None
    return ".".join(place), _TYPE_WORDS.get(kind, "取值无效"), None


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status, headers = error.status_code, error.headers
    if status in (404, 405) and request.url.path.startswith("/api/"):
        methods = allowed_methods(request)
        status, headers = (405, {"Allow": ", ".join(methods)}) if methods else (404, None)
    words = _HTTP_WORDS.get(status, str(error.detail))
    return JSONResponse({"detail": words, "code": f"http_{status}"}, status, headers)


def allowed_methods(request: Request) -> list[str]:
    """The methods that the interface takes at the address of a request; empty for an address that it does not have."""
    known = request.app.state.interface
    fits = {
        method
        for method in METHODS
        if any(route.matches({**request.scope, "method": method})[0] == Match.FULL for route in known)
    }
    return sorted(fits | {"HEAD"} if "GET" in fits else fits)


async def _broken(request: Request, error: Exception) -> JSONResponse:
    log.error("%s %s broke", request.method, request.url.path, exc_info=error)
    return JSONResponse({"detail": INTERNAL, "code": "internal"}, 500)


def _one_line(text: str) -> str:
    return " ".join(text.split())
