"""Agents for tests: the real client over a real process or a real address, spoken to without `await`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult
from tests._rig import ROOT

SECRET = ("DATABASE_URL", "DEEPSEEK_API_KEY", "QUANTGPT_AUTH", "QUANTGPT_HOST", "QUANTGPT_PORT")
WAITING = (
    "run_backtest", "score_factor", "run_anti_overfit", "run_rolling_validation", "generate_factor", "iterate_factor",
    "get_job", "make_noise",
)  # fmt: skip
MODULE = ("-m", "quantgpt")
NOISY = ("-c", "from tests.mcp.noisy import main; main()")


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a server of its own home."""
    kept = {name: value for name, value in os.environ.items() if name not in SECRET}
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "QUANTGPT_HOME": str(home),
        "QUANTGPT_WORKERS": "1",
        "QUANTGPT_MCP_WAIT": "300",
        **more,
    }


@dataclass
class Agent:
    """A client of the protocol."""

    client: Client
    portal: BlockingPortal
    progress: list[tuple[float, float | None]] = field(default_factory=list)

    def call(self, name: str, **arguments: Any) -> CallToolResult:
        """Call a tool, with patience for a busy machine; its progress is in `progress`."""
        if name in WAITING:
            arguments.setdefault("wait_seconds", 100)
        self.progress = []

        async def note(done: float, total: float | None, message: str | None) -> None:
            self.progress.append((done, total))

        async def call() -> CallToolResult:
            answer = await self.client.call_tool(name, arguments, progress_callback=note)
            assert isinstance(answer, CallToolResult)
            return answer

        return self.portal.call(call)

    def result(self, name: str, **arguments: Any) -> dict[str, Any]:
        """The structured answer of a tool that succeeds; its text says the same."""
        answer = self.call(name, **arguments)
        assert not answer.is_error, text_of(answer)
        assert isinstance(answer.structured_content, dict)
        assert json.loads(text_of(answer)) == answer.structured_content
        return answer.structured_content

    def error(self, name: str, **arguments: Any) -> dict[str, Any]:
        """The body of a tool error."""
        answer = self.call(name, **arguments)
        assert answer.is_error, text_of(answer)
        body: dict[str, Any] = json.loads(text_of(answer))
        assert body["error"]
        return body

    def ask(self, method: str, *arguments: Any) -> Any:
        """Any method of the client."""
        return self.portal.call(lambda: getattr(self.client, method)(*arguments))


def text_of(answer: CallToolResult) -> str:
    """The text of an answer."""
    (content,) = answer.content
    assert content.type == "text"
    return content.text


@contextmanager
def stdio_agent(home: Path, *, command: tuple[str, ...] = MODULE, mode: str = "auto", **more: str) -> Iterator[Agent]:
    """A client that has started a server on standard input and output."""
    server = StdioServerParameters(command=sys.executable, args=[*command], env=environment(home, **more))
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(Client(server, mode=mode)) as client:
        yield Agent(client, portal)


class _Addressed:
    """A client over HTTP with a token."""

    def __init__(self, address: str, token: str | None, mode: str) -> None:
        self._address, self._token, self._mode = address, token, mode
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Client:
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        http = await self._stack.enter_async_context(httpx2.AsyncClient(headers=headers, timeout=60))
        transport = streamable_http_client(self._address, http_client=http)
        return await self._stack.enter_async_context(Client(transport, mode=self._mode))

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()


@contextmanager
def http_agent(address: str, token: str | None = None, mode: str = "auto") -> Iterator[Agent]:
    """A client of a server at an address."""
    made = _Addressed(address, token, mode)
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(made) as client:
        yield Agent(client, portal)


def raw_server(home: Path) -> subprocess.Popen[bytes]:
    """A server on pipes, for frames that no client would send."""
    return subprocess.Popen(
        [sys.executable, *MODULE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(home),
    )
