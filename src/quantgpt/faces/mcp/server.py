"""The MCP server: every tool, resource and prompt over one desk."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
from mcp.types import CallToolResult, InputRequiredResult, TextContent
from pydantic import ValidationError

from quantgpt import __version__
from quantgpt.faces.mcp import prompts, resources
from quantgpt.faces.mcp.desk import Desk
from quantgpt.faces.mcp.failures import INTERNAL, bad_arguments, failure, refusal
from quantgpt.faces.mcp.tools._base import TOOLS
from quantgpt.foundations.errors import BadRequest, QuantError

log = logging.getLogger(__name__)

NAME = "quantgpt"
INSTRUCTIONS = (
    "QuantGPT tests A-share factor expressions without look-ahead and says how far a result can be trusted. "
    "Start with list_operators and list_universes, check an expression with validate_expression, then run_backtest. "
    "Long work returns {job_id, status}: call get_job with that id. "
    "Every number is a fraction, not per cent; a missing number is null."
)


class QuantServer(MCPServer[Desk]):
    """The SDK's server, with our errors and compact JSON in the answers."""

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Desk, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool; whatever goes wrong is an answer with `{"error": …}`, never a stack of somebody's library."""
        if name_of_bad := next((key for key, value in arguments.items() if not _is_plain(value)), None):
            return failure(BadRequest(f"{name_of_bad} 含有无效字符", field=name_of_bad))
        try:
            answer = await super().call_tool(name, arguments, context)
        except ToolError as error:
            return _failed(name, error)
        return _compact(answer) if isinstance(answer, CallToolResult) else answer


def build_server(desk: Desk) -> QuantServer:
    """The server over a desk, not running."""

    @asynccontextmanager
    async def life(_: MCPServer[Desk]) -> AsyncIterator[Desk]:
        yield desk

    server = QuantServer(
        NAME, title="QuantGPT", version=__version__, instructions=INSTRUCTIONS, lifespan=life, log_level="WARNING"
    )
    TOOLS.load("quantgpt.faces.mcp.tools")
    for name, tool in TOOLS.items():
        server.add_tool(tool.function, name=name, title=tool.title, annotations=tool.annotations)
    resources.install(server, desk)
    prompts.install(server)
    return server


def _failed(name: str, error: ToolError) -> CallToolResult:
    cause = error.__cause__
    if isinstance(cause, QuantError):
        return failure(cause)
    if isinstance(cause, ValidationError) and not isinstance(error, UnexpectedToolError):
        return bad_arguments(cause)
    if cause is None:
        return refusal({"error": str(error), "kind": "not_found"})
    log.error("tool %s broke", name, exc_info=cause)
    return refusal({"error": INTERNAL, "kind": "internal"})


def _is_plain(value: object) -> bool:
    """A text can be stored and sent: no NUL, no lone surrogate."""
    if not isinstance(value, str):
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in value


def _compact(answer: CallToolResult) -> CallToolResult:
    """The structured content as one line of JSON, where the SDK would indent it; plain texts stay as they are."""
    body = answer.structured_content
    if answer.is_error or not isinstance(body, dict) or set(body) == {"result"}:
        return answer
    if body.get("next"):  # an unfinished job: only what is known of it
        body = {name: value for name, value in body.items() if value is not None}
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return answer.model_copy(
        update={"content": [TextContent(type="text", text=text)], "structured_content": body},
    )
