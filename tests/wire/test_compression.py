"""Compression: only for those who take it, and told to every cache."""

from __future__ import annotations

import asyncio

import pytest
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from quantgpt.faces.rest.zipping import MINIMUM_BYTES, Gzip, takes_gzip


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ("gzip", True), ("GZIP", True), ("br, gzip;q=0.5", True), ("deflate, *", True), ("x-gzip", True), ("gzip; q=1", True),
        ("", False), ("identity", False), ("br", False), ("gzip;q=0", False), ("gzip; Q=0.000", False),
        ("*, gzip;q=0", False), ("*;q=0", False), ("gzip;q=x", False), ("notgzip", False), ("gzip;q=", False),
    ],
)  # fmt: skip
def test_a_weight_of_nothing_refuses_it(header: str, taken: bool) -> None:
    assert takes_gzip(header) is taken


def asked(headers: dict[str, str], answer: Response) -> dict[str, str]:
    """The headers of an answer that comes through; what is behind sees the coding that is meant."""
    heads: list[Message] = []
    seen: list[bytes] = []

    async def behind(scope: Scope, receive: Receive, send: Send) -> None:
        seen.extend(value for name, value in scope["headers"] if name == b"accept-encoding")
        await answer(scope, receive, send)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            heads.append(message)

    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    asyncio.run(Gzip(behind)({"type": "http", "method": "GET", "path": "/", "headers": raw}, receive, send))
    assert seen == [b"gzip" if takes_gzip(headers.get("Accept-Encoding", "")) else b"identity"]
    return {name.decode().lower(): value.decode() for name, value in heads[0]["headers"]}


def test_an_answer_is_compressed_for_who_takes_that() -> None:
    long = "a" * MINIMUM_BYTES
    assert asked({"Accept-Encoding": "gzip"}, Response(long))["content-encoding"] == "gzip"
    for refused in ("gzip;q=0", "identity", ""):
        answer = asked({"Accept-Encoding": refused}, Response(long))
        assert "content-encoding" not in answer
        assert answer["vary"] == "Accept-Encoding"
    assert "content-encoding" not in asked({}, Response(long))


def test_not_modified_says_what_it_varies_with() -> None:
    assert asked({"Accept-Encoding": "gzip"}, Response(b"", 304, {"ETag": '"a"'}))["vary"] == "Accept-Encoding"
    assert asked({}, Response(b"", 304, {"Vary": "Origin"}))["vary"] == "Origin, Accept-Encoding"
