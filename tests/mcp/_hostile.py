"""Messages that no client should send."""

from __future__ import annotations

import json
import random
from typing import Any

HELLO = {
    "jsonrpc": "2.0",
    "id": "hello",
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
}
READY = {"jsonrpc": "2.0", "method": "notifications/initialized"}
LAST = {"jsonrpc": "2.0", "id": "last", "method": "tools/list"}


def frames(seed: int, count: int) -> list[bytes]:
    """Frames that no client should send."""
    draw = random.Random(seed)
    wrong: list[Any] = [
        None, 1, "x", [], [LAST, LAST], {}, {"jsonrpc": "2.0"}, {"jsonrpc": "1.0", "id": 1, "method": "ping"},
        {"jsonrpc": "2.0", "id": None, "method": "ping"}, {"jsonrpc": "2.0", "id": {}, "method": "ping"},
        {"jsonrpc": "2.0", "id": 1, "method": "no/such"}, {"jsonrpc": "2.0", "id": 1, "method": 7},
        {"jsonrpc": "2.0", "id": 1, "method": "tools/call"},
        {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": 3}},
        {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "nope", "arguments": {}}},
        {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "get_job", "arguments": []}},
        {"jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": {"uri": "file:///etc/passwd"}},
        {"jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": {"uri": "quantgpt://jobs/../x/result"}},
        {"jsonrpc": "2.0", "id": 1, "result": {}}, {"jsonrpc": "2.0", "id": 1, "error": {"code": 1}},
        {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": draw.randrange(99)}},
        {"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progressToken": 1, "progress": "x"}},
        {**HELLO, "id": "again"}, {**HELLO, "params": {}},
    ]  # fmt: skip
    raw = [b"", b"\x00\xff\xfe", b"{", b'{"jsonrpc"', b"\xed\xa0\x80", b"[" * 5000, b'"' + b"x" * 70_000, b"NaN"]
    made = [json.dumps(frame).encode() for frame in wrong] + raw
    return [draw.choice(made) for _ in range(count)]
